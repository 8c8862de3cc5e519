"""Ready-made ways for validators to judge a leader's result."""

import json

from .. import _host, _suggest
from ..py import calldata
from . import _compare, _tools, vm
from .vm import _Entry
from ._errors import Return
from ._internal.gl_call import gl_call_generic, lazy_api
from .nondet import exec_prompt
from .nondet._answer import _decode_nondet


def _ask(template, **fields):
    request = {"ExecPromptTemplate": {"template": template, **fields}}
    answer = gl_call_generic(request, _decode_nondet).get()
    if answer is None and not _host.installed():
        return _tools.ask(template, fields, _decode_nondet)
    return answer


def _as_sent(value):
    """A value as it is after a trip through calldata."""
    return calldata.decode(calldata.encode(value))


class _Strict(_Entry):
    __slots__ = ()

    def __call__(self, leaders):
        return vm.spawn_sandbox(self._parts[0]) == leaders


class _StrictFirst(_Entry):
    __slots__ = ()

    def __call__(self, leaders):
        mine = _as_sent(self._parts[0]())
        return isinstance(leaders, Return) and mine == leaders.calldata


class _JsonStrict(_Entry):
    __slots__ = ()

    def __call__(self, leaders):
        mine = vm.spawn_sandbox(self._parts[0])
        if isinstance(mine, Return) and isinstance(leaders, Return):
            return _parsed(mine.calldata) == _parsed(leaders.calldata)
        return mine == leaders


class _Comparative(_Entry):
    __slots__ = ()

    def __call__(self, leaders):
        function, principle = self._parts
        mine = _as_sent(function())
        if not isinstance(leaders, Return):
            return False
        return _ask(
            "EqComparative",
            leader_answer=format(leaders.calldata),
            validator_answer=format(mine),
            principle=principle,
        )


class _Prompt(_Entry):
    __slots__ = ()

    def __call__(self):
        return exec_prompt(self._parts[0])


class _Compared(_Entry):
    __slots__ = ()

    def __call__(self, leaders):
        function, compare = self._parts
        mine = _as_sent(function())
        return isinstance(leaders, Return) and bool(compare(leaders.calldata, mine))


class _NonComparativeLeader(_Entry):
    __slots__ = ()

    def __call__(self):
        function, task, criteria = self._parts
        return _ask("EqNonComparativeLeader", task=task, criteria=criteria, input=_text(function()))


class _NonComparativeValidator(_Entry):
    __slots__ = ()

    def __call__(self, leaders):
        function, task, criteria = self._parts
        text = _text(function())
        if not isinstance(leaders, Return):
            return False
        return _ask(
            "EqNonComparativeValidator",
            task=task,
            criteria=criteria,
            input=text,
            output=leaders.calldata,
        )


class _Constant(_Entry):
    __slots__ = ()

    def __call__(self):
        return self._parts[0]


def _check_text(where, **texts):
    for name, value in texts.items():
        if not isinstance(value, str):
            raise TypeError(f"`{where}`: `{name}` must be text, not {type(value).__name__}")


def _text(value):
    if not isinstance(value, str):
        raise TypeError(f"prompt_non_comparative needs text as input, not {type(value).__name__}")
    return value


def _parsed(value):
    return json.loads(value) if isinstance(value, str) else value


@lazy_api
def strict_eq(fn):
    """Validators run `fn`, too, and must get exactly the same result."""
    vm.check_function("strict_eq", fn=fn)
    return vm.run_nondet_unsafe.lazy(fn, _Strict(fn))


@lazy_api
def strict_eq_first(fn):
    """The first generation's: `fn` runs in the validator itself, any failure agrees with any."""
    vm.check_function("strict_eq", fn=fn)
    return vm.run_nondet_first(fn, _StrictFirst(fn))


@lazy_api
def json_eq(fn):
    """As `strict_eq` for JSON text: the order of keys and spaces do not matter."""
    vm.check_function("json_eq", fn=fn)
    return vm.run_nondet_unsafe.lazy(fn, _JsonStrict(fn))


@lazy_api
def prompt_comparative(fn, principle=None, *, comparative_fn=None):
    """Validators run `fn`, too; a model judges both results by the principle.

    As many contracts expect, a text instead of a function is a prompt, and a `comparative_fn` of
    the leader's and the own result judges instead of a model.
    """
    if isinstance(fn, str):
        fn = _Prompt(fn)
    vm.check_function("prompt_comparative", fn=fn)
    if comparative_fn is not None:
        vm.check_function("prompt_comparative", comparative_fn=comparative_fn)
        return vm.run_nondet.lazy(fn, _Compared(fn, comparative_fn))
    _check_text("prompt_comparative", principle=principle)
    return vm.run_nondet.lazy(fn, _Comparative(fn, principle))


@lazy_api
def custom(fn, comparator):
    """Validators run `fn`, too; `comparator` of the leader's and the own result says yes or no."""
    return prompt_comparative.lazy(fn, comparative_fn=comparator)


@lazy_api
def fields(fn, *, exact=None, tolerance=None, ignore=None):
    """Validators run `fn`, too; its dict must be the same field by field.

    `tolerance={"price": "2%", "degrees": 0.5}` lets numbers differ, `ignore=["reason"]` leaves fields out.
    All others must be equal: those of `exact` if it is given, and then the result may have no others.
    """
    vm.check_function("fields", fn=fn)
    return vm.run_nondet.lazy(fn, _Compared(fn, _compare.fields(exact, tolerance, ignore)))


@lazy_api
def within(fn, *, absolute=None, relative=None, percent=None):
    """Validators run `fn`, too; all must be equal, but numbers may differ by so much.

    A share (`relative=0.02`, `percent=2`) is one of the larger of two numbers.
    """
    vm.check_function("within", fn=fn)
    return vm.run_nondet.lazy(fn, _Compared(fn, _compare.within(absolute, relative, percent)))


@lazy_api
def prompt_non_comparative(fn=None, *, task, criteria, input=None):
    """A model does the task on the text of `fn`; validators' models judge what it made."""
    if fn is None:
        fn = _Constant(input) if isinstance(input, str) else input
    vm.check_function("prompt_non_comparative", fn=fn)
    _check_text("prompt_non_comparative", task=task, criteria=criteria)
    return vm.run_nondet.lazy(
        _NonComparativeLeader(fn, task, criteria), _NonComparativeValidator(fn, task, criteria)
    )


__getattr__ = _suggest.of_module(__name__, _suggest.EQ_PRINCIPLE, "gl.eq_principle.")

__all__ = ["fields", "json_eq", "prompt_comparative", "prompt_non_comparative", "strict_eq", "within"]
