"""What every primitive promises, whatever it does.

On any grid it returns what its annotation says or raises Impossible, never changes an argument,
and gives the same again. Arguments are made from the annotations; primitives over functions and
over any number of arguments are left to the tests of their modules.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from primitive_calls import calls, is_covered, values

from tasks.dsl import PRIMITIVES
from tasks.dsl.object import Object
from tasks.errors import Impossible

NOISE = np.random.default_rng(0).integers(0, 10, size=(30, 30), dtype=np.uint8)
RING = np.pad(np.zeros((1, 2), dtype=np.uint8), 2, constant_values=3)
GRIDS = (NOISE[:1, :1] * 0, NOISE[1:2, :1], NOISE[:1, :7], RING, NOISE)
VALUES = [values(grid) for grid in GRIDS]


COVERED = sorted(name for name, primitive in PRIMITIVES.items() if is_covered(primitive))


def is_grid(value: object) -> bool:
    return isinstance(value, np.ndarray) and value.dtype == np.uint8 and value.ndim == 2 and value.size > 0


def is_mask(value: object) -> bool:
    return isinstance(value, np.ndarray) and value.dtype == np.bool_ and value.ndim == 2


def is_object(value: object) -> bool:
    return (
        isinstance(value, Object)
        and is_grid(value.patch)
        and is_mask(value.mask)
        and value.patch.shape == value.mask.shape
        and not value.patch[~value.mask].any()
        and type(value.row) is type(value.column) is int
    )


def keeps_its_word(annotation: str, value: Any) -> bool:
    if annotation == "Grid":
        return is_grid(value)
    if annotation == "Mask":
        return is_mask(value)
    if annotation == "Object":
        return is_object(value)
    if annotation == "Objects":
        return isinstance(value, tuple) and all(is_object(item) for item in value)
    if annotation == "tuple[Grid, ...]":
        return isinstance(value, tuple) and all(is_grid(part) for part in value)
    if annotation == "bool":
        return type(value) is bool
    if annotation in ("int", "Colour"):
        return type(value) is int
    return value is not None


def outcome(primitive: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    try:
        return primitive(*arguments)
    except Impossible as error:
        return error


def same(first: Any, second: Any) -> bool:
    if isinstance(first, tuple):
        return len(first) == len(second) and all(map(same, first, second))
    if isinstance(first, Object):
        return np.array_equal(first.patch, second.patch) and first.row == second.row
    if isinstance(first, Impossible):
        return str(first) == str(second)
    return bool(np.array_equal(first, second))


def test_nearly_every_primitive_is_covered_here() -> None:
    assert len(COVERED) > len(PRIMITIVES) * 0.85


@pytest.mark.parametrize("name", COVERED)
def test_a_primitive_returns_what_it_says_or_raises_impossible(name: str) -> None:
    primitive: Any = PRIMITIVES[name]
    promised = inspect.signature(primitive).return_annotation
    for of in VALUES:
        for arguments in calls(primitive, of):
            result = outcome(primitive, arguments)
            assert isinstance(result, Impossible) or keeps_its_word(promised, result), (
                f"{name}{arguments} gave {result!r}"
            )
            assert same(result, outcome(primitive, arguments))
