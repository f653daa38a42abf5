"""Workers beside each other: 2 against 1, and 8 against 2.

    python tests/bench/bench_parallel.py [PUZZLES [ROUNDS]]

Each round runs the same puzzles into empty stores with 1, 2 and 8 workers, in turn, so that what else
the machine does falls on all of them. Prints medians of wall clock and CPU seconds, of the time from
the first job to the last (`busy`, without starting Python and workers), and the ratios that are asked
for: 2 workers on 2 cores at least 1.85 times as fast as 1, and more workers than cores at most 5 %
slower. Wall clock means something on an idle machine with 2 cores only; CPU says what workers cost.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections import defaultdict
from typing import Any

from arc_runs import arc_run

WORKERS = (1, 2, 8)
NOT_BUSY = ("import", "load", "cluster start", "cluster stop", "report")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    runs: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for _ in range(rounds):
        for workers in WORKERS:
            with tempfile.TemporaryDirectory() as store:
                said = arc_run("--limit", count, "--workers", workers, "--store", store)
            runs[workers].append(said)
    print(f"{count} puzzles into empty stores, medians of {rounds}")
    print(f"{'workers':>7}{'wall s':>9}{'busy s':>9}{'cpu s':>9}")
    wall, busy, cpu = (
        {workers: statistics.median(map(measure, runs[workers])) for workers in WORKERS}
        for measure in (wall_of, busy_of, cpu_of)
    )
    for workers in WORKERS:
        print(f"{workers:>7}{wall[workers]:>9.2f}{busy[workers]:>9.2f}{cpu[workers]:>9.2f}")
    print(f"2 workers against 1: {wall[1] / wall[2]:.2f} x (busy {busy[1] / busy[2]:.2f} x), target 1.85 x")
    print(
        f"8 workers against 2: {wall[8] / wall[2]:.2f} of the wall clock (busy {busy[8] / busy[2]:.2f}), "
        f"{cpu[8] / cpu[2]:.2f} of the CPU, target 1.05"
    )
    print(f"each worker more: {(cpu[8] - cpu[2]) / (8 - 2):.2f} s of CPU, however long the run")


def wall_of(said: dict[str, Any]) -> float:
    return float(said["wall_s"])


def cpu_of(said: dict[str, Any]) -> float:
    return float(said["cpu_s"])


def busy_of(said: dict[str, Any]) -> float:
    """Wall clock without what comes before the first job and after the last."""
    phases = said["phases"]
    return wall_of(said) - sum(phases[name]["wall_s"] for name in NOT_BUSY if name in phases)


if __name__ == "__main__":
    main()
