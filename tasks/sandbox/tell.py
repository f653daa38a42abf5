"""A value's type, told from inside the sandbox: values themselves never leave it.

Owns `TELL`, the name of a function that every sandbox has beside its primitives. No program can name
it, for it is no identifier. What it finds out is an outcome of its own: it raises `Told`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

import numpy as np

__all__ = ["TELL", "Told", "tell"]

TELL = "tell type"
LOOKED_AT = 100
"""Elements of a set or a long tuple that are looked at."""
SHORT = 3
"""Elements of a tuple whose types are told one by one."""


class Told(Exception):
    """The type of a value, in the language of `tasks.types`, and `@` its height `x` its width."""


def tell(value: object) -> NoReturn:
    """Raise Told."""
    sides = _sides(value)
    raise Told(_type(value) + (f"@{sides[0]}x{sides[1]}" if sides is not None else ""))


def _sides(value: object) -> tuple[int, int] | None:
    """Height and width of what may be a grid or a mask."""
    if isinstance(value, np.ndarray):
        return (value.shape[0], value.shape[1]) if value.ndim == 2 else None
    if isinstance(value, tuple) and value and all(isinstance(row, tuple) and row for row in value):
        return len(value), len(value[0])
    return None


def _type(value: object) -> str:
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"ndarray[tuple[object, ...], dtype[{value.dtype.name}]]"
    if isinstance(value, tuple) and len(value) <= SHORT:
        return f"tuple[{', '.join(map(_type, value))}]" if value else "tuple"
    if isinstance(value, tuple):
        return f"tuple[{_common(value)}, ...]"
    if isinstance(value, frozenset | set | list):
        return f"{type(value).__name__}[{_common(value)}]" if value else type(value).__name__
    name = type(value).__name__
    if callable(value) and not isinstance(value, type):
        return "Callable"
    return name if name.isidentifier() else "?"


def _common(values: Iterable[object]) -> str:
    """The type of all of some values, `?` where they differ."""
    found = {_type(value) for value, _ in zip(values, range(LOOKED_AT), strict=False)}
    return found.pop() if len(found) == 1 else "?"
