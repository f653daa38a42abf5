"""What a memoized function and its results may say of themselves.

Owns: `@memo` and `@memo(version=...)`: a decorated function stays a plain function that, called
directly, just runs. A result whose `__memo_final__` is false is served and never kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, overload

from store.key import name_of

__all__ = ["check_length", "is_final", "memo"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


@overload
def memo(func: _Function, /) -> _Function: ...
@overload
def memo(*, version: str | None = None) -> Callable[[_Function], _Function]: ...


def memo(
    func: _Function | None = None, /, *, version: str | None = None
) -> _Function | Callable[[_Function], _Function]:
    """Mark a function as memoized. `version` pins its fingerprint by hand: its code then no
    longer counts, and the pin must be changed whenever results should be computed again."""

    def mark(target: _Function) -> _Function:
        if version is not None:
            target.__memo_version__ = version  # type: ignore[attr-defined]  # read by the fingerprint
        return target

    return mark(func) if func is not None else mark


def is_final(value: object) -> bool:
    """Whether a result may be kept: a value says no by a false `__memo_final__`."""
    return bool(getattr(value, "__memo_final__", True))


def check_length(func: object, results: object, items: int) -> None:
    """Raises TypeError unless a map function gave one result per item."""
    if not isinstance(results, Sequence) or len(results) != items:
        given = f"{len(results)} results" if isinstance(results, Sequence) else type(results).__name__
        raise TypeError(f"{name_of(func)} got {items} items and gave {given}; one each is needed")
