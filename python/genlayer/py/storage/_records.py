"""Classes in storage: `@allow_storage` classes, and the fields of a contract.

# Invariants
- Fields lie one after the other without padding, in the order of their annotations, base
  classes first.
- A class is built when a stored type first names it; until then its objects are ordinary.
"""

from abc import abstractmethod
import os
import re
import sys
import types
import typing

from ._containers import View, same_place
from ._kinds import RECORD, Kind, describe, kind_of
from ._slots import MemSlot


class RecordKind(Kind):
    """Fields of a class."""

    __slots__ = ("cls", "fields", "plain")

    def __init__(self, annotation, cls, fields):
        size, placed = 0, []
        for name, kind in fields:
            placed.append((name, kind, size))
            size += kind.size
        super().__init__(annotation, size)
        self.cls = cls
        self.fields = placed
        self.plain = all(kind.plain for _, kind in fields)

    def get(self, slot, offset):
        view = object.__new__(self.cls)
        view.__dict__["_storage_slot"] = slot
        view.__dict__["_off"] = offset
        return view

    def set(self, slot, offset, value):
        if getattr(type(value), "__gl_record__", None) is not self:
            raise AssertionError(
                f"Is right the same storage type? `{self}` <- `{type(value).__name__}`"
            )
        if "_storage_slot" not in value.__dict__:
            # Made before its class was built: an ordinary object.
            for name, kind, at in self.fields:
                kind.set(slot, offset + at, value.__dict__[name])
            return
        if not same_place(value, slot, offset):
            self.copy(value._storage_slot, value._off, slot, offset)

    def copy(self, source, source_offset, target, offset):
        if self.plain:
            if self.size:
                target.write(offset, source.read(source_offset, self.size))
            return
        for _, kind, at in self.fields:
            kind.copy(source, source_offset + at, target, offset + at)


def _field(kind, at):
    """The property of one field."""
    get, put = kind.get, kind.set
    if at == 0:
        return property(
            lambda self: get(self._storage_slot, self._off),
            lambda self, value: put(self._storage_slot, self._off, value),
        )
    return property(
        lambda self: get(self._storage_slot, self._off + at),
        lambda self, value: put(self._storage_slot, self._off + at, value),
    )


def _has_text(annotation):
    if isinstance(annotation, (str, typing.ForwardRef)):
        return True
    return any(_has_text(arg) for arg in getattr(annotation, "__args__", ()) if arg is not annotation)


def _annotations(cls):
    hints = {}
    for base in reversed(cls.__mro__):
        try:
            hints.update(base.__annotations__)
        except AttributeError as error:
            # Annotations are made when they are asked for: a typo in one must not look like none.
            if error.name != "__annotations__":
                raise
    if any(_has_text(annotation) for annotation in hints.values()):
        hints = typing.get_type_hints(cls, include_extras=True)
    return {n: a for n, a in hints.items() if not _is_class_var(a)}


def _is_class_var(annotation):
    return annotation is typing.ClassVar or typing.get_origin(annotation) is typing.ClassVar


def _substituted(annotation, variables):
    """The annotation with type variables replaced."""
    if isinstance(annotation, typing.TypeVar):
        return variables.get(annotation, annotation)
    args = typing.get_args(annotation)
    if not variables or not args or typing.get_origin(annotation) is typing.Literal:
        return annotation
    return annotation.__origin__[tuple(_substituted(arg, variables) for arg in args)]


class Comparable(typing.Protocol):
    """What the keys of a map must be able to do."""

    @abstractmethod
    def __lt__(self, other):
        """Whether this one comes first."""


def _line_of(cls, name):
    """`file:line` of a field, as far as it can be told."""
    module = sys.modules.get(cls.__module__)
    path = os.path.basename(getattr(module, "__file__", None) or "")
    first = cls.__dict__.get("__firstlineno__")
    try:
        lines = module.__loader__.get_source(cls.__module__).splitlines()
    except Exception:
        return f"{path}:{first}" if path and first else path
    start = (first or 1) - 1
    pattern = re.compile(rf"\s+{re.escape(name)}\s*:")
    for number, line in enumerate(lines[start:], start + 1):
        if pattern.match(line):
            return f"{path}:{number}"
    return path


def _described(cls, name):
    """The field and its line."""
    line = _line_of(cls, name)
    return f"field `{cls.__name__}.{name}`, {line}" if line else f"field `{cls.__name__}.{name}`"


def _explain(error, cls, name, field):
    """Says in the error which field it is about, once."""
    if getattr(error, "__notes__", None) or len(error.args) != 1:
        error.add_note(f"during generating field `{cls.__name__}.{name}`")
        return
    text = f"{_described(cls, name)}: {error.args[0]}"
    if name in cls.__dict__:
        text += f"; is it a constant? Then leave the type out: `{name} = {_short(cls.__dict__[name])}`"
    error.args = (text,)
    error.add_note(f"during generating field `{cls.__name__}.{name}`: {describe(field)}")


def _short(value):
    text = repr(value)
    return text if len(text) <= _SHOWN else "..."


def _refuse_method(cls, name):
    """A field would hide a method of its name, which callers could not find any more."""
    method = cls.__dict__.get(name)
    if not isinstance(method, (types.FunctionType, staticmethod, classmethod)):
        method = getattr(cls, name, None)
        if not getattr(method, "__gl_public__", False):
            return
    code = getattr(getattr(method, "__func__", method), "__code__", None)
    line = f", {os.path.basename(code.co_filename)}:{code.co_firstlineno}" if code else ""
    raise TypeError(
        f"{_described(cls, name)}, and method `{name}`{line}, have one name: rename one of the two"
    )


