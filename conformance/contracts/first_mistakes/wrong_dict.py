# { "Depends": "py-genlayer:test" }
from genlayer import *


class Wrong(gl.Contract):
    total: dict[str, str]
