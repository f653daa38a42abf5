"""What memoflow adds to evaluating given programs: a whole run beside one bare Python process.

    python tests/bench/bench_programs.py [--dsl PATH] [--programs PATH] [--puzzles N] [--count N]

The bare process calls each program, as a plain Python function, on every sample, under the same CPU
limit, converts what it returns into a grid and compares it. Prints CPU seconds of both and their
ratio, largest resident memory of the client and of a worker, and the CPU of a repeat. By default the
programs are 400: the library, and the moves that `propose` makes of the built-in DSL.
"""

from __future__ import annotations

import argparse
import contextlib
import inspect
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from tasks.errors import Refused
from tasks.grid import as_grid
from tasks.language import BUILT_IN, Dsl, open_dsl
from tasks.library import programs
from tasks.program import Program, name_set, parse
from tasks.programs import program_files, programs_in
from tasks.propose import propose
from tasks.puzzle import Puzzle, load
from tasks.sandbox.limits import Overrun, Watch

CPU_S = 0.5

Work: TypeAlias = Sequence[tuple[Puzzle, Sequence[Program]]]
"""Which programs are evaluated on which puzzle."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--dsl", default=BUILT_IN)
    parser.add_argument("--programs", default="")
    parser.add_argument("--puzzles", type=int, default=400)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        chosen = _programs(asked.programs)[: asked.count]
        file = Path(folder, "programs.jsonl")
        file.write_text("\n".join(json.dumps({"name": p.name, "source": p.source}) for p in chosen))
        puzzles = list(load("arcagi", "training").values())[: asked.puzzles]
        alone = bare(open_dsl(asked.dsl), [(puzzle, chosen) for puzzle in puzzles])
        print(f"programs {len(chosen)}, puzzles {len(puzzles)}, evaluations {alone['evaluations']:,}")
        print(f"bare process      {alone['cpu_s']:8.1f} s of CPU, {alone['returned']:,} returned")
        command = ["--dsl", asked.dsl, "--programs", str(file), "--limit", str(asked.puzzles)]
        command += ["--workers", str(asked.workers), "--store", f"{folder}/store"]
        for name in ("run, cold", "run, repeated"):
            spent, client_mb, worker_mb = _run(command, Path(folder))
            print(f"{name:17} {spent:8.1f} s of CPU, {spent / alone['cpu_s']:.2f} x bare; "
                  f"client {client_mb:.0f} MB, largest process below it {worker_mb:.0f} MB")  # fmt: skip


def _programs(given: str) -> tuple[Program, ...]:
    if given:
        return programs_in(program_files([given]), "given")
    puzzle = next(iter(load("arcagi", "training").values()))
    return propose(puzzle.train, programs(), 0)


def _run(options: list[str], folder: Path) -> tuple[float, float, float]:
    """CPU seconds of a run with all its processes, as it tells them, and MB resident. The kernel's
    account does not do: nobody waits for the server that forks workers."""
    script = (
        "import resource, sys; from flows.cli import main\n"
        "try: main(['run', 'arc', *sys.argv[2:]])\n"
        "finally: print(*[resource.getrusage(w).ru_maxrss for w in (0, -1)], file=open(sys.argv[1], 'w'))"
    )
    told, json_file = folder / "memory", folder / "run.json"
    command = [sys.executable, "-c", script, told, *options, "--json", json_file]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    client, below = (int(each) / 1024 for each in told.read_text().split())
    return json.loads(json_file.read_text())["cpu_s"], client, below


def bare(dsl: Dsl, work: Work) -> dict[str, Any]:
    """Evaluate in a forked process, so that its limits and its memory are its own."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.write(writer, json.dumps(_evaluated(dsl, work)).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as told:
        found: dict[str, Any] = json.load(told)
    os.wait()
    return found


def _evaluated(dsl: Dsl, work: Work) -> dict[str, Any]:
    started = time.process_time()
    watch = Watch()
    watch.start(CPU_S)
    function_of = cache(partial(_function, dsl))
    told = {"evaluations": 0, "returned": 0}
    for puzzle, proposed in work:
        shown = tuple((_given(dsl, a), _given(dsl, b)) for a, b in puzzle.train_pairs)
        samples = [(_given(dsl, a), b) for a, b in puzzle.train_pairs]
        samples += [(_given(dsl, grid), None) for grid in puzzle.questions]
        for function, params in filter(None, [function_of(program.source) for program in proposed]):
            for given, wanted in samples:
                values = {"I": given if dsl.grid == "tuple" else given.copy(), "S": shown, "C": None}
                told["evaluations"] += 1
                told["returned"] += _call(function, [values[name] for name in params], wanted, watch)
    return {**told, "cpu_s": time.process_time() - started}


def _function(dsl: Dsl, source: str) -> tuple[Any, list[str]] | None:
    """A program as a plain Python function, and its parameters; None where it is no program."""
    with contextlib.suppress(Refused):
        parse(source, name_set(dsl.names))
        space: dict[str, Any] = {}
        exec(source, dict(dsl.primitives), space)
        (function,) = space.values()
        return function, [*inspect.signature(function).parameters]
    return None


def _call(function: Any, arguments: list[Any], wanted: Any, watch: Watch) -> bool:
    watch.begin()
    watch.allow()
    try:
        with contextlib.suppress(Exception, Overrun):
            grid = as_grid(function(*arguments))
            np.array_equal(grid, wanted)
            return True
        return False
    finally:
        watch.end()


def _given(dsl: Dsl, grid: Any) -> Any:
    return tuple(map(tuple, grid.tolist())) if dsl.grid == "tuple" else grid


if __name__ == "__main__":
    main()
