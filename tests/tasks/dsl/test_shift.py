"""Shift, roll and slide."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.direction import DOWN, DOWN_RIGHT, LEFT, RIGHT, UP, Direction
from tasks.dsl.shift import roll, shift, shift_colour, slide, slide_to
from tasks.errors import Impossible
from tasks.grid import Grid, as_grid

GRIDS = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6),
    elements=st.sampled_from([0, 0, 1, 2, 3]),
)
STEPS = st.integers(-7, 7)

NINE = as_grid([[1, 2, 3], [4, 5, 6], [7, 8, 9]])


def test_shift_loses_what_leaves() -> None:
    assert shift(NINE, 1, 0, 0).tolist() == [[0, 0, 0], [1, 2, 3], [4, 5, 6]]
    assert shift(NINE, 0, -2, 5).tolist() == [[3, 5, 5], [6, 5, 5], [9, 5, 5]]
    assert shift(NINE, -1, 1, 0).tolist() == [[0, 4, 5], [0, 7, 8], [0, 0, 0]]
    assert shift(NINE, 3, 0, 2).tolist() == [[2, 2, 2]] * 3


def test_roll_brings_back_what_leaves() -> None:
    assert roll(NINE, 1, 0).tolist() == [[7, 8, 9], [1, 2, 3], [4, 5, 6]]
    assert roll(NINE, 0, -1).tolist() == [[2, 3, 1], [5, 6, 4], [8, 9, 7]]


@settings(max_examples=30, deadline=None)
@given(GRIDS, STEPS, STEPS)
def test_rolling_back_is_the_identity(grid: Grid, rows: int, columns: int) -> None:
    assert np.array_equal(roll(roll(grid, rows, columns), -rows, -columns), grid)


@settings(max_examples=30, deadline=None)
@given(GRIDS, STEPS, STEPS)
def test_shift_is_a_window_of_the_padded_grid(grid: Grid, rows: int, columns: int) -> None:
    framed = np.pad(grid, 7, constant_values=6)
    height, width = grid.shape
    window = framed[7 - rows : 7 - rows + height, 7 - columns : 7 - columns + width]
    assert np.array_equal(shift(grid, rows, columns, 6), window)
    batch = np.stack([NINE[:1, :1].repeat(height, 0).repeat(width, 1), grid])
    assert np.array_equal(shift(batch, rows, columns, 6)[1], window)


def test_shift_colour_moves_over_the_rest() -> None:
    grid = as_grid([[1, 1, 2], [0, 3, 0]])
    assert shift_colour(grid, 1, 1, 1).tolist() == [[0, 0, 2], [0, 1, 1]]
    assert shift_colour(grid, 9, 1, 1).tolist() == grid.tolist()


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        (DOWN, [[0, 0, 0], [1, 1, 0], [2, 1, 0], [0, 0, 0]]),
        (RIGHT, [[0, 1, 1], [0, 0, 1], [2, 0, 0], [0, 0, 0]]),
        (UP, [[1, 1, 0], [0, 1, 0], [2, 0, 0], [0, 0, 0]]),
        (LEFT, [[1, 1, 0], [0, 1, 0], [2, 0, 0], [0, 0, 0]]),
        (DOWN_RIGHT, [[0, 0, 0], [0, 1, 1], [2, 0, 1], [0, 0, 0]]),
    ],
)
def test_slide_stops_the_whole_body(direction: Direction, expected: list[list[int]]) -> None:
    grid = as_grid([[1, 1, 0], [0, 1, 0], [2, 0, 0], [0, 0, 0]])
    assert slide(grid, 1, direction).tolist() == expected


def test_slide_needs_a_body_and_a_direction() -> None:
    with pytest.raises(Impossible, match="absent"):
        slide(as_grid([[0]]), 1, DOWN)
    with pytest.raises(Impossible, match="no direction"):
        slide(as_grid([[1]]), 1, (0, 0))


def test_slide_to_stops_where_the_boxes_touch() -> None:
    assert slide_to(as_grid([[1, 0, 0, 2]]), 1, 2).tolist() == [[0, 0, 1, 2]]
    assert slide_to(as_grid([[2, 0, 0, 1]]), 1, 2).tolist() == [[2, 1, 0, 0]]
    assert slide_to(as_grid([[1], [0], [2]]), 1, 2).tolist() == [[0], [1], [2]]
    assert slide_to(as_grid([[2], [0], [0], [1]]), 1, 2).tolist() == [[2], [1], [0], [0]]


def test_slide_to_needs_both_colours_face_to_face() -> None:
    with pytest.raises(Impossible, match="face"):
        slide_to(as_grid([[1, 0], [0, 2]]), 1, 2)
    with pytest.raises(Impossible, match="face"):
        slide_to(as_grid([[0, 1], [2, 0]]), 1, 2)
    with pytest.raises(Impossible):
        slide_to(as_grid([[1, 0]]), 1, 2)
