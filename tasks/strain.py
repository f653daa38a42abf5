"""A parent made ready for mutation: its types, and what is likely to run in the place of its values.

Owns `Strain`. What is known of sizes comes from runs and not from signatures, so it can only weigh one
draw against another: values with the sides of the one they replace are preferred, and those that
would not go with what stands beside them are never drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from tasks.form import Form, Operand, written
from tasks.grid import MAX_SIDE, Colour
from tasks.inference import Place, Reading, Table
from tasks.observe import Seen, Sides
from tasks.trust import Trust
from tasks.types import Type

__all__ = ["GRID", "Strain"]

GRID: Operand = ("param", "I")
ALIKE = 32
"""How much oftener a value gives way to one with the same sides than to another."""
UNTRIED = Trust("", 20)
"""Trust in a primitive that no program has tried."""
CAUTION = 6
"""The power of trust that weighs a primitive: one that works half the time is drawn 64 times more rarely
than one that always does."""


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

    def type_at(self, place: Place) -> Type:
        """The type of what stands at a place; a constant there is what the place asks for."""
        operand = self.reading.operands[place]
        return self.reading.asked[place] if operand[0] == "const" else self.type_of(operand)

    def places_of(self, operand: Operand) -> list[Place]:
        """Where an operand stands."""
        text = written(operand)
        return [place for place, each in self.reading.operands.items() if written(each) == text]

    def sides(self, operand: Operand) -> Sides | None:
        """Height and width of an operand's value on each train input, where they are known."""
        if operand == GRID:
            return self.inputs
        return self._seen_sides[operand[1]] if operand[0] == "step" and self._seen_sides else None

    @cached_property
    def _seen_sides(self) -> tuple[Sides | None, ...]:
        if self.seen is None:
            return ()
        return tuple(self.seen.sides(step) for step in range(len(self.form.steps)))

    def weight(self, present: Operand, sides: Sides | None, places: Iterable[Place] = ()) -> int:
        """How much a value of these sides is preferred at places where `present` stands now."""
        before = self.sides(present)
        if before == sides:
            return ALIKE
        if before is None:
            return 1
        return int(self._tied.isdisjoint(places) and not (sides and self._too_large(before, sides)))

    def weights_of(self, names: Iterable[str], step: int) -> list[int]:
        """How much each of some primitives is preferred as what a step calls."""
        value: Operand = ("step", step)
        places = self.places_of(value)
        trusts = [self.trust.get(name, UNTRIED) for name in names]
        return [t.share**CAUTION * self.weight(value, self._guess(t, step), places) for t in trusts]

    def _guess(self, trust: Trust, step: int) -> Sides | None:
        """The sides of what a primitive would give in a step, from what it gave for the input."""
        given = [sides for operand in self.form.steps[step].args if (sides := self.sides(operand))]
        if not given or given[0] == self.inputs:
            return trust.sides
        return given[0] if trust.sides == self.inputs else None

    @cached_property
    def _tied(self) -> frozenset[Place]:
        """The places of values that stand beside others with the same sides: they may need to."""
        known = {place: self.sides(operand) for place, operand in self.reading.operands.items()}
        return frozenset(
            place
            for place, sides in known.items()
            if sides is not None
            and any(each.step == place.step and each != place and known[each] == sides for each in known)
        )

    def _too_large(self, before: Sides, sides: Sides) -> bool:
        """Whether the parent's largest value would be, if all values grew like this one."""
        seen = [found for found in self._seen_sides if found is not None]
        return any(
            new > old and MAX_SIDE * old < new * max((value[sample][axis] for value in seen), default=0)
            for sample, (one, other) in enumerate(zip(before, sides, strict=True))
            for axis, (old, new) in enumerate(zip(one, other, strict=True))
        )
