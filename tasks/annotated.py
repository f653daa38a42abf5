"""What the annotations of a DSL's functions say about its grids.

Does not promise an answer: functions without annotations say nothing, and votes may be equal.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import numpy as np

__all__ = ["grid_kind"]


def grid_kind(primitives: Mapping[str, object]) -> str:
    """What most functions that say it take or give as grids; empty where it stays open."""
    votes = {"tuple": 0, "array": 0}
    for value in primitives.values():
        hints = list(_hints(value))
        votes["tuple"] += any(map(_is_tuple_grid, hints))
        votes["array"] += any(map(_is_array, hints))
    if votes["tuple"] == votes["array"]:
        return ""
    return max(votes, key=lambda kind: votes[kind])


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
