"""Pictures of puzzles: train pairs and tests side by side, and what a program gives on each of them.

Owns: which frames a picture has, which cells of one differ from what is wanted, and the drawing of all of
it as SVG or PNG from one list of shapes. A terminal is drawn by `flows.commands.show`, from the same frames.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import NamedTuple

import numpy as np

from tasks.colours import COLOURS, GRID_LINE
from tasks.grid import Grid, Mask
from tasks.puzzle import Puzzle, Sample

__all__ = ["Answer", "Column", "Frame", "Picture", "differing", "picture", "png", "svg"]

_CELL, _GAP, _LINE, _LETTER = 20, 24, 16, 7
"""Pixels: a cell's side, what lies between frames, a line of text, and a letter of it at most."""

_PAPER, _TEXT = "#ffffff", "#222222"


class Answer(NamedTuple):
    """What a program gave on a sample: its grid, or why there is none."""

    grid: Grid | None
    told: str = ""


@dataclass(frozen=True, eq=False)
class Frame:
    """A grid under a caption; `wrong` marks its cells that differ. Where there is no grid, `told` says
    why."""

    caption: str
    grid: Grid | None
    wrong: Mask | None = None
    told: str = ""


@dataclass(frozen=True, eq=False)
class Column:
    """One sample: input, output, and a program's answer where one is shown."""

    title: str
    frames: tuple[Frame, ...]


@dataclass(frozen=True, eq=False)
class Picture:
    """A puzzle's samples beside each other, under a title."""

    title: str
    columns: tuple[Column, ...]


def picture(puzzle: Puzzle, program: str = "", answers: Sequence[Answer] = ()) -> Picture:
    """The samples of a puzzle, train before test, with the answers of a program if one is given."""
    named = [(f"train {number}", sample) for number, sample in enumerate(puzzle.train, 1)]
    named += [(f"test {number}", sample) for number, sample in enumerate(puzzle.test, 1)]
    given: Sequence[Answer | None] = answers or [None] * len(named)
    columns = (
        Column(title, tuple(_frames(sample, answer)))
        for (title, sample), answer in zip(named, given, strict=True)
    )
    return Picture(f"{puzzle.id}  {program}".rstrip(), tuple(columns))


def _frames(sample: Sample, answer: Answer | None) -> Iterator[Frame]:
    yield Frame("input", sample.input)
    yield Frame("output", sample.output, told="unknown")
    if answer is not None:
        yield _answered(sample, answer)


def _answered(sample: Sample, answer: Answer) -> Frame:
    if answer.grid is None or sample.output is None:
        return Frame("program", answer.grid, told=answer.told)
    wrong = differing(answer.grid, sample.output)
    count = int(wrong.sum())
    if answer.grid.shape != sample.output.shape:
        said = "another shape"
    else:
        said = f"{count} of {wrong.size} cells differ" if count else "exact"
    return Frame(f"program: {said}", answer.grid, wrong)


def differing(grid: Grid, wanted: Grid) -> Mask:
    """Which cells of a grid are not as in another one; what lies outside of that differs."""
    wrong = np.ones(grid.shape, np.bool_)
    height, width = (min(sides) for sides in zip(grid.shape, wanted.shape, strict=True))
    wrong[:height, :width] = grid[:height, :width] != wanted[:height, :width]
    return wrong


# -- shapes ----------------------------------------------------------------------------------


