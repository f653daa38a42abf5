"""The page's figures: counts by stage over time, rows per second, hit rate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import cycle

import numpy as np
from bokeh.models import ColumnDataSource, DataRange1d, InlineStyleSheet
from bokeh.models.annotations import Title
from bokeh.plotting import figure

from flows.dashboard.history import RunHistory
from flows.dashboard.tables import COLOURS
from flows.progress.snapshot import StageCounts

__all__ = ["Figure", "figures"]

_GREY = "#7a7a7a"
"""Readable on white and on black: a figure does not know which of them it lies on."""
_Lines = dict[str, list[float]]
"""The heights of each line, by its name."""


class Figure:
    """Lines over the seconds of a run, one a stage in the colours of the table of stages, or one of
    all."""

    def __init__(
        self, title: str, lines: Callable[[RunHistory], _Lines], colours: Sequence[str] = COLOURS
    ) -> None:
        self._lines = lines
        self._colours = colours
        self._source = ColumnDataSource({"x": [], "y": [], "name": [], "colour": []})
        self.root = figure(
            title=Title(text=title, text_color=_GREY),
            x_range=DataRange1d(start=0),
            y_range=DataRange1d(start=0),
            height=190,
            min_width=280,
            sizing_mode="stretch_width",
            tools="hover",
            tooltips=[("", "@name"), ("seconds", "$x{0}"), ("value", "$y{0.[0]}")],
            toolbar_location=None,
            # On a canvas without a fill, ticks stay where they were when the range was another.
            output_backend="svg",
            background_fill_color=None,
            border_fill_color=None,
            outline_line_color=_GREY,
            stylesheets=[InlineStyleSheet(css=":host { flex: 1 1 380px; }")],
        )
        self.root.multi_line("x", "y", color="colour", line_width=2, source=self._source)
        for axis in self.root.axis:
            axis.update(
                axis_line_color=_GREY,
                major_tick_line_color=_GREY,
                minor_tick_line_color=None,
                major_label_text_color=_GREY,
            )
        self.root.grid.grid_line_color = _GREY
        self.root.grid.grid_line_alpha = 0.25

    def show(self, run: RunHistory) -> None:
        """Draw a run's history."""
        seconds = np.array([moment.seconds for moment in run.moments])
        lines = self._lines(run)
        colours = [colour for _, colour in zip(lines, cycle(self._colours))]
        self._source.data = {
            "x": [seconds] * len(lines),
            "y": [np.array(line) for line in lines.values()],
            "name": list(lines),
            "colour": colours,
        }


def figures() -> list[Figure]:
    """All of them, in the order of the page."""
    return [
        Figure("executed: rows, or nodes without rows", _by_stage(lambda counts: counts.executed)),
        Figure("hit", _by_stage(lambda counts: counts.hit)),
        Figure("waiting: nodes", _by_stage(lambda counts: counts.waiting)),
        Figure("failed: nodes", _by_stage(lambda counts: counts.failed)),
        Figure("rows per second", lambda run: {"rows per second": run.rows_per_second()}, (_GREY,)),
        Figure("hit rate, percent", _hit_rate, (_GREY,)),
    ]


def _by_stage(count: Callable[[StageCounts], int]) -> Callable[[RunHistory], _Lines]:
    """A line a stage; a moment that knows nothing of a stage yet counts as 0."""

    def lines(run: RunHistory) -> _Lines:
        moments = [{counts.stage: count(counts) for counts in moment.stages} for moment in run.moments]
        return {
            counts.stage: [float(moment.get(counts.stage, 0)) for moment in moments]
            for counts in run.last.stages
        }

    return lines


def _hit_rate(run: RunHistory) -> _Lines:
    known = [(moment.hit, moment.executed + moment.hit) for moment in run.moments]
    return {"hit rate": [100 * hit / total if total else 0.0 for hit, total in known]}
