"""What `memoflow export arc` does: the best programs of each puzzle, as files to read, import and run
again.

Owns: the order of an export's phases, and what is said and written at its end. Whatever the store
lacks is computed first, as by a run. What lies in the directory is up to `flows.commands.exported`.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import click

from flows.arc import best_nodes
from flows.clock import Clock
from flows.commands.arc import arc_runner, end, writable_store, write
from flows.commands.exported import ExportFolder, Fate
from flows.commands.streaming import first_few, stream
from flows.commands.tables import counts_json
from flows.errors import BadSettings
from flows.flow import Flow, Tally
from flows.instances.instance import Instance
from flows.instances.others import Others
from flows.output import shown
from flows.progress.screen import Voice
from flows.progress.snapshot import Standing
from flows.puzzles import chosen_puzzles
from flows.runner import Runner
from flows.settings import Settings
from tasks.best import Best
from tasks.language import Dsl, open_dsl
from tasks.puzzle import Puzzle

__all__ = ["export_arc"]


@dataclass
class Exports:
    """What was exported, puzzle by puzzle as they finish."""

    puzzles: Mapping[str, Puzzle]
    folder: ExportFolder
    finished: int = 0
    fates: Counter[Fate] = field(default_factory=Counter)
    programs: int = 0
    solved_train: int = 0
    problems: list[str] = field(default_factory=list)

    def add(self, name: str, programs: tuple[Best, ...]) -> None:
        """Write a finished puzzle's programs."""
        self.finished += 1
        self.programs += len(programs)
        self.solved_train += any(program.solves_train for program in programs)
        try:
            fate = self.folder.put(name, programs)
        except (OSError, BadSettings) as error:
            self.problems.append(f"the programs of puzzle {name} could not be written ({_reason(error)})")
        else:
            self.fates.update([fate] if fate is not None else [])

    def told(self, _name: str) -> str:
        return "exported"

    def standing(self) -> Standing:
        return Standing(solved_train=self.solved_train)

    def end(self) -> list[str]:
        """Write the index; what went wrong, a line each."""
        problems = first_few(self.problems)
        try:
            self.folder.write_index()
        except (OSError, BadSettings) as error:
            problems.append(f"the index could not be written ({_reason(error)}); export again")
        return problems


def _reason(error: OSError | BadSettings) -> str:
    return str(getattr(error, "strerror", None) or error)


def export_arc(
    settings: Settings, clock: Clock, count: int, out: Path, json_file: Path | None, voice: Voice
) -> int:
    """Export the best `count` programs of each puzzle into a directory; the exit code."""
    with clock.phase("load"):
        puzzles = chosen_puzzles(settings)
        folder = ExportFolder(out, _importable(open_dsl(settings.dsl, settings.grid)))
        folder.prepare(puzzles)
        flow = Flow(writable_store(settings))
    exports, tally = Exports(puzzles, folder), Tally()
    runner = arc_runner(flow, settings, clock)
    others = Others.beside(Instance.of(settings.instance), flow.store)
    nodes_of = partial(best_nodes, flow, settings=settings, count=count)
    problems, _ = stream(runner, nodes_of, exports, tally, others, voice=voice)
    with clock.phase("report"):
        problems += exports.end()
    said = _said(exports, tally, runner)
    files = ", ".join(f"{number} {fate}" for fate, number in said["files"].items())
    executed = sum(stage["executed"] for kind in ("nodes", "rows") for stage in said[kind].values())
    if voice is not Voice.QUIET:
        written = f"{_counted(exports.programs, 'program')} of {_counted(exports.finished, 'puzzle')}"
        click.echo(
            shown(f"{written} in {out}; files: {files}")
            + f"\nexecuted {executed} nodes and rows, solved_train {exports.solved_train}"
        )
    return end([*problems, *write(json_file, said)])


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _importable(dsl: Dsl) -> Mapping[str, str]:
    """The module of each name of a DSL. Raises `BadSettings` where Python could not import it."""
    for module in dsl.homes.values():
        if not all(part.isidentifier() for part in module.split(".")):
            raise BadSettings(dsl.source, f"exported programs could not import {module!r}; rename the file")
    return dsl.homes


def _said(exports: Exports, tally: Tally, runner: Runner) -> dict[str, Any]:
    """What an export came to, in the words of a run's JSON."""
    return {
        "run": runner.resolver.store.ledger.run,
        "flow": "arc",
        "puzzles": exports.finished,
        "programs": exports.programs,
        "solved_train": exports.solved_train,
        "files": {fate.value: exports.fates[fate] for fate in Fate},
        "nodes": counts_json(tally.executed, tally.hits),
        "rows": counts_json(tally.rows_executed, tally.rows_hit),
        "wall_s": runner.clock.total().wall_s,
        "cpu_s": time.process_time() + runner.cluster_cpu,
        "store": runner.stats(),
    }
