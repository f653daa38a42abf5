"""Primitives that no sandbox may survive by luck: they join a copy of the DSL in a test."""

from __future__ import annotations

import ctypes

import numpy as np

from tasks.grid import Grid

__all__ = ["crash", "eat_memory", "loop_forever"]


def loop_forever(grid: Grid) -> Grid:
    """Never returns."""
    while True:
        grid = grid[::-1]


def eat_memory(grid: Grid) -> Grid:
    """Asks for 100 GB and touches it."""
    return np.ones(100 * 10**9, np.uint8) + grid[0, 0]


def crash(grid: Grid) -> Grid:
    """Reads address 0."""
    ctypes.string_at(0)
    return grid
