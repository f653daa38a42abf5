"""Numbers and truth values out of grids."""

from __future__ import annotations

import numpy as np
import pytest

from tasks.dsl.measure import (
    area,
    column_of_colour,
    count_foreground,
    height,
    is_tall,
    is_uniform,
    is_wide,
    longest_side,
    row_of_colour,
    same_shape,
    shortest_side,
    width,
)
from tasks.errors import Impossible
from tasks.grid import as_grid

WIDE = as_grid([[0, 4, 0], [5, 0, 4]])


def test_sizes_of_a_grid() -> None:
    measures = (height, width, area, longest_side, shortest_side, count_foreground)
    assert [measure(WIDE) for measure in measures] == [2, 3, 6, 3, 2, 3]
    assert height(np.stack([WIDE, WIDE, WIDE])) == 2


def test_first_row_and_column_of_a_colour() -> None:
    assert (row_of_colour(WIDE, 5), column_of_colour(WIDE, 5)) == (1, 0)
    assert (row_of_colour(WIDE, 4), column_of_colour(WIDE, 4)) == (0, 1)


def test_an_absent_colour_lies_nowhere() -> None:
    with pytest.raises(Impossible, match="row_of_colour: colour 9"):
        row_of_colour(WIDE, 9)
    with pytest.raises(Impossible, match="column_of_colour: colour 9"):
        column_of_colour(WIDE, 9)


def test_questions_about_the_shape() -> None:
    square = as_grid([[1]])
    assert [is_wide(grid) for grid in (WIDE, WIDE.T, square)] == [True, False, False]
    assert [is_tall(grid) for grid in (WIDE, WIDE.T, square)] == [False, True, False]
    assert same_shape(WIDE, WIDE + 1)
    assert not same_shape(WIDE, WIDE.T)


def test_uniform_grids_have_one_colour() -> None:
    assert is_uniform(as_grid([[3, 3], [3, 3]])) is True
    assert is_uniform(as_grid([[3, 3], [3, 0]])) is False
