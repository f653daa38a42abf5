"""Arguments for primitives, made from the annotations of their parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from itertools import islice, product
from typing import Any, TypeAlias

import numpy as np

from tasks.dsl.components import all_components, objects_8
from tasks.dsl.object import Object
from tasks.grid import Grid

MOST_CALLS = 6
"""Calls for one grid: enough for a few values of each argument."""

Values: TypeAlias = dict[str, tuple[Any, ...]]
"""Arguments by the annotation of their parameter."""


def frozen(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    array = array.copy()
    array.flags.writeable = False
    return array


def frozen_object(item: Object) -> Object:
    return Object(frozen(item.patch), frozen(item.mask), item.row, item.column)


def values(grid: Grid) -> Values:
    """Some arguments of each annotated type that is covered here, made from a grid."""
    turned, mirrored = frozen(grid.T), frozen(grid[::-1])
    objects = tuple(frozen_object(item) for item in objects_8(grid))
    cover = frozen_object(all_components(grid)[0])
    return {
        "Grid": (frozen(grid), turned),
        "Mask": (frozen(grid != 0), frozen(grid > 9)),
        "Colour": (int(grid.flat[0]), 0, 3),
        "int": (1, 2, -1, 0),
        "bool": (True, False),
        "Object": (cover,),
        "Objects": (objects, ()),
        "tuple[Grid, ...]": ((frozen(grid), mirrored), (frozen(grid), turned), ()),
        "Samples": (((frozen(grid), mirrored),), ((frozen(grid), turned),)),
    }


COVERED = values(np.zeros((1, 1), np.uint8)).keys()


def calls(primitive: Callable[..., Any], of: Values) -> Iterator[tuple[Any, ...]]:
    parameters = inspect.signature(primitive).parameters.values()
    return islice(product(*[of[parameter.annotation] for parameter in parameters]), MOST_CALLS)


def is_covered(primitive: object) -> bool:
    if not callable(primitive):
        return False
    parameters = inspect.signature(primitive).parameters.values()
    return all(
        parameter.kind is not parameter.VAR_POSITIONAL and parameter.annotation in COVERED
        for parameter in parameters
    )
