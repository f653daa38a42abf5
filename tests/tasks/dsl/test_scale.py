"""Cells into blocks and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.scale import (
    block_size,
    downscale,
    downscale_any,
    downscale_majority,
    downscale_to,
    undo_upscale,
    upscale,
    upscale_horizontal,
    upscale_to,
    upscale_vertical,
)
from tasks.errors import Impossible
from tasks.grid import Grid, as_grid

GRIDS = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6),
    elements=st.integers(0, 9),
)

ROW = as_grid([[1, 2]])
BLOCKS = as_grid([[0, 3, 5, 6], [2, 3, 6, 5]])


def test_upscale_makes_blocks() -> None:
    assert upscale(ROW, 2).tolist() == [[1, 1, 2, 2], [1, 1, 2, 2]]
    assert upscale_horizontal(ROW, 2).tolist() == [[1, 1, 2, 2]]
    assert upscale_vertical(ROW, 2).tolist() == [[1, 2], [1, 2]]
    assert upscale_to(ROW, 1, 6).tolist() == [[1, 1, 1, 2, 2, 2]]


@pytest.mark.parametrize("factor", [0, -1, 121])
def test_upscale_refuses_factors_without_a_result(factor: int) -> None:
    for scaled in (upscale, upscale_horizontal, upscale_vertical):
        with pytest.raises(Impossible, match=scaled.__name__):
            scaled(ROW, factor)


@pytest.mark.parametrize("size", [(1, 3), (0, 2), (1, 0)])
def test_upscale_to_refuses_a_size_that_is_no_multiple(size: tuple[int, int]) -> None:
    with pytest.raises(Impossible, match="upscale_to"):
        upscale_to(ROW, *size)


@settings(max_examples=30, deadline=None)
@given(GRIDS, st.integers(1, 4))
def test_every_downscale_undoes_upscale(grid: Grid, factor: int) -> None:
    scaled = upscale(grid, factor)
    assert np.array_equal(downscale(scaled, factor), grid)
    assert np.array_equal(downscale_any(scaled, factor), grid)
    assert np.array_equal(downscale_majority(scaled, factor), grid)
    assert np.array_equal(downscale_to(scaled, *grid.shape), grid)
    assert np.array_equal(upscale_to(grid, *scaled.shape), scaled)


@settings(max_examples=30, deadline=None)
@given(GRIDS, st.integers(1, 4))
def test_a_batch_scales_as_its_grids(grid: Grid, factor: int) -> None:
    batch = np.stack([np.zeros_like(grid), grid])
    scaled = upscale(batch, factor)
    assert np.array_equal(scaled[1], upscale(grid, factor))
    for shrink in (downscale, downscale_any, downscale_majority):
        assert np.array_equal(shrink(scaled, factor)[1], grid)


def test_downscales_choose_one_cell_of_a_block() -> None:
    assert downscale(BLOCKS, 2).tolist() == [[0, 5]]
    assert downscale_any(BLOCKS, 2).tolist() == [[3, 5]]
    assert downscale_majority(BLOCKS, 2).tolist() == [[3, 5]]
    assert downscale_to(BLOCKS, 2, 2).tolist() == [[0, 5], [2, 6]]


@pytest.mark.parametrize("factor", [0, 3, -2])
def test_downscale_refuses_blocks_that_do_not_fit(factor: int) -> None:
    for shrink in (downscale, downscale_any, downscale_majority):
        with pytest.raises(Impossible, match=shrink.__name__):
            shrink(BLOCKS, factor)


@pytest.mark.parametrize("size", [(0, 1), (1, 3), (3, 1)])
def test_downscale_to_refuses_a_size_that_does_not_fit(size: tuple[int, int]) -> None:
    with pytest.raises(Impossible, match="downscale_to"):
        downscale_to(BLOCKS, *size)


@settings(max_examples=30, deadline=None)
@given(GRIDS, st.integers(1, 4))
def test_block_size_is_a_multiple_of_the_factor(grid: Grid, factor: int) -> None:
    scaled = upscale(grid, factor)
    size = block_size(scaled)
    assert size % factor == 0
    assert np.array_equal(upscale(undo_upscale(scaled), size), scaled)
    assert block_size(undo_upscale(scaled)) == 1


def test_block_size_of_distinct_cells_is_1() -> None:
    assert block_size(BLOCKS) == 1
    assert block_size(as_grid([[1, 1, 2, 2], [1, 1, 2, 2]])) == 2
    assert block_size(np.ones((6, 4), np.uint8)) == 2
