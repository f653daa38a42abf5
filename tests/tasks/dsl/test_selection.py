"""Picking one object: which, and what happens with ties and with none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.components import multicolour_objects_8, objects_4, objects_8
from tasks.dsl.object import Object, Objects
from tasks.dsl.selection import (
    bottommost_object,
    first_object,
    largest_object,
    last_object,
    leftmost_object,
    most_coloured_object,
    most_common_object,
    nth_largest_object,
    nth_object,
    odd_one_out_by_colour,
    odd_one_out_by_shape,
    odd_one_out_by_size,
    rightmost_object,
    smallest_object,
    topmost_object,
)
from tasks.errors import Impossible
from tasks.grid import Grid, as_grid

law = settings(max_examples=30, deadline=None)
grids = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=8),
    elements=st.integers(0, 4),
)

OBJECTS = objects_4(as_grid([[0, 1, 1, 0], [2, 0, 0, 4], [2, 0, 0, 0], [2, 0, 3, 0]]))


def colour(item: Object) -> int:
    return int(item.patch.max())


@pytest.mark.parametrize(
    ("pick", "expected"),
    [
        (first_object, 1),
        (last_object, 3),
        (largest_object, 2),
        (smallest_object, 4),
        (topmost_object, 1),
        (bottommost_object, 2),
        (leftmost_object, 2),
        (rightmost_object, 4),
    ],
)
def test_one_object_is_picked_and_the_first_of_equal_ones(
    pick: Callable[[Objects], Object], expected: int
) -> None:
    assert colour(pick(OBJECTS)) == expected
    with pytest.raises(Impossible, match="there is no object"):
        pick(())


def test_objects_are_numbered_from_either_end() -> None:
    assert [colour(nth_object(OBJECTS, n)) for n in (0, 1, -1)] == [1, 2, 3]
    assert [colour(nth_largest_object(OBJECTS, n)) for n in (0, 1, 2, 3, -1)] == [2, 1, 4, 3, 3]
    for n in (4, -5):
        with pytest.raises(Impossible, match="no number"):
            nth_object(OBJECTS, n)
        with pytest.raises(Impossible, match="no number"):
            nth_largest_object(OBJECTS, n)


LOOKS = multicolour_objects_8(as_grid([[1, 1, 0, 1, 1, 0, 1, 2, 0, 3]]))


def test_the_most_coloured_object_has_the_most_colours() -> None:
    assert most_coloured_object(LOOKS).patch.tolist() == [[1, 2]]


def test_the_most_common_object_shares_shape_and_colours() -> None:
    assert most_common_object(LOOKS).column == 0
    assert most_common_object(LOOKS[2:]).patch.tolist() == [[1, 2]]


def test_the_odd_one_out_is_the_only_one_of_its_kind() -> None:
    assert odd_one_out_by_shape(LOOKS).patch.tolist() == [[3]]
    assert odd_one_out_by_size(LOOKS).patch.tolist() == [[3]]
    assert odd_one_out_by_colour(LOOKS[:3]).patch.tolist() == [[1, 2]]


def test_two_odd_ones_are_as_impossible_as_none() -> None:
    with pytest.raises(Impossible, match="2 of 4"):
        odd_one_out_by_colour(LOOKS)
    with pytest.raises(Impossible, match="0 of 2"):
        odd_one_out_by_shape(LOOKS[:2])
    with pytest.raises(Impossible, match="0 of 0"):
        odd_one_out_by_size(())


def test_shapes_of_equal_size_are_told_apart() -> None:
    bars = objects_8(as_grid([[1, 0, 2], [1, 0, 2], [0, 0, 0], [3, 3, 0]]))
    assert colour(odd_one_out_by_shape(bars)) == 3


@law
@given(grids.filter(lambda grid: grid.any()))
def test_the_largest_object_is_among_the_objects_and_none_is_larger(grid: Grid) -> None:
    found = objects_8(grid)
    assert largest_object(found) in found
    assert largest_object(found).size == max(item.size for item in found)
    assert nth_largest_object(found, -1).size == smallest_object(found).size
