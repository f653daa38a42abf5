"""What the sandbox costs for each candidate, beside its primitives' own time, and what a hard kill costs.

    python tests/bench/bench_sandbox.py

Prints CPU microseconds per candidate: parent and child together, after a warm-up, best of many
rounds; beside them, round by round, the same programs called directly in this process, bare and
under the same limits. A hard kill is what a program costs that its process does not survive: its
batch goes on in a second process, and it is tried once more, alone, in a third.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from time import thread_time

import numpy as np

from tasks.dsl import PRIMITIVES
from tasks.form import Form
from tasks.grid import as_grid
from tasks.outcome import Budget
from tasks.program import parse
from tasks.puzzle import Sample
from tasks.sandbox import Sandbox, shared
from tasks.sandbox.limits import Watch
from tasks.validate import validate

ROUNDS = 100
KILLS = 20
BATCH = 50
BUDGET = Budget()
GRIDS = tuple(np.random.default_rng(seed).integers(0, 10, (10, 10), dtype=np.uint8) for seed in range(4))
TRAIN = tuple(Sample(grid, grid) for grid in GRIDS)
TURNS = ("rotate_90", "rotate_180", "rotate_270", "transpose", "flip_horizontal")
HOSTILE = Path(__file__).parent.parent / "tasks" / "hostile_dsl.py"


def main() -> None:
    """One line per kind of program, then the two figures that have a bound."""
    print(
        f"{'CPU us per candidate, 4 samples':46}{'direct':>9}{'limited':>9}{'evaluate':>10}{'validate':>10}"
    )
    trivial = [f"replace(I, {old}, {new})" for old in range(10) for new in range(5)]
    costs = report("one cheap step, batch 50", trivial, BATCH)
    report("one cheap step, 300 programs, batch 50", trivial * 6, BATCH)
    shared_steps = [f"replace({turn}(I), {n}, 0)" for turn in TURNS for n in range(10)]
    report("two cheap steps, one of them shared, batch 50", shared_steps, BATCH)
    report("two cheap steps, one of them shared, batch 1", shared_steps, 1)
    over = costs["evaluate"] - costs["limited"]
    print(f"\nsandbox beside calls under the same limits, batch 50: {over:.1f} us a candidate (at most 3)")
    print(f"hard kill: {hard_kill():.1f} ms of CPU (at most 20)")


def report(title: str, expressions: list[str], batch: int) -> dict[str, float]:
    """Direct calls, `Sandbox.evaluate` and `validate` on the same programs."""
    forms = [_form(text, PRIMITIVES) for text in expressions]
    sandbox, watch = shared(), Watch()
    ways: dict[str, Callable[[], object]] = {
        "direct": lambda: [_direct(form, grid) for form in forms for grid in GRIDS],
        "limited": lambda: [_limited(form, watch) for form in forms],
        "evaluate": lambda: sandbox.evaluate(forms, GRIDS, (), BUDGET, batch),
        "validate": lambda: validate(forms, TRAIN, (), BUDGET, batch=batch),
    }
    watch.start(BUDGET.cpu_s)
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(ROUNDS):
        for name, way in ways.items():
            best[name] = min(best[name], _cpu_of(way, sandbox))
    for timer in (signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
        signal.setitimer(timer, 0)
    costs = {name: seconds / len(forms) * 1e6 for name, seconds in best.items()}
    print(
        f"{title:46}{costs['direct']:9.1f}{costs['limited']:9.1f}{costs['evaluate']:10.1f}{costs['validate']:10.1f}"
    )
    return costs


def hard_kill() -> float:
    """Milliseconds that one program adds to a batch of innocents when it ends its process."""
    sandbox = Sandbox(str(HOSTILE), "array")
    names = ("paint", "abort")
    innocents = [_form(f"paint(I, {number % 10})", names) for number in range(BATCH - 1)]
    middle = BATCH // 2
    killing = [*innocents[:middle], _form("abort(I)", names), *innocents[middle:]]

    def cost(forms: Sequence[Form]) -> float:
        rounds = (lambda: sandbox.evaluate(forms, GRIDS[:1], (), BUDGET, BATCH) for _ in range(KILLS))
        return sorted(_cpu_of(each, sandbox) for each in rounds)[KILLS // 2]

    cost(innocents)
    extra_s = cost(killing) - cost(innocents)
    sandbox.close()
    return extra_s * 1e3


def _cpu_of(way: Callable[[], object], sandbox: Sandbox) -> float:
    """By the thread's clock: that of a process goes in steps of milliseconds while timers run."""
    started = thread_time() + sandbox.cpu_seconds
    way()
    return thread_time() + sandbox.cpu_seconds - started


def _form(expression: str, names: object) -> Form:
    return parse(f"def program(I):\n    return {expression}", frozenset(names))  # type: ignore[call-overload, no-any-return]  # any iterable of names


def _direct(form: Form, grid: np.ndarray) -> object:
    """The form's value, by the shortest loop that can give it."""
    values: list[object] = []
    for step in form.steps:
        given = [_value(operand, values, grid) for operand in step.args]
        values.append(PRIMITIVES[step.callee[1]](*given))  # type: ignore[operator, index]
    return values[-1]


def _limited(form: Form, watch: Watch) -> list[object]:
    """As the sandbox bounds it, and what it gives taken for a grid."""
    found: list[object] = []
    for grid in GRIDS:
        watch.begin()
        watch.allow()
        found.append(as_grid(_direct(form, grid)))
        watch.end()
    return found


def _value(operand: tuple[str, object], values: list[object], grid: np.ndarray) -> object:
    kind, content = operand
    if kind == "step":
        return values[content]  # type: ignore[call-overload, no-any-return]
    return grid if kind == "param" else content


if __name__ == "__main__":
    main()
