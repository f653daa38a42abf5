"""Arguments for primitives, made from the annotations of their parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from itertools import islice, product
from typing import Any

import numpy as np

from tasks.dsl.components import all_components, objects_8
from tasks.dsl.object import Object
from tasks.grid import Grid

MOST_CALLS = 6
"""Calls for one grid: enough for a few values of each argument."""

_DOT = np.zeros((1, 1), np.uint8)


def frozen(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    array = array.copy()
    array.flags.writeable = False
    return array


def frozen_object(item: Object) -> Object:
    return Object(frozen(item.patch), frozen(item.mask), item.row, item.column)


def values(annotation: str, grid: Grid) -> tuple[Any, ...] | None:
    """Some arguments of an annotated type, made from a grid; None for a type not covered here."""
    turned, mirrored = frozen(grid.T), frozen(grid[::-1])
    objects = tuple(frozen_object(item) for item in objects_8(grid))
    cover = frozen_object(all_components(grid)[0])
    kinds: dict[str, tuple[Any, ...]] = {
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
    return kinds.get(annotation)


def calls(primitive: Callable[..., Any], grid: Grid) -> Iterator[tuple[Any, ...]]:
    parameters = inspect.signature(primitive).parameters.values()
    kinds = [values(parameter.annotation, grid) for parameter in parameters]
    return islice(product(*[kind for kind in kinds if kind is not None]), MOST_CALLS)


def is_covered(primitive: object) -> bool:
    if not callable(primitive):
        return False
    parameters = inspect.signature(primitive).parameters.values()
    return all(
        parameter.kind is not parameter.VAR_POSITIONAL and values(parameter.annotation, _DOT) is not None
        for parameter in parameters
    )
