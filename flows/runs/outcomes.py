"""Outcomes of runs in the ledger: written when a run ends, read back to list and compare runs.

Owns: the event `run`, with the settings, the code and what came of each puzzle; and what a user may
call a run: its id, the beginning of it, `last`, `last~1` and so on.

Does not promise: an outcome of every run. One that was killed, or was no run of a flow, has none.
"""

from __future__ import annotations

import datetime
import difflib
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.arc import Results
from flows.errors import BadSettings
from flows.puzzles import given
from flows.runs.noted import Noted
from flows.settings import Settings
from flows.state.resolve import Resolver
from store.backend import Backend
from store.encode import hash_bytes
from store.past import DIGEST, UNREADABLE, events_of, runs_of
from tasks.puzzle import Puzzle
from tasks.rank import Scored

__all__ = ["Outcome", "RunRecord", "find_run", "outcome_of", "run_records", "samples_of"]

_LAST = re.compile(r"last(?:~(\d{1,9}))?")
_NEAREST = 3

_PLACES = ("store", "layers", "instance")
"""Settings that say only where things lie, or where a run begins."""


@dataclass(frozen=True)
class Outcome:
    """What came of one puzzle: the best candidate with its exact samples and right cells; digests
    of the attempts and of the puzzle's samples."""

    puzzle: str
    solved_train: bool
    solved_test: bool
    best: str
    exact: int
    cells: int
    attempts: str
    samples: str


@dataclass(frozen=True)
class RunRecord:
    """A run as its ledger tells it. `functions` are the stages' fingerprints by name; `counts` is
    what `--json` said; `noted` is what its report needs beside."""

    run: str
    started: str
    settings: Mapping[str, Any]
    functions: Mapping[str, str]
    outcomes: Mapping[str, Outcome]
    counts: Mapping[str, Any]
    noted: Noted = field(default_factory=Noted)

    @staticmethod
    def of(run: str, event: Mapping[str, Any]) -> RunRecord:
        """What a run's event says. Raises any of `UNREADABLE` for one that is not ours."""
        outcomes = [_checked(Outcome(*fields)) for fields in event["outcomes"]]
        record = RunRecord(
            run,
            str(event["started"]),
            dict(event["settings"]),
            {str(name): str(digest) for name, digest in event["functions"].items()},
            {outcome.puzzle: outcome for outcome in outcomes},
            dict(event["counts"]),
            Noted.of(event),
        )
        record.total("nodes", "hit"), record.total("rows", "executed")
        return record

    def total(self, kind: str, fate: str) -> int:
        """How many `nodes` or `rows` were `executed` or `hit`, over all stages."""
        return sum(int(stage[fate]) for stage in self.counts[kind].values())


def outcome_of(
    settings: Settings, results: Results, resolver: Resolver, counts: Mapping[str, Any]
) -> dict[str, Any]:
    """The fields of a run's event."""
    started = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=counts["wall_s"])
    outcomes = [_outcome(name, scored, results, resolver) for name, scored in results.scored.items()]
    return {
        "started": started.isoformat(timespec="seconds"),
        "settings": {key: value for key, value in vars(settings).items() if key not in _PLACES},
        "functions": resolver.functions(),
        "outcomes": [list(vars(outcome).values()) for outcome in outcomes],
        "counts": dict(counts),
    }


def _outcome(name: str, scored: Scored, results: Results, resolver: Resolver) -> Outcome:
    puzzle, keys = results.puzzles[name], resolver.store.keys
    best = scored.ranking[0] if scored.ranking else None
    return Outcome(
        name,
        scored.solved_train,
        name in results.solved_test,
        best.name if best is not None else "",
        best.exact if best is not None else 0,
        best.cells if best is not None else 0,
        keys.value(scored.attempts)[:DIGEST].hex(),
        samples_of(resolver.literal, puzzle),
    )


def samples_of(digest: Callable[[Any], bytes], puzzle: Puzzle) -> str:
    """Tells puzzles apart that are called the same: all that a stage may see of one, by what digests
    values."""
    return hash_bytes(b"".join(map(digest, given(puzzle))))[:DIGEST].hex()


def run_records(backend: Backend) -> Iterator[tuple[str, RunRecord | None]]:
    """Every run of a store by id, newest first, with its outcome if it has one."""
    for run in runs_of(backend):
        yield run, _read(backend, run)


def find_run(backend: Backend, name: str) -> RunRecord:
    """The run that a user calls so. Raises `BadSettings`, naming the nearest ones."""
    last = _LAST.fullmatch(name)
    if last is not None:
        ended = (record for _, record in run_records(backend) if record is not None)
        found_last = next(itertools.islice(ended, int(last[1] or 0), None), None)
        if found_last is None:
            raise BadSettings(name, "goes back beyond the first run with an outcome; see memoflow store runs")
        return found_last
    runs = runs_of(backend)
    found = [run for run in runs if run.startswith(name)] if name else []
    if len(found) > 1:
        raise BadSettings(name, f"begins {len(found)} runs: {_listed(found)}")
    if not found:
        near = difflib.get_close_matches(name, runs, _NEAREST, 0.0)
        mend = f"the nearest are {_listed(near)}" if near else "this store has none"
        raise BadSettings(name, f"is no run; {mend}")
    record = _read(backend, found[0])
    if record is None:
        raise BadSettings(name, "has no outcome: it was killed, or ran no flow; see memoflow store runs")
    return record


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_NEAREST]) + (", ..." if len(names) > _NEAREST else "")


def _read(backend: Backend, run: str) -> RunRecord | None:
    """The outcome of a run; None where its ledger holds none that can be read."""
    for event in events_of(backend, run, "run"):
        try:
            if event["event"] == "run":
                return RunRecord.of(run, event)
        except UNREADABLE:
            continue
    return None


def _checked(outcome: Outcome) -> Outcome:
    """The outcome. Raises TypeError where a field is of another type than was written."""
    for name, value in vars(outcome).items():
        if type(value).__name__ != Outcome.__annotations__[name]:
            raise TypeError(name)
    return outcome
