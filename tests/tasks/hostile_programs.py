"""Programs over the hostile DSL, and what the sandbox says of them."""

from __future__ import annotations

from collections.abc import Sequence

import hostile_dsl
import numpy as np

from tasks.form import Form
from tasks.outcome import Budget, Invalid, Outcome, OutOfMemory, Raised, Returned, TimedOut
from tasks.program import parse
from tasks.sandbox import Evaluation, Sandbox

NAMES = frozenset(hostile_dsl.PRIMITIVES)
BUDGET = Budget(cpu_s=0.06, memory_mb=64)
GRIDS = (
    np.array([[1, 2, 3], [4, 5, 6]], np.uint8),
    np.array([[7]], np.uint8),
)
PAIRS = ((GRIDS[0], GRIDS[1]),)

HOSTILE: dict[str, Outcome] = {
    "loop": TimedOut(),
    "loop_in_c": TimedOut(),
    "loop_and_swallow": TimedOut(),
    "overrun_and_return": TimedOut(),
    "take_all": OutOfMemory(),
    "take_more_and_more": OutOfMemory(),
    "segfault": Raised("Crash: SIGSEGV"),
    "abort": Raised("Crash: SIGABRT"),
    "exit_at_once": Raised("Crash: exit 3"),
    "exit_as_if_done": Raised("Crash: exit 0"),
    "leave": Raised("Crash: exit 4"),
    "interrupt": Raised("KeyboardInterrupt"),
    "fork": Raised("PermissionError: a program may not start processes"),
    "start": Raised("PermissionError: a program may not start processes"),
    "refuse": Raised("ValueError: not this one"),
    "refuse_at_length": Raised("ValueError: " + "no" * 92 + "n..."),
    "refuse_with_address": Raised("KeyError: <object object>"),
    "refuse_mutely": Raised("Mute"),
    "recurse": Raised("RecursionError: maximum recursion depth exceeded"),
    "nothing": Invalid("a grid is an array or a list of rows, this is NoneType"),
    "too_large": Invalid("a grid has 1 to 30 cells a side, this is 31 x 1"),
    "eleven": Invalid("cells are 0 to 9, row 0 column 0 holds 11"),
    "halves": Invalid("cells are integers, these are float64"),
    "bombs": Raised("KeyError: 'bomb'"),
    "overwrite": Returned(),
    "chatter": Returned(),
}


def form(expression: str) -> Form:
    """The form of a program with this result, over the test DSL."""
    return parse(f"def program(S, I, C):\n    return {expression}", NAMES)


def innocents(count: int) -> list[Form]:
    """Programs that share an expression, each with another result."""
    turns = ["same(I)", "turn(I)", "turn(turn(I))", "turn(turn(turn(I)))"]
    return [form(f"join({turns[n % 4]}, paint({turns[n % 4]}, {n // 4}))") for n in range(count)]


def evaluate(sandbox: Sandbox, forms: Sequence[Form], batch: int = 50) -> list[Evaluation]:
    return sandbox.evaluate(forms, GRIDS, PAIRS, BUDGET, batch)


def facts(evaluations: Sequence[Evaluation]) -> list[object]:
    """What does not depend on time, in a form that can be compared."""
    return [
        (found.outcomes, None if found.outputs is None else found.outputs.tobytes()) for found in evaluations
    ]


def outcomes_of(sandbox: Sandbox, expression: str) -> tuple[Outcome, ...]:
    return evaluate(sandbox, [form(expression)])[0].outcomes
