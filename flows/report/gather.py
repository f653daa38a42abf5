"""From the ledger, the store and the data set to what a report says.

Owns: which of the three each part comes from, what is said where one of them no longer has it, and how
near a puzzle counts as. Nothing is computed and nothing is written: what a run did not keep is left
out, with a note.
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flows.errors import BadSettings
from flows.report.data import (
    Compared,
    Header,
    Miss,
    Phase,
    PuzzleReport,
    Report,
    SlowProgram,
    StageReport,
)
from flows.report.puzzles import puzzle_report
from flows.runs.compare import Comparison, compare
from flows.runs.noted import Missed
from flows.runs.outcomes import RunRecord, run_records, samples_of
from flows.state.target import find_target
from store import Store
from store.backend import Backend
from store.cause import describe, names
from store.key import Keys
from store.past import UNREADABLE
from tasks.errors import TaskError
from tasks.puzzle import Puzzle, load
from tasks.rank import Scored, rank

__all__ = ["Sources", "gather", "previous_run", "stored"]

_SLOWEST = 20
"""Candidates that are shown as the slowest."""

STATUSES = ("solved", "near", "far", "error")


@dataclass(frozen=True)
class Sources:
    """Where a report finds what came of each puzzle, and the puzzles themselves; None where they are
    gone."""

    scored: Callable[[str], Scored | None]
    puzzle: Callable[[str], Puzzle | None]
    notes: tuple[str, ...] = ()


def stored(store: Store, record: RunRecord) -> Sources:
    """What a finished run has left: results in the store, puzzles in its data set."""

    def scored(name: str) -> Scored | None:
        recipe = bytes.fromhex(record.noted.recipes.get(name, ""))
        found = find_target(store, recipe, rank) if recipe else None
        return found.value if found is not None and isinstance(found.value, Scored) else None

    dataset, split = (str(record.settings.get(name, "")) for name in ("dataset", "split"))
    try:
        puzzles = load(dataset, split)
    except TaskError as error:
        note = f"the puzzles of {dataset} are not to be had ({error}), so that they are not drawn"
        return Sources(scored, lambda _: None, (note,))
    return Sources(scored, lambda name: _same_puzzle(puzzles, record, name, store.keys))


def _same_puzzle(puzzles: Mapping[str, Puzzle], record: RunRecord, name: str, keys: Keys) -> Puzzle | None:
    """A puzzle, unless it is another one now."""
    try:
        puzzle = puzzles[name]
    except TaskError:
        return None
    outcome = record.outcomes.get(name)
    return puzzle if outcome is None or samples_of(keys.value, puzzle) == outcome.samples else None


def previous_run(backend: Backend, record: RunRecord) -> RunRecord | None:
    """The newest run before this one over the same puzzles' data set and split."""
    data = [record.settings.get(name) for name in ("dataset", "split")]
    earlier = itertools.dropwhile(lambda each: each[0] != record.run, run_records(backend))
    for _, other in itertools.islice(earlier, 1, None):
        if other is not None and [other.settings.get(name) for name in ("dataset", "split")] == data:
            return other
    return None


def gather(backend: Backend, record: RunRecord, sources: Sources, earlier: RunRecord | None) -> Report:
    """The report of a run. Raises `BadSettings` where what is kept of it is not what a run keeps."""
    try:
        return _gathered(backend, record, sources, earlier)
    except UNREADABLE as error:
        reason = f"what is kept of it has been damaged ({error}); report another run"
        raise BadSettings(record.run, reason) from None


def _gathered(backend: Backend, record: RunRecord, sources: Sources, earlier: RunRecord | None) -> Report:
    comparison = compare(backend, earlier, record) if earlier is not None else None
    changes = _changes(comparison) if comparison is not None else {}
    slow: list[SlowProgram] = []
    puzzles = []
    for name in sorted({**record.outcomes, **record.noted.failures}):
        scored = sources.scored(name)
        if scored is not None:
            slow += [SlowProgram(name, program, round(cpu_s, 4)) for program, cpu_s in scored.slowest]
        puzzles.append(puzzle_report(name, record, scored, sources.puzzle(name), changes.get(name, "")))
    return Report(
        header=_header(record, puzzles),
        stages=tuple(_stage(name, record.counts) for name in record.counts["nodes"]),
        misses=tuple(map(_miss, record.noted.misses)),
        phases=_phases(record.counts),
        slow_nodes=record.noted.slowest,
        slow_programs=tuple(heapq.nlargest(_SLOWEST, slow, key=lambda each: each.cpu_s)),
        puzzles=tuple(puzzles),
        compared=_compared(comparison) if comparison is not None else None,
        notes=(*sources.notes, *_gone(puzzles)),
    )


