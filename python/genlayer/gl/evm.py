"""Contracts of the EVM side: interfaces, calls, messages with value."""

import inspect

from .. import _host
from ..py.evm import *  # noqa: F403
from ..py.evm import MethodEncoder
from ..py.evm import __all__ as _abi_names
from ..py.types import Address
from ._internal.gl_call import gl_call_generic, lazy_api, request


def _encoder(name, function):
    signature = inspect.signature(function, eval_str=True)
    parameters = list(signature.parameters.values())
    assert parameters and parameters[0].name == "self", f"`{name}` must have `self`"
    types = []
    for parameter in parameters[1:]:
        assert parameter.kind is parameter.POSITIONAL_ONLY, f"`{name}`: add `/` after the parameters"
        assert parameter.annotation is not parameter.empty, f"`{name}`: annotate `{parameter.name}`"
        assert parameter.default is parameter.empty, f"`{name}`: `{parameter.name}` has a default"
        types.append(parameter.annotation)
    returns = signature.return_annotation
    return MethodEncoder(name, tuple(types), None if returns is signature.empty else returns)


def _encoders(declaration, part):
    cls = getattr(declaration, part, None)
    methods = {} if cls is None else vars(cls)
    return {
        name: _encoder(name, function)
        for name, function in methods.items()
        if inspect.isfunction(function) and not name.startswith("__")
    }


class _Bound:
    """Methods of one half of an interface."""

    __slots__ = ("_encoders", "_send")

    def __init__(self, encoders, send):
        self._encoders = encoders
        self._send = send

    def __getattr__(self, name):
        encoder = self._encoders.get(name)
        if encoder is None:
            raise AttributeError(f"the interface has no method `{name}`")
        return self._send(encoder)


class ContractDeclaration:
    """Makes proxies of one interface."""

    __slots__ = ("name", "_view", "_write")

    def __init__(self, declaration):
        self.name = declaration.__name__
        self._view = _encoders(declaration, "View")
        self._write = _encoders(declaration, "Write")

    def __call__(self, address):
        return ContractProxy(address, self._view, self._write)


class ContractProxy:
    """A contract of the EVM side at an address."""

    __slots__ = ("address", "_view", "_write")

    def __init__(self, address, view, write):
        if not isinstance(address, Address):
            raise TypeError("address expected")
        self.address = address
        self._view = view
        self._write = write

    @property
    def balance(self):
        """Committed balance."""
        return _host.balance_of(self.address.as_bytes)

    def view(self):
        """Its view methods."""

        def bind(encoder):
            @lazy_api
            def call(*args):
                fields = {"address": self.address, "calldata": encoder.encode_call(args)}
                return gl_call_generic({"EthCall": fields}, encoder.decode_ret)

            return call

        return _Bound(self._view, bind)

    def emit(self, *, value=0, on=None):
        """Its write methods, called by a message on finalisation."""

        def bind(encoder):
            return lambda *args: self._post(encoder.encode_call(args), value)

        return _Bound(self._write, bind)

    def emit_transfer(self, value=0, *, on=None):
        """Sends value."""
        self._post(b"", value)

    def _post(self, data, value):
        request("EthSend", {"address": self.address, "calldata": data, "value": value})


def contract_interface(declaration):
    """Class decorator: methods of the nested `View` and `Write` classes make the interface."""
    return ContractDeclaration(declaration)


__all__ = [*_abi_names, "ContractDeclaration", "ContractProxy", "contract_interface"]
