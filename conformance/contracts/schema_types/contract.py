# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
from dataclasses import dataclass
import typing
import collections.abc


@dataclass
class Point:
    x: int
    label: str


@allow_storage
@dataclass
class Stored:
    owner: Address
    tags: DynArray[str]


class Types(gl.Contract):
    def __init__(self, a: u256, /, b: str, *, c: bool = True):
        pass

    @gl.public.view
    def alpha(self, a: list[int], b: tuple[int, ...], c: tuple[str, bool], d: dict[str, int], e: typing.Any):
        pass

    @gl.public.view
    def beta(self, a: int | None, b: typing.Optional[str], c: typing.Union[int, str], d: DynArray[u8], e: TreeMap[str, u8]) -> None:
        pass

    @gl.public.view
    def gamma(self, a, b: collections.abc.Sequence[bytes], c: collections.abc.Mapping[str, Address]) -> Point:
        pass

    @gl.public.view
    def delta(self, a: typing.Literal["x", "y"], b: Stored) -> list[dict[str, tuple[int, str]]]:
        pass

    @gl.public.write
    def epsilon(self, *, named: int, other: str = "x"):
        pass

    @gl.public.write
    def zeta(self, a: bigint, b: i8) -> u256:
        pass
