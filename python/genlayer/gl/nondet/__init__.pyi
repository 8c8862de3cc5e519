"""The outside world: language models and the web. Only inside of non-deterministic blocks."""

from collections.abc import Sequence
from typing import Any, Literal, Protocol, overload

from ...py.types import Lazy
from . import web as web
from ._answer import Image as Image
from ._answer import NondetException as NondetException

type _Images = Sequence[bytes | Image | Any] | None

class _Prompt(Protocol):
    @overload
    def __call__(
        self, prompt: str, *, response_format: Literal["text"] = "text", images: _Images = None
    ) -> str: ...
    @overload
    def __call__(
        self, prompt: str, *, response_format: Literal["json"] | type[dict], images: _Images = None
    ) -> dict[str, Any]: ...
    @overload
    def __call__(self, prompt: str, *, response_format: type[bool], images: _Images = None) -> bool: ...
    @overload
    def __call__(self, prompt: str, *, response_format: type[int], images: _Images = None) -> int: ...
    @overload
    def __call__(self, prompt: str, *, response_format: str, images: _Images = None) -> Any: ...
    def lazy(
        self, prompt: str, *, response_format: Any = "text", images: _Images = None
    ) -> Lazy[Any]: ...

exec_prompt: _Prompt

def fetch_url(url: str) -> web.Fetched: ...
def ask_model(
    prompt: str, response_format: Any, images: _Images, *, fractions: bool = False
) -> Lazy[Any]: ...
