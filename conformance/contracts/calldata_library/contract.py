# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
from dataclasses import dataclass


@dataclass
class Pair:
    left: int
    right: str


class Custom(gl.calldata.CalldataEncodable):
    def __to_calldata__(self):
        return {"custom": True}


def failing(action):
    try:
        action()
    except Exception:
        return True
    return False


class Calldata(gl.Contract):
    items: DynArray[u32]
    names: TreeMap[str, u8]

    def __init__(self):
        self.items.extend([3, 4])
        self.names["b"] = 2
        self.names["a"] = 1

    @gl.public.view
    def bytes_of(self) -> list:
        values = [0, 42, -1, "", "create", b"xyz", [], {}, {"method": "foo"}, {"user_id": "create", "action": 42}, None, False, True, Address(b"\x01" * 20), 2**70]
        return [gl.calldata.encode(value).hex() for value in values]

    @gl.public.view
    def objects(self) -> list:
        return [Pair(1, "x"), Custom(), self.items, self.names, (1, 2)]

    @gl.public.view
    def back(self) -> list:
        decoded = gl.calldata.decode(gl.calldata.encode({"t": (1, 2), "p": Pair(1, "y")}))
        return [type(decoded["t"]).__name__, type(decoded["p"]).__name__, decoded]

    @gl.public.view
    def rejects(self) -> list:
        bad = ["", "20", "8000", "0807", "0e0161", "16016101016108", "1601620101610108", "07", "1c", "0c80"]
        return [text for text in bad if not failing(lambda: gl.calldata.decode(bytes.fromhex(text)))]

    @gl.public.view
    def text(self) -> str:
        return gl.calldata.to_str([None, True, -5, 'a"b', b"\x01", Address(b"\x01" * 20), {"k": []}])

    @gl.public.view
    def unencodable(self) -> list:
        import datetime
        import decimal

        bad = [1.5, {1}, datetime.datetime(2024, 1, 1), decimal.Decimal(1), object(), {1: 2}]
        return [failing(lambda: gl.calldata.encode(value)) for value in bad]
