"""Which values programs may share: those that none of them can change.

Owns: making arrays read-only where they lie, also inside tuples, frozen sets and frozen dataclasses,
for DSLs whose grids are arrays; and, for those whose grids are tuples, telling what cannot be
changed anyhow. A function counts as unchangeable; one that keeps state in a closure is its author's
to answer for.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import chain
from types import BuiltinFunctionType, FunctionType, NoneType
from typing import Any

import numpy as np

_ATOMS = frozenset((
    NoneType, bool, int, float, complex, str, bytes, range, type,
    FunctionType, BuiltinFunctionType, partial, np.ufunc,
))  # fmt: skip
_PLAIN = frozenset((tuple, frozenset))


def freeze(value: Any) -> bool:
    """Makes the arrays in `value` read-only; whether nothing in it can be changed now.

    Where it finds something that can be, it stops, and arrays behind that may stay writeable.
    """
    kind = type(value)
    if kind is np.ndarray:
        value.setflags(write=False)
        return not value.dtype.hasobject
    if kind in _ATOMS or isinstance(value, np.generic):
        return True
    if isinstance(value, tuple | frozenset):
        return all(map(freeze, value))
    parameters = getattr(kind, "__dataclass_params__", None)
    if parameters is None or not parameters.frozen:
        return False
    return all(freeze(getattr(value, name)) for name in value.__dataclass_fields__)


def is_immutable(value: Any) -> bool:
    """Whether nothing in `value` can be changed. Leaves it as it is; arrays can be changed.

    A grid of tuples has hundreds of items, so plain tuples and sets are looked at a level at once.
    """
    level: Iterable[Any] = (value,)
    while level:
        kinds = set(map(type, level)) - _ATOMS
        if not kinds <= _PLAIN:
            return all(map(_is_immutable_inside, level))
        level = [*chain.from_iterable([item for item in level if type(item) in _PLAIN])] if kinds else ()
    return True


def _is_immutable_inside(value: Any) -> bool:
    kind = type(value)
    if kind in _ATOMS or isinstance(value, np.generic):
        return True
    if isinstance(value, tuple | frozenset):
        return all(map(is_immutable, value))
    parameters = getattr(kind, "__dataclass_params__", None)
    if parameters is None or not parameters.frozen:
        return False
    return all(is_immutable(getattr(value, name)) for name in value.__dataclass_fields__)
