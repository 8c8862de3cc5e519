"""Ready-made ways for validators to judge a leader's result."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from ..py.types import Lazy

class _Strict(Protocol):
    def __call__[T](self, fn: Callable[[], T]) -> T: ...
    def lazy[T](self, fn: Callable[[], T]) -> Lazy[T]: ...

class _Comparative(Protocol):
    def __call__[T](
        self,
        fn: Callable[[], T] | str,
        principle: str | None = None,
        *,
        comparative_fn: Callable[[T, T], bool] | None = None,
    ) -> T: ...
    def lazy[T](
        self,
        fn: Callable[[], T] | str,
        principle: str | None = None,
        *,
        comparative_fn: Callable[[T, T], bool] | None = None,
    ) -> Lazy[T]: ...

class _Custom(Protocol):
    def __call__[T](self, fn: Callable[[], T], comparator: Callable[[T, T], bool]) -> T: ...
    def lazy[T](self, fn: Callable[[], T], comparator: Callable[[T, T], bool]) -> Lazy[T]: ...

class _NonComparative(Protocol):
    def __call__(
        self, fn: Callable[[], str] | None = None, *, task: str, criteria: str, input: Any = None
    ) -> str: ...
    def lazy(
        self, fn: Callable[[], str] | None = None, *, task: str, criteria: str, input: Any = None
    ) -> Lazy[str]: ...

class _Fields(Protocol):
    def __call__[T](
        self,
        fn: Callable[[], T],
        *,
        exact: Iterable[str] | None = None,
        tolerance: Mapping[str, int | float | str] | None = None,
        ignore: Iterable[str] | None = None,
    ) -> T: ...
    def lazy[T](
        self,
        fn: Callable[[], T],
        *,
        exact: Iterable[str] | None = None,
        tolerance: Mapping[str, int | float | str] | None = None,
        ignore: Iterable[str] | None = None,
    ) -> Lazy[T]: ...

class _Within(Protocol):
    def __call__[T](
        self,
        fn: Callable[[], T],
        *,
        absolute: int | float | str | None = None,
        relative: int | float | str | None = None,
        percent: int | float | str | None = None,
    ) -> T: ...
    def lazy[T](
        self,
        fn: Callable[[], T],
        *,
        absolute: int | float | str | None = None,
        relative: int | float | str | None = None,
        percent: int | float | str | None = None,
    ) -> Lazy[T]: ...

fields: _Fields
within: _Within
strict_eq: _Strict
strict_eq_first: _Strict
json_eq: _Strict
prompt_comparative: _Comparative
custom: _Custom
prompt_non_comparative: _NonComparative

__all__ = ["fields", "json_eq", "prompt_comparative", "prompt_non_comparative", "strict_eq", "within"]
