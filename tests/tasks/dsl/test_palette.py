"""Questions about colours."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.palette import (
    colour_at,
    colours_by_count,
    count_colour,
    count_colours,
    least_common_colour,
    least_common_foreground,
    most_common_colour,
    most_common_foreground,
    nth_most_common_colour,
    only_foreground,
    other_colour,
    palette,
)
from tasks.errors import Impossible
from tasks.grid import Grid, as_grid

GRIDS = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6),
    elements=st.sampled_from([0, 0, 1, 2, 3]),
)

MIXED = as_grid([[0, 0, 0, 5], [3, 3, 8, 5]])
BLANK = as_grid([[0, 0]])


def test_palette_is_in_ascending_order() -> None:
    assert palette(MIXED) == (0, 3, 5, 8)
    assert count_colours(MIXED) == 4


def test_colours_rank_by_count_and_the_smaller_of_equals_goes_first() -> None:
    assert colours_by_count(MIXED) == (0, 3, 5, 8)
    assert most_common_colour(as_grid([[7, 2]])) == 2
    assert least_common_colour(as_grid([[7, 2]])) == 2
    assert least_common_colour(MIXED) == 8
    assert nth_most_common_colour(MIXED, 1) == 3
    assert nth_most_common_colour(MIXED, -1) == 8
    assert nth_most_common_colour(MIXED, -4) == 0


@pytest.mark.parametrize("rank", [4, -5])
def test_a_rank_beyond_the_colours_is_refused(rank: int) -> None:
    with pytest.raises(Impossible, match="among 4 colours"):
        nth_most_common_colour(MIXED, rank)


def test_foreground_is_every_colour_but_0() -> None:
    assert most_common_foreground(MIXED) == 3
    assert least_common_foreground(MIXED) == 8
    assert least_common_foreground(as_grid([[4, 1, 4, 1, 0]])) == 1
    assert only_foreground(as_grid([[0, 6]])) == 6


@pytest.mark.parametrize("question", [most_common_foreground, least_common_foreground, only_foreground])
def test_a_blank_grid_has_no_foreground(question: Callable[[Grid], int]) -> None:
    with pytest.raises(Impossible, match=f"{question.__name__}: there is no foreground"):
        question(BLANK)


def test_only_foreground_refuses_more_than_one() -> None:
    with pytest.raises(Impossible, match="2 foreground"):
        only_foreground(as_grid([[0, 1, 2]]))


def test_other_colour_is_the_one_that_is_left() -> None:
    assert other_colour(as_grid([[0, 2, 5]]), 5) == 2
    for grid in (MIXED, BLANK):
        with pytest.raises(Impossible, match="other colours"):
            other_colour(grid, 5)


def test_counts_and_cells() -> None:
    assert count_colour(MIXED, 3) == 2
    assert count_colour(MIXED, 9) == 0
    assert colour_at(MIXED, 1, 2) == 8
    assert colour_at(MIXED, -2, -1) == 5
    assert colour_at(MIXED, -1, -4) == 3


@pytest.mark.parametrize("cell", [(2, 0), (0, 4), (-3, 0), (0, -5)])
def test_a_cell_outside_is_refused(cell: tuple[int, int]) -> None:
    with pytest.raises(Impossible, match="outside"):
        colour_at(MIXED, *cell)


@settings(max_examples=30, deadline=None)
@given(GRIDS)
def test_ranking_agrees_with_the_counts(grid: Grid) -> None:
    ranked = colours_by_count(grid)
    counts = [count_colour(grid, colour) for colour in ranked]
    assert sorted(ranked) == list(palette(grid))
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) == grid.size
    assert most_common_colour(grid) == ranked[0]
    assert count_colour(grid, least_common_colour(grid)) == counts[-1]
