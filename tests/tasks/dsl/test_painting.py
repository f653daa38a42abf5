"""Objects onto grids and off them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.components import foreground_object, objects_4
from tasks.dsl.painting import (
    crop_to_object,
    erase,
    erase_all,
    fill_box,
    keep_only,
    mask_of_object,
    mask_of_objects,
    move,
    object_under_mask,
    object_without_colour,
    outline_box,
    paint,
    paint_all,
    place_at,
    recolour,
    recolour_all,
    to_grid,
)
from tasks.errors import Impossible
from tasks.grid import Grid, as_grid

law = settings(max_examples=30, deadline=None)
grids = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=8),
    elements=st.integers(0, 4),
)

GRID = as_grid([[0, 0, 0, 0], [0, 3, 0, 0], [0, 3, 3, 8], [0, 0, 0, 0]])
HOOK, DOT = objects_4(GRID)
BLANK = np.zeros_like(GRID)


def test_an_object_alone_is_a_grid() -> None:
    assert to_grid(HOOK).tolist() == [[3, 0], [3, 3]]


def test_a_crop_shows_what_else_lies_in_the_box() -> None:
    assert crop_to_object(GRID + 1, HOOK).tolist() == [[4, 1], [4, 4]]
    assert crop_to_object(GRID, move(HOOK, 2, 0)).tolist() == [[0, 0]]
    for far in (move(HOOK, 3, 0), move(HOOK, 0, -9), place_at(HOOK, -2, 0)):
        with pytest.raises(Impossible, match="outside"):
            crop_to_object(GRID, far)


def test_painting_leaves_the_cells_that_the_object_does_not_own() -> None:
    assert paint(BLANK + 1, HOOK).tolist() == [[1, 1, 1, 1], [1, 3, 1, 1], [1, 3, 3, 1], [1] * 4]


def test_what_hangs_over_the_edge_is_lost() -> None:
    assert paint(BLANK, place_at(HOOK, -1, 3)).tolist() == [[0, 0, 0, 3], *[[0] * 4] * 3]
    assert paint(BLANK, place_at(HOOK, 0, -1)).tolist() == [[0] * 4, [3, 0, 0, 0], *[[0] * 4] * 2]
    assert not paint(BLANK, place_at(HOOK, 40, -40)).any()


def test_the_last_object_painted_lies_on_top() -> None:
    assert paint_all(BLANK, (HOOK, place_at(DOT, 1, 1)))[1, 1] == 8
    assert paint_all(BLANK, (place_at(DOT, 1, 1), HOOK))[1, 1] == 3


def test_the_rest_is_blanked_around_what_is_kept() -> None:
    assert keep_only(GRID, (DOT,)).tolist() == [[0] * 4, [0] * 4, [0, 0, 0, 8], [0] * 4]


def test_masks_of_objects() -> None:
    assert mask_of_object(GRID, DOT).nonzero()[0].tolist() == [2]
    assert np.array_equal(mask_of_objects(GRID, (HOOK, DOT)), GRID != 0)
    assert not mask_of_object(GRID, move(HOOK, 9, 9)).any()


def test_erasing_leaves_0() -> None:
    assert np.array_equal(erase(GRID, DOT), np.where(GRID == 8, 0, GRID))
    assert not erase_all(GRID, (HOOK, DOT)).any()


def test_a_mask_makes_an_object() -> None:
    item = object_under_mask(GRID, GRID == 8)
    assert (item.row, item.column, item.patch.tolist()) == (2, 3, [[8]])
    with pytest.raises(Impossible, match="empty"):
        object_under_mask(GRID, GRID == 9)
    with pytest.raises(Impossible, match="shapes"):
        object_under_mask(GRID, GRID[1:] == 8)


def test_a_colour_leaves_an_object() -> None:
    item = object_without_colour(foreground_object(GRID), 3)
    assert (item.row, item.column, item.patch.tolist()) == (2, 3, [[8]])
    with pytest.raises(Impossible):
        object_without_colour(HOOK, 3)


def test_objects_move_by_steps_or_to_a_cell() -> None:
    assert (move(HOOK, 1, -3).row, move(HOOK, 1, -3).column) == (2, -2)
    assert (place_at(HOOK, 7, 8).row, place_at(HOOK, 7, 8).column) == (7, 8)


def test_recolouring_keeps_the_shape() -> None:
    assert recolour(foreground_object(GRID), 1).patch.tolist() == [[1, 0, 0], [1, 1, 1]]
    assert [item.patch.max() for item in recolour_all((HOOK, DOT), 6)] == [6, 6]
    assert recolour(HOOK, 0).size == HOOK.size


def test_boxes_are_filled_and_framed() -> None:
    assert fill_box(HOOK, 5).patch.tolist() == [[3, 5], [3, 3]]
    frame = outline_box(DOT, 5)
    assert (frame.row, frame.column) == (1, 2)
    assert frame.patch.tolist() == [[5, 5, 5], [5, 0, 5], [5, 5, 5]]


@law
@given(grids, st.integers(-3, 3), st.integers(-3, 3))
def test_moving_there_and_back_paints_the_same(grid: Grid, rows: int, columns: int) -> None:
    moved = tuple(move(move(item, rows, columns), -rows, -columns) for item in objects_4(grid))
    assert np.array_equal(paint_all(np.zeros_like(grid), moved), grid)


@law
@given(grids)
def test_what_is_kept_and_what_is_erased_make_the_grid(grid: Grid) -> None:
    some = objects_4(grid)[::2]
    assert np.array_equal(keep_only(grid, some) + erase_all(grid, some), grid)


@law
@given(grids, st.integers(-9, 9), st.integers(-9, 9))
def test_painting_anywhere_changes_nothing_but_the_cells_of_the_object(
    grid: Grid, row: int, column: int
) -> None:
    item = place_at(HOOK, row, column)
    changed = mask_of_object(grid, item)
    assert np.array_equal(paint(grid, item)[~changed], grid[~changed])
    assert (paint(grid, item)[changed] == 3).all()
