"""Masks: set logic, and the ways to and from grids."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.masks import (
    apply_mask,
    background_mask,
    border_mask,
    complement,
    count_cells,
    difference,
    fill_mask,
    foreground_mask,
    intersection,
    is_empty,
    mask_of_box,
    mask_of_colour,
    mask_to_grid,
    paint_under_mask,
    symmetric_difference,
    union,
)
from tasks.errors import Impossible
from tasks.grid import Grid, Mask, as_grid

law = settings(max_examples=30, deadline=None)
pairs = array_shapes(min_dims=2, max_dims=3, min_side=1, max_side=6).flatmap(
    lambda shape: st.tuples(arrays(np.bool_, shape), arrays(np.bool_, shape))
)

GRID = as_grid([[0, 1, 2], [2, 0, 1]])
ODD = GRID == 1


def test_masks_of_grids() -> None:
    assert mask_of_colour(GRID, 2).tolist() == [[False, False, True], [True, False, False]]
    assert foreground_mask(GRID).tolist() == [[False, True, True], [True, False, True]]
    assert background_mask(GRID).tolist() == [[True, False, False], [False, True, False]]


def test_the_border_is_one_cell_thick() -> None:
    assert (~border_mask(np.zeros((3, 4), dtype=np.uint8))).nonzero()[1].tolist() == [1, 2]
    assert border_mask(GRID).all()
    assert border_mask(np.zeros((2, 3, 3), dtype=np.uint8)).sum() == 16


def test_set_logic() -> None:
    first, second = as_grid([[0, 0, 1, 1]]) != 0, as_grid([[0, 1, 0, 1]]) != 0
    assert union(first, second).tolist() == [[False, True, True, True]]
    assert intersection(first, second).tolist() == [[False, False, False, True]]
    assert difference(first, second).tolist() == [[False, False, True, False]]
    assert symmetric_difference(first, second).tolist() == [[False, True, True, False]]
    assert complement(first).tolist() == [[True, True, False, False]]


def test_two_shapes_cannot_be_combined() -> None:
    for combine in (union, intersection, difference, symmetric_difference):
        with pytest.raises(Impossible, match="differ"):
            combine(ODD, ODD[:1])
    with pytest.raises(Impossible, match="apply_mask"):
        apply_mask(GRID, ODD[:1])
    with pytest.raises(Impossible, match="fill_mask"):
        fill_mask(GRID, ODD[:1], 3)
    with pytest.raises(Impossible, match="paint_under_mask"):
        paint_under_mask(GRID, ODD, GRID[:1])


def test_masks_change_grids() -> None:
    assert apply_mask(GRID, ODD).tolist() == [[0, 1, 0], [0, 0, 1]]
    assert fill_mask(GRID, ODD, 9).tolist() == [[0, 9, 2], [2, 0, 9]]
    assert paint_under_mask(GRID, ODD, GRID + 4).tolist() == [[0, 5, 2], [2, 0, 5]]
    assert mask_to_grid(ODD, 7).tolist() == [[0, 7, 0], [0, 0, 7]]


def test_the_box_of_a_mask_is_full() -> None:
    mask = as_grid([[0, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0] * 5, [0] * 5]) != 0
    box = [0, 1, 1, 0, 0]
    assert mask_to_grid(mask_of_box(mask), 1).tolist() == [[0] * 5, box, box, [0] * 5, [0] * 5]
    with pytest.raises(Impossible):
        mask_of_box(GRID > 9)


def test_cells_are_counted() -> None:
    assert count_cells(ODD) == 2
    assert not is_empty(ODD)
    assert is_empty(GRID > 9)


@law
@given(pairs)
def test_sets_obey_their_laws(pair: tuple[Mask, Mask]) -> None:
    first, second = pair
    assert np.array_equal(union(first, second), union(second, first))
    assert np.array_equal(intersection(first, second), intersection(second, first))
    assert np.array_equal(complement(complement(first)), first)
    assert np.array_equal(
        complement(union(first, second)), intersection(complement(first), complement(second))
    )
    assert np.array_equal(
        symmetric_difference(first, second),
        union(difference(first, second), difference(second, first)),
    )


@law
@given(arrays(np.uint8, (4, 5, 3), elements=st.integers(0, 3)))
def test_a_batch_gives_what_its_grids_give(batch: Grid) -> None:
    mask = mask_of_colour(batch, 2)
    for number, grid in enumerate(batch):
        assert np.array_equal(mask[number], mask_of_colour(grid, 2))
        assert np.array_equal(apply_mask(batch, mask)[number], apply_mask(grid, mask[number]))
        assert np.array_equal(fill_mask(batch, mask, 9)[number], fill_mask(grid, mask[number], 9))
        assert np.array_equal(border_mask(batch)[number], border_mask(grid))
