"""A run of small puzzles into an empty store, in a process of its own."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from command_line import Said, read_json, run_apart, write_puzzles

COUNT = 2
"""Puzzles in the cold run."""


@dataclass(frozen=True)
class Cold:
    """A run into an empty store, by `python -m flows.arc`, and what it left."""

    folder: Path
    said: Said
    elapsed_s: float

    @property
    def options(self) -> list[object]:
        return ["--dataset", self.folder / "puzzles", "--store", self.folder / "store", "--workers", 0]

    @property
    def counts(self) -> dict[str, Any]:
        counts: dict[str, Any] = read_json(self.folder / "counts.json")
        return counts

    @property
    def submission(self) -> Any:
        return read_json(self.folder / "submission.json")


def cold_run(folder: Path) -> Cold:
    write_puzzles(folder / "puzzles", COUNT)
    made = Cold(folder, Said(None, "", ""), 0.0)
    files = ["--json", folder / "counts.json", "--submission", folder / "submission.json"]
    started = time.perf_counter()
    said = run_apart(["-m", "flows.arc"], *made.options, *files, "--timing")
    return Cold(folder, said, time.perf_counter() - started)
