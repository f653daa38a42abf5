"""The kinds of mutation: what can be changed in a form such that its types still fit.

Owns one function per kind. Each draws one change and gives the changed form with a text that says
what was done, or None where the draw leads nowhere. Whether the result is new is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeAlias, TypeVar

from tasks.form import Constant, Form, Operand, Step, canonical, written
from tasks.grid import COLOURS, Colour
from tasks.inference import CALLEE, Place, Reading, Table, arguments, keywords
from tasks.observe import Seen, Sides
from tasks.trust import Trust
from tasks.types import MORE, UNKNOWN, Type, fits

__all__ = ["KINDS", "Kind", "Mutation", "Strain"]

NEAR = (-2, -1, 1, 2)
"""What is added to a number that is no colour."""
UNTRIED = Trust("", 20)
"""Trust in a primitive that no program has tried."""
ALIKE = 8
"""How much oftener a value gives way to one with the same sides than to another."""
CAUTION = 6
"""The power of trust that weighs a primitive: at 3, one that works half the time is drawn 8 times more
rarely than one that always does."""
EVERYWHERE = 0.5
"""How often a splice for the input grid is made wherever that stands: one program after another."""
INT = Type("int")
GRID: Operand = ("param", "I")

_Each = TypeVar("_Each")


@dataclass(frozen=True)
class Strain:
    """A parent ready for mutation: its name and form, what may stand in it, and what is known of its
    values: the sides of the inputs, the trust in primitives, and what was seen of its steps."""

    name: str
    reading: Reading
    table: Table
    colours: tuple[Colour, ...]
    inputs: Sides
    trust: Mapping[str, Trust]
    seen: Seen | None

    @property
    def form(self) -> Form:
        return self.reading.form

    def type_of(self, operand: Operand) -> Type:
        """The type of an operand of the parent."""
        return self.table.type_of(operand, self.reading.steps)

    def sides(self, operand: Operand) -> Sides | None:
        """Height and width of an operand's value on each train input, where they are known."""
        if operand == GRID:
            return self.inputs
        return self.seen.sides(operand[1]) if operand[0] == "step" and self.seen is not None else None

    def type_at(self, place: Place) -> Type:
        """The type of what stands at a place; a constant there is what the place asks for."""
        operand = self.reading.operands[place]
        return self.reading.asked[place] if operand[0] == "const" else self.type_of(operand)


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
    trusts = [parent.trust.get(name, UNTRIED) for name in others]
    keeps = _keeps(parent, place)
    name = _weighted(random, others, [t.share**CAUTION * _alike(t.keeps, keeps) for t in trusts])
    return None if name is None else _replaced("primitive", parent, place, ("name", name))


def _keeps(parent: Strain, place: Place) -> bool:
    """Whether what a primitive gives has the shape of what it takes."""
    if place.argument != CALLEE:
        return False
    sides = parent.sides(("step", place.step))
    given = (parent.sides(operand) for operand in parent.form.steps[place.step].args)
    return sides is not None and sides in given


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
    sides = parent.sides(present)
    operand = _weighted(random, fitting, [_alike(parent.sides(each), sides) for each in fitting])
    return None if operand is None else _replaced("rewire", parent, place, operand)


def drop_step(parent: Strain, other: Strain, random: Random) -> Mutation | None:
    """One of a step's arguments in the place of its result."""
    number = _one(random, range(len(parent.form.steps)))
    if number is None:
        return None
    result = parent.reading.steps[number]
    fitting = [
        operand
        for operand in arguments(parent.form.steps[number])
        if operand[0] in ("step", "param") and _may(parent.type_of(operand), result)
    ]
    sides = parent.sides(("step", number))
    taken = _weighted(random, fitting, [_alike(parent.sides(each), sides) for each in fitting])
    if taken is None:
        return None
    form = _edited(parent.form, lambda place, operand: taken if operand == ("step", number) else None)
    return Mutation(form, f"drop x{number + 1}, take {written(taken)}")


def splice(parent: Strain, other: Strain, random: Random) -> Mutation | None:
    """A value of another parent in the place of an argument, or wherever the input grid stands."""
    place = _one(random, [*parent.reading.operands])
    if place is None:
        return None
    asked, present = parent.reading.asked[place], parent.reading.operands[place]
    fitting = [number for number, of in enumerate(other.reading.steps) if _may(of, asked)]
    sides = parent.sides(present)
    weights = [_alike(other.sides(("step", each)), sides) for each in fitting]
    number = _weighted(random, fitting, weights)
    if number is None:
        return None
    everywhere = present == GRID and random.random() < EVERYWHERE
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


def _alike(one: object, other: object) -> int:
    return ALIKE if one == other else 1


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
