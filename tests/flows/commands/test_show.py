"""`memoflow show`: what it draws on a terminal and into files, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from command_line import run_here
from PIL import Image

from tasks.colours import COLOURS

FLIP = "def solve_flip(I):\n    return flip_horizontal(I)\n"
BREAK = "def solve_break(I):\n    return crop(I, I, I)\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A puzzle that `flip_horizontal` solves on the first train sample only, and its programs."""
    train = [{"input": [[1, 2]], "output": [[2, 1]]}, {"input": [[3, 0]], "output": [[3, 3]]}]
    puzzle = {"train": train, "test": [{"input": [[5, 6, 7]]}]}
    (tmp_path / "odd.json").write_text(json.dumps(puzzle))
    (tmp_path / "programs.py").write_text(FLIP + "\n\n" + BREAK)
    return tmp_path


def drawn(folder: Path, *options: object) -> str:
    said = run_here("show", "odd", "--dataset", folder / "odd.json", *options)
    assert (said.code, said.err) == (0, "")
    return said.out


def test_samples_stand_side_by_side_as_symbols_where_there_are_no_colours(folder: Path) -> None:
    lines = [line.rstrip() for line in drawn(folder).splitlines()]
    assert lines[:4] == [
        "odd",
        "train 1   train 2   test 1",
        "input     input     input",
        "1 2       3 ·       5 6 7",
    ]
    assert lines[5:7] == ["output    output    output", "2 1       3 3       unknown"]


def test_samples_that_do_not_fit_beside_each_other_stand_below(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    lines = [line.rstrip() for line in drawn(folder).splitlines()]
    assert max(map(len, lines)) <= 20
    assert "train 1   train 2" in lines
    assert "test 1" in lines


def test_cells_that_differ_from_the_output_are_marked(folder: Path) -> None:
    out = drawn(folder, "--programs", folder / "programs.py", "--program", "solve_flip")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[0] == "odd solve_flip"
    assert "program: exact program: 1 of 2 cells differ program" in lines
    assert "2 1 ·<3 7 6 5" in lines


def test_a_program_that_raises_says_so_in_the_place_of_its_grid(folder: Path) -> None:
    out = drawn(folder, "--programs", folder / "programs.py", "--program", "solve_break")
    assert "raised " in out


def test_a_terminal_gets_the_colours_of_arc(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", "xterm-256color")
    out = drawn(folder)
    for cell in (1, 2, 3, 0):
        red, green, blue = COLOURS[cell].rgb
        assert f"48;2;{red};{green};{blue}m" in out
    assert "· " not in out
    assert "· " in drawn(folder, "--symbols")


def test_pictures_show_what_the_terminal_shows(folder: Path) -> None:
    given = ["--programs", folder / "programs.py", "--program", "solve_flip"]
    svg, png = folder / "odd.svg", folder / "odd.png"
    for file, options in ((svg, ["--symbols"]), (png, [])):
        assert drawn(folder, *given, "--out", file, *options) == f"{file}: puzzle odd  solve_flip\n"
    texts = [each.text for each in ElementTree.parse(svg).iter("{http://www.w3.org/2000/svg}text")]
    assert {"train 1", "test 1", "unknown", "program: exact", "program: 1 of 2 cells differ", "7"} <= set(
        texts
    )
    colours = {tuple(pixel) for pixel in np.asarray(Image.open(png)).reshape(-1, 3).tolist()}
    assert {COLOURS[cell].rgb for cell in (0, 1, 2, 3, 5, 6, 7)} <= colours
    assert COLOURS[4].rgb not in colours


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--program", "solve_flap"], ["'solve_flap'", "did you mean 'solve_flip'?"]),
        (["--program", "?"], ["'?'", "name one of the library"]),
        (["--out", "odd.gif"], ["odd.gif", ".svg or .png"]),
    ],
)
def test_what_cannot_be_shown_is_refused_with_a_mend(
    folder: Path, options: list[str], words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    given = ["--dataset", "odd.json", "--programs", "programs.py"]
    said = run_here("show", "odd", *given, *options)
    assert said.code == 2
    assert [word for word in words if word not in said.complaint()] == []
