"""The kinds of mutation: what can be changed in a form such that its types still fit.

Owns one function per kind. Each draws one change and gives the changed form with a text that says
what was done, or None where the draw leads nowhere. Whether the result is new is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeAlias, TypeVar

from tasks.form import Constant, Form, Operand, Step, canonical, written
from tasks.grid import COLOURS
from tasks.inference import CALLEE, Place, arguments, keywords
from tasks.strain import GRID, Strain
from tasks.types import MORE, UNKNOWN, Type, fits

__all__ = ["KINDS", "Kind", "Mutation", "drop_step", "rewire", "splice", "swap_constant", "swap_primitive"]

NEAR = (-2, -1, 1, 2)
"""What is added to a number that is no colour."""
EVERYWHERE = 0.5
"""How often a splice for the input grid is made wherever that stands: one program after another."""
INT = Type("int")

_Each = TypeVar("_Each")


@dataclass(frozen=True)
class Mutation:
    """A changed form, and what was changed."""

    form: Form
    what: str


Kind: TypeAlias = Callable[[Strain, Strain, Random], Mutation | None]
"""A parent, another one for the kind that joins two, and where draws come from."""


def swap_constant(parent: Strain, other: Strain, random: Random) -> Mutation | None:
    """Another constant in the place of one: a colour of the puzzle, or a number near by."""
    places = [place for place, operand in parent.reading.operands.items() if operand[0] == "const"]
    place = _one(random, places)
    if place is None:
        return None
    operand = parent.reading.operands[place]
    value = _one(random, _other_values(operand[1], parent.reading.asked[place], parent))
    return None if value is None else _replaced("constant", parent, place, ("const", value))


def _other_values(value: object, asked: Type, parent: Strain) -> list[Constant]:
    """What a constant may become; in a tuple one of its parts changes."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [*_other_numbers(value, asked, parent)]
    if not isinstance(value, tuple):
        return []
    return [
        (*value[:number], each, *value[number + 1 :])
        for number, part in enumerate(value)
        for each in _other_values(part, _part(asked, number), parent)
    ]


def _other_numbers(value: int, asked: Type, parent: Strain) -> list[int]:
    """Colours where a colour is asked for, numbers near by where a number is, else both."""
    near = [value + step for step in NEAR if _sign(value + step) == _sign(value) or value == 0 < step]
    colours = [colour for colour in parent.colours if colour != value]
    if not 0 <= value < COLOURS or (parent.table.tells_colours and asked == INT):
        return near
    if parent.table.tells_colours and asked.means == INT:
        return colours
    return [*dict.fromkeys([*colours, *near])]


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def _part(asked: Type, number: int) -> Type:
    """What a tuple's type asks of one of its parts."""
    while asked.means is not None:
        asked = asked.means
    if asked.name == "tuple" and MORE in asked.inside:
        return asked.inside[0]
    return asked.inside[number] if asked.name == "tuple" and number < len(asked.inside) else UNKNOWN


def swap_primitive(parent: Strain, other: Strain, random: Random) -> Mutation | None:
    """Another primitive in the place of one: it takes what the one took, and gives what it gave."""
    called = [Place(n, CALLEE) for n, step in enumerate(parent.form.steps) if step.callee[0] == "name"]
    named = [place for place, operand in parent.reading.operands.items() if operand[0] == "name"]
    place = _one(random, [*called, *named])
    if place is None:
        return None
    others = _other_primitives(parent, place)
    if place.argument == CALLEE:
        name = _weighted(random, others, parent.weights_of(others, place.step))
    else:
        name = _one(random, others)
    return None if name is None else _replaced("primitive", parent, place, ("name", name))


def _other_primitives(parent: Strain, place: Place) -> Sequence[str]:
    if place.argument != CALLEE:
        return parent.table.like(str(parent.reading.operands[place][1]))
    step = parent.form.steps[place.step]
    places = [Place(place.step, argument) for argument in range(len(arguments(step)))]
    given = tuple(parent.type_at(each) for each in places)
    result = parent.reading.steps[place.step]
    return parent.table.alternatives(str(step.callee[1]), given, keywords(step), result)


