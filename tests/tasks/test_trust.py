from __future__ import annotations

import numpy as np

from tasks.form import Form
from tasks.outcome import Outcome, Raised, Returned
from tasks.program import parse
from tasks.trust import Trust, trust
from tasks.validate import Verdict, stacked


def form(expression: str) -> Form:
    return parse(f"def p(I):\n    return {expression}\n", frozenset({"f", "g", "h"}))


def verdict(*outcomes: Outcome, sides: tuple[int, int] = (1, 1)) -> Verdict:
    """A verdict on one train sample and questions; every output has these sides."""
    outputs = stacked([np.zeros(sides, np.uint8)] * len(outcomes))
    return Verdict(outcomes, (False,), (0,), outputs, cpu_s=0.1)


def test_trust_is_the_share_of_programs_that_returned_on_every_sample() -> None:
    good, bad = verdict(Returned(), Returned()), verdict(Returned(), Raised("no"))
    forms = [form("f(h(I))"), form("f(f(I))"), form("g(f(I))"), form("h(f(I))")]
    found = trust(forms, [good, good, bad, bad])
    assert found == (Trust("f", 50), Trust("g", 0), Trust("h", 50))


def test_what_a_primitive_gave_alone_tells_its_sides_on_the_train_inputs() -> None:
    wide, high = verdict(Returned(), Returned(), sides=(1, 3)), verdict(Returned(), Returned(), sides=(3, 1))
    forms = [form("f(I)"), form("g(I)"), form("g(I, 1)"), form("h(f(I))")]
    found = trust(forms, [wide, wide, high, wide])
    assert [each.sides for each in found] == [((1, 3),), None, None]
