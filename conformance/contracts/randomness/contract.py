# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
import os
import random
import secrets
import uuid


class Randomness(gl.Contract):
    first: str

    def __init__(self):
        pass

    def draw(self):
        return str([random.random(), random.randint(0, 10**9), os.urandom(8).hex(), secrets.token_hex(4), str(uuid.uuid4()), random.Random().random()])

    @gl.public.write
    def keep(self) -> bool:
        self.first = self.draw()
        return len(set(random.sample(range(1000), 10))) == 10

    @gl.public.write
    def again(self) -> bool:
        return self.first == self.draw()

    @gl.public.write
    def seeded(self) -> list:
        random.seed(1)
        return [random.randint(0, 999) for _ in range(3)]

    @gl.public.write
    def sandboxes_differ(self) -> bool:
        def draw():
            return os.urandom(8)

        return gl.vm.spawn_sandbox(draw).calldata != gl.vm.spawn_sandbox(draw).calldata
