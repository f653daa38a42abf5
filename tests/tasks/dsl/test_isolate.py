"""From a grid straight to its objects."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.isolate import (
    crop_largest_multicolour_object,
    crop_largest_object,
    crop_most_coloured_object,
    crop_most_common_object,
    crop_odd_colour,
    crop_odd_shape,
    crop_smallest_multicolour_object,
    crop_smallest_object,
    keep_largest_objects,
    keep_objects_of_size,
    keep_objects_touching_border,
    keep_objects_within_border,
    keep_smallest_objects,
    recolour_by_size,
    recolour_objects_of_size,
    remove_largest_objects,
    remove_smallest_objects,
)
from tasks.errors import Impossible
from tasks.grid import Grid, as_grid

law = settings(max_examples=30, deadline=None)
grids = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=8),
    elements=st.integers(0, 4),
)

GRID = as_grid(
    [
        [0, 0, 0, 0, 0, 0],
        [0, 1, 1, 0, 2, 0],
        [0, 1, 3, 0, 0, 0],
        [0, 0, 0, 0, 4, 4],
    ]
)
TWINS = as_grid([[1, 1, 0, 1, 1, 0, 2, 1]])


@pytest.mark.parametrize(
    ("crop", "expected"),
    [
        (crop_largest_object, [[1, 1], [1, 0]]),
        (crop_smallest_object, [[2]]),
        (crop_largest_multicolour_object, [[1, 1], [1, 3]]),
        (crop_smallest_multicolour_object, [[2]]),
        (crop_most_coloured_object, [[1, 1], [1, 3]]),
    ],
)
def test_one_object_is_cropped(crop: Callable[[Grid], Grid], expected: list[list[int]]) -> None:
    assert crop(GRID).tolist() == expected
    with pytest.raises(Impossible):
        crop(as_grid([[0, 0]]))


def test_the_common_and_the_odd_object_are_cropped() -> None:
    assert crop_most_common_object(TWINS).tolist() == [[1, 1]]
    assert crop_odd_colour(TWINS).tolist() == [[2, 1]]
    assert crop_odd_shape(np.hstack([TWINS, as_grid([[0, 5]])])).tolist() == [[5]]
    with pytest.raises(Impossible):
        crop_odd_shape(TWINS)
    with pytest.raises(Impossible):
        crop_odd_colour(TWINS[:, :5])


def colours_left(grid: Grid) -> list[int]:
    return [int(colour) for colour in np.unique(grid) if colour]


def test_objects_of_some_size_stay_in_place() -> None:
    assert colours_left(keep_largest_objects(GRID)) == [1]
    assert colours_left(keep_smallest_objects(GRID)) == [2, 3]
    assert colours_left(keep_objects_of_size(GRID, 2)) == [4]
    assert np.array_equal(keep_objects_of_size(GRID, 2)[3], GRID[3])


def test_objects_of_some_size_go() -> None:
    assert colours_left(remove_largest_objects(GRID)) == [2, 3, 4]
    assert colours_left(remove_smallest_objects(GRID)) == [1, 4]


def test_the_border_decides() -> None:
    assert colours_left(keep_objects_touching_border(GRID)) == [4]
    assert colours_left(keep_objects_within_border(GRID)) == [1, 2, 3]


def test_sizes_become_colours() -> None:
    assert recolour_objects_of_size(GRID, 2, 9)[3].tolist() == [0, 0, 0, 0, 9, 9]
    assert recolour_objects_of_size(GRID, 2, 9)[1].tolist() == GRID[1].tolist()
    assert recolour_by_size(GRID, 8, 5).tolist() == [
        [0, 0, 0, 0, 0, 0],
        [0, 8, 8, 0, 5, 0],
        [0, 8, 5, 0, 0, 0],
        [0, 0, 0, 0, 5, 5],
    ]


@law
@given(grids)
def test_what_is_kept_and_what_is_removed_make_the_grid(grid: Grid) -> None:
    assert np.array_equal(keep_largest_objects(grid) + remove_largest_objects(grid), grid)
    assert np.array_equal(keep_smallest_objects(grid) + remove_smallest_objects(grid), grid)
    inside, outside = keep_objects_within_border(grid), keep_objects_touching_border(grid)
    assert np.array_equal(inside + outside, grid)


@law
@given(grids)
def test_keeping_the_largest_twice_keeps_the_same(grid: Grid) -> None:
    once = keep_largest_objects(grid)
    assert np.array_equal(keep_largest_objects(once), once)
