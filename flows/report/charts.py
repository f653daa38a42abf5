"""The charts of a report, as Bokeh draws them in a browser.

Owns: what is charted and with which colours. Inks of axes and grids are set by `page.js`, which knows
whether the page is light or dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bokeh.embed import json_item
from bokeh.models import ColumnDataSource, DataRange1d, FactorRange, HoverTool, Range1d
from bokeh.plotting import figure
from bokeh.resources import Resources

from flows.report.data import Report

__all__ = ["COLOURS", "bokeh_js", "chart_items"]

COLOURS = {
    "solved": "#2a9d8f",
    "near": "#e9a23b",
    "far": "#8d99ae",
    "error": "#c8553d",
    "hit": "#2a9d8f",
    "executed": "#e9a23b",
    "wall": "#4a7fb5",
    "cpu": "#e9a23b",
}
"""Of each kind, told apart also by those who see fewer colours, on light and on dark."""

_BINS = 20
_ROW = 26
"""Pixels of a bar with its gap."""


def bokeh_js() -> str:
    """Bokeh's own code, as far as these charts need it."""
    return "\n".join(Resources(mode="inline", components=["bokeh"], minified=True).js_raw)


def chart_items(report: Report) -> dict[str, Any]:
    """The charts by the id of the element that each goes into, as JSON."""
    plots = {
        "chart-phases": _phases(report),
        "chart-stages": _stages(report),
        "chart-nearness": _nearness(report),
    }
    return {place: json_item(plot) for place, plot in plots.items()}


def _phases(report: Report) -> figure:
    """Wall clock and CPU seconds of each phase, in the order in which they began."""
    names = [phase.name for phase in reversed(report.phases)]
    wall, cpu = ([getattr(each, kind) for each in reversed(report.phases)] for kind in ("wall_s", "cpu_s"))
    source = ColumnDataSource({"name": names, "wall": wall, "cpu": cpu})
    plot = _bars(names, "seconds", [("phase", "@name"), ("wall", "@wall{0.000} s"), ("cpu", "@cpu{0.000} s")])
    plot.hbar(
        y="name", right="wall", height=0.7, source=source, color=COLOURS["wall"], legend_label="wall clock"
    )
    plot.scatter(
        x="cpu", y="name", marker="diamond", size=11, source=source, color=COLOURS["cpu"],
        line_color="#000000", line_width=0.5, legend_label="CPU",
    )  # fmt: skip
    return _with_legend(plot)


def _stages(report: Report) -> figure:
    """The share of each stage's rows (or of its nodes, where it has none) that hit."""
    stages = list(reversed(report.stages))
    names = [each.stage for each in stages]
    counts = {
        fate: [getattr(each, f"{'rows' if each.rows else 'nodes'}_{fate}") for each in stages]
        for fate in ("hit", "executed")
    }
    totals = [max(1, hit + run) for hit, run in zip(counts["hit"], counts["executed"], strict=True)]
    share = [100 * hit / total for hit, total in zip(counts["hit"], totals, strict=True)]
    ends = [100.0 if hit + run else 0.0 for hit, run in zip(counts["hit"], counts["executed"], strict=True)]
    source = ColumnDataSource({"name": names, "share": share, "end": ends, **counts})
    plot = _bars(names, "% of rows", [("stage", "@name"), ("hit", "@hit"), ("executed", "@executed")])
    plot.hbar(
        y="name", right="share", height=0.7, source=source, fill_color=COLOURS["hit"], line_color=None,
        legend_label="hit",
    )  # fmt: skip
    plot.hbar(
        y="name", left="share", right="end", height=0.7, source=source, fill_color=COLOURS["executed"],
        line_color=None, legend_label="executed",
    )  # fmt: skip
    return _with_legend(plot)


def _nearness(report: Report) -> figure:
    """How many unsolved puzzles have a best candidate with so many right cells."""
    width = 100 / _BINS
    plot = figure(
        height=220, sizing_mode="stretch_width", toolbar_location=None, tools="",
        x_range=Range1d(start=-1, end=101), y_range=DataRange1d(start=0),
        x_axis_label="% of train cells right, best candidate", y_axis_label="puzzles",
    )  # fmt: skip
    bottom = [0] * _BINS
    for status in ("near", "far"):
        counts = [0] * _BINS
        for puzzle in report.puzzles:
            if puzzle.status == status and puzzle.nearness >= 0:
                counts[min(_BINS - 1, puzzle.nearness * _BINS // 1000)] += 1
        top = [low + count for low, count in zip(bottom, counts, strict=True)]
        left = [place * width for place in range(_BINS)]
        source = ColumnDataSource(
            {"left": left, "right": [each + width for each in left], "bottom": bottom, "top": top,
             "count": counts, "status": [status] * _BINS}
        )  # fmt: skip
        plot.quad(
            left="left", right="right", bottom="bottom", top="top", source=source, color=COLOURS[status],
            line_color="#ffffff", line_alpha=0.4, legend_label=status,
        )  # fmt: skip
        bottom = top
    plot.add_tools(HoverTool(tooltips=[("@status", "@count"), ("cells", "@left to @right %")]))
    return _with_legend(plot)


def _bars(names: Sequence[str], label: str, tooltips: list[tuple[str, str]]) -> figure:
    plot = figure(
        height=90 + _ROW * len(names), sizing_mode="stretch_width", toolbar_location=None, tools="",
        y_range=FactorRange(factors=list(dict.fromkeys(names))), x_range=DataRange1d(start=0),
        x_axis_label=label,
    )  # fmt: skip
    plot.add_tools(HoverTool(tooltips=tooltips))
    plot.ygrid.visible = False
    return plot


def _with_legend(plot: figure) -> figure:
    """Plain looks, and the legend above, where it covers nothing."""
    plot.background_fill_color = plot.border_fill_color = plot.outline_line_color = None
    plot.legend.background_fill_alpha = plot.legend.border_line_alpha = 0
    plot.legend.orientation = "horizontal"
    plot.add_layout(plot.legend[0], "above")
    plot.legend.location = "top_left"
    plot.legend.label_text_font_size = plot.axis.major_label_text_font_size = "12px"
    plot.axis.axis_label_text_font_style = "normal"
    plot.axis.minor_tick_line_color = None
    plot.min_border_right = 20
    return plot
