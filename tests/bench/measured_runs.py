"""Command lines for benchmarks, each in a process of its own, with what it used.

CPU of a run with workers is what the run says itself: the kernel's account of children lacks those of
the server that forks workers. That of one without is the kernel's, Python's start and end included.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.library import programs
from tasks.program import Program
from tasks.propose import propose
from tasks.puzzle import load

ROOT = Path(__file__).parents[2]
_SCRIPT = """
import resource, sys
sys.path.insert(0, sys.argv[1])
from flows.cli import main
try: main(sys.argv[3:])
finally: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=open(sys.argv[2], "w"))
"""


@dataclass(frozen=True)
class Used:
    """What a command used: its CPU by the kernel's account, the memory of its process, and what it
    said."""

    cpu_s: float
    client_mb: float
    said: Mapping[str, Any]


def memoflow(*words: object, tree: Path = ROOT) -> Used:
    """A command of the memoflow that lies in a source tree, with `--json`."""
    with tempfile.TemporaryDirectory() as folder:
        memory, said = Path(folder, "memory"), Path(folder, "said.json")
        command = [
            sys.executable,
            "-c",
            _SCRIPT,
            str(tree),
            str(memory),
            *map(str, words),
            "--json",
            str(said),
        ]
        cpu_s = cpu_of(command)
        return Used(cpu_s, int(memory.read_text()) / 1024, json.loads(said.read_text(encoding="utf-8")))


def cpu_of(command: list[str]) -> float:
    """CPU of a process and of the children that it waited for. Bytecode is kept, as where a package
    is installed."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def write_programs(file: Path, count: int) -> list[Program]:
    """The library, and moves that `propose` makes of the built-in DSL, as JSON lines."""
    puzzle = next(iter(load("arcagi", "training").values()))
    chosen = list(propose(puzzle.train, programs(), 0))[:count]
    lines = [json.dumps({"name": each.name, "source": each.source}) for each in chosen]
    file.write_text("\n".join(lines), encoding="utf-8")
    return chosen


def bytes_in(folder: Path) -> int:
    """What a store takes on the disk, in blocks."""
    return sum(file.stat().st_blocks * 512 for file in folder.rglob("*"))