class _Box(NamedTuple):
    """A filled rectangle, by its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    fill: str


class _Words(NamedTuple):
    """A line of text around the middle of its left end, or around its middle."""

    x: float
    y: float
    text: str
    fill: str
    centred: bool = False


_Shape = _Box | _Words


@dataclass(frozen=True)
class _Drawing:
    width: int
    height: int
    shapes: tuple[_Shape, ...]


def _drawing(shown: Picture, symbols: bool) -> _Drawing:
    """Frames of one kind stand on one line, however high their neighbours are."""
    lines = list(zip(*(column.frames for column in shown.columns), strict=True))
    heights = [max(_sides(frame)[1] for frame in line) for line in lines]
    shapes: list[_Shape] = [_Words(_GAP, _GAP / 2, shown.title, _TEXT)]
    x = _GAP
    for column in shown.columns:
        shapes.append(_Words(x, _GAP + _LINE / 2, column.title, _TEXT))
        y = _GAP + _LINE
        for frame, height in zip(column.frames, heights, strict=True):
            shapes.extend(_framed(frame, x, y, symbols))
            y += _LINE + height + _GAP
        x += max(_sides(frame)[0] for frame in column.frames) + _GAP
    total = _GAP + _LINE + sum(heights) + len(heights) * (_LINE + _GAP)
    x = max(x, 2 * _GAP + _LETTER * len(shown.title))
    return _Drawing(x, total, (_Box(0, 0, x, total, _PAPER), *shapes))


def _sides(frame: Frame) -> tuple[int, int]:
    """Width and height of a frame without its caption."""
    words = _LETTER * max(len(frame.caption), len(frame.told) if frame.grid is None else 0)
    height, width = frame.grid.shape if frame.grid is not None else (1, 0)
    return max(width * _CELL + 1, words), height * _CELL + 1


def _framed(frame: Frame, x: int, y: int, symbols: bool) -> Iterator[_Shape]:
    yield _Words(x, y + _LINE / 2, frame.caption, _TEXT)
    y += _LINE
    if frame.grid is None:
        yield _Words(x, y + _LINE / 2, frame.told, _TEXT)
        return
    height, width = frame.grid.shape
    for row, cells in enumerate(frame.grid.tolist()):
        column = 0
        for cell, run in groupby(cells):
            count = len(list(run))
            yield _Box(x + column * _CELL, y + row * _CELL, count * _CELL, _CELL, COLOURS[cell].hex)
            column += count
    for row in range(height + 1):
        yield _Box(x, y + row * _CELL, width * _CELL + 1, 1, GRID_LINE)
    for column in range(width + 1):
        yield _Box(x + column * _CELL, y, 1, height * _CELL + 1, GRID_LINE)
    yield from _marks(frame.grid, frame.wrong, x, y, symbols)


def _marks(grid: Grid, wrong: Mask | None, x: int, y: int, symbols: bool) -> Iterator[_Shape]:
    """A ring in the cells that differ, and the symbols."""
    for (row, column), cell in np.ndenumerate(grid):
        left, top, ink = x + column * _CELL, y + row * _CELL, COLOURS[cell].ink
        if wrong is not None and wrong[row, column]:
            side = _CELL - 5
            yield _Box(left + 3, top + 3, side, 2, ink)
            yield _Box(left + 3, top + 1 + side, side, 2, ink)
            yield _Box(left + 3, top + 3, 2, side, ink)
            yield _Box(left + 1 + side, top + 3, 2, side, ink)
        if symbols:
            yield _Words(left + _CELL / 2, top + _CELL / 2, COLOURS[cell].symbol, ink, True)


# -- formats ---------------------------------------------------------------------------------


def svg(shown: Picture, symbols: bool = False) -> str:
    """The picture as an SVG document; texts are escaped."""
    drawing = _drawing(shown, symbols)
    size = f'width="{drawing.width}" height="{drawing.height}"'
    box = f'viewBox="0 0 {drawing.width} {drawing.height}"'
    style = 'font-family="sans-serif" font-size="12" dominant-baseline="central" shape-rendering="crispEdges"'
    body = "".join(map(_element, drawing.shapes))
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box} {style}>{body}</svg>\n'


def _element(shape: _Shape) -> str:
    if isinstance(shape, _Box):
        place = f'x="{shape.x:g}" y="{shape.y:g}" width="{shape.width:g}" height="{shape.height:g}"'
        return f'<rect {place} fill="{shape.fill}"/>'
    anchor = ' text-anchor="middle"' if shape.centred else ""
    return f'<text x="{shape.x:g}" y="{shape.y:g}"{anchor} fill="{shape.fill}">{escape(shape.text)}</text>'


def png(shown: Picture, symbols: bool = False) -> bytes:
    """The picture as a PNG file."""
    from PIL import Image, ImageDraw, ImageFont  # only pictures need it, and importing it takes a while

    drawing = _drawing(shown, symbols)
    image = Image.new("RGB", (drawing.width, drawing.height), _PAPER)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(12)
    for shape in drawing.shapes:
        if isinstance(shape, _Box):
            corner = shape.x + shape.width - 1, shape.y + shape.height - 1
            pen.rectangle((shape.x, shape.y, *corner), fill=shape.fill)
        else:
            anchor = "mm" if shape.centred else "lm"
            pen.text((shape.x, shape.y), shape.text, shape.fill, font, anchor)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()
