"""The msgpack extensions that stand for what msgpack has no type for."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

__all__ = [
    "ARRAY",
    "BIGINT",
    "COMPLEX",
    "DATACLASS",
    "DATE",
    "DATETIME",
    "DEEPEST",
    "DICT",
    "ENUM",
    "FROZENSET",
    "LIST",
    "NAMEDTUPLE",
    "NUMPY_STRING",
    "SCALAR",
    "SET",
    "STACKED",
    "TIME",
    "TIMEDELTA",
    "field_names",
    "is_constant",
]

LIST, SET, FROZENSET, BIGINT, ARRAY, SCALAR, STACKED = 1, 2, 3, 4, 5, 6, 7
DATACLASS, NAMEDTUPLE, ENUM, COMPLEX = 8, 9, 10, 11
DATETIME, DATE, TIME, TIMEDELTA, NUMPY_STRING, DICT = 12, 13, 14, 15, 16, 17

DEEPEST = 100
"""Values inside each other, tuples aside. Each is a msgpack of its own."""


@functools.cache
def field_names(kind: Any) -> tuple[str, ...]:
    """The names of a dataclass's fields, in order."""
    return tuple(field.name for field in dataclasses.fields(kind))


@functools.cache
def is_constant(kind: Any) -> bool:
    """Whether instances of a class are all the same: those of a frozen dataclass without fields."""
    parameters = kind.__dict__.get("__dataclass_params__")
    return parameters is not None and parameters.frozen and not field_names(kind)
