from __future__ import annotations

import pytest

from tasks.errors import Refused
from tasks.filter import filter
from tasks.inline import inline
from tasks.program import Program

NAMES = ("f", "g")
BODIES = [
    "def program(I):\n    x1 = f(I)\n    x2 = g(I)\n    return g(x1, x2)\n",
    "def program(I):\n    x1 = g(I)\n    x2 = f(I)\n    return g(x2, x1)\n",
    "def program(I):\n    return f(I)\n",
]


def test_bodies_that_differ_in_order_get_equal_forms() -> None:
    first, second, third = inline(BODIES, NAMES)
    assert first == second != third


def test_each_form_depends_on_its_body_alone() -> None:
    assert inline(BODIES, NAMES) == [inline([body], NAMES)[0] for body in BODIES]
    assert inline(BODIES[::-1], NAMES) == inline(BODIES, NAMES)[::-1]
    assert inline([], NAMES) == []


def test_what_filter_keeps_inline_reads() -> None:
    source = "def p(S, I):\n    y: G = f(I)\n    unused = f(S)\n    y = g(y)\n    return y\n"
    kept = filter((Program("p", source, "library"),), NAMES).bodies
    assert [[str(step) for step in form.steps] for form in inline(list(kept), NAMES)] == [["f(I)", "g(x1)"]]


def test_a_body_over_other_names_is_refused() -> None:
    with pytest.raises(Refused, match="unknown primitive 'f'"):
        inline(BODIES, ("g",))
