"""A function over each of several grids or objects.

Owns mapping, sifting, choosing and folding by a given function. The order given is kept, and of
equal ones the first is picked. What picks one raises Impossible when there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from tasks.dsl.object import Object, Objects, some, tight_object
from tasks.errors import Impossible
from tasks.grid import Grid

__all__ = [
    "apply_to_each",
    "argmax_by",
    "argmin_by",
    "count_by",
    "filter_by",
    "filter_parts_by",
    "fold_parts",
    "map_objects",
    "map_to_parts",
    "part_with_greatest",
    "part_with_least",
    "sort_by",
    "transform_object",
]


def apply_to_each(parts: tuple[Grid, ...], function: Callable[[Grid], Grid]) -> tuple[Grid, ...]:
    """The function on each grid."""
    return tuple(function(part) for part in parts)


def fold_parts(parts: tuple[Grid, ...], join: Callable[[Grid, Grid], Grid]) -> Grid:
    """The grids joined two by two from the first on. Raises Impossible when there is none."""
    return reduce(join, _some_parts("fold_parts", parts))


def filter_parts_by(parts: tuple[Grid, ...], condition: Callable[[Grid], bool]) -> tuple[Grid, ...]:
    """The grids for which the condition holds."""
    return tuple(part for part in parts if condition(part))


def part_with_greatest(parts: tuple[Grid, ...], measure: Callable[[Grid], int]) -> Grid:
    """The grid of the greatest measure."""
    return max(_some_parts("part_with_greatest", parts), key=measure)


def part_with_least(parts: tuple[Grid, ...], measure: Callable[[Grid], int]) -> Grid:
    """The grid of the least measure."""
    return min(_some_parts("part_with_least", parts), key=measure)


def _some_parts(primitive: str, parts: tuple[Grid, ...]) -> tuple[Grid, ...]:
    if not parts:
        raise Impossible(primitive, "there is no part")
    return parts


def map_objects(objects: Objects, function: Callable[[Object], Object]) -> Objects:
    """The function on each object."""
    return tuple(function(item) for item in objects)


def map_to_parts(objects: Objects, function: Callable[[Object], Grid]) -> tuple[Grid, ...]:
    """A grid made of each object."""
    return tuple(function(item) for item in objects)


def filter_by(objects: Objects, condition: Callable[[Object], bool]) -> Objects:
    """The objects for which the condition holds."""
    return tuple(item for item in objects if condition(item))


def count_by(objects: Objects, condition: Callable[[Object], bool]) -> int:
    """How many objects the condition holds for."""
    return sum(1 for item in objects if condition(item))


def sort_by(objects: Objects, measure: Callable[[Object], int]) -> Objects:
    """The objects by increasing measure."""
    return tuple(sorted(objects, key=measure))


def argmax_by(objects: Objects, measure: Callable[[Object], int]) -> Object:
    """The object of the greatest measure."""
    return max(some("argmax_by", objects), key=measure)


def argmin_by(objects: Objects, measure: Callable[[Object], int]) -> Object:
    """The object of the least measure."""
    return min(some("argmin_by", objects), key=measure)


def transform_object(item: Object, function: Callable[[Grid], Grid]) -> Object:
    """The object with the function on its patch, its box's corner kept.

    Cells of colour 0 do not belong to the result. Raises Impossible when all of them are 0.
    """
    patch = function(item.patch)
    return tight_object(patch, patch != 0, item.row, item.column)
