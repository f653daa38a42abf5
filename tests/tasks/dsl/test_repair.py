"""Repair by symmetry: hidden cells come back from their mirror images."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.repair import (
    complete_symmetry,
    complete_symmetry_by_column,
    complete_symmetry_by_row,
    has_mirror_columns,
    has_mirror_rows,
    reveal_by_symmetry,
)
from tasks.errors import Impossible
from tasks.grid import Grid, as_grid

law = settings(max_examples=30, deadline=None)
quarters = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=5),
    elements=st.integers(0, 8),
)
HIDDEN = 9

WHOLE = as_grid([[1, 2, 2, 1], [3, 4, 4, 3], [3, 4, 4, 3], [1, 2, 2, 1]])


def covered(grid: Grid, rows: slice, columns: slice) -> Grid:
    grid = grid.copy()
    grid[rows, columns] = HIDDEN
    return grid


def test_a_hidden_corner_comes_back() -> None:
    holey = covered(WHOLE, slice(0, 2), slice(2, 4))
    assert np.array_equal(complete_symmetry(holey, HIDDEN), WHOLE)
    assert np.array_equal(complete_symmetry_by_row(holey, HIDDEN), WHOLE)
    assert np.array_equal(complete_symmetry_by_column(holey, HIDDEN), WHOLE)
    assert reveal_by_symmetry(holey, HIDDEN).tolist() == [[2, 1], [4, 3]]


def test_an_axis_may_lie_beside_the_middle() -> None:
    beside = as_grid([[1, 2, 3, 3, 2, 1, 7, 8], [4, 5, 6, 6, 5, 4, 0, 7]])
    holey = covered(beside, slice(0, 1), slice(0, 2))
    assert np.array_equal(complete_symmetry_by_column(holey, HIDDEN), beside)


def test_an_axis_too_near_the_border_is_not_believed() -> None:
    with pytest.raises(Impossible):
        complete_symmetry_by_column(as_grid([[1, 1, 2, 3, 4, 5, 6, 7]]), HIDDEN)


def test_cells_hidden_with_all_their_images_stay_hidden() -> None:
    holey = covered(WHOLE, slice(0, 1), slice(1, 3))
    assert np.array_equal(complete_symmetry_by_column(holey, HIDDEN), holey)
    assert np.array_equal(complete_symmetry(holey, HIDDEN), WHOLE)


def test_the_diagonal_helps_where_rows_and_columns_do_not() -> None:
    both = as_grid([[1, 2, 1], [2, 5, 2], [1, 2, 1]])
    holey = covered(covered(both, slice(0, 3, 2), slice(1, 2)), slice(2, 3), slice(2, 3))
    assert np.array_equal(complete_symmetry(holey, HIDDEN), both)


def test_one_axis_is_enough() -> None:
    only_rows = as_grid([[1, 2, 3], [4, 5, 6], [9, 2, 3]])
    assert complete_symmetry(only_rows, HIDDEN)[2].tolist() == [1, 2, 3]
    assert complete_symmetry(only_rows.T, HIDDEN)[:, 2].tolist() == [1, 2, 3]


def test_no_axis_is_impossible() -> None:
    for complete in (
        complete_symmetry,
        complete_symmetry_by_row,
        complete_symmetry_by_column,
        reveal_by_symmetry,
    ):
        with pytest.raises(Impossible):
            complete(as_grid([[1, 2, 3], [4, 5, 6], [7, 8, 0]]), HIDDEN)


def test_nothing_hidden_is_nothing_to_reveal() -> None:
    assert np.array_equal(complete_symmetry(WHOLE, HIDDEN), WHOLE)
    with pytest.raises(Impossible, match="empty"):
        reveal_by_symmetry(WHOLE, HIDDEN)


def test_mirrors_are_found() -> None:
    assert has_mirror_rows(WHOLE)
    assert has_mirror_columns(WHOLE)
    assert has_mirror_rows(as_grid([[1, 2], [1, 2]]))
    assert not has_mirror_columns(as_grid([[1, 2], [1, 2]]))


@law
@given(quarters, st.data())
def test_symmetry_survives_any_hole_with_a_visible_image(quarter: Grid, data: st.DataObject) -> None:
    half = np.hstack([quarter, quarter[:, ::-1]])
    whole = np.vstack([half, half[::-1]])
    height, width = quarter.shape
    row, column = data.draw(st.integers(0, height)), data.draw(st.integers(0, width))
    holey = covered(whole, slice(row, row + height), slice(column, column + width))
    repaired = complete_symmetry(holey, HIDDEN)
    assert np.array_equal(repaired[holey != HIDDEN], whole[holey != HIDDEN])
    if row in (0, height) and column in (0, width):
        assert np.array_equal(repaired, repaired[::-1])
        assert np.array_equal(repaired, repaired[:, ::-1])
        assert np.array_equal(repaired, whole)
