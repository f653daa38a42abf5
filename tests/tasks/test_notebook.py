"""What notebooks show of puzzles and programs, and that showing is no part of any result."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from store import Store
from tasks import picture
from tasks.colours import COLOURS
from tasks.program import Program
from tasks.puzzle import Puzzle, Sample

GRID = np.array([[1, 2], [3, 4]], np.uint8)
NASTY = "<script>alert('x')</script>"


@pytest.fixture
def puzzle() -> Puzzle:
    return Puzzle(NASTY, (Sample(GRID, GRID[::-1]),), (Sample(GRID, None),))


def test_a_puzzle_is_a_picture(puzzle: Puzzle) -> None:
    html = puzzle._repr_html_()
    drawn = ElementTree.fromstring(html)
    fills = {each.get("fill") for each in drawn.iter()}
    assert {COLOURS[cell].hex for cell in (1, 2, 3, 4)} <= fills
    assert NASTY not in html
    assert NASTY in "".join(drawn.itertext())
    assert repr(puzzle) == f"<Puzzle {NASTY}: 1 train, 1 test>"


def test_a_program_is_its_text() -> None:
    html = Program("solve_<a>", "def solve(I):\n    return f(I, '<b>')\n", "given")._repr_html_()
    assert "<b>solve_&lt;a&gt;</b> (given)" in html
    assert "return f(I, &#x27;&lt;b&gt;&#x27;)" in html


def test_how_values_are_drawn_is_no_part_of_a_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Store(tmp_path).keys.code(names_of).digest
    monkeypatch.setattr(picture, "_CELL", 7)
    monkeypatch.setattr(picture, "_GAP", 7)
    assert Store(tmp_path).keys.code(names_of).digest == before


def names_of(programs: list[Program], puzzles: list[Puzzle]) -> list[str]:
    return [Program(each.name, each.source, "again").name for each in programs] + [
        Puzzle(each.id, each.train, each.test).id for each in puzzles
    ]
