# { "Depends": "py-genlayer:test" }
import genlayer as gl


def name():
    return "library"


class Library(gl.contract.Contract):
    def __init__(self):
        pass
