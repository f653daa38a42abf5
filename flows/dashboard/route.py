"""Where the page lies: `/memo` of the scheduler's HTTP server, and the dashboard's menu.

Owns: that nothing of Bokeh is imported or built before somebody opens the dashboard. A router stands
before Dask's own and, at the first request, makes the page and lists it in the menu.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tornado.ioloop import IOLoop
from tornado.web import Application

from flows.dashboard.history import History

if TYPE_CHECKING:
    from bokeh.server.tornado import BokehTornado
    from distributed import Scheduler

__all__ = ["PAGE", "add_page"]

PAGE = "memo"


def add_page(scheduler: Scheduler, history: History) -> None:
    """Put the page on a scheduler's dashboard, where that has one."""
    applications = scheduler.http_application.applications
    if applications:
        applications.insert(0, _Router(functools.partial(_built, scheduler, history)))


class _Router(Application):
    """Answers for the page alone; what it does not know, Dask's own applications do."""

    def __init__(self, build: Callable[[], BokehTornado]) -> None:
        super().__init__()
        self._build = build
        self._built: BokehTornado | None = None

    def find_handler(self, request: Any, **kwargs: Any) -> Any:
        if self._built is None:
            self._built = self._build()
        return self._built.find_handler(request, **kwargs)

    def stop(self) -> None:
        """Called by Dask when the scheduler closes."""
        if self._built is not None:
            self._built.stop()


def _built(scheduler: Scheduler, history: History) -> BokehTornado:
    """The page, as Dask builds its own."""
    from bokeh.server.tornado import BokehTornado as Theirs
    from distributed.dashboard.core import BokehApplication
    from distributed.dashboard.scheduler import template_variables

    from flows.dashboard.page import memo_document

    variables = template_variables(scheduler)
    if PAGE not in variables["pages"]:
        variables["pages"].insert(1, PAGE)
    theirs = scheduler.http_application.applications
    prefix = next((each.prefix for each in theirs if isinstance(each, Theirs)), "")
    page = functools.partial(memo_document, history)
    application: BokehTornado = BokehApplication({f"/{PAGE}": page}, scheduler, prefix, variables)
    application.initialize(IOLoop.current())
    application.start()
    return application
