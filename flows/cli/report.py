"""`memoflow report`: a finished run as a page."""

from __future__ import annotations

from pathlib import Path

import click

from flows.cli.options import examples, writable

__all__ = ["report"]


@click.command(
    epilog=examples(
        "report                           the last run, as report.html",
        "report last~2 --out old.html     an earlier one",
        "report --against last~5          compared with an older one",
    )
)
@click.argument("run", metavar="[RUN]", default="last")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    default="report.html",
    show_default=True,
    callback=writable,
    help="The page to write; the same as JSON goes to FILE.json.",
)
@click.option("--against", metavar="RUN", default="", help="Compare with this run (default: the one before).")
@click.option("--symbols", is_flag=True, help="Start with a symbol in each cell, for whom colours are alike.")
@click.option(
    "--store", "location", metavar="DIR|URL", default=".memoflow", show_default=True, help="The store."
)
@click.option(
    "--layer", "layers", metavar="STORE", multiple=True, help="Store that is only read; may be repeated."
)
def report(run: str, out: Path, against: str, symbols: bool, location: str, layers: tuple[str, ...]) -> int:
    """Write what a finished run came to as one page that works offline.

    RUN is an id (see memoflow store runs), the beginning of one, last, or
    last~1 for the one before. Nothing is run; what the store no longer has is
    left out, and the page says so.
    """
    from flows.report.write import report_finished

    return report_finished(location, layers, run, against, out, symbols)
