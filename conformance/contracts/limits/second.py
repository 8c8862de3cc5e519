# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
import _genlayer_wasi as wasi
from genlayer.py import calldata
from genlayer.gl.nondet import NondetException

ROOT = gl.storage.Root


class Limits(gl.Contract):
    def __init__(self, upgraders: int = 0, locked: int = 0):
        root = ROOT.get()
        for number in range(upgraders):
            root.upgraders.get().append(Address(number.to_bytes(20, "big")))
        for number in range(locked):
            root.locked_slots.get().append(2**255 + number)

    def send(self, payload):
        gl.get_contract_at(gl.message.sender_address).emit().take(payload)

    @gl.public.write
    def pages(self):
        wasi.storage_write(b"\x01" * 32, 0, b"\x01" * (32 * 32768))
        wasi.storage_write(b"\x02" * 32, 0, b"\x01")

    @gl.public.write
    def one_page(self):
        wasi.storage_write(b"\x01" * 32, 0, b"\x01")

    @gl.public.write
    def messages(self):
        for _ in range(257):
            self.send(None)

    @gl.public.write
    def message_bytes(self):
        self.send(b"\x01" * 600_000)
        self.send(b"\x01" * 600_000)

    @gl.public.write
    def events(self):
        for _ in range(257):
            gl.advanced.emit_raw_event([], {})

    @gl.public.write
    def event_bytes(self):
        gl.advanced.emit_raw_event([], {"x": "x" * 65536})

    @gl.public.write
    def returned(self) -> str:
        return "x" * 2**20

    @gl.public.write
    def refused(self):
        raise gl.vm.UserError("x" * 2**21)

    @gl.public.write
    def output(self):
        import sys

        sys.stderr.write("x" * 300_000)

    @gl.public.write
    def prompt(self) -> list:
        def block():
            try:
                gl.nondet.exec_prompt("x" * 524_289)
            except NondetException as error:
                return error.causes

        return gl.eq_principle.strict_eq(block)

    @gl.public.write
    def image(self) -> list:
        def block():
            try:
                gl.nondet.exec_prompt("what?", images=[b"\x89PNG\r\n\x1a\n" + bytes(5 << 20)])
            except NondetException as error:
                return error.causes

        return gl.eq_principle.strict_eq(block)

    @gl.public.write
    def images(self) -> list:
        def block():
            try:
                gl.nondet.exec_prompt("what?", images=[b"\x89PNG\r\n\x1a\n"] * 3)
            except NondetException as error:
                return error.causes

        return gl.eq_principle.strict_eq(block)

    @gl.public.write
    def code(self):
        gl.deploy_contract(code=b"#" * (2**20 + 1))

    @gl.public.write
    def fuel(self):
        # One request that costs more than there is.
        request = {"VenireEmbed": {"model": "all-MiniLM-L6-v2", "text": "x" * (24 << 20)}}
        wasi.gl_call(calldata.encode(request))

    @gl.public.write
    def memory(self) -> str:
        try:
            bytearray(600 << 20)
        except MemoryError:
            return "MemoryError"
        return "it fits"

    @gl.public.write
    def depth(self) -> str:
        def deeper(level):
            result = gl.vm.spawn_sandbox(lambda: deeper(level + 1))
            return gl.vm.unpack_result(result) if isinstance(result, gl.vm.Return) else f"{level} {result}"

        return deeper(0)

    @gl.public.write
    def nondet_bytes(self):
        for _ in range(2):
            gl.vm.run_nondet_unsafe(lambda: "x" * 600_000, lambda result: True)
