"""Rays and connections."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.direction import DOWN, DOWN_LEFT, DOWN_RIGHT, LEFT, RIGHT, UP, Direction, opposite
from tasks.dsl.rays import (
    connect,
    connect_colour,
    connect_diagonal,
    connect_horizontal,
    connect_vertical,
    extend,
    extend_down,
    extend_left,
    extend_right,
    extend_up,
    shoot,
    shoot_diagonals,
    shoot_through,
)
from tasks.errors import Impossible
from tasks.grid import Grid, as_grid

GRIDS = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6),
    elements=st.sampled_from([0, 0, 1, 2, 3]),
)
DIRECTIONS = st.sampled_from([UP, DOWN, LEFT, RIGHT, DOWN_RIGHT, DOWN_LEFT, (-1, 1), (-1, -1)])

ROW = as_grid([[0, 1, 0, 0, 2, 0]])
CENTRE = as_grid([[0, 0, 0], [0, 4, 0], [0, 0, 0]])


def _extend_cell_by_cell(grid: Grid, direction: Direction) -> Grid:
    result = grid.copy()
    for row, column in np.argwhere(grid).tolist():
        colour = grid[row, column]
        row, column = row + direction[0], column + direction[1]
        while 0 <= row < grid.shape[0] and 0 <= column < grid.shape[1] and grid[row, column] == 0:
            result[row, column] = colour
            row, column = row + direction[0], column + direction[1]
    return result


def test_cells_extend_until_the_next_one() -> None:
    assert extend_right(ROW).tolist() == [[0, 1, 1, 1, 2, 2]]
    assert extend_left(ROW).tolist() == [[1, 1, 2, 2, 2, 0]]
    assert extend_down(ROW.T).T.tolist() == [[0, 1, 1, 1, 2, 2]]
    assert extend_up(ROW.T).T.tolist() == [[1, 1, 2, 2, 2, 0]]
    assert extend(CENTRE, DOWN_LEFT).tolist() == [[0, 0, 0], [0, 4, 0], [4, 0, 0]]


@settings(max_examples=60, deadline=None)
@given(GRIDS, DIRECTIONS)
def test_doubling_reaches_what_single_steps_reach(grid: Grid, direction: Direction) -> None:
    extended = extend(grid, direction)
    assert np.array_equal(extended, _extend_cell_by_cell(grid, direction))
    assert np.array_equal(extend(np.stack([grid[::-1], grid]), direction)[1], extended)


def test_rays_cross_a_grid_of_30_cells() -> None:
    grid = np.zeros((30, 30), np.uint8)
    grid[0, 0] = 3
    assert np.count_nonzero(extend_right(grid)) == 30
    assert np.array_equal(extend(grid, DOWN_RIGHT), 3 * np.eye(30, dtype=np.uint8))


def test_shots_stop_at_other_colours_or_pass_under_them() -> None:
    assert shoot(ROW, 1, RIGHT).tolist() == [[0, 1, 1, 1, 2, 0]]
    assert shoot_through(ROW, 1, RIGHT).tolist() == [[0, 1, 1, 1, 2, 1]]
    assert shoot(ROW, 2, LEFT).tolist() == [[0, 1, 2, 2, 2, 0]]
    assert shoot_through(ROW, 2, LEFT).tolist() == [[2, 1, 2, 2, 2, 0]]


def test_diagonals_run_four_ways() -> None:
    assert shoot_diagonals(CENTRE, 4).tolist() == [[4, 0, 4], [0, 4, 0], [4, 0, 4]]
    assert shoot_diagonals(np.stack([CENTRE, CENTRE]), 4)[1, 0].tolist() == [4, 0, 4]


def test_connections_join_equal_colours_that_face_each_other() -> None:
    row = as_grid([[1, 0, 0, 1, 0, 2, 0, 2, 1]])
    assert connect_horizontal(row).tolist() == [[1, 1, 1, 1, 0, 2, 2, 2, 1]]
    assert connect_vertical(row.T).T.tolist() == [[1, 1, 1, 1, 0, 2, 2, 2, 1]]
    assert connect_colour(row, 2, LEFT, 7).tolist() == [[1, 0, 0, 1, 0, 2, 7, 2, 1]]


def test_the_diagonal_down_to_the_right_wins_where_two_cross() -> None:
    assert connect_diagonal(as_grid([[1, 0, 2], [0, 0, 0], [2, 0, 1]])).tolist() == [
        [1, 0, 2],
        [0, 1, 0],
        [2, 0, 1],
    ]
    assert connect_diagonal(as_grid([[0, 0, 2], [0, 0, 0], [2, 0, 1]]))[1, 1] == 2


@settings(max_examples=30, deadline=None)
@given(GRIDS, DIRECTIONS)
def test_connecting_is_the_same_from_both_ends_and_only_once(grid: Grid, direction: Direction) -> None:
    joined = connect(grid, direction)
    assert np.array_equal(connect(grid, opposite(direction)), joined)
    assert np.array_equal(connect(joined, direction), joined)
    assert np.array_equal(joined[grid != 0], grid[grid != 0])
    assert np.array_equal(connect(np.stack([grid[::-1], grid]), direction)[1], joined)


def test_rays_need_a_direction() -> None:
    for ray in (extend, connect):
        with pytest.raises(Impossible, match="no direction"):
            ray(ROW, (0, 0))
