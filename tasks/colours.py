"""The colours of ARC as everybody knows them, and what stands for each where colours cannot be told apart.

Owns: their names, their hexadecimal values and one symbol for each, in the order of the cells' numbers
0 to 9. Whoever draws a grid, on a terminal, in a picture or on a page, takes them from here.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["COLOURS", "GRID_LINE", "Colour"]

GRID_LINE = "#555555"
"""The lines between cells."""


class Colour(NamedTuple):
    """A cell's colour. `ink` is what can be read on it; `symbol` differs from all others by shape alone."""

    name: str
    hex: str
    ink: str
    symbol: str

    @property
    def rgb(self) -> tuple[int, int, int]:
        """Red, green and blue, each 0 to 255."""
        red, green, blue = (int(self.hex[place : place + 2], 16) for place in (1, 3, 5))
        return red, green, blue


COLOURS = (
    Colour("black", "#000000", "#ffffff", "·"),
    Colour("blue", "#0074d9", "#ffffff", "1"),
    Colour("red", "#ff4136", "#000000", "2"),
    Colour("green", "#2ecc40", "#000000", "3"),
    Colour("yellow", "#ffdc00", "#000000", "4"),
    Colour("grey", "#aaaaaa", "#000000", "5"),
    Colour("magenta", "#f012be", "#000000", "6"),
    Colour("orange", "#ff851b", "#000000", "7"),
    Colour("sky", "#7fdbff", "#000000", "8"),
    Colour("maroon", "#870c25", "#ffffff", "9"),
)
"""By cell number. The symbols are the digits, as people speak of ARC, but for 0: grids are mostly that."""
