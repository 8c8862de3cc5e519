"""The base class of contracts.

# Invariants
- One contract class for each sandbox; under a test tool, which imports many contracts, one for each
  module.
- Fields are laid out when the class is made.
"""

import sys
import warnings

from .. import _host, _suggest
from ..py.storage._kinds import register
from ..py.storage._records import _deepcopy, _reduce, build_fields
from ._message import message
from ._proxy import ContractProxy

_KNOWN = None


def contract_class():
    """The contract that was imported, or None."""
    return _KNOWN


def _abstract(function):
    function.__isabstractmethod__ = True
    return function


def _loaded_anew(cls):
    """Whether a test tool has gone on to another module, or to the same one once more."""
    module = sys.modules.get(_KNOWN.__module__)
    return cls.__module__ != _KNOWN.__module__ or getattr(module, _KNOWN.__name__, None) is not _KNOWN


def _check(cls):
    if _KNOWN is not None and (_host.installed() or not _loaded_anew(cls)):
        raise TypeError(
            f"only one contract is allowed; first: `{_KNOWN.__module__}.{_KNOWN.__qualname__}` "
            f"second: `{cls.__module__}.{cls.__qualname__}`"
        )
    if getattr(cls.__init__, "__gl_public__", False):
        raise TypeError("`__init__` must be private")


class Contract:
    """Base of a contract. Annotated fields are kept in storage."""

    def __init_subclass__(cls, **kwargs):
        global _KNOWN
        super().__init_subclass__(**kwargs)
        _check(cls)
        register(cls, build_fields(cls, cls, {}))
        cls.__gl_contract__ = True
        cls.__reduce__ = _reduce
        cls.__deepcopy__ = _deepcopy
        _KNOWN = cls

    def __init__(self):
        """Does nothing; a contract's own constructor replaces it."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if hasattr(type(self), name):
            # A property failed with an AttributeError of its own, which is the one to show.
            return object.__getattribute__(self, name)
        fields = [item for item in dir(type(self)) if not hasattr(Contract, item)]
        known = _suggest.SELF
        if not _suggest.nearest(name, fields) and name not in known:
            known = {
                name: f"declare the field in the class body, above the methods, with its type: `{name}: str` "
                f"for a text, `{name}: u256` for a number, `{name}: TreeMap[str, u256]` for a map"
            }
        raise _suggest.unknown(f"contract `{type(self).__name__}`", name, fields, known, "self.")

    @property
    def balance(self):
        """Own balance less what was sent."""
        return _host.self_balance()

    @property
    def address(self):
        """Own address."""
        return message.contract_address

    def emit_transfer(self, value, *, on="finalized"):
        """Sends value to this contract itself."""
        warnings.warn("a contract sends value to itself", stacklevel=2)
        ContractProxy(self.address).emit_transfer(value, on=on)

    @_abstract
    def __receive__(self):
        """Takes a plain transfer; must be public and payable."""

    @_abstract
    def __handle_undefined_method__(self, method_name, args, kwargs):
        """Takes calls to methods that do not exist; must be public."""

    def __on_errored_message__(self):
        """Called when a message this contract sent with value failed."""

    __on_errored_message__.__gl_public__ = True
    __on_errored_message__.__gl_readonly__ = False
    __on_errored_message__.__gl_payable__ = True

    @classmethod
    def __get_schema__(cls):
        """The schema as JSON text."""
        from ..py.get_schema import schema_text

        return schema_text(cls)
