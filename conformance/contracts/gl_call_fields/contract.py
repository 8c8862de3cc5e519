# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
import _genlayer_wasi as wasi


def ask(request):
    try:
        wasi.gl_call(gl.calldata.encode(request))
    except SystemError as error:
        return str(error)
    return "accepted"


class Requests(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def requests(self) -> list:
        return [
            ask({"Trace": {"Message": "hello"}}),
            ask({"Rollback": {"text": "no"}}),
            ask({"Nonsense": {}}),
            ask({}),
            ask([]),
            ask({"EmitEvent": {"topics": [], "blob": {}, "more": 1}}),
            ask({"EmitEvent": {"topics": []}}),
            ask({"EmitEvent": {"topics": [b"short"], "blob": {}}}),
            ask({"PostMessage": {"address": gl.message.sender_address, "calldata": {}, "value": 0, "on": "never"}}),
            ask({"PostMessage": {"address": "me", "calldata": {}, "value": 0, "on": "accepted"}}),
            ask({"A": {}, "B": {}}),
        ]

    @gl.public.write
    def extra(self):
        request = {"CallContract": {"address": self.address, "calldata": {}, "state": 0, "bad": None}}
        try:
            wasi.gl_call(gl.calldata.encode(request))
        except SystemError as error:
            print(error)
            exit(30)

    @gl.public.write
    def not_calldata(self):
        try:
            wasi.gl_call(b"\xff\xff")
        except SystemError as error:
            return str(error)
