"""What the sandbox costs for each candidate, beside its primitives' own time.

    python tests/bench/bench_sandbox.py

Prints CPU microseconds per candidate: parent and child together, after a warm-up, best of many
rounds; and the same programs called directly, in this process, round by round beside them.
"""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import numpy as np

from tasks.dsl import PRIMITIVES
from tasks.form import Form
from tasks.outcome import Budget
from tasks.program import parse
from tasks.puzzle import Sample
from tasks.sandbox import shared
from tasks.validate import validate

ROUNDS = 100
BUDGET = Budget()
GRIDS = tuple(np.random.default_rng(seed).integers(0, 10, (10, 10), dtype=np.uint8) for seed in range(4))
TRAIN = tuple(Sample(grid, grid) for grid in GRIDS)
TURNS = ("rotate_90", "rotate_180", "rotate_270", "transpose", "flip_horizontal")


def main() -> None:
    """One line per kind of program."""
    print(f"{'CPU us per candidate, 4 samples':44}{'direct':>9}{'evaluate':>10}{'validate':>10}")
    trivial = [f"replace(I, {old}, {new})" for old in range(10) for new in range(5)]
    report("one cheap step, batch 50", trivial, 50)
    report("one cheap step, batch 50, 300 programs", trivial * 6, 50)
    shared_steps = [f"replace({turn}(I), {n}, 0)" for turn in TURNS for n in range(10)]
    report("two cheap steps, one of them shared, batch 50", shared_steps, 50)
    report("two cheap steps, one of them shared, batch 1", shared_steps, 1)


def report(title: str, expressions: list[str], batch: int) -> None:
    """Direct calls, `Sandbox.evaluate` and `validate` on the same programs."""
    names = frozenset(PRIMITIVES)
    forms = [parse(f"def program(I):\n    return {text}", names) for text in expressions]
    sandbox = shared()
    ways: list[Callable[[], object]] = [
        lambda: [direct(form, grid) for form in forms for grid in GRIDS],
        lambda: sandbox.evaluate(forms, GRIDS, (), BUDGET, batch),
        lambda: validate(forms, TRAIN, (), BUDGET, batch=batch),
    ]
    best = [float("inf")] * len(ways)
    for _ in range(ROUNDS):
        for number, way in enumerate(ways):
            started = process_time() + sandbox.cpu_seconds
            way()
            best[number] = min(best[number], process_time() + sandbox.cpu_seconds - started)
    costs = [seconds / len(forms) * 1e6 for seconds in best]
    print(f"{title:44}{costs[0]:9.1f}{costs[1]:10.1f}{costs[2]:10.1f}")


def direct(form: Form, grid: np.ndarray) -> object:
    """The form's value, by the shortest loop that can give it."""
    values: list[object] = []
    for step in form.steps:
        given = [_value(operand, values, grid) for operand in step.args]
        values.append(PRIMITIVES[step.callee[1]](*given))  # type: ignore[operator, index]
    return values[-1]


def _value(operand: tuple[str, object], values: list[object], grid: np.ndarray) -> object:
    kind, content = operand
    if kind == "step":
        return values[content]  # type: ignore[call-overload, no-any-return]
    return grid if kind == "param" else content


if __name__ == "__main__":
    main()
