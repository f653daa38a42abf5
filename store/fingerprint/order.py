"""The order in which what a set holds is looked at.

Owns: an order of functions and classes that have one name, which a set keeps by their addresses. The
walk numbers what shares a name as it meets it, so that without an order the numbers would tell.

Does not promise: an order of what refers to the set that it lies in.
"""

from __future__ import annotations

import types
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from store.fingerprint.graph import digest_of_root, seal

if TYPE_CHECKING:
    from store.fingerprint.reach import Walk

__all__ = ["in_order"]


def in_order(items: Iterable[Any], walk: Walk) -> list[Any]:
    """Items, those of one name after the others, by what they are."""
    found = list(items)
    names = Counter(map(_name, found))
    unnamed = names.pop("", 0)
    if len(found) - unnamed == len(names) or walk.is_apart:
        return found
    return sorted(found, key=lambda item: _digest(item, walk) if names[_name(item)] > 1 else b"")


def _name(item: Any) -> str:
    if not isinstance(item, types.FunctionType | type):
        return ""
    return f"{item.__module__}:{item.__qualname__}"


def _digest(item: Any, walk: Walk) -> bytes:
    """By a walk of its own, as this one has not filled what it reaches yet."""
    node = walk.apart().root(item)
    seal(node)
    return digest_of_root(node)
