"""What a report says, as values: the page shows them, and the JSON beside it is them.

Owns: the dataclasses and their JSON. Grids are texts, a digit per cell and `/` between rows: a
report holds some thousands, and a page has to carry them all.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flows.runs.noted import SlowNode

__all__ = [
    "Compared",
    "Header",
    "Miss",
    "Pair",
    "Phase",
    "ProgramReport",
    "PuzzleReport",
    "Question",
    "Report",
    "SlowProgram",
    "StageReport",
    "as_json",
]

FORMAT = 1


@dataclass(frozen=True)
class Header:
    """The run as a whole. `hit_rate` is the share of rows, and of nodes without rows, that hit; seconds
    `saved_s` are those that computing took when what hit was computed."""

    run: str
    started: str
    puzzles: int
    statuses: Mapping[str, int]
    solved_train: int
    solved_test: int
    candidates: int
    unique: int
    outcomes: Mapping[str, int]
    hit_rate: float
    wall_s: float
    cpu_s: float
    saved_s: float
    versions: Mapping[str, str]
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class StageReport:
    """A stage's nodes and rows by fate; `rows` says whether it maps over rows at all."""

    stage: str
    nodes_executed: int
    nodes_hit: int
    rows: bool
    rows_executed: int
    rows_hit: int


@dataclass(frozen=True)
class Miss:
    """How many results of a stage were computed for one reason; `changed` are the functions, or what
    else, that the reason names."""

    stage: str
    count: int
    reason: str
    changed: tuple[str, ...]


@dataclass(frozen=True)
class Phase:
    """Where the time went; the wall clock of all phases adds up to the whole."""

    name: str
    wall_s: float
    cpu_s: float


@dataclass(frozen=True)
class SlowProgram:
    """A candidate, and the CPU seconds that all samples of a puzzle took it together."""

    puzzle: str
    name: str
    cpu_s: float


@dataclass(frozen=True)
class Pair:
    """A train sample."""

    input: str
    output: str


@dataclass(frozen=True)
class Question:
    """A test sample: its truth, empty where it is not known, and the attempts at it."""

    input: str
    truth: str
    attempts: tuple[str, ...]
    right: tuple[bool, ...]


@dataclass(frozen=True)
class ProgramReport:
    """A candidate in its place: train samples exact, cells right of 1000 over all train samples (-1:
    unknown), and what the differs found: each one's name, its score of 1000 over all train samples,
    and the detail of the worst one. Tuples, as there are many."""

    name: str
    origin: str
    source: str
    exact: int
    cells: int
    steps: int
    differs: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True)
class PuzzleReport:
    """A puzzle: what it is, what was tried and what came of it.

    `status` is solved, near, far or error; `nearness` the best candidate's right cells of 1000 (-1:
    unknown); `note` says why something is not shown, or what the error was. `change` is what differs
    from the run that this one is compared with.
    """

    id: str
    status: str
    solved_train: bool
    solved_test: bool
    samples: int
    exact: int
    nearness: int
    best: str
    candidates: int
    unique: int
    outcomes: Mapping[str, int]
    refused: tuple[str, ...]
    slowest_s: float
    change: str
    note: str
    train: tuple[Pair, ...]
    test: tuple[Question, ...]
    programs: tuple[ProgramReport, ...]


@dataclass(frozen=True)
class Compared:
    """What differs from an earlier run: puzzles by what became of them, and `causes`, a line each."""

    run: str
    started: str
    newly_solved: tuple[str, ...]
    newly_lost: tuple[str, ...]
    newly_solved_train: tuple[str, ...]
    newly_lost_train: tuple[str, ...]
    changed: tuple[str, ...]
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]
    causes: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """All that a report says; `notes` are what it could not find."""

    header: Header
    stages: tuple[StageReport, ...]
    misses: tuple[Miss, ...]
    phases: tuple[Phase, ...]
    slow_nodes: tuple[SlowNode, ...]
    slow_programs: tuple[SlowProgram, ...]
    puzzles: tuple[PuzzleReport, ...]
    compared: Compared | None
    notes: tuple[str, ...]
    format: int = FORMAT


def as_json(value: Any) -> Any:
    """A value of this module as what JSON can hold: None for a number that it cannot."""
    if dataclasses.is_dataclass(value):
        return {name: as_json(held) for name, held in vars(value).items()}
    if isinstance(value, Mapping):
        return {name: as_json(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(held) for held in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
