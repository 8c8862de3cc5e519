"""Other contracts: view calls, messages, transfers, deployments."""

from .. import _host
from ..py.keccak import keccak256
from ..py.public_abi import StorageType
from ..py.types import Address
from ._errors import decode_result, unpack_result
from ._internal.gl_call import gl_call_generic, lazy_api, request
from ._message import message


def call_object(method, args, kwargs):
    """The map that calls a method; empty parts are left out."""
    call = {}
    if method is not None:
        call["method"] = method
    if args:
        call["args"] = args
    if kwargs:
        call["kwargs"] = kwargs
    return call


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


class ContractProxy:
    """A contract at an address."""

    __slots__ = ("address",)

    def __init__(self, address):
        if not isinstance(address, Address):
            raise TypeError("address expected")
        self.address = address

    def __reduce__(self):
        return (ContractProxy, (self.address,))

    @property
    def balance(self):
        """Committed balance."""
        return _host.balance_of(self.address.as_bytes)

    def view(self, *, state=StorageType.LATEST_NON_FINAL):
        """Its view methods, run at once on accepted or final state."""

        def send(name, args, kwargs):
            fields = {
                "address": self.address,
                "calldata": call_object(name, args, kwargs),
                "state": int(state),
            }
            return gl_call_generic(
                {"CallContract": fields}, lambda answer: unpack_result(decode_result(answer))
            )

        return _ViewMethods(send)

    def emit(self, *, value=0, on="finalized", gas=None):
        """Its write methods, called by a message later."""

        def send(name, args, kwargs):
            self._post(call_object(name, args, kwargs), value, on)

        return _Methods(send)

    def emit_transfer(self, value=0, *, on="finalized"):
        """Sends value."""
        self._post({}, value, on)

    def _post(self, call, value, on):
        fields = {"address": self.address, "calldata": call, "value": value, "on": on}
        request("PostMessage", fields)


def get_contract_at(address):
    """A contract by its address."""
    return ContractProxy(address)


def contract_interface(_declaration):
    """Class decorator: the class only tells types, the result makes proxies."""
    return get_contract_at


def transfer(address, amount):
    """Sends value to an address."""
    ContractProxy(address).emit_transfer(value=amount)


def deployed_address(deployer, salt_nonce, chain_id):
    """Address of a salted deployment."""
    data = b"\1" + deployer.as_bytes + salt_nonce.to_bytes(32, "big") + chain_id.to_bytes(32, "big")
    return Address(keccak256(data)[:20])


def deploy_contract(
    *, code, args=(), kwargs=None, salt_nonce=0, value=0, on="finalized", salt=None
):
    """Deploys a contract later; its address is known now only with a salt."""
    salt_nonce = salt_nonce if salt is None else salt
    request(
        "DeployContract",
        {
            "calldata": call_object(None, list(args), kwargs),
            "code": code,
            "value": value,
            "on": on,
            "salt_nonce": salt_nonce,
        },
    )
    if salt_nonce == 0:
        return None
    return deployed_address(message.contract_address, salt_nonce, message.chain_id)
