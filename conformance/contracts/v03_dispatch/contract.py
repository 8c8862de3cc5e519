# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl


class Dispatch(gl.contract.Contract):
    def __init__(self):
        pass

    @gl.public.write.payable
    def __handle_undefined_method__(self, method_name: str, args: list, kwargs: dict):
        return [method_name, args, kwargs, gl.message.value]

    def hidden(self):
        return 1

    def __on_errored_message__(self):
        return "never"
