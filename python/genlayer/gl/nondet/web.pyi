"""Requests to web sites and rendered pages."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Literal, Protocol, overload

from ...py.types import Lazy
from ._answer import Image as _Image

type _Headers = Mapping[str, str | bytes] | None
type _Body = str | bytes | None

@dataclasses.dataclass
class Response:
    """What a site answered; any status is an answer, not an error."""

    status: int
    headers: dict[str, bytes]
    body: bytes

    @property
    def status_code(self) -> int: ...
    @property
    def content(self) -> bytes: ...
    @property
    def text(self) -> str: ...
    @property
    def ok(self) -> bool: ...
    def json(self) -> Any: ...

class Fetched(str):
    """A body as text with the attributes of its `Response`."""

    def __new__(cls, response: Response) -> Fetched: ...
    def __getattr__(self, name: str) -> Any: ...

class _Plain(Protocol):
    def __call__(self, url: str, *, headers: _Headers = {}, sign: bool = False) -> Response: ...
    def lazy(self, url: str, *, headers: _Headers = {}, sign: bool = False) -> Lazy[Response]: ...

class _WithBody(Protocol):
    def __call__(
        self, url: str, *, body: _Body = None, headers: _Headers = {}, sign: bool = False
    ) -> Response: ...
    def lazy(
        self, url: str, *, body: _Body = None, headers: _Headers = {}, sign: bool = False
    ) -> Lazy[Response]: ...

class _Request(Protocol):
    def __call__(
        self,
        url: str,
        *,
        method: str = "GET",
        body: _Body = None,
        headers: _Headers = {},
        sign: bool = False,
    ) -> Response: ...
    def lazy(
        self,
        url: str,
        *,
        method: str = "GET",
        body: _Body = None,
        headers: _Headers = {},
        sign: bool = False,
    ) -> Lazy[Response]: ...

class _Render(Protocol):
    @overload
    def __call__(
        self, url: str, *, mode: Literal["text", "html"] = "text", wait_after_loaded: str | None = None
    ) -> str: ...
    @overload
    def __call__(
        self, url: str, *, mode: Literal["screenshot"], wait_after_loaded: str | None = None
    ) -> _Image: ...
    @overload
    def __call__(self, url: str, *, mode: str, wait_after_loaded: str | None = None) -> Any: ...
    def lazy(self, url: str, *, mode: str = "text", wait_after_loaded: str | None = None) -> Lazy[Any]: ...

request: _Request
get: _Plain
post: _WithBody
put: _WithBody
delete: _WithBody
head: _WithBody
patch: _WithBody
render: _Render

__all__ = ["Response", "delete", "get", "head", "patch", "post", "put", "render", "request"]
