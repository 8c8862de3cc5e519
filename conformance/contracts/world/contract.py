# { "Depends": "py-genlayer:test" }
from genlayer import *
import datetime
import hashlib
import random
import time
import uuid


class World(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def clocks(self) -> list:
        return [
            datetime.datetime.now().isoformat(),
            int(time.time()),
            gl.message_raw["datetime"],
            gl.message.chain_id,
        ]

    @gl.public.view
    def chance(self) -> list:
        return [random.randint(0, 10**9), random.Random().randint(0, 10**9), str(uuid.uuid4())]

    @gl.public.view
    def no_files(self) -> str:
        try:
            open("/etc/passwd")
        except OSError as error:
            return type(error).__name__

    @gl.public.view
    def no_sockets(self) -> str:
        try:
            import ssl
        except ImportError as error:
            return type(error).__name__

    @gl.public.view
    def hashes(self) -> list:
        return [
            Keccak256(b"").hexdigest(),
            hashlib.sha256(b"").hexdigest(),
            hash("abc") == hash("abc"),
            str(0.1 + 0.2),
        ]
