"""Rotations and flips: literal results, group laws, batches."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl import symmetry
from tasks.dsl.symmetry import (
    all_orientations,
    flip_antidiagonal,
    flip_horizontal,
    flip_vertical,
    identity,
    is_symmetric_diagonal,
    is_symmetric_horizontal,
    is_symmetric_rotation,
    is_symmetric_vertical,
    rotate_90,
    rotate_180,
    rotate_270,
    transpose,
)
from tasks.grid import Grid, as_grid

GRIDS = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6),
    elements=st.integers(0, 9),
)

CORNERS = as_grid([[1, 2, 3], [4, 5, 6]])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("identity", [[1, 2, 3], [4, 5, 6]]),
        ("rotate_90", [[4, 1], [5, 2], [6, 3]]),
        ("rotate_180", [[6, 5, 4], [3, 2, 1]]),
        ("rotate_270", [[3, 6], [2, 5], [1, 4]]),
        ("flip_horizontal", [[3, 2, 1], [6, 5, 4]]),
        ("flip_vertical", [[4, 5, 6], [1, 2, 3]]),
        ("transpose", [[1, 4], [2, 5], [3, 6]]),
        ("flip_antidiagonal", [[6, 3], [5, 2], [4, 1]]),
    ],
)
def test_each_orientation_of_a_grid(name: str, expected: list[list[int]]) -> None:
    transform = getattr(symmetry, name)
    assert transform(CORNERS).tolist() == expected
    batch = np.stack([CORNERS, CORNERS + 3])
    assert transform(batch)[1].tolist() == transform(CORNERS + 3).tolist()


def test_all_orientations_are_the_eight_in_their_order() -> None:
    orientations = all_orientations(CORNERS)
    assert [item.tolist() for item in orientations[:4]] == [
        turn(CORNERS).tolist() for turn in (identity, rotate_90, rotate_180, rotate_270)
    ]
    assert orientations[4].tolist() == transpose(CORNERS).tolist()
    assert len({item.tobytes() + bytes(item.shape) for item in orientations}) == 8


@settings(max_examples=30, deadline=None)
@given(GRIDS)
def test_four_quarter_turns_are_the_identity(grid: Grid) -> None:
    half = rotate_90(rotate_90(grid))
    assert np.array_equal(half, rotate_180(grid))
    assert np.array_equal(rotate_90(rotate_90(half)), grid)
    assert np.array_equal(rotate_270(rotate_90(grid)), grid)


@settings(max_examples=30, deadline=None)
@given(GRIDS)
def test_each_flip_twice_is_the_identity(grid: Grid) -> None:
    for flip in (flip_horizontal, flip_vertical, transpose, flip_antidiagonal):
        assert np.array_equal(flip(flip(grid)), grid)


@settings(max_examples=30, deadline=None)
@given(GRIDS)
def test_the_two_diagonal_flips_make_a_half_turn(grid: Grid) -> None:
    assert np.array_equal(flip_antidiagonal(transpose(grid)), rotate_180(grid))


@pytest.mark.parametrize(
    ("question", "yes", "no"),
    [
        (is_symmetric_horizontal, [[1, 2, 1]], [[1, 2, 2]]),
        (is_symmetric_vertical, [[1], [2], [1]], [[1], [2], [2]]),
        (is_symmetric_diagonal, [[1, 2], [2, 3]], [[1, 2], [3, 1]]),
        (is_symmetric_rotation, [[1, 2], [2, 1]], [[1, 2], [1, 2]]),
    ],
)
def test_questions_about_symmetry(question: Callable[[Grid], bool], yes: object, no: object) -> None:
    assert question(as_grid(yes)) is True
    assert question(as_grid(no)) is False


def test_a_grid_that_is_not_square_has_no_diagonal_symmetry() -> None:
    assert not is_symmetric_diagonal(as_grid([[1, 1]]))
