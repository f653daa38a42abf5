from __future__ import annotations

from tasks.filter import Refusal, Unique, filter
from tasks.program import Program

NAMES = ("f", "g")


def candidate(name: str, expression: str, origin: str = "library") -> Program:
    return Program(name, f"def {name}(I):\n    y = {expression}\n    return y\n", origin)


def body(expression: str) -> str:
    return f"def program(I):\n    x1 = {expression}\n    return x1\n"


def test_the_first_of_equal_bodies_is_kept_and_the_others_name_it() -> None:
    same = Program("c", "def c(I): # why\n  z: G = f( I )\n  return z", "composition")
    filtered = filter((candidate("a", "f(I)"), candidate("b", "g(I)"), same), NAMES)
    assert filtered.unique == (
        Unique("a", "library", body("f(I)")),
        Unique("b", "library", body("g(I)")),
    )
    assert filtered.collapsed == (("c", "a"),)
    assert filtered.refused == ()
    assert filtered.bodies == (body("f(I)"), body("g(I)"))


def test_what_is_no_program_is_refused_by_line_and_the_rest_goes_on() -> None:
    filtered = filter((candidate("a", "h(I)"), candidate("b", "f(I)")), NAMES)
    assert filtered.refused == (Refusal("a", 2, "unknown primitive 'h'"),)
    assert filtered.bodies == (body("f(I)"),)


def test_candidates_of_one_name_are_told_apart_by_their_bodies() -> None:
    filtered = filter((candidate("a", "f(I)"), candidate("a", "g(I)")), NAMES)
    assert len(filtered.unique) == 2


def test_no_candidates_are_no_error() -> None:
    filtered = filter((), NAMES)
    assert (filtered.unique, filtered.collapsed, filtered.refused) == ((), (), ())
