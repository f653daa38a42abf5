"""The sandbox against primitives that loop, explode and crash: real processes, real limits."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hostile_programs import BUDGET, GRIDS, HOSTILE, NAMES, PAIRS, evaluate, facts, form, innocents

from tasks.outcome import Budget, Invalid, Killed, Outcome, Returned
from tasks.sandbox import Sandbox


@pytest.mark.parametrize(("name", "outcome"), HOSTILE.items())
def test_a_hostile_program_gets_its_outcome_and_innocents_keep_theirs(
    sandbox: Sandbox, name: str, outcome: Outcome
) -> None:
    others = innocents(36)
    expected = facts(evaluate(sandbox, others))
    found = evaluate(sandbox, [*others[:20], form(f"{name}(I)"), *others[20:]])
    assert found[20].outcomes == (outcome, outcome)
    assert facts(found[:20] + found[21:]) == expected
    assert all(each.outcomes == (Returned(), Returned()) for each in found[:20] + found[21:])


def test_every_hostile_name_is_a_primitive() -> None:
    assert HOSTILE.keys() <= NAMES


def test_verdicts_do_not_depend_on_batches_or_order(sandbox: Sandbox) -> None:
    fast = {"refuse", "loop", "take_all", "segfault", "leave", "nothing", "overrun_and_return"}
    forms = innocents(30) + [form(f"{name}(turn(I))") for name in sorted(fast)]
    expected = facts(evaluate(sandbox, forms))
    assert facts(evaluate(sandbox, forms, batch=1)) == expected
    order = list(range(len(forms)))
    random.Random(2).shuffle(order)
    mixed = facts(evaluate(sandbox, [forms[place] for place in order], batch=11))
    assert mixed == [expected[place] for place in order]


@pytest.mark.parametrize("name", ["loop", "segfault", "take_all"])
def test_a_sample_that_ends_the_process_leaves_the_others_theirs(sandbox: Sandbox, name: str) -> None:
    (found,) = evaluate(sandbox, [form(f"{name}_if_large(I)")])
    assert found.outcomes == (HOSTILE[name], Returned())
    assert found.grids[0] is None
    assert found.grids[1].tolist() == [[7]]


def test_a_failing_sample_leaves_the_others_their_grids(sandbox: Sandbox) -> None:
    (found,) = evaluate(sandbox, [form("join(I, I)")])
    assert [grid.shape for grid in found.grids if grid is not None] == [(4, 3), (2, 1)]
    wide = np.zeros((16, 2), np.uint8)
    (found,) = sandbox.evaluate([form("join(I, I)")], [wide, GRIDS[1]], PAIRS, BUDGET)
    assert [type(outcome) for outcome in found.outcomes] == [Invalid, Returned]
    assert found.grids[0] is None
    assert found.grids[1] is not None


def test_memory_of_one_program_is_not_taken_from_the_next(sandbox: Sandbox) -> None:
    forms = [form(f"paint(take(I, 40), {colour})") for colour in range(10)]
    forms += [form("take(I, 41)"), form("take(I, 80)")]
    kinds = [found.outcomes[0].kind for found in evaluate(sandbox, forms)]
    assert kinds == ["returned"] * 11 + ["out_of_memory"]


def test_another_memory_budget_holds_at_once(sandbox: Sandbox) -> None:
    forms = [form("take(I, 80)")]
    kinds = [
        sandbox.evaluate(forms, GRIDS, PAIRS, Budget(0.5, megabytes))[0].outcomes[0].kind
        for megabytes in (64, 200, 64)
    ]
    assert kinds == ["out_of_memory", "returned", "out_of_memory"]


def test_a_sleeper_is_killed_by_the_wall_clock_and_innocents_go_on() -> None:
    sandbox = Sandbox("hostile_dsl", patience_s=0.3)
    found = evaluate(sandbox, [form("same(I)"), form("sleep(I)"), form("turn(I)")])
    sandbox.close()
    assert [each.outcomes[0].kind for each in found] == ["returned", "killed", "returned"]
    assert isinstance(found[1].outcomes[1], Killed)
    assert "wall limit" in found[1].outcomes[1].reason


def test_a_program_killed_from_outside_is_killed_and_innocents_go_on(sandbox: Sandbox) -> None:
    found = evaluate(sandbox, [form("same(I)"), form("kill_itself(I)"), form("turn(I)")])
    assert [each.outcomes[0].kind for each in found] == ["returned", "killed", "returned"]
