"""Grids beside grids."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.split import split_at_colour, split_grid
from tasks.dsl.tile import (
    arrange,
    concatenate_columns,
    concatenate_horizontal,
    concatenate_rows,
    concatenate_vertical,
    fractal,
    join_with_lines,
    repeat_horizontal,
    repeat_vertical,
    space_out,
    tile,
    tile_to,
    tile_where,
)
from tasks.errors import Impossible
from tasks.grid import Grid, as_grid

GRIDS = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6),
    elements=st.integers(0, 9),
)

ROW = as_grid([[1, 2]])
COLUMN = as_grid([[3], [4]])


def test_concatenation_puts_the_second_after_the_first() -> None:
    assert concatenate_horizontal(ROW, as_grid([[5]])).tolist() == [[1, 2, 5]]
    assert concatenate_vertical(ROW, as_grid([[5, 6]])).tolist() == [[1, 2], [5, 6]]
    assert concatenate_columns((COLUMN, COLUMN, COLUMN)).tolist() == [[3, 3, 3], [4, 4, 4]]
    assert concatenate_rows((ROW, ROW)).tolist() == [[1, 2], [1, 2]]


def test_concatenation_accepts_leading_axes() -> None:
    batch = np.stack([ROW, ROW + 2])
    assert concatenate_horizontal(batch, batch)[1].tolist() == [[3, 4, 3, 4]]
    assert concatenate_vertical(batch, batch)[1].tolist() == [[3, 4], [3, 4]]


def test_sides_that_differ_cannot_be_concatenated() -> None:
    with pytest.raises(Impossible, match="concatenate_horizontal"):
        concatenate_horizontal(ROW, COLUMN)
    with pytest.raises(Impossible, match="concatenate_vertical"):
        concatenate_vertical(ROW, COLUMN)
    with pytest.raises(Impossible, match="concatenate_columns"):
        concatenate_columns(())
    with pytest.raises(Impossible, match="concatenate_rows"):
        concatenate_rows((ROW, COLUMN))


def test_repeats_and_tiles() -> None:
    assert repeat_horizontal(ROW, 2).tolist() == [[1, 2, 1, 2]]
    assert repeat_vertical(ROW, 2).tolist() == [[1, 2], [1, 2]]
    assert tile(ROW, 2, 2).tolist() == [[1, 2, 1, 2], [1, 2, 1, 2]]
    assert tile_to(ROW, 2, 3).tolist() == [[1, 2, 1], [1, 2, 1]]


@pytest.mark.parametrize("count", [0, -1, 61])
def test_no_copies_and_too_many_copies_are_refused(count: int) -> None:
    with pytest.raises(Impossible, match="repeat_horizontal"):
        repeat_horizontal(ROW, count)
    with pytest.raises(Impossible, match="repeat_vertical"):
        repeat_vertical(np.stack([COLUMN, COLUMN]), count)
    with pytest.raises(Impossible, match="tile"):
        tile(ROW, 1, count)
    with pytest.raises(Impossible, match="tile_to"):
        tile_to(ROW, 1, 2 * count)


@settings(max_examples=30, deadline=None)
@given(GRIDS, st.integers(1, 3), st.integers(1, 3))
def test_all_parts_of_a_tiling_are_the_grid(grid: Grid, rows: int, columns: int) -> None:
    tiled = tile(grid, rows, columns)
    assert all(np.array_equal(part, grid) for part in split_grid(tiled, rows, columns))
    assert np.array_equal(tile_to(grid, *tiled.shape), tiled)
    assert np.array_equal(tile(np.stack([grid, grid]), rows, columns)[1], tiled)


def test_tile_where_copies_the_grid_into_the_true_blocks() -> None:
    mask = np.array([[True, False], [False, True]])
    assert tile_where(ROW, mask).tolist() == [[1, 2, 0, 0], [0, 0, 1, 2]]


def test_fractal_repeats_the_grid_in_its_own_pattern() -> None:
    assert fractal(as_grid([[1, 0], [0, 2]])).tolist() == [
        [1, 0, 0, 0],
        [0, 2, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 2],
    ]
    with pytest.raises(Impossible, match="fractal"):
        fractal(np.ones((11, 11), np.uint8))


def test_arrange_fills_rows_in_reading_order() -> None:
    parts = tuple(as_grid([[colour]]) for colour in (1, 2, 3, 4))
    assert arrange(parts, 2).tolist() == [[1, 2], [3, 4]]
    assert join_with_lines(parts, 2, 5).tolist() == [[1, 5, 2], [5, 5, 5], [3, 5, 4]]


@pytest.mark.parametrize(("parts", "columns"), [((), 1), ((ROW,), 0), ((ROW, ROW), 3)])
def test_arrange_refuses_rows_that_are_not_whole(parts: tuple[Grid, ...], columns: int) -> None:
    with pytest.raises(Impossible, match="in rows of"):
        arrange(parts, columns)


def test_arrange_refuses_parts_of_different_shapes() -> None:
    with pytest.raises(Impossible, match="join_with_lines"):
        join_with_lines((ROW, COLUMN), 2, 5)


@settings(max_examples=30, deadline=None)
@given(GRIDS, st.integers(1, 3), st.integers(1, 3))
def test_arrange_undoes_split_grid(grid: Grid, rows: int, columns: int) -> None:
    whole = np.arange(rows * columns, dtype=np.uint8).reshape(rows, columns).repeat(2, 0)
    assert np.array_equal(arrange(split_grid(whole, rows, columns), columns), whole)
    grid[grid == 5] = 0
    joined = join_with_lines((grid,) * (rows * columns), columns, 5)
    parts = split_at_colour(joined, 5)
    assert len(parts) == rows * columns
    assert all(np.array_equal(part, grid) for part in parts)


def test_space_out_puts_gaps_between_cells() -> None:
    assert space_out(as_grid([[1, 2], [3, 4]]), 1, 0).tolist() == [[1, 0, 2], [0, 0, 0], [3, 0, 4]]
    assert space_out(ROW, 0, 0).tolist() == ROW.tolist()
    for gap in (-1, 200):
        with pytest.raises(Impossible, match="space_out"):
            space_out(ROW, gap, 0)
