from __future__ import annotations

from tasks.form import Form
from tasks.outcome import Outcome, Raised, Returned
from tasks.program import parse
from tasks.trust import Trust, trust
from tasks.validate import Verdict


def form(expression: str) -> Form:
    return parse(f"def p(I):\n    return {expression}\n", frozenset({"f", "g", "h"}))


def verdict(*outcomes: Outcome) -> Verdict:
    return Verdict(outcomes, (), (), None, cpu_s=0.1)


def test_trust_is_the_share_of_programs_that_returned_on_every_sample() -> None:
    good, bad = verdict(Returned(), Returned()), verdict(Returned(), Raised("no"))
    forms = [form("f(I)"), form("f(f(I))"), form("g(f(I))"), form("h(I)")]
    assert trust(forms, [good, good, bad, bad]) == (Trust("f", 66), Trust("g", 0), Trust("h", 0))
