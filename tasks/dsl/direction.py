"""The eight directions: how many rows down and how many columns to the right one step goes."""

from __future__ import annotations

from typing import TypeAlias

__all__ = [
    "DOWN",
    "DOWN_LEFT",
    "DOWN_RIGHT",
    "LEFT",
    "RIGHT",
    "UP",
    "UP_LEFT",
    "UP_RIGHT",
    "opposite",
    "turn_left",
    "turn_right",
]

Direction: TypeAlias = tuple[int, int]
"""Rows down and columns to the right, each -1, 0 or 1."""

UP: Direction = (-1, 0)
DOWN: Direction = (1, 0)
LEFT: Direction = (0, -1)
RIGHT: Direction = (0, 1)
UP_LEFT: Direction = (-1, -1)
UP_RIGHT: Direction = (-1, 1)
DOWN_LEFT: Direction = (1, -1)
DOWN_RIGHT: Direction = (1, 1)


def opposite(direction: Direction) -> Direction:
    """The direction back."""
    return -direction[0], -direction[1]


def turn_right(direction: Direction) -> Direction:
    """The direction a quarter turn clockwise."""
    return direction[1], -direction[0]


def turn_left(direction: Direction) -> Direction:
    """The direction a quarter turn counter-clockwise."""
    return -direction[1], direction[0]
