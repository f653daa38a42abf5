"""Which values programs may share: those that none of them can change.

Arrays are made read-only where they lie, also inside tuples, frozen sets and frozen dataclasses. A
function counts as unchangeable; one that keeps state in a closure is its author's to answer for.
"""

from __future__ import annotations

from functools import partial
from types import BuiltinFunctionType, FunctionType, NoneType
from typing import Any

import numpy as np

_ATOMS = frozenset((
    NoneType, bool, int, float, complex, str, bytes, range, type,
    FunctionType, BuiltinFunctionType, partial, np.ufunc,
))  # fmt: skip


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
