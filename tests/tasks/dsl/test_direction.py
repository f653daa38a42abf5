"""Directions and turns."""

from __future__ import annotations

import pytest

from tasks.dsl.direction import (
    DOWN,
    DOWN_LEFT,
    DOWN_RIGHT,
    LEFT,
    RIGHT,
    UP,
    UP_LEFT,
    UP_RIGHT,
    Direction,
    opposite,
    turn_left,
    turn_right,
)

CLOCKWISE = (UP, RIGHT, DOWN, LEFT)
DIAGONALS = (UP_RIGHT, DOWN_RIGHT, DOWN_LEFT, UP_LEFT)


def test_directions_are_rows_down_and_columns_right() -> None:
    assert DOWN == (1, 0)
    assert RIGHT == (0, 1)
    assert UP_LEFT == (-1, -1)


@pytest.mark.parametrize("circle", [CLOCKWISE, DIAGONALS])
def test_turns_go_round_the_circle(circle: tuple[Direction, ...]) -> None:
    for index, direction in enumerate(circle):
        assert turn_right(direction) == circle[(index + 1) % 4]
        assert turn_left(direction) == circle[index - 1]
        assert opposite(direction) == circle[index - 2]
