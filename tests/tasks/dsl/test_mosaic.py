"""A grid beside, and over, its flips and turns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.mosaic import (
    mirror_both,
    mirror_down,
    mirror_left,
    mirror_right,
    mirror_up,
    rotation_mosaic,
    symmetrise_antidiagonal,
    symmetrise_diagonal,
    symmetrise_horizontal,
    symmetrise_rotation,
    symmetrise_vertical,
    tile_alternating,
    tile_mirrored,
)
from tasks.dsl.symmetry import (
    flip_antidiagonal,
    flip_horizontal,
    flip_vertical,
    rotate_90,
    transpose,
)
from tasks.errors import Impossible
from tasks.grid import Grid, as_grid

GRIDS = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6),
    elements=st.sampled_from([0, 0, 1, 2, 3]),
)

FOUR = as_grid([[1, 2], [3, 4]])
CORNER = as_grid([[1, 2], [0, 0]])


def test_mirrors_on_each_side() -> None:
    row = as_grid([[1, 2]])
    assert mirror_right(row).tolist() == [[1, 2, 2, 1]]
    assert mirror_left(row).tolist() == [[2, 1, 1, 2]]
    assert mirror_down(FOUR).tolist() == [[1, 2], [3, 4], [3, 4], [1, 2]]
    assert mirror_up(FOUR).tolist() == [[3, 4], [1, 2], [1, 2], [3, 4]]
    assert mirror_both(row).tolist() == [[1, 2, 2, 1], [1, 2, 2, 1]]


def test_rotation_mosaic_turns_clockwise_around_the_centre() -> None:
    assert rotation_mosaic(FOUR).tolist() == [
        [1, 2, 3, 1],
        [3, 4, 4, 2],
        [2, 4, 4, 3],
        [1, 3, 2, 1],
    ]
    with pytest.raises(Impossible, match="not square"):
        rotation_mosaic(as_grid([[1, 2]]))


def test_tilings_with_flips() -> None:
    row = as_grid([[1, 2]])
    assert tile_mirrored(row, 1, 3).tolist() == [[1, 2, 2, 1, 1, 2]]
    assert tile_mirrored(FOUR, 2, 1).tolist() == mirror_down(FOUR).tolist()
    assert tile_alternating(row, 2, 2).tolist() == [[1, 2, 1, 2], [2, 1, 2, 1]]
    assert tile_alternating(row, 4, 1).tolist() == [[1, 2], [2, 1]] * 2
    assert tile_mirrored(row.T, 4, 1).T.tolist() == [[1, 2, 2, 1] * 2]
    assert tile_mirrored(row, 1, 4).tolist() == [[1, 2, 2, 1] * 2]
    for count in (0, 121):
        with pytest.raises(Impossible, match="tile_mirrored"):
            tile_mirrored(row, count, 1)
        with pytest.raises(Impossible, match="tile_alternating"):
            tile_alternating(row, 1, count)


def test_symmetrising_fills_only_background() -> None:
    assert symmetrise_horizontal(as_grid([[1, 0, 0], [2, 0, 3]])).tolist() == [[1, 0, 1], [2, 0, 3]]
    assert symmetrise_vertical(CORNER).tolist() == [[1, 2], [1, 2]]
    assert symmetrise_diagonal(CORNER).tolist() == [[1, 2], [2, 0]]
    assert symmetrise_antidiagonal(CORNER).tolist() == [[1, 2], [0, 1]]
    assert symmetrise_rotation(CORNER).tolist() == [[1, 2], [2, 2]]


@pytest.mark.parametrize("name", ["symmetrise_diagonal", "symmetrise_antidiagonal", "symmetrise_rotation"])
def test_turning_in_place_needs_a_square(name: str) -> None:
    primitives = {
        "symmetrise_diagonal": symmetrise_diagonal,
        "symmetrise_antidiagonal": symmetrise_antidiagonal,
        "symmetrise_rotation": symmetrise_rotation,
    }
    with pytest.raises(Impossible, match=f"{name}: 1 x 2 is not square"):
        primitives[name](as_grid([[1, 2]]))


@settings(max_examples=30, deadline=None)
@given(GRIDS)
def test_mosaics_are_symmetric_and_hold_the_grid(grid: Grid) -> None:
    height, width = grid.shape
    both = mirror_both(grid)
    assert np.array_equal(both, flip_horizontal(both))
    assert np.array_equal(both, flip_vertical(both))
    assert np.array_equal(both[:height, :width], grid)
    assert np.array_equal(both, tile_mirrored(grid, 2, 2))
    assert np.array_equal(mirror_both(np.stack([grid, grid]))[1], both)
    square = mirror_both(grid @ grid.T % 4)
    turned = rotation_mosaic(square[:1, :1])
    assert np.array_equal(turned, rotate_90(turned))


@settings(max_examples=30, deadline=None)
@given(GRIDS)
def test_one_colour_becomes_symmetric(grid: Grid) -> None:
    single = (grid != 0).view(np.uint8)
    pairs = [(symmetrise_horizontal, flip_horizontal), (symmetrise_vertical, flip_vertical)]
    if single.shape[0] == single.shape[1]:
        pairs += [
            (symmetrise_diagonal, transpose),
            (symmetrise_antidiagonal, flip_antidiagonal),
            (symmetrise_rotation, rotate_90),
        ]
    for symmetrise, turn in pairs:
        result = symmetrise(single)
        assert np.array_equal(result, turn(result))
        assert np.array_equal(symmetrise(np.stack([result, single]))[1], result)
