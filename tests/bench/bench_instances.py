"""Several instances on one store against one alone: does the work happen once, and do all end together?

    python tests/bench/bench_instances.py [INSTANCES] [WORKERS] [PUZZLES] [--programs COUNT] [--kill]

One instance runs into a store of its own; then all run together into an empty one; then the second
again, alone; with `--kill` the last of another lot dies by SIGKILL when a third of the puzzles is
finished.

Prints total CPU against that of one, rows executed twice and rows lost, when the first and the last
ended, and what each executed and found. CPU is what the runs account for themselves, workers and
sandboxes included. By default 8 x 4 over 400 puzzles, with the programs that come with memoflow;
`--programs 20` tries the first 20 of the library.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tasks.library import programs

POLL_S = 0.01


@dataclass
class Ran:
    """Instances that ran together: what each said, when each ended, and what was submitted."""

    said: dict[int, dict[str, Any]] = field(default_factory=dict)
    ended_s: dict[int, float] = field(default_factory=dict)
    submissions: list[Any] = field(default_factory=list)

    @property
    def cpu_s(self) -> float:
        return sum(float(said["cpu_s"]) for said in self.said.values())

    @property
    def executed(self) -> Counter[str]:
        """Rows by stage, of all instances together."""
        counts: Counter[str] = Counter()
        for said in self.said.values():
            counts.update({stage: rows["executed"] for stage, rows in said["rows"].items()})
        return counts


@dataclass(frozen=True)
class Bench:
    """How to run: the options of every instance, a folder for stores and what is written, and how many
    puzzles are finished when one instance is killed."""

    folder: Path
    options: list[str]
    killed_after: int

    def run(self, store: str, numbers: list[int], count: int, kill: int = 0) -> Ran:
        """Start some of `count` instances at once, and wait for all; `kill` dies in mid-run."""
        started, running = time.monotonic(), dict[int, subprocess.Popen[bytes]]()
        for number in numbers:
            words = [sys.executable, "-m", "flows.arc", *self.options, "--store", self.folder / store]
            words += ["--instance", f"{number}/{count}", "--json", self._file(store, number, "said")]
            words += ["--submission", self._file(store, number, "submission")]
            running[number] = subprocess.Popen(list(map(str, words)), stdout=subprocess.DEVNULL)
        ran = Ran()
        while running:
            if kill in running and self._finished(store) >= self.killed_after:
                running.pop(kill).kill()
            for number in [number for number, each in running.items() if each.poll() is not None]:
                ran.ended_s[number] = time.monotonic() - started
                if running.pop(number).returncode:
                    raise SystemExit(f"instance {number} failed")
                ran.said[number] = json.loads(self._file(store, number, "said").read_bytes())
                ran.submissions.append(json.loads(self._file(store, number, "submission").read_bytes()))
            time.sleep(POLL_S)
        return ran

    def _finished(self, store: str) -> int:
        """How many puzzles are finished, by whomever."""
        return sum(1 for _ in (self.folder / store / "entries" / "target").glob("*/*"))

    def _file(self, store: str, number: int, kind: str) -> Path:
        return self.folder / f"{store}-{number}-{kind}.json"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("instances", type=int, nargs="?", default=8)
    parser.add_argument("workers", type=int, nargs="?", default=4)
    parser.add_argument("puzzles", type=int, nargs="?", default=400)
    parser.add_argument("--programs", type=int, default=0)
    parser.add_argument("--kill", action="store_true")
    asked = parser.parse_args()
    everyone = list(range(1, asked.instances + 1))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        options = ["--workers", str(asked.workers), "--limit", str(asked.puzzles)]
        options += _programs(Path(name), asked.programs)
        bench = Bench(Path(name), options, max(1, asked.puzzles // 3))
        one = bench.run("one", [1], 1)
        together = bench.run("all", everyone, len(everyone))
        later = bench.run("all", [2], len(everyone))
        print(f"{asked.instances} instances x {asked.workers} workers, {asked.puzzles} puzzles")
        show(one, together)
        print(f"one more, later: {later.executed.total()} rows executed, {later.cpu_s:.2f} s of CPU")
        if asked.kill:
            survived = bench.run("killed", everyone, len(everyone), kill=everyone[-1])
            print(f"\ninstance {everyone[-1]} killed by SIGKILL in mid-run; of the others")
            show(one, survived)


def show(one: Ran, together: Ran) -> None:
    """The table: what one instance does alone, and what they did together."""
    alone, executed = one.executed, together.executed
    twice = executed.total() - alone.total()
    cpu_s, ended_s = together.cpu_s, sorted(together.ended_s.values())
    print(f"CPU: one alone {one.cpu_s:.2f} s, together {cpu_s:.2f} s, {cpu_s / one.cpu_s:.3f} x")
    print(f"rows: one alone {alone.total()}, together {executed.total()}; {twice / alone.total():+.2%}")
    print(f"ended: one alone after {one.ended_s[1]:.2f} s; the first after {ended_s[0]:.2f} s, "
          f"the last after {ended_s[-1]:.2f} s, {ended_s[-1] / ended_s[0]:.3f} x")  # fmt: skip
    same = all(said["outcomes"] == one.said[1]["outcomes"] for said in together.said.values())
    submitted = all(each == one.submissions[0] for each in together.submissions)
    print(f"same outcomes: {same}; same submission: {submitted}")
    print("instance  rows run   hit rate  by others  cpu s  ended s")
    for number, said in sorted(together.said.items()):
        rows, share = sum(each["executed"] for each in said["rows"].values()), said["instance"]
        print(
            f"{number:8}  {rows:8}  {share['hit_rate']:9.1%}  {share['by_others']['puzzles']:9}"
            f"  {said['cpu_s']:5.1f}  {together.ended_s[number]:7.2f}"
        )


def _programs(folder: Path, count: int) -> list[str]:
    """The option for the first so many programs of the library; none for those that are tried anyway."""
    if not count:
        return []
    chosen = [{"name": each.name, "source": each.source} for each in programs()[:count]]
    file = folder / "programs.jsonl"
    file.write_text("\n".join(map(json.dumps, chosen)), encoding="utf-8")
    return ["--programs", str(file)]


if __name__ == "__main__":
    main()
