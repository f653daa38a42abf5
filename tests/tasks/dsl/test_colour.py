"""Colours into colours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.colour import (
    invert,
    keep_colour,
    keep_least_common,
    keep_most_common,
    map_colours,
    most_common_to_background,
    recolour_foreground,
    remove_colour,
    remove_least_common,
    remove_most_common,
    replace,
    replace_others,
    swap_colours,
    swap_foreground,
)
from tasks.errors import Impossible
from tasks.grid import Grid, as_grid

GRIDS = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6),
    elements=st.sampled_from([0, 0, 1, 2, 3]),
)
COLOURS = st.integers(0, 9)

MIXED = as_grid([[0, 1, 1], [2, 0, 1]])


def test_explicit_colours_change_as_named() -> None:
    assert replace(MIXED, 1, 5).tolist() == [[0, 5, 5], [2, 0, 5]]
    assert replace_others(MIXED, 1, 5).tolist() == [[5, 1, 1], [5, 5, 1]]
    assert swap_colours(MIXED, 0, 1).tolist() == [[1, 0, 0], [2, 1, 0]]
    assert map_colours(MIXED, ((1, 2), (2, 1))).tolist() == [[0, 2, 2], [1, 0, 2]]
    assert recolour_foreground(MIXED, 7).tolist() == [[0, 7, 7], [7, 0, 7]]
    assert keep_colour(MIXED, 2).tolist() == [[0, 0, 0], [2, 0, 0]]
    assert remove_colour(MIXED, 2).tolist() == [[0, 1, 1], [0, 0, 1]]


def test_colours_are_chosen_by_count() -> None:
    assert keep_most_common(MIXED).tolist() == [[0, 1, 1], [0, 0, 1]]
    assert keep_least_common(MIXED).tolist() == [[0, 0, 0], [2, 0, 0]]
    assert remove_most_common(MIXED).tolist() == [[0, 0, 0], [2, 0, 0]]
    assert remove_least_common(MIXED).tolist() == [[0, 1, 1], [0, 0, 1]]
    assert most_common_to_background(MIXED).tolist() == [[1, 0, 0], [2, 1, 0]]


def test_pairs_of_colours_change_places() -> None:
    assert invert(as_grid([[3, 8, 8]])).tolist() == [[8, 3, 3]]
    assert swap_foreground(MIXED).tolist() == [[0, 2, 2], [1, 0, 2]]


def test_pairs_must_be_pairs() -> None:
    with pytest.raises(Impossible, match="invert: 3 colours"):
        invert(MIXED)
    with pytest.raises(Impossible, match="swap_foreground: 1 colours"):
        swap_foreground(as_grid([[0, 1]]))


def test_a_blank_grid_has_no_colour_to_choose() -> None:
    for choose in (keep_most_common, keep_least_common, remove_most_common, remove_least_common):
        with pytest.raises(Impossible):
            choose(as_grid([[0]]))


@settings(max_examples=30, deadline=None)
@given(GRIDS, COLOURS, COLOURS)
def test_swapping_twice_is_the_identity(grid: Grid, first: int, second: int) -> None:
    swapped = swap_colours(grid, first, second)
    assert np.array_equal(swap_colours(swapped, first, second), grid)
    assert np.array_equal(swapped, map_colours(grid, ((first, second), (second, first))))


@settings(max_examples=30, deadline=None)
@given(GRIDS, COLOURS, COLOURS)
def test_replacing_leaves_none_of_the_old_colour(grid: Grid, old: int, new: int) -> None:
    assert old == new or old not in replace(grid, old, new)
    assert np.array_equal(np.where(grid == old, new, grid), replace(grid, old, new))


@settings(max_examples=30, deadline=None)
@given(GRIDS, COLOURS)
def test_kept_and_removed_cells_make_the_grid(grid: Grid, colour: int) -> None:
    assert np.array_equal(keep_colour(grid, colour) + remove_colour(grid, colour), grid)


@settings(max_examples=30, deadline=None)
@given(GRIDS, COLOURS, COLOURS)
def test_a_batch_changes_as_its_grids(grid: Grid, first: int, second: int) -> None:
    batch = np.stack([grid[::-1], grid])
    for change in (replace, replace_others, swap_colours):
        assert np.array_equal(change(batch, first, second)[1], change(grid, first, second))
