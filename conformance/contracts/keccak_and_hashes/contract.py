# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
import base64
import hashlib


class Hashes(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def keccak(self) -> list:
        part = Keccak256(b"abc")
        copy = part.copy()
        part.update(b"def")
        return [Keccak256().hexdigest(), copy.hexdigest(), part.digest() == Keccak256(b"abcdef").digest(), len(part.digest()), Keccak256(b"x" * 1000).hexdigest()]

    @gl.public.view
    def library(self) -> list:
        return [
            hashlib.sha256(b"abc").hexdigest(),
            hashlib.sha3_256(b"abc").hexdigest(),
            hashlib.md5(b"abc").hexdigest(),
            hashlib.blake2b(b"abc", digest_size=16).hexdigest(),
            base64.b64encode(b"abc").decode(),
        ]