def build_fields(cls, annotation, variables):
    """Lays out the annotated fields of a class and gives it their properties."""
    fields = []
    for name, field in _annotations(cls).items():
        _refuse_method(cls, name)
        try:
            fields.append((name, kind_of(_substituted(field, variables))))
        except Exception as error:
            _explain(error, cls, name, field)
            raise
    record = RecordKind(annotation, cls, fields)
    ignored = []
    for name, kind, at in record.fields:
        if not isinstance(cls.__dict__.get(name, _NO_DEFAULT), (property, _NoDefault)):
            ignored.append(name)
        setattr(cls, name, _field(kind, at))
    cls.__gl_record__ = record
    cls.__gl_storage_patched__ = True
    #: Fields with a value in the class body, which storage does not know: they start as zero.
    cls.__gl_ignored_defaults__ = tuple(ignored)
    return record


#: Letters of a value that are shown.
_SHOWN = 40


class _NoDefault:
    """No value in the class body."""


_NO_DEFAULT = _NoDefault()
_BUILDING = set()


def _make_record(annotation):
    origin = typing.get_origin(annotation)
    if annotation in _BUILDING:
        raise TypeError(
            f"`{describe(annotation)}` contains itself, so its size is endless; keep the inner ones in a "
            "`DynArray[...]` or `TreeMap[...]` of the contract and refer to them by index or key"
        )
    _BUILDING.add(annotation)
    try:
        if origin is None:
            return _build_class(annotation)
        return _build_generic(annotation, origin)
    finally:
        _BUILDING.discard(annotation)


def _build_class(cls):
    parameters = getattr(cls, "__parameters__", ())
    if parameters:
        raise TypeError(f"incorrect number of generic arguments: `{cls.__name__}` needs {len(parameters)}")
    record = build_fields(cls, cls, {})
    _patch_class(cls)
    return record


def _build_generic(annotation, origin):
    """A generic class gets a subclass for each list of arguments."""
    args, parameters = typing.get_args(annotation), origin.__parameters__
    if len(args) != len(parameters):
        raise TypeError(f"incorrect number of generic arguments: `{describe(annotation)}`")
    body = {"__module__": origin.__module__, "__qualname__": origin.__qualname__}
    cls = types.new_class(origin.__name__, (origin,), {}, lambda namespace: namespace.update(body))
    cls.__gl_alias__ = annotation
    record = build_fields(cls, annotation, dict(zip(parameters, args, strict=True)))
    _patch_class(cls)
    return record


def _patch_class(cls):
    """Objects of the class get memory of their own when they are made."""
    original = cls.__init__
    while hasattr(original, "__gl_original_init__"):
        original = original.__gl_original_init__

    def __init__(self, *args, **kwargs):
        if "_storage_slot" not in self.__dict__:
            self.__dict__["_storage_slot"] = MemSlot()
            self.__dict__["_off"] = 0
        original(self, *args, **kwargs)

    __init__.__gl_original_init__ = original
    __init__.__wrapped__ = original
    cls.__init__ = __init__
    cls.__gl_original_init__ = original
    cls.__reduce__ = _reduce
    cls.__deepcopy__ = _deepcopy
    cls.__copy__ = lambda self: _deepcopy(self, {})


def _reduce(self):
    if "_storage_slot" not in self.__dict__:
        return object.__reduce_ex__(self, 2)
    record = type(self).__gl_record__
    return (_restore, (record.annotation, self._storage_slot, self._off))


def _restore(annotation, slot, offset):
    return kind_of(annotation).get(slot, offset)


def _deepcopy(self, _memo):
    slot = MemSlot()
    record = type(self).__gl_record__
    record.copy(self._storage_slot, self._off, slot, 0)
    return record.get(slot, 0)


RECORD.append(_make_record)


def allow_storage(cls):
    """Marks a class as usable in stored types; goes above `@dataclass`."""
    cls.__gl_allow_storage__ = True
    if getattr(cls, "__parameters__", ()):
        _refuse_bare_generic(cls)
    return cls


def _refuse_bare_generic(cls):
    original = cls.__init__

    def __init__(self, *args, **kwargs):
        if "_storage_slot" not in self.__dict__ and "__gl_alias__" not in type(self).__dict__:
            raise TypeError(
                "generic storage classes can not be instantiated with __init__, please, use "
                "gl.storage.inmem_allocate"
            )
        original(self, *args, **kwargs)

    __init__.__gl_original_init__ = original
    cls.__init__ = __init__


def kind_of_view(view):
    """The kind of a view, or None for any other value."""
    if isinstance(view, View):
        return view._kind
    if "_storage_slot" in getattr(view, "__dict__", ()):
        return getattr(type(view), "__gl_record__", None)
    return None


def inmem_allocate(cls, *args, **kwargs):
    """A zero-initialised object of a stored type in memory; records run their `__init__`."""
    kind = kind_of(cls)
    value = kind.get(MemSlot(), 0)
    if isinstance(kind, RecordKind):
        if args or kwargs or kind.cls.__gl_original_init__ is not object.__init__:
            kind.cls.__gl_original_init__(value, *args, **kwargs)
    elif args:
        kind.set(value._storage_slot, value._off, *args)
    return value


def copy_to_memory(value):
    """A copy of a view that does not depend on storage; other values are returned as they are."""
    kind = kind_of_view(value)
    if kind is None:
        return value
    slot = MemSlot()
    kind.copy(value._storage_slot, value._off, slot, 0)
    return kind.get(slot, 0)


def cast_slot(typ, manager, slot, offset=0, /):
    """The value or view of a type at a place of a slot, whatever is there."""
    return manager.get_store_slot(slot).cast(typ, offset)