def _header(record: RunRecord, puzzles: list[PuzzleReport]) -> Header:
    counts, noted = record.counts, record.noted
    statuses = Counter(each.status for each in puzzles)
    hit, executed = (_counted(counts, fate) for fate in ("hit", "executed"))
    return Header(
        run=record.run,
        started=record.started,
        puzzles=len(puzzles),
        statuses={name: statuses[name] for name in STATUSES},
        solved_train=sum(each.solved_train for each in puzzles),
        solved_test=sum(each.solved_test for each in puzzles),
        candidates=int(counts["candidates"]),
        unique=int(counts["unique"]),
        outcomes={str(kind): int(count) for kind, count in counts["outcomes"].items()},
        hit_rate=hit / max(1, hit + executed),
        wall_s=_seconds(counts["wall_s"]),
        cpu_s=_seconds(counts["cpu_s"]),
        saved_s=_seconds(noted.saved_s),
        versions=dict(noted.versions),
        settings={str(name): value for name, value in record.settings.items()},
    )


def _counted(counts: Mapping[str, Any], fate: str) -> int:
    """Rows, and nodes of the stages that have none."""
    return sum(int(counts["rows"].get(stage, nodes)[fate]) for stage, nodes in counts["nodes"].items())


def _stage(name: str, counts: Mapping[str, Any]) -> StageReport:
    nodes, rows = counts["nodes"][name], counts["rows"].get(name)
    of_rows = rows or {"executed": 0, "hit": 0}
    return StageReport(
        str(name),
        int(nodes["executed"]),
        int(nodes["hit"]),
        rows is not None,
        int(of_rows["executed"]),
        int(of_rows["hit"]),
    )


def _phases(counts: Mapping[str, Any]) -> tuple[Phase, ...]:
    phases = [
        Phase(str(name), _seconds(spent["wall_s"]), _seconds(spent["cpu_s"]))
        for name, spent in counts["phases"].items()
    ]
    return (*phases, Phase("unaccounted", _seconds(counts["unaccounted_s"]), 0.0))


def _seconds(value: Any) -> float:
    return round(float(value), 4)


def _miss(missed: Missed) -> Miss:
    reason = describe(missed.causes) if missed.causes else "various other reasons"
    return Miss(missed.stage, missed.count, reason, names(missed.causes))


def _changes(comparison: Comparison) -> dict[str, str]:
    """What became of puzzles since the earlier run, in the order in which the last one counts."""
    told = {new.puzzle: "changed" for _, new in comparison.changed()}
    told |= dict.fromkeys(comparison.only()[1], "new")
    for split in ("train", "test"):
        told |= dict.fromkeys(comparison.newly(split, True), "newly solved")
        told |= dict.fromkeys(comparison.newly(split, False), "newly lost")
    return told


def _compared(comparison: Comparison) -> Compared:
    only_old, only_new = comparison.only()
    settings = [f"setting {name}: {was} → {now}" for name, (was, now) in comparison.settings().items()]
    return Compared(
        run=comparison.old.run,
        started=comparison.old.started,
        newly_solved=tuple(comparison.newly("test", True)),
        newly_lost=tuple(comparison.newly("test", False)),
        newly_solved_train=tuple(comparison.newly("train", True)),
        newly_lost_train=tuple(comparison.newly("train", False)),
        changed=tuple(new.puzzle for _, new in comparison.changed()),
        only_old=tuple(only_old),
        only_new=tuple(only_new),
        causes=(*settings, *(cause.describe() for cause in comparison.code)),
    )


def _gone(puzzles: list[PuzzleReport]) -> tuple[str, ...]:
    """A line where results of some puzzles are no longer there."""
    gone = sum(not each.programs and not each.candidates and each.status != "error" for each in puzzles)
    told = f"the results of {gone} puzzles are no longer in the store, so that only what came of them is told"
    return (told,) if gone else ()
