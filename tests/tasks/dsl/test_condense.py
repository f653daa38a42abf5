"""Rows and columns left out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.condense import (
    distinct_columns,
    distinct_rows,
    merge_equal_lines,
    remove_background_lines,
    remove_uniform_lines,
    uniform_lines,
)
from tasks.dsl.scale import undo_upscale, upscale
from tasks.errors import Impossible
from tasks.grid import Grid, as_grid

GRIDS = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6),
    elements=st.sampled_from([0, 0, 1, 2, 3]),
)

CROSSED = as_grid([[1, 5, 2], [5, 5, 5], [3, 5, 4]])


def test_uniform_lines_are_marked_and_removed() -> None:
    assert uniform_lines(CROSSED).tolist() == (CROSSED == 5).tolist()
    assert remove_uniform_lines(CROSSED).tolist() == [[1, 2], [3, 4]]


def test_background_lines_are_removed_wherever_they_are() -> None:
    grid = as_grid([[1, 0, 2], [0, 0, 0], [0, 0, 3]])
    assert remove_background_lines(grid).tolist() == [[1, 2], [0, 3]]


def test_nothing_left_is_impossible() -> None:
    with pytest.raises(Impossible, match="remove_uniform_lines"):
        remove_uniform_lines(as_grid([[1, 1]]))
    with pytest.raises(Impossible, match="remove_background_lines"):
        remove_background_lines(as_grid([[0, 0]]))


def test_equal_neighbours_merge_and_equal_lines_elsewhere_stay() -> None:
    grid = as_grid([[1, 1, 2, 1], [1, 1, 2, 1], [3, 3, 2, 3]])
    assert merge_equal_lines(grid).tolist() == [[1, 2, 1], [3, 2, 3]]
    assert distinct_columns(grid).tolist() == [[1, 2], [1, 2], [3, 2]]
    assert distinct_rows(grid).tolist() == [[1, 1, 2, 1], [3, 3, 2, 3]]


def test_distinct_rows_keep_the_order_of_their_first() -> None:
    assert distinct_rows(as_grid([[9], [1], [9], [5]])).tolist() == [[9], [1], [5]]


@settings(max_examples=30, deadline=None)
@given(GRIDS, st.integers(1, 3))
def test_merging_undoes_every_upscale(grid: Grid, factor: int) -> None:
    merged = merge_equal_lines(grid)
    assert np.array_equal(merge_equal_lines(upscale(grid, factor)), merged)
    assert np.array_equal(merge_equal_lines(undo_upscale(grid)), merged)
    assert np.array_equal(merge_equal_lines(merged), merged)


@settings(max_examples=30, deadline=None)
@given(GRIDS)
def test_columns_are_rows_of_the_transpose(grid: Grid) -> None:
    assert np.array_equal(distinct_columns(grid), distinct_rows(grid.T).T)
    assert len(np.unique(distinct_rows(grid), axis=0)) == len(distinct_rows(grid))
