"""What is drawn more often than what, from what runs have shown."""

from __future__ import annotations

from tasks.form import Operand
from tasks.inference import Place, Table
from tasks.observe import Seen, Sides
from tasks.program import parse
from tasks.signature import Signature
from tasks.strain import ALIKE, GRID, Strain
from tasks.trust import Trust

DSL = (
    Signature("turn", "G", (("grid", "G"),), 1),
    Signature("half", "G", (("grid", "G"),), 1),
    Signature("join", "G", (("left", "G"), ("right", "G")), 2),
)
INPUTS = ((4, 6), (10, 2))
HALVES = ((4, 3), (10, 1))
X1: Operand = ("step", 0)


def strain(expression: str, *sides: Sides, trust: tuple[Trust, ...] = ()) -> Strain:
    """A parent whose steps were seen to have these sides."""
    form = parse(f"def p(I):\n    return {expression}\n", frozenset(each.name for each in DSL))
    table = Table(DSL, [form])
    seen = Seen((), tuple(tuple(f"G@{high}x{wide}" for high, wide in step) for step in sides))
    return Strain("p", table.read(form), table, (), INPUTS, {each.name: each for each in trust}, seen)


def test_what_has_the_sides_of_the_present_value_is_preferred() -> None:
    one = strain("half(I)", HALVES)
    assert one.weight(X1, HALVES) == ALIKE
    assert one.weight(X1, INPUTS) == one.weight(X1, None) == 1


def test_beside_a_value_of_its_sides_only_that_may_stand() -> None:
    one = strain("join(half(I), half(turn(I)))", HALVES, INPUTS, HALVES, INPUTS)
    assert one.form.steps[0].callee == ("name", "half")
    joined = Place(3, 0)
    assert one.weight(X1, HALVES, [joined]) == ALIKE
    assert one.weight(X1, INPUTS, [joined]) == one.weight(X1, None, [joined]) == 0
    assert one.weight(GRID, HALVES, [Place(0, 0)]) == 1


def test_what_would_make_a_grid_too_large_is_not_drawn() -> None:
    one = strain("join(I, I)", ((4, 12), (20, 2)))
    assert one.weight(GRID, ((4, 6), (15, 2))) == 1
    assert one.weight(GRID, ((4, 6), (16, 2))) == 0


def test_a_primitive_counts_by_trust_and_by_what_it_gave_for_the_input() -> None:
    trust = (Trust("half", 100, HALVES), Trust("turn", 100, INPUTS), Trust("never", 0, HALVES))
    one = strain("turn(half(I))", HALVES, HALVES, trust=trust)
    half, turn, never, untried = one.weights_of(("half", "turn", "never", "untried"), 0)
    assert half == ALIKE * turn
    assert turn > untried > never == 0
    half, turn = one.weights_of(("half", "turn"), 1)
    assert turn == ALIKE * half > 0
