"""`as_grid` admits grids of the format and names what is wrong with anything else."""

from __future__ import annotations

import numpy as np
import pytest

from tasks.grid import as_grid


def test_nested_list_becomes_uint8() -> None:
    grid = as_grid([[0, 1], [2, 9]])
    assert grid.dtype == np.uint8
    assert grid.tolist() == [[0, 1], [2, 9]]


def test_uint8_array_comes_back_itself() -> None:
    grid = np.zeros((2, 3), np.uint8)
    assert as_grid(grid) is grid


@pytest.mark.parametrize("shape", [(1, 1), (30, 30), (1, 30)])
def test_sides_at_the_bounds_are_admitted(shape: tuple[int, int]) -> None:
    assert as_grid(np.zeros(shape, np.int64)).shape == shape


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "this is NoneType"),
        (5, "this is int"),
        ("12", "this is str"),
        ([1, 2], "2 axes, this has 1"),
        (np.zeros((2, 2, 2), np.uint8), "2 axes, this has 3"),
        ([], "2 axes, this has 1"),
        ([[]], "this is 1 x 0"),
        (np.zeros((31, 2), np.uint8), "this is 31 x 2"),
        ([[1, 2], [3]], "one length"),
        ([[0.5]], "these are float64"),
        ([["a"]], "these are <U1"),
        (np.ones((2, 2), np.bool_), "these are bool"),
        ([[1, 2], [3, 10]], "row 1 column 1 holds 10"),
        ([[0, -1]], "row 0 column 1 holds -1"),
        ([[2**70]], "these are object"),
    ],
)
def test_what_is_no_grid_is_refused_by_name(value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        as_grid(value)


def test_large_cells_do_not_wrap_around() -> None:
    with pytest.raises(ValueError, match="holds 256"):
        as_grid([[256]])
