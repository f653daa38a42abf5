"""Parts of a grid."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.split import (
    bottom_half,
    bottom_left_quarter,
    bottom_right_quarter,
    left_half,
    part_at,
    parts_between_lines,
    right_half,
    separator_colour,
    split_at_colour,
    split_columns,
    split_grid,
    split_rows,
    top_half,
    top_left_quarter,
    top_right_quarter,
)
from tasks.errors import Impossible
from tasks.grid import Grid, as_grid

GRIDS = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6),
    elements=st.integers(0, 9),
)

NINE = as_grid([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
LINED = as_grid([[1, 5, 2, 0], [5, 5, 5, 5], [3, 5, 4, 0], [3, 5, 0, 4]])


def test_halves_leave_an_odd_middle_out() -> None:
    assert left_half(NINE).tolist() == [[1], [4], [7]]
    assert right_half(NINE).tolist() == [[3], [6], [9]]
    assert top_half(NINE).tolist() == [[1, 2, 3]]
    assert bottom_half(NINE).tolist() == [[7, 8, 9]]


def test_quarters_are_halves_of_halves() -> None:
    quarters = (top_left_quarter, top_right_quarter, bottom_left_quarter, bottom_right_quarter)
    assert [quarter(NINE).tolist() for quarter in quarters] == [[[1]], [[3]], [[7]], [[9]]]


@pytest.mark.parametrize("half", [left_half, right_half, top_half, bottom_half])
def test_one_cell_has_no_halves(half: Callable[[Grid], Grid]) -> None:
    with pytest.raises(Impossible, match=half.__name__):
        half(as_grid([[1]]))


@settings(max_examples=30, deadline=None)
@given(GRIDS)
def test_halves_of_an_even_width_make_the_grid(grid: Grid) -> None:
    wide = np.concatenate([grid, grid], axis=1)
    assert np.array_equal(left_half(wide), grid)
    assert np.array_equal(right_half(wide), grid)
    assert np.array_equal(top_half(wide.T), grid.T)
    assert np.array_equal(bottom_half(np.stack([wide.T] * 2))[0], grid.T)


def test_equal_parts_come_in_reading_order() -> None:
    grid = as_grid([[1, 2, 3, 4], [5, 6, 7, 8]])
    assert [part.tolist() for part in split_columns(grid, 2)] == [
        [[1, 2], [5, 6]],
        [[3, 4], [7, 8]],
    ]
    assert [part.tolist() for part in split_rows(grid, 2)] == [[[1, 2, 3, 4]], [[5, 6, 7, 8]]]
    assert [part.tolist() for part in split_grid(grid, 2, 2)] == [
        [[1, 2]],
        [[3, 4]],
        [[5, 6]],
        [[7, 8]],
    ]


@pytest.mark.parametrize("count", [0, 2, 4, -3])
def test_parts_that_are_not_equal_are_refused(count: int) -> None:
    with pytest.raises(Impossible, match="split_columns"):
        split_columns(NINE, count)
    with pytest.raises(Impossible, match="split_rows"):
        split_rows(NINE, count)


@settings(max_examples=30, deadline=None)
@given(GRIDS, st.integers(1, 3))
def test_split_columns_undoes_concatenation(grid: Grid, count: int) -> None:
    parts = split_columns(np.concatenate([grid] * count, axis=1), count)
    assert len(parts) == count
    assert all(np.array_equal(part, grid) for part in parts)


def test_parts_lie_between_whole_lines_of_the_colour() -> None:
    expected = [[[1]], [[2, 0]], [[3], [3]], [[4, 0], [0, 4]]]
    assert [part.tolist() for part in split_at_colour(LINED, 5)] == expected
    assert [part.tolist() for part in parts_between_lines(LINED)] == expected


def test_lines_at_the_border_and_double_lines_make_no_empty_parts() -> None:
    grid = as_grid([[5, 1, 5, 5, 2, 5]])
    assert [part.tolist() for part in split_at_colour(grid.repeat(2, axis=0), 5)] == [
        [[1], [1]],
        [[2], [2]],
    ]


def test_a_grid_without_lines_is_one_part() -> None:
    assert [part.tolist() for part in split_at_colour(NINE, 5)] == [NINE.tolist()]


def test_a_grid_of_lines_only_has_no_parts() -> None:
    with pytest.raises(Impossible):
        split_at_colour(np.full((2, 2), 5, np.uint8), 5)


def test_separator_colour_is_that_of_the_first_line() -> None:
    assert separator_colour(LINED) == 5
    assert separator_colour(as_grid([[1, 7, 0], [2, 7, 0]])) == 7
    assert separator_colour(as_grid([[0, 0, 0], [1, 7, 0], [6, 6, 6]])) == 6
    with pytest.raises(Impossible, match="no row or column"):
        separator_colour(NINE)


def test_part_at_counts_from_both_ends() -> None:
    parts = split_columns(NINE, 3)
    assert part_at(parts, 0).tolist() == [[1], [4], [7]]
    assert part_at(parts, -1).tolist() == [[3], [6], [9]]
    for index in (3, -4):
        with pytest.raises(Impossible, match="no part"):
            part_at(parts, index)
