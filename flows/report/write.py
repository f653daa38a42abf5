"""What `memoflow report` and `memoflow run arc --report` do: the page and its JSON, as files.

Owns: where a report's run, its results and its puzzles are looked for, and the files' names. Looking
into a store for a report changes nothing there.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from flows.arc import Results
from flows.commands.store import open_store
from flows.output import shown, write_text
from flows.report.data import Report
from flows.report.gather import Sources, gather, previous_run, stored
from flows.report.page import page, sidecar
from flows.runs.outcomes import RunRecord, find_run
from store import Store

__all__ = ["report_finished", "report_of_run", "write_report"]


def report_finished(
    location: str, layers: tuple[str, ...], run: str, against: str, out: Path, symbols: bool
) -> int:
    """Report a run that a store remembers, compared with another one, or with the one before."""
    backend = open_store(location)
    record = find_run(backend, run)
    earlier = find_run(backend, against) if against else previous_run(backend, record)
    with tempfile.TemporaryDirectory() as folder:
        # As layers of an empty store, which are only read.
        store = Store(folder, (location, *layers))
        report = gather(backend, record, stored(store, record), earlier)
    beside = write_report(report, out, symbols)
    of = report.header
    click.echo(shown(f"{out}: run {of.run}, {of.puzzles} puzzles, {of.solved_test} solved; JSON in {beside}"))
    for note in report.notes:
        click.echo(shown(note))
    return 0


def report_of_run(store: Store, event: Mapping[str, Any], results: Results) -> Report:
    """The report of the run that has just ended, from what this process still has of it."""
    # As the ledger gives it back: that knows no tuples, and an earlier run is compared with it.
    record = RunRecord.of(store.ledger.run, json.loads(json.dumps(event)))
    sources = Sources(results.scored.get, results.puzzles.get)
    backend = store.backends[0]
    return gather(backend, record, sources, previous_run(backend, record))


def write_report(report: Report, out: Path, symbols: bool = False) -> Path:
    """Write the page, and the JSON beside it, whose path this gives. Raises OSError."""
    # Not report.json: that is what people call the file for `run --json`.
    beside = out.with_name(f"{out.name}.json")
    write_text(out, page(report, symbols))
    write_text(beside, sidecar(report))
    return beside
