"""Windows: crop, trim and pad."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.crop import (
    bounding_box,
    column_at,
    crop,
    crop_inside_colour,
    crop_to_colour,
    crop_to_content,
    crop_to_mask,
    crop_without_colour,
    pad,
    pad_to,
    paste,
    row_at,
    trim,
)
from tasks.errors import Impossible
from tasks.grid import Grid, as_grid

GRIDS = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6),
    elements=st.integers(0, 9),
)

NINE = as_grid([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
FRAMED = as_grid([[0, 0, 0, 0, 0], [0, 2, 2, 2, 0], [0, 2, 7, 2, 0], [0, 2, 2, 2, 0], [0, 0, 0, 0, 3]])


def test_crop_takes_the_window() -> None:
    assert crop(NINE, 1, 0, 2, 2).tolist() == [[4, 5], [7, 8]]
    assert crop(np.stack([NINE, NINE]), 0, 1, 1, 2).tolist() == [[[2, 3]], [[2, 3]]]


@pytest.mark.parametrize(
    "window", [(2, 0, 2, 1), (0, 2, 1, 2), (-1, 0, 1, 1), (0, -1, 1, 1), (0, 0, 0, 1), (0, 0, 1, 0)]
)
def test_crop_refuses_a_window_that_is_empty_or_leaves(window: tuple[int, int, int, int]) -> None:
    with pytest.raises(Impossible, match="crop"):
        crop(NINE, *window)


def test_row_and_column_at_count_from_both_ends() -> None:
    assert row_at(NINE, 0).tolist() == [[1, 2, 3]]
    assert row_at(NINE, -1).tolist() == [[7, 8, 9]]
    assert column_at(NINE, 1).tolist() == [[2], [5], [8]]
    assert column_at(NINE, -3).tolist() == [[1], [4], [7]]


@pytest.mark.parametrize("index", [3, -4])
def test_row_and_column_at_refuse_an_index_outside(index: int) -> None:
    with pytest.raises(Impossible, match="no row"):
        row_at(NINE, index)
    with pytest.raises(Impossible, match="no column"):
        column_at(NINE, index)


def test_trim_cuts_every_side() -> None:
    assert trim(NINE, 1).tolist() == [[5]]
    assert trim(NINE, 0).tolist() == NINE.tolist()


@pytest.mark.parametrize("thickness", [2, -1])
def test_trim_refuses_to_leave_nothing(thickness: int) -> None:
    with pytest.raises(Impossible):
        trim(NINE, thickness)
    with pytest.raises(Impossible):
        trim(NINE[:2], 1)


def test_pad_frames_the_grid() -> None:
    assert pad(as_grid([[5]]), 1, 2).tolist() == [[2, 2, 2], [2, 5, 2], [2, 2, 2]]
    with pytest.raises(Impossible):
        pad(NINE, -1, 0)


@settings(max_examples=30, deadline=None)
@given(GRIDS, st.integers(0, 3), st.integers(0, 9))
def test_trim_undoes_pad(grid: Grid, thickness: int, colour: int) -> None:
    padded = pad(grid, thickness, colour)
    assert np.array_equal(trim(padded, thickness), grid)
    assert np.array_equal(crop(padded, thickness, thickness, *grid.shape), grid)
    assert np.array_equal(pad(np.stack([grid, grid]), thickness, colour)[1], padded)


def test_pad_to_keeps_the_grid_at_the_top_left() -> None:
    assert pad_to(as_grid([[5]]), 2, 3, 1).tolist() == [[5, 1, 1], [1, 1, 1]]
    with pytest.raises(Impossible):
        pad_to(NINE, 2, 5, 0)


def test_paste_cuts_what_leaves() -> None:
    patch = as_grid([[1, 2], [3, 4]])
    canvas = np.zeros((3, 3), np.uint8)
    assert paste(canvas, patch, 1, 0).tolist() == [[0, 0, 0], [1, 2, 0], [3, 4, 0]]
    assert paste(canvas, patch, -1, 2).tolist() == [[0, 0, 3], [0, 0, 0], [0, 0, 0]]
    assert not canvas.any()


@pytest.mark.parametrize(("row", "column"), [(3, 0), (0, 3), (-2, 0), (0, -2)])
def test_paste_refuses_a_patch_outside(row: int, column: int) -> None:
    with pytest.raises(Impossible, match="outside"):
        paste(NINE, as_grid([[1, 2], [3, 4]]), row, column)


@settings(max_examples=30, deadline=None)
@given(GRIDS, st.data())
def test_crop_finds_again_what_paste_wrote(grid: Grid, data: st.DataObject) -> None:
    row, column = data.draw(st.integers(0, 3)), data.draw(st.integers(0, 3))
    pasted = paste(np.zeros((9, 9), np.uint8), grid, row, column)
    assert np.array_equal(crop(pasted, row, column, *grid.shape), grid)


def test_bounding_box_is_row_column_height_width() -> None:
    assert bounding_box(FRAMED == 2) == (1, 1, 3, 3)
    assert bounding_box(FRAMED == 3) == (4, 4, 1, 1)
    with pytest.raises(Impossible, match="empty"):
        bounding_box(FRAMED == 9)


def test_crops_to_what_they_name() -> None:
    assert crop_to_mask(FRAMED, FRAMED == 7).tolist() == [[7]]
    assert crop_to_content(FRAMED).tolist() == FRAMED[1:, 1:].tolist()
    assert crop_to_colour(FRAMED, 2).tolist() == [[2, 2, 2], [2, 7, 2], [2, 2, 2]]
    assert crop_without_colour(as_grid([[4, 4], [4, 0]]), 4).tolist() == [[0]]
    assert crop_inside_colour(FRAMED, 2).tolist() == [[7]]


def test_crops_refuse_what_is_absent() -> None:
    blank = np.zeros((2, 2), np.uint8)
    with pytest.raises(Impossible):
        crop_to_content(blank)
    with pytest.raises(Impossible):
        crop_to_colour(blank, 1)
    with pytest.raises(Impossible):
        crop_without_colour(blank, 0)
    with pytest.raises(Impossible):
        crop_inside_colour(FRAMED, 7)


@settings(max_examples=30, deadline=None)
@given(GRIDS, st.integers(1, 3))
def test_crop_to_content_ignores_added_background(grid: Grid, thickness: int) -> None:
    grid[grid == 0] = 1
    assert np.array_equal(crop_to_content(pad(grid, thickness, 0)), grid)
