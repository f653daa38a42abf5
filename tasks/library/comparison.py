"""Programs about parts compared cell by cell."""

from __future__ import annotations

from tasks.dsl.arithmetic import add
from tasks.dsl.compare import cells_in_both, cells_in_exactly_one, cells_in_neither, overlay
from tasks.dsl.crop import pad_to, row_at
from tasks.dsl.measure import height, width
from tasks.dsl.parts import overlay_all
from tasks.dsl.shift import shift
from tasks.dsl.split import (
    bottom_half,
    bottom_left_quarter,
    bottom_right_quarter,
    left_half,
    parts_between_lines,
    right_half,
    split_at_colour,
    top_half,
    top_left_quarter,
    top_right_quarter,
)
from tasks.dsl.symmetry import flip_horizontal, rotate_180
from tasks.dsl.tile import concatenate_vertical, repeat_vertical, tile_to
from tasks.grid import Grid


def solve_0520fde7(I: Grid) -> Grid:
    """Mark red what both halves have."""
    O = cells_in_both(left_half(I), right_half(I), 2)
    return O


def solve_1b2d62fb(I: Grid) -> Grid:
    """Mark cyan what neither half has."""
    O = cells_in_neither(left_half(I), right_half(I), 8)
    return O


def solve_3428a4f5(I: Grid) -> Grid:
    """Mark green what exactly one half has."""
    O = cells_in_exactly_one(top_half(I), bottom_half(I), 3)
    return O


def solve_3ac3eb23(I: Grid) -> Grid:
    """Put the diagonal neighbours of the top row below it and repeat both rows."""
    top = row_at(I, 0)
    below = overlay(shift(top, 0, 1, 0), shift(top, 0, -1, 0))
    O = repeat_vertical(concatenate_vertical(top, below), 3)
    return O


def solve_75b8110e(I: Grid) -> Grid:
    """Lay the four quarters over each other."""
    lower = overlay(top_left_quarter(I), bottom_right_quarter(I))
    upper = overlay(bottom_left_quarter(I), top_right_quarter(I))
    O = overlay(lower, upper)
    return O


def solve_a68b268e(I: Grid) -> Grid:
    """Lay the four parts over each other, the first one on top."""
    parts = parts_between_lines(rotate_180(I))
    O = rotate_180(overlay_all(parts))
    return O


def solve_c444b776(I: Grid) -> Grid:
    """Every part between the lines gets what one of them holds."""
    content = overlay_all(parts_between_lines(I))
    lined = pad_to(content, add(height(content), 1), add(width(content), 1), 4)
    O = tile_to(lined, height(I), width(I))
    return O


def solve_cf98881b(I: Grid) -> Grid:
    """Lay the three parts over each other, the first one on top."""
    parts = split_at_colour(flip_horizontal(I), 2)
    O = flip_horizontal(overlay_all(parts))
    return O
