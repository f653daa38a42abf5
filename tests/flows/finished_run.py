"""Finished runs that nobody ran: made-up results of given puzzles, as a run leaves them in a store.

A store as large as a real one is made in a second, and its names can be as hostile as wanted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from command_line import write_puzzle

from flows.flow import Tally
from flows.memo import StoreAt
from flows.runs.noted import Journal
from flows.runs.outcomes import samples_of
from flows.state.misses import Misses
from flows.state.resolve import Resolver
from flows.state.target import Finished, Member
from store import Store
from store.cause import Cause
from tasks.filter import Refusal
from tasks.grid import Grid
from tasks.puzzle import Puzzle, Sample
from tasks.rank import RANKED, Scored, rank

__all__ = ["HOSTILE", "finish", "scored", "write_collection", "write_result"]

HOSTILE = "</script><img src=x onerror=\"document.title='owned'\">'<!--"
STAGES = ("propose", "filter", "inline", "validate", "score", "differ", "rank")


def scored(
    puzzle: Puzzle, right: bool, exact: int, cells: int, name: str = "solve_it", steps: int = 12
) -> Scored:
    """A result: its first attempts miss a cell, the second ones are the truth where it was `right`."""
    samples = len(puzzle.train)
    lines = "".join(f"    x{n} = fork(overlay, x{n - 1 or 'I'}, x{n})\n" for n in range(1, steps + 1))
    source = f"def program(I):\n{lines}    return x{steps}\n"
    others = ("shape", "palette", "boxes", "objects", "symmetry")
    details = [(differ, 500 * samples, "sample 1: lacks (1, 2, 5, 6), (7, 3, 9, 5)") for differ in others]
    found = (("cells", cells * samples, f"sample 1: {name}"), *details)
    place = ("library", source, exact, cells * samples, steps, found)
    return Scored(
        places=tuple((f"{name}_{n}", *place) for n in range(RANKED)),
        attempts=tuple(_attempts(sample, right) for sample in puzzle.test),
        candidates=550,
        unique=500,
        forms=495,
        collapsed=(("renaming", 5),),
        outcomes=(("returned", 300), ("raised", 195)),
        solved_train=exact == samples,
        refused=(Refusal(f"refused {name}", 3, "no call"),),
        slowest=((f"{name}_0", 0.25), (f"{name}_1", 0.125)),
    )


def _attempts(sample: Sample, right: bool) -> tuple[Grid, Grid]:
    wanted = sample.output if sample.output is not None else sample.input
    return _changed(wanted, 1), wanted if right else _changed(wanted, 2)


def _changed(grid: Grid, by: int) -> Grid:
    other = grid.copy()
    other[0, 0] = (other[0, 0] + by) % 10
    return other


def write_result(store: Store, recipe: bytes, value: Scored) -> None:
    """Keep a puzzle's result as a run does."""
    members = [(recipe, "validate", 495, 2.5)]
    store.keep_entry("target", recipe, (value, members), bytes(16), rank, 0.0)


def finish(
    store: Store,
    puzzles: Mapping[str, Puzzle],
    results: Mapping[str, Scored],
    solved: Iterable[str],
    failures: Mapping[str, str] | None = None,
    **settings: Any,
) -> dict[str, Any]:
    """Write what a run of these results leaves, and the event of its end, which this gives."""
    journal = Journal(Misses(Resolver(store, StoreAt.of(store)), lambda: []))
    journal.misses.counts["validate"][(Cause("function", f"m:{HOSTILE}", "m.py:3", "a", "b"),)] = 7
    tally, solved = Tally(), set(solved)
    for place, (name, value) in enumerate(results.items()):
        recipe = hashlib.sha256(name.encode()).digest()[:16]
        write_result(store, recipe, value)
        members = (
            Member(recipe, "validate", 495, 495, 2.5),
            Member(recipe[::-1], "score", None, saved_s=0.5),
        )
        tally.add(members)
        journal.add(name, Finished(place, value, None, members, recipe))
    for name, error in (failures or {}).items():
        journal.add(name, Finished(0, None, RuntimeError(error), ()))
    outcomes = [
        [name, value.solved_train, name in solved, value.ranking[0].name, value.ranking[0].exact,
         value.ranking[0].cells, "aa", samples_of(store.keys.value, puzzles[name])]
        for name, value in results.items()
    ]  # fmt: skip
    nodes = {stage: {"executed": 1, "hit": len(results)} for stage in STAGES}
    event = {
        "started": "2026-01-01T00:00:00+00:00",
        "settings": {"dataset": "arcagi", "split": "training", **settings},
        "functions": {},
        "outcomes": outcomes,
        "counts": {
            "candidates": 550 * len(results), "unique": 495 * len(results),
            "nodes": nodes, "rows": {"validate": {"executed": 7, "hit": 495 * len(results)}},
            "outcomes": {"returned": 300, "raised": 195},
            "phases": {"plan": {"wall_s": 1.5, "cpu_s": 1.25}, "validate": {"wall_s": 2.0, "cpu_s": 7.5}},
            "wall_s": 4.0, "cpu_s": 9.0, "unaccounted_s": 0.5,
        },
        **journal.noted(tally).as_event(),
    }  # fmt: skip
    store.ledger.record("run", **event)
    return event


def write_collection(file: Path, names: Iterable[str]) -> Path:
    """A file of puzzles by id, whatever those are."""
    single = file.with_name("single.json")
    held = {}
    for seed, name in enumerate(names):
        write_puzzle(single, seed)
        held[name] = json.loads(single.read_text(encoding="utf-8"))
    single.unlink()
    file.write_text(json.dumps(held), encoding="utf-8")
    return file
