# { "Depends": "py-genlayer:test" }
from genlayer import *


class TestEvent(gl.Event):
    def __init__(self, user_id: int, action: str, /, **blob): ...


class Emitter(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def emit(self) -> None:
        TestEvent(42, "create", timestamp=1234567890, data="test_data").emit()

    @gl.public.write
    def emit_and_fail(self) -> None:
        TestEvent(42, "create").emit()
        raise gl.vm.UserError("no")

    @gl.public.write
    def five_topics(self) -> None:
        gl.advanced.emit_raw_event([b"\0" * 32] * 5, {})
