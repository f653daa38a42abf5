"""Keeping and ordering objects: what stays, in which order."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.components import multicolour_objects_8, objects_4, objects_8
from tasks.dsl.object import Objects
from tasks.dsl.sifting import (
    all_largest,
    all_smallest,
    count_objects,
    distinct_shapes,
    larger_than,
    of_size,
    rectangles_of,
    repeated_shapes,
    smaller_than,
    sort_by_column,
    sort_by_row,
    sort_by_size,
    touching_border,
    unique_shapes,
    with_colour,
    with_holes,
    within_border,
    without_colour,
    without_holes,
)
from tasks.grid import Grid, as_grid

law = settings(max_examples=30, deadline=None)
grids = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=8),
    elements=st.integers(0, 4),
)

GRID = as_grid(
    [
        [0, 0, 1, 1, 0, 0],
        [2, 0, 0, 0, 0, 4],
        [2, 0, 5, 0, 0, 0],
        [2, 0, 0, 0, 3, 3],
    ]
)
OBJECTS = objects_4(GRID)


def colours(objects: Objects) -> list[int]:
    return [int(item.patch.max()) for item in objects]


def test_objects_are_counted() -> None:
    assert count_objects(OBJECTS) == 5
    assert count_objects(()) == 0


def test_orders_are_total_and_keep_ties() -> None:
    assert colours(sort_by_size(OBJECTS)) == [2, 1, 3, 4, 5]
    assert colours(sort_by_column(OBJECTS)) == [2, 1, 5, 3, 4]
    assert colours(sort_by_row(sort_by_column(OBJECTS))) == colours(OBJECTS) == [1, 2, 4, 5, 3]


def test_colours_sift() -> None:
    mixed = multicolour_objects_8(as_grid([[1, 2, 0, 2, 0, 3]]))
    assert [item.column for item in with_colour(mixed, 2)] == [0, 3]
    assert [item.column for item in without_colour(mixed, 2)] == [5]


def test_sizes_sift() -> None:
    assert colours(of_size(OBJECTS, 2)) == [1, 3]
    assert colours(larger_than(OBJECTS, 1)) == [1, 2, 3]
    assert colours(smaller_than(OBJECTS, 2)) == [4, 5]
    assert colours(all_largest(OBJECTS)) == [2]
    assert colours(all_smallest(OBJECTS)) == [4, 5]
    assert all_largest(()) == all_smallest(()) == ()


def test_the_border_sifts() -> None:
    assert colours(touching_border(OBJECTS, GRID)) == [1, 2, 4, 3]
    assert colours(within_border(OBJECTS, GRID)) == [5]


def test_shapes_sift() -> None:
    ring = as_grid([[1, 1, 1], [1, 0, 1], [1, 1, 1]])
    both = objects_4(np.hstack([ring, ring * 0, ring[:1].repeat(3, axis=0) * 2]))
    assert colours(rectangles_of(both)) == [2]
    assert colours(with_holes(both)) == [1]
    assert colours(without_holes(both)) == [2]


def test_shapes_are_compared_without_colours() -> None:
    assert colours(distinct_shapes(OBJECTS)) == [1, 2, 4]
    assert colours(unique_shapes(OBJECTS)) == [2]
    assert colours(repeated_shapes(OBJECTS)) == [1, 4, 5, 3]


def test_distinct_shapes_keep_the_order_of_the_first_of_each() -> None:
    again = objects_4(as_grid([[1, 1, 0, 2, 0, 3, 3]]))
    assert colours(distinct_shapes(again)) == [1, 2]


@law
@given(grids)
def test_every_object_is_on_one_side_of_each_sieve(grid: Grid) -> None:
    found = objects_8(grid)
    total = len(found)
    assert len(touching_border(found, grid)) + len(within_border(found, grid)) == total
    assert len(unique_shapes(found)) + len(repeated_shapes(found)) == total
    assert len(with_holes(found)) + len(without_holes(found)) == total
    assert len(larger_than(found, 2)) + len(of_size(found, 2)) + len(smaller_than(found, 2)) == total
