"""What programs of a batch have in common: computed once, charged to each, changed by none."""

from __future__ import annotations

import numpy as np
import pytest
from hostile_programs import BUDGET, evaluate, form

from tasks.outcome import Returned, TimedOut
from tasks.sandbox import Sandbox


def test_equal_expressions_of_a_batch_are_evaluated_once(sandbox: Sandbox) -> None:
    forms = [form("same(count_calls(I))"), form("turn(count_calls(I))")]
    together = [found.grids[1].item() for found in evaluate(sandbox, forms)]
    apart = [found.grids[1].item() for found in evaluate(sandbox, forms, batch=1)]
    assert together[0] == together[1]
    assert apart[0] != apart[1]


def test_exceptions_of_shared_expressions_reach_every_program(sandbox: Sandbox) -> None:
    forms = [form("turn(refuse(I))"), form("same(refuse(I))"), form("same(I)")]
    kinds = [found.outcomes[0].kind for found in evaluate(sandbox, forms)]
    assert kinds == ["raised", "raised", "returned"]


def test_each_program_is_charged_for_what_it_shares(sandbox: Sandbox) -> None:
    forms = [form(f"paint(burn(I, 20), {colour})") for colour in range(3)]
    assert all(found.cpu_s >= 0.04 for found in evaluate(sandbox, forms))


def test_nobody_is_charged_for_what_another_does_before_what_both_share(sandbox: Sandbox) -> None:
    both, shared = evaluate(sandbox, [form("join(burn(I, 30), turn(I))"), form("turn(I)")])
    assert both.cpu_s >= 0.03
    assert shared.cpu_s < 0.02


def test_a_shared_expression_counts_against_each_budget(sandbox: Sandbox) -> None:
    factor = evaluate(sandbox, [form("same(I)")]) and sandbox.speed_factor
    part = int(BUDGET.cpu_s * factor * 600)
    forms = [form(f"turn(burn(I, {part}))"), form(f"burn(turn(burn(I, {part})), {part})")]
    for order in (1, -1):
        found = [each.outcomes for each in evaluate(sandbox, forms[::order])][::order]
        assert found == [(Returned(), Returned()), (TimedOut(), TimedOut())]


@pytest.mark.parametrize("made", ["paint(I, 1)", "first(pair(I))", "patch_of(thing(I))"])
def test_no_program_can_write_to_what_it_shares(sandbox: Sandbox, made: str) -> None:
    forms = [form(f"overwrite({made})"), form(f"same({made})")]
    for order in (1, -1):
        overwritten, same = [each.grids[0] for each in evaluate(sandbox, forms[::order])][::order]
        assert overwritten is not None
        assert same is not None
        assert overwritten[0, 0] == 9
        assert same[0, 0] != 9
        assert np.array_equal(overwritten.flat[1:], same.flat[1:])


def test_what_a_program_does_to_a_list_stays_its_own(sandbox: Sandbox) -> None:
    forms = [form("last(add_to(boxed(I), 3))"), form("last(boxed(I))")]
    for order in (1, -1):
        found = evaluate(sandbox, forms[::order])[::order]
        assert [each.grids[1].item() for each in found] == [3, 7]
