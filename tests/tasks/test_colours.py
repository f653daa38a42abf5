"""ARC's colours: told apart by symbol alone, and the symbol can be read on its colour."""

from __future__ import annotations

from tasks.colours import COLOURS


def _luminance(rgb: tuple[int, int, int]) -> float:
    """As WCAG 2 defines it."""
    parts = [part / 255 for part in rgb]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_each_cell_number_has_a_name_a_colour_and_a_symbol_of_its_own() -> None:
    assert len(COLOURS) == 10
    for of_all in zip(*((colour.name, colour.hex, colour.symbol) for colour in COLOURS), strict=True):
        assert len(set(of_all)) == len(COLOURS)


def test_a_symbol_stands_out_from_its_colour_as_text_has_to() -> None:
    for colour in COLOURS:
        ink = colour._replace(hex=colour.ink).rgb
        darker, lighter = sorted((_luminance(colour.rgb), _luminance(ink)))
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, colour.name
