"""The outside world: language models and the web. Only inside of non-deterministic blocks."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol, overload

from ...py.types import Lazy
from .._prompt import Prompt as _PromptParts
from .._prompt import Untrusted as _Untrusted
from . import web as web
from ._answer import Image as Image
from ._answer import NondetException as NondetException
from ._extract import Extracted as _Extracted
from ._extract import quorum as quorum
from ._schema import text as text

type _Images = Sequence[bytes | Image | Any] | None

class _Prompt(Protocol):
    @overload
    def __call__(
        self, prompt: str | _PromptParts, *, response_format: Literal["text"] = "text", images: _Images = None
    ) -> str: ...
    @overload
    def __call__(
        self, prompt: str | _PromptParts, *, response_format: Literal["json"] | type[dict], images: _Images = None
    ) -> dict[str, Any]: ...
    @overload
    def __call__(self, prompt: str | _PromptParts, *, response_format: type[bool], images: _Images = None) -> bool: ...
    @overload
    def __call__(self, prompt: str | _PromptParts, *, response_format: type[int], images: _Images = None) -> int: ...
    @overload
    def __call__(self, prompt: str | _PromptParts, *, response_format: str, images: _Images = None) -> Any: ...
    def lazy(
        self, prompt: str | _PromptParts, *, response_format: Any = "text", images: _Images = None, schema: Any = None
    ) -> Lazy[Any]: ...

class _Extract(Protocol):
    def __call__(
        self,
        schema: Mapping[str, Any] | type,
        *,
        task: str,
        source: str | _Untrusted | None = None,
        sources: Mapping[str, str | _Untrusted] | Sequence[str | _Untrusted] | None = None,
    ) -> _Extracted: ...
    def lazy(
        self,
        schema: Mapping[str, Any] | type,
        *,
        task: str,
        source: str | _Untrusted | None = None,
        sources: Mapping[str, str | _Untrusted] | Sequence[str | _Untrusted] | None = None,
    ) -> Lazy[_Extracted]: ...

exec_prompt: _Prompt
extract: _Extract

def fetch_url(url: str) -> web.Fetched: ...
def ask_model(
    prompt: str | _PromptParts,
    response_format: Any,
    images: _Images,
    *,
    fractions: bool = False,
    schema: Any = None,
) -> Lazy[Any]: ...
