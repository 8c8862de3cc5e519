# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl
import _genlayer_wasi as wasi


def ask(name, **fields):
    try:
        wasi.gl_call(gl.calldata.encode({name: fields}))
        return "accepted"
    except SystemError as error:
        return str(error)


class Next(gl.contract.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def sends(self) -> list:
        to = gl.message.sender_address
        return [
            ask("EmitInternalMessage", address=to, calldata={}, value=1, on="decided"),
            ask("EmitInternalDeployMessage", code=b"x", calldata={}, value=0, on="finalized", salt_nonce=0),
            ask("EmitExternalMessage", address=to, calldata=b"", value=2),
            ask("Trace", RuntimeMicroseconds=None),
        ]
