"""Picking one object out of several.

Owns the ways to choose exactly one. All raise Impossible when there is no object, and unless a
docstring says otherwise the first of equal ones, in the order given, is picked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

from tasks.dsl.object import Object, Objects, some
from tasks.dsl.object_values import colours_of, count_colours_of
from tasks.errors import Impossible

__all__ = [
    "bottommost_object",
    "first_object",
    "largest_object",
    "last_object",
    "leftmost_object",
    "most_coloured_object",
    "most_common_object",
    "nth_largest_object",
    "nth_object",
    "odd_one_out_by_colour",
    "odd_one_out_by_shape",
    "odd_one_out_by_size",
    "rightmost_object",
    "smallest_object",
    "topmost_object",
]


def largest_object(objects: Objects) -> Object:
    """The object with the most cells."""
    return max(some("largest_object", objects), key=lambda item: item.size)


def smallest_object(objects: Objects) -> Object:
    """The object with the fewest cells."""
    return min(some("smallest_object", objects), key=lambda item: item.size)


def nth_object(objects: Objects, n: int) -> Object:
    """Object number `n` from 0 in the order given, from the end when negative.

    Raises Impossible when there are not that many.
    """
    if not -len(objects) <= n < len(objects):
        raise Impossible("nth_object", f"{len(objects)} objects have no number {n}")
    return objects[n]


def nth_largest_object(objects: Objects, n: int) -> Object:
    """Object number `n` from 0 by decreasing size, from the smallest when negative.

    Raises Impossible when there are not that many.
    """
    if not -len(objects) <= n < len(objects):
        raise Impossible("nth_largest_object", f"{len(objects)} objects have no number {n}")
    return sorted(objects, key=lambda item: -item.size)[n]


def first_object(objects: Objects) -> Object:
    """The first object in the order given."""
    return some("first_object", objects)[0]


def last_object(objects: Objects) -> Object:
    """The last object in the order given."""
    return some("last_object", objects)[-1]


def topmost_object(objects: Objects) -> Object:
    """The object that reaches furthest up."""
    return min(some("topmost_object", objects), key=lambda item: item.row)


def bottommost_object(objects: Objects) -> Object:
    """The object that reaches furthest down."""
    return max(some("bottommost_object", objects), key=lambda item: item.bottom)


def leftmost_object(objects: Objects) -> Object:
    """The object that reaches furthest left."""
    return min(some("leftmost_object", objects), key=lambda item: item.column)


def rightmost_object(objects: Objects) -> Object:
    """The object that reaches furthest right."""
    return max(some("rightmost_object", objects), key=lambda item: item.right)


def most_coloured_object(objects: Objects) -> Object:
    """The object with the most colours."""
    # Cost: colours are counted in 1 to 2 us for each object, of which a grid may have a hundred.
    return max(some("most_coloured_object", objects), key=count_colours_of)


def shape_of(item: Object) -> tuple[tuple[int, ...], bytes]:
    """What two objects have in common exactly when their masks are equal."""
    return item.mask.shape, item.mask.tobytes()


def _look_of(item: Object) -> tuple[Hashable, bytes]:
    return shape_of(item), item.patch.tobytes()


def most_common_object(objects: Objects) -> Object:
    """The object whose shape and colours occur most often."""
    looks = [_look_of(item) for item in some("most_common_object", objects)]
    counts = Counter(looks)
    return max(zip(objects, looks, strict=True), key=lambda pair: counts[pair[1]])[0]


def _odd_one(primitive: str, objects: Objects, traits: list[Hashable]) -> Object:
    """The only object whose trait nobody shares; raises Impossible unless there is one."""
    counts = Counter(traits)
    odd = [item for item, trait in zip(objects, traits, strict=True) if counts[trait] == 1]
    if len(odd) != 1:
        raise Impossible(primitive, f"{len(odd)} of {len(objects)} objects are unlike the others")
    return odd[0]


def odd_one_out_by_shape(objects: Objects) -> Object:
    """The only object whose shape no other has. Raises Impossible unless there is exactly one."""
    return _odd_one("odd_one_out_by_shape", objects, [shape_of(item) for item in objects])


def odd_one_out_by_colour(objects: Objects) -> Object:
    """The only object whose colours no other has. Raises Impossible unless there is exactly one."""
    # Cost: as of `most_coloured_object`.
    return _odd_one("odd_one_out_by_colour", objects, [colours_of(item) for item in objects])


def odd_one_out_by_size(objects: Objects) -> Object:
    """The only object whose size no other has. Raises Impossible unless there is exactly one."""
    return _odd_one("odd_one_out_by_size", objects, [item.size for item in objects])
