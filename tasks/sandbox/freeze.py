"""Which values programs may share: those that none of them can change.

Owns: making arrays read-only where they lie, also inside tuples, frozen sets and frozen dataclasses,
for DSLs whose grids are arrays; and, for those whose grids are tuples, telling what cannot be
changed anyhow. A function counts by what its closure, defaults and attributes hold, a method of an
object by that object.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import chain
from types import BuiltinFunctionType, CellType, FunctionType, ModuleType, NoneType
from typing import Any

import numpy as np

_ATOMS = frozenset((NoneType, bool, int, float, complex, str, bytes, range, type, np.ufunc))
_PLAIN = frozenset((tuple, frozenset))
_EMPTY = CellType()


def freeze(value: Any) -> bool:
    """Makes the arrays in `value` read-only; whether nothing in it can be changed now.

    Where it finds something that can be, it stops, and arrays behind that may stay writeable. Raises
    RecursionError for what holds itself, as functions may.
    """
    kind = type(value)
    if kind is np.ndarray:
        value.setflags(write=False)
        return not value.dtype.hasobject
    if kind in _ATOMS or isinstance(value, np.generic):
        return True
    if isinstance(value, tuple | frozenset):
        return all(map(freeze, value))
    held = _held(value)
    return held is not None and all(map(freeze, held))


def is_immutable(value: Any) -> bool:
    """Whether nothing in `value` can be changed. Leaves it as it is; arrays can be changed. Raises
    RecursionError as `freeze` does.

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
    held = _held(value)
    return held is not None and all(map(is_immutable, held))


def _held(value: Any) -> Iterable[Any] | None:
    """What a value holds that could be changed, where it cannot be changed itself; else None."""
    kind = type(value)
    if kind is FunctionType:
        cells = [cell.cell_contents for cell in value.__closure__ or () if cell != _EMPTY]
        held = [each for each in cells if each is not value]
        return [
            *held,
            *(value.__defaults__ or ()),
            *(value.__kwdefaults__ or {}).values(),
            *vars(value).values(),
        ]
    if kind is BuiltinFunctionType:
        owner = value.__self__
        return () if owner is None or isinstance(owner, ModuleType | type) else (owner,)
    if kind is partial:
        return (value.func, *value.args, *value.keywords.values())
    parameters = getattr(kind, "__dataclass_params__", None)
    if parameters is None or not parameters.frozen:
        return None
    return [getattr(value, name) for name in value.__dataclass_fields__]
