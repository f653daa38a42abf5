"""What `memoflow store stats|ls|runs|diff` do; `store_care` beside it has what checks and changes a store."""

from __future__ import annotations

from collections import Counter
from itertools import starmap
from pathlib import Path

import click

from flows.output import aligned, shown, write_json
from flows.runs.compare import compare
from flows.runs.outcomes import RunRecord, find_run, run_records
from store import NotAStore
from store.backend import Backend
from store.location import open_layer

__all__ = ["list_objects", "list_runs", "open_store", "show_diff", "show_stats"]

_RUN_KEYS = (
    "run", "started", "puzzles", "solved_train", "solved_test", "nodes_executed", "nodes_hit",
    "rows_executed", "rows_hit",
)  # fmt: skip


def show_stats(location: str, json_file: Path | None) -> int:
    """Objects and bytes by kind and stage."""
    objects, sizes = Counter[str](), Counter[str]()
    for name, size, _ in open_store(location).walk():
        kind = "/".join(name.split("/")[:2]) if name.startswith(("entries/", "rows/")) else name.split("/")[0]
        objects[kind] += 1
        sizes[kind] += size
    rows = [("kind", "objects", "bytes")]
    for kind in sorted(objects):
        rows.append((kind, f"{objects[kind]:,}", f"{sizes[kind]:,}"))
    rows.append(("total", f"{objects.total():,}", f"{sizes.total():,}"))
    click.echo(aligned(rows))
    if json_file is not None:
        said = {kind: {"objects": objects[kind], "bytes": sizes[kind]} for kind in sorted(objects)}
        total = {"objects": objects.total(), "bytes": sizes.total()}
        write_json(json_file, {"kinds": said, "total": total})
    return 0


def list_objects(location: str, prefix: str) -> int:
    """One line per object: size in bytes, name."""
    for name, size, _ in open_store(location).walk():
        if name.startswith(prefix):
            click.echo(f"{size:>12}  {name}")
    return 0


def list_runs(location: str, json_file: Path | None) -> int:
    """One line per run, newest first; one that was killed, or ran no flow, has its id and date
    only."""
    records = list(run_records(open_store(location)))
    said = [_run_json(run, record) for run, record in records]
    click.echo(
        aligned([("run", "puzzles", "train", "test", "executed", "hit"), *starmap(_run_line, records)])
    )
    if json_file is not None:
        write_json(json_file, {"runs": said})
    return 0


def _run_line(run: str, record: RunRecord | None) -> tuple[str, ...]:
    """A run in less than a line of a terminal: its id begins with its date."""
    if record is None:
        return (shown(run), *[""] * 5)
    solved = _solved(record)
    executed, hit = (record.total("nodes", fate) + record.total("rows", fate) for fate in ("executed", "hit"))
    return (shown(run), *map(str, (len(record.outcomes), *solved, executed, hit)))


def _run_json(run: str, record: RunRecord | None) -> dict[str, str | int | None]:
    if record is None:
        return dict.fromkeys(_RUN_KEYS) | {"run": run, "started": run.partition(".")[0]}
    numbers = [record.total(kind, fate) for kind in ("nodes", "rows") for fate in ("executed", "hit")]
    values: tuple[str | int, ...] = (run, record.started, len(record.outcomes), *_solved(record), *numbers)
    return dict(zip(_RUN_KEYS, values, strict=True))


def _solved(record: RunRecord) -> tuple[int, int]:
    """How many puzzles a run solved on train and on test samples."""
    outcomes = record.outcomes.values()
    return sum(each.solved_train for each in outcomes), sum(each.solved_test for each in outcomes)


def show_diff(location: str, old: str, new: str, json_file: Path | None) -> int:
    """What differs between two runs, and what changed between them."""
    backend = open_store(location)
    comparison = compare(backend, find_run(backend, old), find_run(backend, new))
    for line in comparison.lines():
        click.echo(shown(line))
    if json_file is not None:
        write_json(json_file, comparison.as_json())
    return 0


def open_store(location: str) -> Backend:
    """The store's objects, for reading only: looking into a place makes no store of it."""
    if "://" not in location and not Path(location).exists():
        raise NotAStore(location, "does not exist; name a store with --store")
    return open_layer(location)
