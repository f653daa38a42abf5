"""What `memoflow store stats|ls|runs|diff` do; `store_care` beside it has what checks and changes a store."""

from __future__ import annotations

from collections import Counter
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
    for kind in sorted(objects):
        click.echo(f"{kind:<24} {objects[kind]:>9} objects {sizes[kind]:>14} bytes")
    click.echo(f"{'total':<24} {objects.total():>9} objects {sizes.total():>14} bytes")
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
    said = [_run_json(run, record) for run, record in run_records(open_store(location))]
    rows = [[shown("" if value is None else str(value)) for value in each.values()] for each in said]
    click.echo(aligned([[key.replace("_", " ") for key in _RUN_KEYS], *rows]))
    if json_file is not None:
        write_json(json_file, {"runs": said})
    return 0


def _run_json(run: str, record: RunRecord | None) -> dict[str, str | int | None]:
    if record is None:
        return dict.fromkeys(_RUN_KEYS) | {"run": run, "started": run.partition(".")[0]}
    outcomes = record.outcomes.values()
    numbers = [record.total(kind, fate) for kind in ("nodes", "rows") for fate in ("executed", "hit")]
    solved = [sum(each.solved_train for each in outcomes), sum(each.solved_test for each in outcomes)]
    return dict(zip(_RUN_KEYS, (run, record.started, len(outcomes), *solved, *numbers), strict=True))


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
