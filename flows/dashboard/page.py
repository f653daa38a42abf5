"""The page as a Bokeh document: it looks at the history twice a second for as long as it is open.

Owns: layout, and the look in light and dark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bokeh.models import Column, InlineStyleSheet, Row
from bokeh.models.ui import UIElement
from bokeh.models.widgets import Div, Select
from distributed.dashboard.components.scheduler import env

from flows.dashboard import tables
from flows.dashboard.figures import Figure, figures
from flows.dashboard.history import History, RunHistory
from flows.dashboard.workers import doing

if TYPE_CHECKING:
    from bokeh.document import Document
    from distributed import Scheduler

__all__ = ["memo_document"]

_EVERY_MS = 500
_TEXTS = {
    "headline": "none",
    "stages": "3 1 560px",
    "workers": "2 1 260px",
    "outcomes": "1 1 200px",
    "slowest": "none",
}
"""The texts of the page, and how wide each is beside others."""
_TEMPLATE = """{% extends "simple.html" %}
{% block extra_resources %}
<style>
  #dask-logo img, #navbar-toggle-icon img { vertical-align: middle; }
  /* The menu lies over the page: on two lines it would cover the first figures. */
  @media (min-width: 801px) and (max-width: 1040px) {
    .navbar li { font-size: 15px; }
    .navbar li a { padding: 11px 7px; }
    #dask-logo img { padding: 5px 8px; }
  }
  @media (prefers-color-scheme: dark) {
    html, body { background: #121212; color: #ddd; }
    .navbar ul, .dropdown-content { background-color: #2a2a2a; }
    .navbar li a { color: #ddd; }
    #navbar-toggle-icon img { filter: invert(1); }
  }
</style>
{% endblock %}
"""


def memo_document(history: History, scheduler: Scheduler, extra: dict[str, Any], document: Document) -> None:
    """Fill a document for somebody who opens the page."""
    page = _Page(history, scheduler)
    page.update()
    document.add_root(page.root)
    document.add_periodic_callback(page.update, _EVERY_MS)
    document.title = "Dask: Memo"
    document.template = env.from_string(_TEMPLATE)
    document.template_variables.update(extra)


class _Page:
    """One open page."""

    def __init__(self, history: History, scheduler: Scheduler) -> None:
        self._history = history
        self._scheduler = scheduler
        self._shown: object = None
        self._offered: list[str] = []
        self._choice = Select(title="run", width=320, visible=False)
        self._texts = {name: _text(name, flex) for name, flex in _TEXTS.items()}
        self._figures: list[Figure] = figures()
        self._lines = _wrapped([each.root for each in self._figures])
        self._lines.visible = False
        self.root = Column(
            children=[
                self._choice,
                self._texts["headline"],
                self._lines,
                _wrapped([self._texts[name] for name in ("stages", "workers", "outcomes")]),
                self._texts["slowest"],
            ],
            sizing_mode="stretch_width",
        )

    def update(self) -> None:
        """Show what is new."""
        self._offer_runs()
        run = self._history.runs.get(self._choice.value)
        if run is None:
            self._texts["headline"].text = "<p>No run yet: start one, and it shows here.</p>"
            return
        self._texts["workers"].text = tables.workers_table(doing(self._scheduler))
        if self._shown is not run.last:
            self._shown = run.last
            self._show(run)

    def _offer_runs(self) -> None:
        """The newest run is shown until another one is chosen."""
        runs = list(reversed(self._history.runs))
        if runs != self._offered:
            followed = self._choice.value in ("", *self._offered[:1])
            self._choice.update(
                options=runs, value=runs[0] if followed else self._choice.value, visible=len(runs) > 1
            )
            self._offered = runs

    def _show(self, run: RunHistory) -> None:
        self._texts["headline"].text = tables.headline(run.last, run.rows_per_second()[-1])
        self._texts["stages"].text = tables.stages_table(run.last)
        self._texts["slowest"].text = tables.slowest_table(run.last)
        self._texts["outcomes"].text = tables.outcomes_table(run.last)
        for each in self._figures:
            each.show(run)
        self._lines.visible = True


def _text(name: str, flex: str) -> Div:
    style = InlineStyleSheet(css=f"{tables.STYLE} :host {{ flex: {flex}; }}")
    return Div(name=name, sizing_mode="stretch_width", stylesheets=[style])


def _wrapped(children: list[UIElement]) -> Row:
    """Beside each other where there is room, else below."""
    style = InlineStyleSheet(css=":host { flex-wrap: wrap; column-gap: 24px; }")
    return Row(children=children, sizing_mode="stretch_width", stylesheets=[style])
