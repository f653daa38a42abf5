"""Fills that follow from shape alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.fill import (
    draw_boxes,
    fill_boxes,
    fill_enclosed,
    fill_enclosed_by,
    fill_holes_with_own_colour,
    grow_colour,
    hollow_objects,
    outline_foreground,
    recolour_interior,
    shrink_colour,
    surround_foreground,
)
from tasks.grid import Grid, as_grid

law = settings(max_examples=30, deadline=None)
grids = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=8),
    elements=st.integers(0, 4),
)
batches = arrays(
    np.uint8,
    array_shapes(min_dims=3, max_dims=3, min_side=1, max_side=6),
    elements=st.integers(0, 3),
)

RINGS = as_grid([[1, 1, 1, 2, 2, 2], [1, 0, 1, 2, 0, 2], [1, 1, 2, 2, 2, 2]])
BLOCK = as_grid([[0, 0, 0, 0, 0], [0, 3, 3, 3, 0], [0, 3, 3, 3, 0], [0, 3, 3, 3, 0], [0] * 5])


def test_background_that_foreground_encloses_is_filled() -> None:
    assert fill_enclosed(RINGS, 9)[1].tolist() == [1, 9, 1, 2, 9, 2]
    assert np.array_equal(fill_enclosed(RINGS[:2], 9), RINGS[:2])


def test_the_wall_must_close_in_one_colour() -> None:
    assert fill_enclosed_by(RINGS, 2, 9)[1].tolist() == [1, 0, 1, 2, 9, 2]
    other = np.where(BLOCK == 3, np.uint8(0), np.uint8(2))
    other[2, 2] = 5
    filled = fill_enclosed_by(other, 2, 9)
    assert filled[2].tolist() == [2, 9, 5, 9, 2]


def test_holes_take_the_colour_around_them() -> None:
    closed = RINGS.copy()
    closed[2, 2] = 1
    assert fill_holes_with_own_colour(closed)[1].tolist() == [1, 1, 1, 2, 2, 2]
    assert np.array_equal(fill_holes_with_own_colour(RINGS[:2]), RINGS[:2])


def test_outline_and_interior_get_a_colour() -> None:
    assert outline_foreground(BLOCK, 8)[2].tolist() == [0, 8, 3, 8, 0]
    assert recolour_interior(BLOCK, 8)[2].tolist() == [0, 3, 8, 3, 0]
    assert recolour_interior(BLOCK, 8)[1].tolist() == [0, 3, 3, 3, 0]


def test_what_surrounds_foreground_gets_a_colour() -> None:
    assert surround_foreground(as_grid([[0, 0, 0, 4]]), 8).tolist() == [[0, 0, 8, 4]]
    assert surround_foreground(BLOCK, 8)[0].tolist() == [8] * 5


def test_objects_are_hollowed_where_one_colour_is_all_around() -> None:
    assert hollow_objects(BLOCK)[1:4, 1:4].tolist() == [[3, 3, 3], [3, 0, 3], [3, 3, 3]]
    assert np.array_equal(hollow_objects(RINGS), RINGS)
    assert np.array_equal(hollow_objects(BLOCK[:, :2]), BLOCK[:, :2])


def test_a_colour_grows_over_background_only() -> None:
    assert grow_colour(as_grid([[0, 3, 0, 0], [0, 2, 0, 0]]), 3).tolist() == [
        [3, 3, 3, 0],
        [0, 2, 0, 0],
    ]


def test_a_colour_shrinks_from_its_outline() -> None:
    assert shrink_colour(BLOCK, 3).tolist() == [[0] * 5, [0] * 5, [0, 0, 3, 0, 0], [0] * 5, [0] * 5]


def test_boxes_are_filled_behind_the_objects() -> None:
    assert fill_boxes(as_grid([[1, 0, 0], [2, 2, 0]]), 8).tolist() == [[1, 8, 0], [2, 2, 0]]


def test_frames_are_drawn_around_the_objects_and_clipped() -> None:
    assert draw_boxes(as_grid([[1, 0, 0], [0, 0, 0], [0, 0, 0]]), 8).tolist() == [
        [1, 8, 0],
        [8, 8, 0],
        [0, 0, 0],
    ]
    assert draw_boxes(as_grid([[1, 2]]), 8).tolist() == [[1, 2]]


@law
@given(grids)
def test_fills_leave_what_they_do_not_fill(grid: Grid) -> None:
    for fill in (fill_enclosed, surround_foreground, fill_boxes, draw_boxes, grow_colour):
        filled = fill(grid, 4)
        assert np.array_equal(filled[grid != 0], grid[grid != 0])
        assert set(np.unique(filled)) <= {*np.unique(grid), 4}
    assert np.array_equal(fill_enclosed(fill_enclosed(grid, 4), 3), fill_enclosed(grid, 4))
    assert not (fill_holes_with_own_colour(fill_enclosed(grid, 4)) != fill_enclosed(grid, 4)).any()


@law
@given(batches)
def test_a_batch_gives_what_its_grids_give(batch: Grid) -> None:
    fills = (
        fill_enclosed,
        outline_foreground,
        recolour_interior,
        surround_foreground,
        grow_colour,
        shrink_colour,
    )
    for fill in fills:
        assert np.array_equal(fill(batch, 2), np.stack([fill(grid, 2) for grid in batch]))
    assert np.array_equal(
        fill_enclosed_by(batch, 1, 2), np.stack([fill_enclosed_by(grid, 1, 2) for grid in batch])
    )
    assert np.array_equal(hollow_objects(batch), np.stack([hollow_objects(grid) for grid in batch]))
