"""What the annotations of a DSL's functions say about its grids.

Does not promise an answer: functions without annotations say nothing, and votes may be equal.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Hashable, Iterator, Mapping
from typing import Any, get_args

import numpy as np

__all__ = ["grid_kind"]


def grid_kind(primitives: Mapping[str, object]) -> str:
    """What most functions that say it take or give as grids; empty where it stays open."""
    votes = {"tuple": 0, "array": 0}
    said: dict[Hashable, dict[str, bool]] = {}
    for value in primitives.values():
        written = _written(value)
        kinds = said.get(written) or _kinds(value)
        if written is not None:
            said[written] = kinds
        for kind, told in kinds.items():
            votes[kind] += told
    if votes["tuple"] == votes["array"]:
        return ""
    return max(votes, key=lambda kind: votes[kind])


def _written(value: object) -> Hashable:
    """What the annotations of a function come from, where that is text: those of another one with the
    same are not evaluated again, which costs 40 µs."""
    if not isinstance(value, types.FunctionType) or hasattr(value, "__wrapped__"):
        return None
    texts = tuple(value.__annotations__.values())
    return (id(value.__globals__), *texts) if all(isinstance(text, str) for text in texts) else None


def _kinds(value: object) -> dict[str, bool]:
    """Which kinds of grids a primitive says that it takes or gives."""
    hints = list(_hints(value))
    return {"tuple": any(map(_is_tuple_grid, hints)), "array": any(map(_is_array, hints))}


def _hints(value: object) -> Iterator[Any]:
    """The types in a function's annotations, members of unions one by one."""
    if not isinstance(value, types.FunctionType):
        return
    try:
        hints = list(typing.get_type_hints(value).values())
    except (NameError, TypeError, AttributeError, SyntaxError):  # a name that only type checkers see
        hints = list(value.__annotations__.values())
    for hint in hints:
        is_union = typing.get_origin(hint) in (typing.Union, types.UnionType)
        yield from get_args(hint) if is_union else (hint,)


def _is_tuple_grid(hint: Any) -> bool:
    rows = get_args(hint)
    return typing.get_origin(hint) is tuple and bool(rows) and typing.get_origin(rows[0]) is tuple


def _is_array(hint: Any) -> bool:
    return hint is np.ndarray or typing.get_origin(hint) is np.ndarray
