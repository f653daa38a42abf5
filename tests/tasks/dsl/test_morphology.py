"""The shape of a mask: what grows, shrinks, encloses."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.morphology import (
    dilate,
    erode,
    fill_holes,
    holes,
    interior,
    isolated_cells,
    outline,
    remove_specks,
    surround,
)
from tasks.grid import Mask, as_grid

law = settings(max_examples=30, deadline=None)
masks = arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=8))
batches = arrays(np.bool_, array_shapes(min_dims=3, max_dims=3, min_side=1, max_side=6))


def a_mask(*rows: str) -> Mask:
    mask: Mask = as_grid([[int(cell) for cell in row] for row in rows]) != 0
    return mask


DOT = a_mask("0000", "0100", "0000")
BLOCK = a_mask("1111", "1111", "1111")


def test_a_cell_grows_to_a_cross_or_a_square() -> None:
    assert np.array_equal(dilate(DOT, False), a_mask("0100", "1110", "0100"))
    assert np.array_equal(dilate(DOT, True), a_mask("1110", "1110", "1110"))


def test_shrinking_takes_what_has_a_neighbour_outside() -> None:
    assert np.array_equal(erode(BLOCK, True), a_mask("0000", "0110", "0000"))
    cross = a_mask("010", "111", "010")
    assert np.array_equal(erode(cross, False), a_mask("000", "010", "000"))
    assert not erode(cross, True).any()


def test_outline_and_interior_share_the_mask() -> None:
    assert np.array_equal(interior(BLOCK), a_mask("0000", "0110", "0000"))
    assert np.array_equal(outline(BLOCK), a_mask("1111", "1001", "1111"))


def test_the_surround_lies_outside() -> None:
    assert np.array_equal(surround(DOT, False), a_mask("0100", "1010", "0100"))
    assert np.array_equal(surround(DOT, True), a_mask("1110", "1010", "1110"))


def test_holes_do_not_reach_the_border_by_four_neighbours() -> None:
    ring = a_mask("01110", "01010", "01110")
    assert np.array_equal(holes(ring), a_mask("00000", "00100", "00000"))
    assert np.array_equal(fill_holes(ring), a_mask("01110", "01110", "01110"))
    assert holes(a_mask("010", "101", "010"))[1, 1]
    assert not holes(a_mask("111", "101", "101")).any()


def test_isolated_cells_have_no_neighbour_at_all() -> None:
    mask = a_mask("1000", "0010", "0001")
    assert np.array_equal(isolated_cells(mask), a_mask("1000", "0000", "0000"))
    assert np.array_equal(remove_specks(mask), a_mask("0000", "0010", "0001"))


@law
@given(masks)
def test_a_cell_is_isolated_when_nothing_else_grows_over_it(mask: Mask) -> None:
    for row, column in np.argwhere(mask):
        others = mask.copy()
        others[row, column] = False
        assert isolated_cells(mask)[row, column] == (not dilate(others, True)[row, column])
    assert not (isolated_cells(mask) & ~mask).any()


@law
@given(masks)
def test_growing_and_shrinking_obey_their_laws(mask: Mask) -> None:
    for diagonal in (False, True):
        assert (dilate(mask, diagonal) >= mask).all()
        assert (erode(mask, diagonal) <= mask).all()
        opened = dilate(erode(mask, diagonal), diagonal)
        assert (opened <= mask).all()
        assert np.array_equal(dilate(erode(opened, diagonal), diagonal), opened)
    assert (dilate(mask, True) >= dilate(mask, False)).all()
    assert np.array_equal(outline(mask) ^ interior(mask), mask)


@law
@given(masks)
def test_filled_masks_have_no_holes(mask: Mask) -> None:
    assert not (holes(mask) & mask).any()
    assert not holes(fill_holes(mask)).any()


@law
@given(batches)
def test_a_batch_gives_what_its_masks_give(batch: Mask) -> None:
    for function in (holes, outline, interior, isolated_cells, fill_holes, remove_specks):
        assert np.array_equal(function(batch), np.stack([function(mask) for mask in batch]))
    for grow in (dilate, erode, surround):
        assert np.array_equal(grow(batch, True), np.stack([grow(mask, True) for mask in batch]))
        assert np.array_equal(grow(batch, False), np.stack([grow(mask, False) for mask in batch]))
