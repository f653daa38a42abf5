"""What filter and inline cost for very many candidates of one puzzle.

    python tests/bench/bench_filter.py [CANDIDATES]

Two kinds: mutants of the library, which share most of their lines, and unrelated programs, whose calls
are drawn by chance. Prints CPU seconds, median of five; each time in a process that has read nothing.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from inspect import signature
from multiprocessing import get_context
from random import Random
from statistics import median
from time import process_time

from tasks.dsl import PRIMITIVES
from tasks.filter import filter
from tasks.inline import inline
from tasks.library import programs
from tasks.mutate import mutate
from tasks.program import Parent, Program
from tasks.puzzle import load
from tasks.signature import signatures

NAMES = tuple(sorted(PRIMITIVES))
FUNCTIONS = {name: len(signature(each).parameters) for name, each in PRIMITIVES.items() if callable(each)}
CONSTANTS = [name for name in NAMES if name not in FUNCTIONS]
TURNS = 5


def main(count: int = 10_000) -> None:
    print(f"{'kind':12}{'candidates':>12}{'unique':>9}{'filter s':>10}{'inline s':>10}")
    for kind, candidates in (("mutants", mutants(count)), ("unrelated", unrelated(count, Random(0)))):
        with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as fresh:
            unique, filtering, inlining = zip(*fresh.map(measured, [candidates] * TURNS), strict=True)
        print(f"{kind:12}{len(candidates):12,}{unique[0]:9,}", end="")
        print(f"{median(filtering):10.2f}{median(inlining):10.2f}", flush=True)


def measured(candidates: tuple[Program, ...]) -> tuple[int, float, float]:
    """How many are unique; CPU of filter, and of inline."""
    started = process_time()
    filtered = filter(candidates, NAMES)
    between = process_time()
    inline([*filtered.bodies], NAMES)
    return len(filtered.unique), between - started, process_time() - between


def mutants(count: int) -> tuple[Program, ...]:
    puzzle = next(iter(load("arcagi", "training").values()))
    parents = tuple(Parent(program.source, 1, program.name) for program in programs())
    return mutate(puzzle.train, parents, signatures(PRIMITIVES), count, 0)


def unrelated(count: int, chance: Random) -> tuple[Program, ...]:
    """Programs of 2 to 12 statements, each of them about the value before it."""
    takers = [name for name, takes in FUNCTIONS.items() if takes]

    def call(values: list[str], depth: int) -> str:
        name = chance.choice(takers)
        given = [values[-1]] if depth == 0 else []
        while len(given) < FUNCTIONS[name]:
            leaf = chance.choice([chance.choice(values), str(chance.randrange(10)), chance.choice(CONSTANTS)])
            given.append(call(values, depth + 1) if depth < 3 and chance.random() < 0.2 else leaf)
        return f"{name}({', '.join(given)})"

    def source(number: int) -> str:
        values, lines = ["I"], [f"def solve_{number:08x}(I):"]
        for _ in range(chance.randint(2, 12)):
            lines.append(f"    x{len(lines)} = {call(values, 0)}")
            values.append(f"x{len(lines) - 1}")
        return "\n".join([*lines, f"    return {values[-1]}\n"])

    return tuple(Program(f"unrelated {number}", source(number), "chance") for number in range(count))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
