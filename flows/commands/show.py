"""What `memoflow show` does: a puzzle's grids on the terminal or in a file, and a program's answers.

Owns: finding the program that a user names, running it on every sample, and the drawing on a terminal.
Needs no store, and makes none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from flows.arc import adds_compositions, program_source
from flows.errors import BadSettings
from flows.output import shown, write_bytes
from flows.puzzles import chosen_puzzles
from flows.settings import Settings
from tasks.colours import COLOURS
from tasks.errors import UnknownName
from tasks.language import open_dsl
from tasks.nearest import nearest
from tasks.outcome import Budget, Invalid, Killed, Outcome, Raised
from tasks.picture import Answer, Column, Frame, Picture, picture, png, svg
from tasks.program import Program, parse
from tasks.programs import own, programs_in
from tasks.propose import propose
from tasks.puzzle import Puzzle
from tasks.validate import grid_of, validate

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

__all__ = ["check_picture", "show"]

_FORMATS = (".svg", ".png")
_BETWEEN = 3
"""Columns of a terminal between two samples."""

_TOLD = 40
"""Letters of what stands in the place of a grid."""


def check_picture(file: Path) -> None:
    """Raise `BadSettings` for a picture of another format."""
    if file.suffix.lower() not in _FORMATS:
        raise BadSettings(str(file), f"is no picture; end the name in {' or '.join(_FORMATS)}")


def show(settings: Settings, program: str | None, out: Path | None, symbols: bool) -> int:
    """Draw one puzzle, with a program's answers if one is named, on the terminal or into a file."""
    (puzzle,) = chosen_puzzles(settings).values()
    if program is None:
        drawn = picture(puzzle)
    else:
        named = _find(settings, puzzle, program)
        drawn = picture(puzzle, shown(named.name), _answers(settings, puzzle, named))
    if out is None:
        _print(drawn, symbols)
        return 0
    write_bytes(out, svg(drawn, symbols).encode() if out.suffix.lower() == ".svg" else png(drawn, symbols))
    click.echo(shown(f"{out}: puzzle {drawn.title}"))
    return 0


def _find(settings: Settings, puzzle: Puzzle, name: str) -> Program:
    """The candidate of that name. Raises `UnknownName` with the nearest one."""
    programs = programs_in(*program_source(settings))
    if settings.own:
        programs = own(programs, puzzle.id)
    proposed = propose(puzzle.train, programs, 0, adds_compositions(settings))
    found = {each.name: each for each in proposed}
    if name not in found:
        raise UnknownName("program", name, nearest(name, found))
    return found[name]


def _answers(settings: Settings, puzzle: Puzzle, program: Program) -> list[Answer]:
    dsl = open_dsl(settings.dsl, settings.grid)
    form = parse(program.source, frozenset(dsl.primitives), program.name)
    budget = Budget(settings.cpu_s, settings.memory_mb)
    (verdict,) = validate([form], puzzle.train, puzzle.questions, budget, dsl=dsl.at, grid=dsl.grid)
    return [
        Answer(grid_of(verdict.outputs, place), shown(_told(outcome))[:_TOLD])
        for place, outcome in enumerate(verdict.outcomes)
    ]


def _told(outcome: Outcome) -> str:
    """An outcome without a grid, in words."""
    said = outcome.kind.replace("_", " ")
    if isinstance(outcome, Raised):
        return f"{said} {outcome.error}"
    return f"{said}: {outcome.reason}" if isinstance(outcome, Invalid | Killed) else said


# -- terminal --------------------------------------------------------------------------------


def _print(drawn: Picture, symbols: bool) -> None:
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    # Without colours, symbols are all there is to see.
    draw = _Drawer(console, symbols or console.color_system is None)
    console.print(shown(drawn.title), style="bold", markup=False)
    for together in _side_by_side(drawn.columns, console.width):
        draw.samples(together)


def _side_by_side(samples: Sequence[Column], width: int) -> Iterator[list[Column]]:
    """Samples that fit beside each other, as many as there can be."""
    together: list[Column] = []
    for sample in samples:
        if together and sum(_width(each) + _BETWEEN for each in (*together, sample)) - _BETWEEN > width:
            yield together
            together = []
        together.append(sample)
    yield together


def _width(sample: Column) -> int:
    return max(len(sample.title), *map(_frame_width, sample.frames))


def _frame_width(frame: Frame) -> int:
    inside = 2 * frame.grid.shape[1] if frame.grid is not None else len(frame.told)
    return max(inside, len(frame.caption))


class _Drawer:
    """Prints samples as cells two characters wide."""

    def __init__(self, console: Console, symbols: bool) -> None:
        self._console = console
        self._symbols = symbols

    def samples(self, together: Sequence[Column]) -> None:
        """One line of samples, each kind of frame on the same height."""
        self._beside([[each.title] for each in together], together)
        for frames in zip(*(each.frames for each in together), strict=True):
            self._beside([[frame.caption, *self._rows(frame)] for frame in frames], together)
            self._console.print()

    def _beside(self, blocks: Sequence[Sequence[str | Text]], together: Sequence[Column]) -> None:
        from rich.text import Text

        widths = [_width(each) + _BETWEEN for each in together]
        for line in zip_longest(*blocks, fillvalue=""):
            told = Text()
            for part, width in zip(line, widths, strict=True):
                told.append(part)
                told.append(" " * (width - len(part)))
            told.right_crop(widths[-1] - len(line[-1]))
            self._console.print(told)

    def _rows(self, frame: Frame) -> Iterator[str | Text]:
        if frame.grid is None:
            yield frame.told
            return
        wrong = frame.wrong if frame.wrong is not None else np.zeros(frame.grid.shape, np.bool_)
        for cells, marks in zip(frame.grid.tolist(), wrong.tolist(), strict=True):
            yield self._row(cells, marks)

    def _row(self, cells: Sequence[int], marks: Sequence[bool]) -> Text:
        from rich.text import Text

        row = Text()
        for cell, is_wrong in zip(cells, marks, strict=True):
            colour = COLOURS[cell]
            first = colour.symbol if self._symbols else ">" if is_wrong else " "
            row.append(f"{first}{'<' if is_wrong else ' '}", f"{colour.ink} on {colour.hex}")
        return row
