"""Validation: verdicts over puzzles' samples, and the comparison with the wanted grids."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tasks.form import Form
from tasks.grid import EMPTY, Grid
from tasks.outcome import Budget, Killed, Raised, Returned
from tasks.program import parse
from tasks.puzzle import Sample
from tasks.validate import Verdict, compare, grid_of, stacked, validate

HERE = Path(__file__).parent
BUDGET = Budget(cpu_s=0.1, memory_mb=64)
FIRST = np.array([[1, 2], [3, 4]], np.uint8)
SECOND = np.array([[5, 6, 7]], np.uint8)
TURNED = (Sample(FIRST, np.rot90(FIRST)), Sample(SECOND, np.rot90(SECOND)))
QUESTION = np.array([[8, 9]], np.uint8)

small_grids = arrays(np.uint8, st.tuples(st.integers(1, 4), st.integers(1, 4)), elements=st.integers(0, 9))


@pytest.fixture(scope="module", autouse=True)
def hostile_path() -> Iterator[None]:
    """Lets this process, and the zygotes that take over its path, import the test DSL."""
    sys.path.insert(0, str(HERE))
    yield
    sys.path.remove(str(HERE))


def form(expression: str) -> Form:
    names = frozenset(import_module("hostile_dsl").PRIMITIVES)
    return parse(f"def program(S, I):\n    return {expression}", names)


def verdicts(*expressions: str, batch: int = 50) -> list[Verdict]:
    forms = [form(expression) for expression in expressions]
    return validate(forms, TURNED, (QUESTION,), BUDGET, "hostile_dsl", batch)


def test_a_right_program_is_exact_on_every_train_sample() -> None:
    (verdict,) = verdicts("turn(I)")
    assert verdict.outcomes == (Returned(),) * 3
    assert verdict.exact == (True, True)
    assert verdict.cells == (1000, 1000)
    assert verdict.cpu_s > 0


def test_cells_count_right_cells_where_shapes_agree() -> None:
    (verdict,) = verdicts("paint(turn(I), 6)")
    assert verdict.exact == (False, False)
    assert verdict.cells == (0, 333)


def test_another_shape_has_no_right_cells() -> None:
    (verdict,) = verdicts("I")
    assert verdict.exact == (False, False)
    assert verdict.cells == (0, 0)


def test_outputs_hold_train_samples_then_questions() -> None:
    (verdict,) = verdicts("turn(I)")
    inputs = [FIRST, SECOND, QUESTION]
    found = [grid_of(verdict.outputs, sample) for sample in range(3)]
    assert [f.tolist() for f in found if f is not None] == [np.rot90(i).tolist() for i in inputs]
    assert verdict.outputs is not None
    assert np.count_nonzero(verdict.outputs != EMPTY) == 4 + 3 + 2


def test_what_returns_nothing_has_no_outputs() -> None:
    (verdict,) = verdicts("refuse(I)")
    assert verdict.outputs is None
    assert verdict.outcomes == (Raised("ValueError: not this one"),) * 3
    assert verdict.exact == (False, False)
    assert verdict.cells == (0, 0)
    assert grid_of(verdict.outputs, 0) is None


def test_batches_change_no_verdict() -> None:
    some = ["turn(I)", "refuse(turn(I))", "loop(I)", "segfault(turn(I))", "nothing(I)", "rows(I)"]
    together = verdicts(*some)
    assert verdicts(*some, batch=1) == together
    assert verdicts(*reversed(some), batch=4) == together[::-1]


def test_test_outputs_are_not_even_a_parameter() -> None:
    assert list(inspect.signature(validate).parameters) == [
        "forms", "train", "questions", "budget", "dsl", "batch", "grid",
    ]  # fmt: skip


def test_a_train_sample_without_output_is_refused() -> None:
    with pytest.raises(ValueError, match="1 of 1 train samples lack an output"):
        validate([form("I")], (Sample(FIRST, None),), (), BUDGET, "hostile_dsl")


def test_only_a_wall_kill_keeps_a_verdict_from_being_final() -> None:
    (stored,) = verdicts("turn(I)")
    killed = replace(stored, outcomes=(Returned(), Killed("wall limit of 1 s"), Returned()))
    assert stored.__memo_final__
    assert not killed.__memo_final__
    assert all(verdict.__memo_final__ for verdict in verdicts("loop(I)", "take_all(I)"))
    assert not verdicts("kill_itself(I)")[0].__memo_final__


def test_verdicts_are_equal_by_outputs_and_not_by_time() -> None:
    (one,) = verdicts("turn(I)")
    assert one == replace(one, cpu_s=one.cpu_s + 1)
    assert one != replace(one, cells=(1000, 999))
    assert one != replace(one, outputs=None)
    assert one.outputs is not None
    assert one != replace(one, outputs=one.outputs[::-1])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(small_grids, small_grids), min_size=1, max_size=4))
def test_comparison_agrees_with_counting_cells_by_hand(samples: list[tuple[Grid, Grid]]) -> None:
    exact, cells = compare(
        stacked([given for given, _ in samples]), stacked([wanted for _, wanted in samples])
    )
    for sample, (given_, wanted) in enumerate(samples):
        same_shape = given_.shape == wanted.shape
        right = int((given_ == wanted).sum()) if same_shape else 0
        assert exact[sample] == np.array_equal(given_, wanted)
        assert cells[sample] == 1000 * right // wanted.size


def test_real_primitives_give_real_outputs() -> None:
    names = frozenset(import_module("tasks.dsl").PRIMITIVES)
    program = parse("def program(I):\n    return rotate_90(rotate_90(I))", names)
    (verdict,) = validate([program], (Sample(FIRST, FIRST[::-1, ::-1]),), (QUESTION,), Budget())
    assert verdict.exact == (True,)