def rewire(parent: Strain, other: Strain, random: Random) -> Mutation | None:
    """An earlier value, or a parameter, in the place of an argument."""
    place = _one(random, [*parent.reading.operands])
    if place is None:
        return None
    earlier: list[Operand] = [("param", name) for name in parent.table.params]
    earlier += [("step", number) for number in range(place.step)]
    present, asked = parent.reading.operands[place], parent.reading.asked[place]
    fitting = [
        each for each in earlier if written(each) != written(present) and _may(parent.type_of(each), asked)
    ]
    weights = [parent.weight(present, parent.sides(each), [place]) for each in fitting]
    operand = _weighted(random, fitting, weights)
    return None if operand is None else _replaced("rewire", parent, place, operand)


def drop_step(parent: Strain, other: Strain, random: Random) -> Mutation | None:
    """One of a step's arguments in the place of its result."""
    number = _one(random, range(len(parent.form.steps)))
    if number is None:
        return None
    value: Operand = ("step", number)
    fitting = [
        operand
        for operand in arguments(parent.form.steps[number])
        if operand[0] in ("step", "param") and _may(parent.type_of(operand), parent.type_of(value))
    ]
    places = parent.places_of(value)
    taken = _weighted(random, fitting, [parent.weight(value, parent.sides(each), places) for each in fitting])
    if taken is None:
        return None
    form = _edited(parent.form, lambda place, operand: taken if operand == value else None)
    return Mutation(form, f"drop x{number + 1}, take {written(taken)}")


def splice(parent: Strain, other: Strain, random: Random) -> Mutation | None:
    """A value of another parent in the place of an argument, or wherever the input grid stands."""
    place = _one(random, [*parent.reading.operands])
    if place is None:
        return None
    asked, present = parent.reading.asked[place], parent.reading.operands[place]
    fitting = [number for number, of in enumerate(other.reading.steps) if _may(of, asked)]
    everywhere = present == GRID and random.random() < EVERYWHERE
    places = [] if everywhere else [place]
    weights = [parent.weight(present, other.sides(("step", each)), places) for each in fitting]
    number = _weighted(random, fitting, weights)
    if number is None:
        return None
    value: Operand = ("step", number)
    form = _edited(
        parent.form,
        lambda at, operand: value if at == place or (everywhere and operand == GRID) else None,
        other.form.steps,
    )
    where = "everywhere" if everywhere else _called(parent, place)
    return Mutation(form, f"splice {where}: {written(present)} -> x{number + 1} of {other.name}")


KINDS: tuple[Kind, ...] = (swap_constant, swap_primitive, rewire, drop_step, splice)


def _one(random: Random, choice: Sequence[_Each]) -> _Each | None:
    return random.choice(choice) if choice else None


def _weighted(random: Random, choice: Sequence[_Each], weights: Sequence[int]) -> _Each | None:
    return random.choices(choice, weights)[0] if any(weights) else None


def _may(given: Type, asked: Type) -> bool:
    """Whether a value is known to have the type that is asked for."""
    return given.known and fits(given, asked, {})


def _replaced(kind: str, parent: Strain, place: Place, operand: Operand) -> Mutation:
    """The parent with another operand at one place."""
    form = _edited(parent.form, lambda at, present: operand if at == place else None)
    present = parent.reading.operand(place)
    return Mutation(form, f"{kind} {_called(parent, place)}: {written(present)} -> {written(operand)}")


def _called(parent: Strain, place: Place) -> str:
    """A place in a mutant's name: `x2` is what step x2 calls, `x2.1` its first argument."""
    if place.step == len(parent.form.steps):
        return "result"
    return f"x{place.step + 1}" + (f".{place.argument + 1}" if place.argument != CALLEE else "")


def _edited(
    form: Form, change: Callable[[Place, Operand], Operand | None], before: Sequence[Step] = ()
) -> Form:
    """The form with those operands that `change` gives, after the steps `before`, which it may read."""

    def at(step: int, argument: int, operand: Operand) -> Operand:
        changed = change(Place(step, argument), operand)
        if changed is not None:
            return changed
        return ("step", operand[1] + len(before)) if operand[0] == "step" else operand

    steps = [
        Step(
            at(number, CALLEE, step.callee),
            tuple(at(number, n, operand) for n, operand in enumerate(step.args)),
            tuple(
                (name, at(number, n, operand))
                for n, (name, operand) in enumerate(step.kwargs, len(step.args))
            ),
        )
        for number, step in enumerate(form.steps)
    ]
    return canonical([*before, *steps], at(len(form.steps), 0, form.result))
