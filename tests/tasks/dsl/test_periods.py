"""Tilings: the tile is found, continued, extended."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.periods import (
    continue_tiling,
    extend_tiling,
    find_tile,
    is_tiling,
    period_of_columns,
    period_of_rows,
    reveal_by_tiling,
    smallest_tile,
)
from tasks.dsl.tile import tile_to
from tasks.errors import Impossible
from tasks.grid import Grid, as_grid

law = settings(max_examples=30, deadline=None)
tiles = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=4),
    elements=st.integers(0, 8),
)
HIDDEN = 9

BOARD = as_grid([[1, 2, 1, 2, 1], [3, 4, 3, 4, 3], [1, 2, 1, 2, 1]])


def test_periods_need_not_divide_the_sides() -> None:
    assert period_of_rows(BOARD) == 2
    assert period_of_columns(BOARD) == 2
    assert smallest_tile(BOARD).tolist() == [[1, 2], [3, 4]]


def test_what_does_not_repeat_is_its_own_tile() -> None:
    once = as_grid([[1, 2, 3], [4, 5, 6]])
    assert (period_of_rows(once), period_of_columns(once)) == (2, 3)
    assert not is_tiling(once)
    assert is_tiling(BOARD)
    assert is_tiling(BOARD[:1])


def test_hidden_cells_are_continued() -> None:
    holey = BOARD.copy()
    holey[1:, 2:4] = HIDDEN
    assert np.array_equal(continue_tiling(holey, HIDDEN), BOARD)
    assert find_tile(holey, HIDDEN).tolist() == [[1, 2], [3, 4]]
    assert reveal_by_tiling(holey, HIDDEN).tolist() == [[3, 4], [1, 2]]


def test_zero_may_be_what_is_hidden() -> None:
    diagonals = as_grid([[1, 2, 3, 0], [2, 3, 1, 0], [3, 1, 2, 0], [0, 0, 0, 0]])
    assert continue_tiling(diagonals, 0)[3].tolist() == [1, 2, 3, 1]


def test_of_equal_tiles_the_one_with_fewer_rows_is_taken() -> None:
    assert find_tile(as_grid([[1, 9, 1], [9, 2, 9]]), HIDDEN).tolist() == [[1, 2]]


def test_a_tile_with_an_unknown_cell_does_not_fit() -> None:
    with pytest.raises(Impossible, match="continue_tiling"):
        continue_tiling(as_grid([[1, 9, 2]]), HIDDEN)
    with pytest.raises(Impossible, match="find_tile"):
        find_tile(as_grid([[9, 9]]), HIDDEN)


def test_nothing_hidden_is_nothing_to_reveal() -> None:
    with pytest.raises(Impossible, match="empty"):
        reveal_by_tiling(BOARD, HIDDEN)


def test_tilings_extend_to_another_size() -> None:
    assert extend_tiling(BOARD, 2, 6).tolist() == [[1, 2, 1, 2, 1, 2], [3, 4, 3, 4, 3, 4]]
    assert extend_tiling(BOARD, 1, 1).tolist() == [[1]]
    for height, width in ((0, 1), (31, 1), (1, 0), (1, 31)):
        with pytest.raises(Impossible, match="size"):
            extend_tiling(BOARD, height, width)


@law
@given(tiles, st.integers(1, 9), st.integers(1, 9))
def test_the_smallest_tile_makes_the_grid_again(tile: Grid, height: int, width: int) -> None:
    grid = extend_tiling(tile, height, width)
    assert smallest_tile(grid).size <= tile.size
    assert np.array_equal(tile_to(smallest_tile(grid), height, width), grid)


@law
@given(tiles, st.data())
def test_a_tiling_survives_holes(tile: Grid, data: st.DataObject) -> None:
    whole = np.tile(tile, (3, 3))
    row = data.draw(st.integers(0, tile.shape[0]))
    column = data.draw(st.integers(0, tile.shape[1]))
    holey = whole.copy()
    holey[row : row + tile.shape[0], column : column + tile.shape[1]] = HIDDEN
    repaired = continue_tiling(holey, HIDDEN)
    known = holey != HIDDEN
    assert np.array_equal(repaired[known], whole[known])
    assert find_tile(holey, HIDDEN).size <= tile.size
