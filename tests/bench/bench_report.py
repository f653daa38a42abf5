"""The report of 400 puzzles, from a finished run.

    python tests/bench/bench_report.py

Makes up the results of the 400 training puzzles of ARC-AGI-1, as large as real ones, and prints what
`memoflow report` costs on them, in a process of its own. Wanted: under 5 s of CPU, a page under 5 MB.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "flows"))

from finished_run import finish, scored  # a helper of the tests, which are no package

from store import Store
from tasks.puzzle import load

REPEATS = 3


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store, page = Path(folder, "store"), Path(folder, "report.html")
        finished(store)
        seconds = min(cpu_of_report(store, page) for _ in range(REPEATS))
        json_file = page.with_name(f"{page.name}.json")
        print(f"CPU    {seconds:6.2f} s   (wanted: under 5 s)")
        print(f"page   {page.stat().st_size / 1e6:6.2f} MB  (wanted: under 5 MB)")
        print(f"JSON   {json_file.stat().st_size / 1e6:6.2f} MB")


def finished(place: Path) -> None:
    """A store with two runs of which the second newly solved some puzzles."""
    puzzles = load("arcagi", "training")
    results = {
        name: scored(puzzle, number % 4 != 0, len(puzzle.train) if number % 4 else 0, 1000 - number, steps=12)
        for number, (name, puzzle) in enumerate(puzzles.items())
    }
    solved = [name for number, name in enumerate(results) if number % 4]
    finish(Store(place), puzzles, results, solved[20:])
    finish(Store(place), puzzles, results, solved)


def cpu_of_report(store: Path, page: Path) -> float:
    """CPU seconds of the command, whole."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = ["-c", "from flows.cli import main; main()", "report", "--store", str(store), "--out", str(page)]
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
