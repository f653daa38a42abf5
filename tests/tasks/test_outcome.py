from __future__ import annotations

from tasks.outcome import OUTCOMES, Budget, Invalid, Killed, Raised, Returned


def test_each_outcome_has_the_kind_that_reports_use() -> None:
    kinds = ["returned", "raised", "timed_out", "out_of_memory", "invalid", "killed"]
    assert [outcome.kind for outcome in OUTCOMES] == kinds


def test_outcomes_compare_by_kind_and_detail() -> None:
    assert Returned() == Returned()
    assert Raised("a") != Raised("b")
    assert Invalid("a") != Killed("a")


def test_a_budget_is_half_a_second_and_512_mib_unless_said() -> None:
    assert Budget() == Budget(cpu_s=0.5, memory_mb=512)
