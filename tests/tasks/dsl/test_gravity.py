"""Falling cells."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.direction import DOWN, DOWN_LEFT, LEFT, RIGHT, UP, Direction
from tasks.dsl.gravity import (
    gravity,
    gravity_down,
    gravity_left,
    gravity_of_colour,
    gravity_right,
    gravity_up,
    sort_columns,
    sort_rows,
)
from tasks.errors import Impossible
from tasks.grid import Grid, as_grid

GRIDS = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6),
    elements=st.sampled_from([0, 0, 1, 2, 3]),
)
AXES = st.sampled_from([UP, DOWN, LEFT, RIGHT])

LOOSE = as_grid([[1, 0, 2], [0, 3, 0], [4, 0, 0]])


def test_cells_fall_in_each_direction_and_keep_their_order() -> None:
    assert gravity_down(LOOSE).tolist() == [[0, 0, 0], [1, 0, 0], [4, 3, 2]]
    assert gravity_up(LOOSE).tolist() == [[1, 3, 2], [4, 0, 0], [0, 0, 0]]
    assert gravity_left(LOOSE).tolist() == [[1, 2, 0], [3, 0, 0], [4, 0, 0]]
    assert gravity_right(LOOSE).tolist() == [[0, 1, 2], [0, 0, 3], [0, 0, 4]]


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        (DOWN, [[0], [1], [5], [0], [1]]),
        (UP, [[1], [0], [5], [1], [0]]),
    ],
)
def test_other_colours_hold_falling_cells(direction: Direction, expected: list[list[int]]) -> None:
    column = as_grid([[1], [0], [5], [1], [0]])
    assert gravity_of_colour(column, 1, direction).tolist() == expected
    across = (direction[1], direction[0])
    assert gravity_of_colour(column.T, 1, across).tolist() == as_grid(expected).T.tolist()


def test_cells_do_not_fall_diagonally() -> None:
    with pytest.raises(Impossible, match="gravity: "):
        gravity(LOOSE, DOWN_LEFT)
    with pytest.raises(Impossible, match="gravity_of_colour: "):
        gravity_of_colour(LOOSE, 1, (0, 0))


@settings(max_examples=30, deadline=None)
@given(GRIDS, AXES)
def test_falling_again_changes_nothing(grid: Grid, direction: Direction) -> None:
    fallen = gravity(grid, direction)
    assert np.array_equal(gravity(fallen, direction), fallen)
    assert np.array_equal(np.bincount(fallen.ravel()), np.bincount(grid.ravel()))
    assert np.array_equal(gravity(np.stack([fallen, grid]), direction)[1], fallen)


@settings(max_examples=30, deadline=None)
@given(GRIDS, AXES)
def test_falling_alone_moves_only_its_colour(grid: Grid, direction: Direction) -> None:
    fallen = gravity_of_colour(grid, 1, direction)
    assert np.array_equal(gravity_of_colour(fallen, 1, direction), fallen)
    assert np.array_equal(fallen * (fallen > 1), grid * (grid > 1))
    assert np.count_nonzero(fallen == 1) == np.count_nonzero(grid == 1)
    assert np.array_equal(gravity_of_colour(np.stack([fallen, grid]), 1, direction)[1], fallen)


@settings(max_examples=30, deadline=None)
@given(GRIDS, AXES)
def test_one_colour_falls_the_same_alone(grid: Grid, direction: Direction) -> None:
    single = (grid != 0).view(np.uint8)
    assert np.array_equal(gravity_of_colour(single, 1, direction), gravity(single, direction))


def test_rows_and_columns_sort_by_their_cells() -> None:
    grid = as_grid([[1, 1, 1], [0, 2, 0], [3, 0, 0]])
    assert sort_rows(grid).tolist() == [[0, 2, 0], [3, 0, 0], [1, 1, 1]]
    assert sort_columns(grid).tolist() == [[1, 1, 1], [0, 0, 2], [0, 3, 0]]
