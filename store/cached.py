"""What functions behind a cache of `functools` have read in this process.

Owns: remembering that per function. Such a function reads once and then answers from memory, so that
whoever may have asked it read the same.

Does not promise: to know of caches written by hand, nor of what was read before the first recorded
call.
"""

from __future__ import annotations

import functools
from collections.abc import Container, Iterable, Iterator
from types import FrameType

__all__ = ["anything", "note", "read_by"]

_Seen = tuple[str, str, bytes]
"""Kind, name and digest of something that was read."""

_seen: dict[str, dict[_Seen, None]] = {}
_CACHES = (type(functools.cache(len)), functools.cached_property)


def note(frames: Iterable[FrameType], kind: str, name: str, digest: bytes) -> None:
    """Remember something that was read while these frames were at work."""
    for frame in frames:
        function = _cached_function(frame)
        if function:
            _seen.setdefault(function, {})[kind, name, digest] = None


def read_by(functions: Container[str]) -> Iterator[_Seen]:
    """What the cached ones among some functions (or methods of some classes) have read; both are
    named as parts of a fingerprint are."""
    for name, seen in _seen.items():
        if name in functions or name.rpartition(".")[0] in functions:
            yield from seen


def anything() -> bool:
    """Whether a cached function has read anything."""
    return bool(_seen)


def _cached_function(frame: FrameType) -> str:
    """The name of the function at work, if its module or class holds it behind a cache."""
    code = frame.f_code
    first, *rest = code.co_qualname.split(".")
    held = frame.f_globals.get(first)
    for name in rest:
        held = vars(held).get(name) if isinstance(held, type) else None
    if not isinstance(held, _CACHES):
        return ""
    plain = held.func if isinstance(held, functools.cached_property) else held.__wrapped__
    is_this = getattr(plain, "__code__", None) is code
    return f"{frame.f_globals.get('__name__', '')}:{code.co_qualname}" if is_this else ""
