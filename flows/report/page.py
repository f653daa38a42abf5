"""The page of a report: one HTML file with all that it needs inside.

Owns: the frame, the tables that need no script, and the safety of the whole. Every text goes through
`escape` here or into a text node there. A content security policy names the three scripts of the
page by digest and allows nothing else to run, nor anything to be fetched: should an escape be
forgotten some day, what a program is called still does nothing.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Iterable
from importlib.resources import files

from flows.report.charts import bokeh_js, chart_items
from flows.report.data import Report, as_json
from flows.report.sections import escape, overview
from tasks.colours import COLOURS, GRID_LINE

__all__ = ["page", "sidecar"]


def sidecar(report: Report) -> str:
    """The JSON that lies beside the page, and inside it."""
    return json.dumps(as_json(report), separators=(",", ":"), allow_nan=False)


def page(report: Report, symbols: bool) -> str:
    """The whole page. `symbols`: with a symbol in each cell from the start."""
    palette = {"line": GRID_LINE, "cells": [colour._asdict() for colour in COLOURS]}
    looks = {"palette": palette, "charts": chart_items(report)}
    scripts = [bokeh_js(), _file("grids.js"), _file("page.js")]
    parts = {
        "title": f"memoflow report: {report.header.run}",
        "policy": _policy(scripts),
        "style": _file("page.css"),
        "body": overview(report, symbols),
        "report": _packed(sidecar(report)),
        "looks": _packed(json.dumps(looks, separators=(",", ":"))),
        "scripts": "\n".join(f"<script>{script}</script>" for script in scripts),
    }
    return _FRAME.format_map({**parts, "title": escape(parts["title"])})


_FRAME = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
<script type="text/plain" id="report">{report}</script>
<script type="text/plain" id="looks">{looks}</script>
{scripts}
</body>
</html>
"""


def _packed(text: str) -> str:
    """JSON in the page: compressed, as what puzzles' programs lack says the same again and again, and
    in an alphabet that cannot end the element that it stands in."""
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def _policy(scripts: Iterable[str]) -> str:
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        "default-src 'none'; "
        f"script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; font-src data:"
    )


def _file(name: str) -> str:
    return files("flows.report").joinpath(name).read_text(encoding="utf-8")
