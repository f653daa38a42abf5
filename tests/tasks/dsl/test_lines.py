"""Lines between cells, over rows and columns, around the border."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.lines import (
    draw_column,
    draw_frame,
    draw_line,
    draw_row,
    fill_columns_of_colour,
    fill_rows_of_colour,
    spread_columns,
    spread_rows,
)
from tasks.errors import Impossible
from tasks.grid import Grid, as_grid

GRIDS = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6),
    elements=st.sampled_from([0, 0, 1, 2, 3]),
)

BLANK = np.zeros((3, 3), np.uint8)
DOTS = as_grid([[0, 1, 0], [0, 2, 3], [0, 0, 0]])


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ((0, 0, 0, 2), [[5, 5, 5], [0, 0, 0], [0, 0, 0]]),
        ((2, 1, 0, 1), [[0, 5, 0], [0, 5, 0], [0, 5, 0]]),
        ((2, 0, 0, 2), [[0, 0, 5], [0, 5, 0], [5, 0, 0]]),
        ((1, 1, 1, 1), [[0, 0, 0], [0, 5, 0], [0, 0, 0]]),
    ],
)
def test_a_line_joins_its_ends(ends: tuple[int, int, int, int], expected: object) -> None:
    assert draw_line(BLANK, *ends, 5).tolist() == expected
    assert draw_line(np.stack([BLANK, BLANK]), *ends, 5)[1].tolist() == expected
    assert not BLANK.any()


@pytest.mark.parametrize("ends", [(0, 0, 3, 0), (-1, 0, 0, 0), (0, 0, 0, 3), (0, -1, 0, 0)])
def test_a_line_does_not_leave_the_grid(ends: tuple[int, int, int, int]) -> None:
    with pytest.raises(Impossible, match=r"draw_line: (rows|columns)"):
        draw_line(BLANK, *ends, 5)


def test_a_line_is_straight_or_diagonal() -> None:
    with pytest.raises(Impossible, match="not straight"):
        draw_line(BLANK, 0, 0, 1, 2, 5)


def test_whole_rows_and_columns() -> None:
    assert draw_row(BLANK, -1, 5).tolist() == [[0, 0, 0], [0, 0, 0], [5, 5, 5]]
    assert draw_column(BLANK, 1, 5).tolist() == [[0, 5, 0]] * 3
    wide = np.zeros((2, 1, 4), np.uint8)
    assert draw_row(wide, -1, 5).tolist() == [[[5, 5, 5, 5]]] * 2
    assert draw_column(wide, -4, 5).tolist() == [[[5, 0, 0, 0]]] * 2
    for index in (3, -4):
        with pytest.raises(Impossible, match="no row"):
            draw_row(BLANK, index, 5)
        with pytest.raises(Impossible, match="no column"):
            draw_column(BLANK, index, 5)


def test_a_frame_covers_the_outermost_cells() -> None:
    assert draw_frame(DOTS, 5).tolist() == [[5, 5, 5], [5, 2, 5], [5, 5, 5]]
    assert draw_frame(as_grid([[1, 2]]), 5).tolist() == [[5, 5]]
    assert draw_frame(np.stack([DOTS, DOTS]), 5)[1, 1].tolist() == [5, 2, 5]


def test_rows_and_columns_of_a_colour_fill_the_background() -> None:
    assert fill_rows_of_colour(DOTS, 2).tolist() == [[0, 1, 0], [2, 2, 3], [0, 0, 0]]
    assert fill_columns_of_colour(DOTS, 2).tolist() == [[0, 1, 0], [0, 2, 3], [0, 2, 0]]


def test_only_lines_of_one_colour_spread() -> None:
    assert spread_rows(DOTS).tolist() == [[1, 1, 1], [0, 2, 3], [0, 0, 0]]
    assert spread_columns(DOTS).tolist() == [[0, 1, 3], [0, 2, 3], [0, 0, 3]]


@settings(max_examples=30, deadline=None)
@given(GRIDS)
def test_lines_paint_only_background_and_only_once(grid: Grid) -> None:
    for spread in (spread_rows, spread_columns):
        result = spread(grid)
        assert np.array_equal(result[grid != 0], grid[grid != 0])
        assert np.array_equal(spread(result), result)
        assert np.array_equal(spread(np.stack([result, grid]))[1], result)
    for filled in (fill_rows_of_colour, fill_columns_of_colour):
        result = filled(grid, 1)
        assert np.array_equal(result[grid != 0], grid[grid != 0])
        assert np.array_equal(filled(np.stack([grid * 0, grid]), 1)[1], result)
    assert np.array_equal(spread_columns(grid), spread_rows(grid.T).T)
    assert np.array_equal(fill_columns_of_colour(grid, 1), fill_rows_of_colour(grid.T, 1).T)
