"""Other contracts: view calls, messages, transfers, deployments."""

from .. import _host, _suggest
from ..py.keccak import keccak256
from ..py.public_abi import StorageType
from ..py.types import Address
from ._errors import decode_result, unpack_result
from ._internal.gl_call import gl_call_generic, lazy_api, request
from ._message import message

_MOST = 2**256 - 1


def call_object(method, args, kwargs, key="method"):
    """The map that calls a method; empty parts are left out."""
    call = {}
    if method is not None:
        call[key] = method
    if args:
        call["args"] = args
    if kwargs:
        call["kwargs"] = kwargs
    return call


def check_amount(where, value):
    """Says what is wrong with an amount of tokens."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(
            f"`{where}`: `value` must be a whole number (of the smallest unit), "
            f"not {type(value).__name__}"
        )
    if not 0 <= value <= _MOST:
        raise ValueError(f"`{where}`: `value` is {value}, it must be from 0 to 2**256 - 1")


def check_address(address):
    """Says how to make an address of what is none."""
    if not isinstance(address, Address):
        hint = ": write `Address(text)`" if isinstance(address, str) else ""
        raise TypeError(f"address expected, not {type(address).__name__}{hint}")


def _funding(fields, use_balance, fee_params):
    """Adds how the message is paid for, if it is said."""
    if use_balance:
        fields["use_balance"] = use_balance
    if fee_params is not None:
        fields["fee_params"] = fee_params
    return fields


class _Methods:
    """Attributes are methods of another contract."""

    __slots__ = ("_send",)

    def __init__(self, send):
        self._send = send

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        send = self._send
        return lambda *args, **kwargs: send(name, args, kwargs)


class _ViewMethods(_Methods):
    """Methods that are called at once; each has `.lazy`."""

    __slots__ = ()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        send = self._send

        def call(*args, **kwargs):
            return send(name, args, kwargs)

        call.__name__ = name
        return lazy_api(call)


def _unpack(answer):
    return unpack_result(decode_result(answer))


class ContractProxy:
    """A contract at an address."""

    __slots__ = ("address",)

    #: Under which key a call names its method.
    _KEY = "method"

    def __init__(self, address):
        check_address(address)
        self.address = address

    def __reduce__(self):
        return (type(self), (self.address,))

    def __eq__(self, other):
        return isinstance(other, ContractProxy) and self.address == other.address

    def __hash__(self):
        return hash(self.address)

    def __repr__(self):
        return f"ContractProxy({self.address!r})"

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        raise _suggest.unknown(
            "a contract's proxy",
            name,
            known={name: f"read with `.view().{name}(...)`, call later with `.emit().{name}(...)`"},
        )

    @property
    def balance(self):
        """Committed balance."""
        return _host.balance_of(self.address.as_bytes)

    def view(self, *, state=StorageType.LATEST_NON_FINAL, storage_view=None):
        """Its view methods, run at once on accepted or final state (`storage_view` is the newest
        generation's name of `state`)."""
        address, key = self.address, self._KEY
        state = int(state if storage_view is None else storage_view)

        def send(name, args, kwargs):
            call = call_object(name, args, kwargs, key)
            fields = {"address": address, "calldata": call, "state": state}
            return gl_call_generic({"CallContract": fields}, _unpack)

        return _ViewMethods(send)

    def emit(self, *, value=0, on="finalized", gas=None, use_balance=False, fee_params=None):
        """Its write methods, called by a message later."""

        def send(name, args, kwargs):
            self._post(call_object(name, args, kwargs, self._KEY), value, on, use_balance, fee_params)

        return _Methods(send)

    def emit_transfer(self, value=0, *, on="finalized", use_balance=False, fee_params=None):
        """Sends value."""
        self._post({}, value, on, use_balance, fee_params)

    def _post(self, call, value, on, use_balance=False, fee_params=None):
        check_amount("emit", value)
        fields = {"address": self.address, "calldata": call, "value": value, "on": on}
        request("PostMessage", _funding(fields, use_balance, fee_params))


def get_contract_at(address):
    """A contract by its address."""
    return ContractProxy(address)


def contract_interface(_declaration):
    """Class decorator: the class only tells types, the result makes proxies."""
    return get_contract_at


def transfer(address, amount):
    """Sends value to an address."""
    ContractProxy(address).emit_transfer(value=amount)


def create2_address(deployer, salt_nonce, chain_id):
    """Address of a salted deployment."""
    data = b"\1" + deployer.as_bytes + salt_nonce.to_bytes(32, "big") + chain_id.to_bytes(32, "big")
    return Address(keccak256(data)[:20])


def deploy_contract(
    *,
    code,
    args=(),
    kwargs=None,
    salt_nonce=0,
    value=0,
    on="finalized",
    salt=None,
    use_balance=False,
    fee_params=None,
):
    """Deploys a contract later; its address is known now only with a salt."""
    if isinstance(code, str):
        code = code.encode("utf-8")
    elif not isinstance(code, (bytes, bytearray, memoryview)):
        raise TypeError(f"`deploy_contract`: `code` must be bytes, not {type(code).__name__}")
    salt_nonce = salt_nonce if salt is None else salt
    check_amount("deploy_contract", value)
    fields = {
        "calldata": call_object(None, list(args), kwargs),
        "code": code,
        "value": value,
        "on": on,
        "salt_nonce": salt_nonce,
    }
    request("DeployContract", _funding(fields, use_balance, fee_params))
    if salt_nonce == 0:
        return None
    return create2_address(message.contract_address, salt_nonce, message.chain_id)
