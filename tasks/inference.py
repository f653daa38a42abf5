"""The types of what is in a form: what signatures say of each step, operand and place.

Owns `Table`, the signatures of a DSL ready for use, and `Reading`, a form under them. An operand
fits its place or does not; what no signature says fits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from tasks.form import Form, Operand, Step
from tasks.signature import Signature
from tasks.types import MORE, UNKNOWN, Binding, Type, bound, callable_type, fits, literal, read_type


@dataclass(frozen=True)
class Primitive:
    """A signature whose types are read."""

    name: str
    result: Type
    parameters: tuple[tuple[str, Type], ...]
    needed: int
    more: Type | None
    function: bool

    @cached_property
    def type(self) -> Type:
        """The type of the primitive where its name stands as a value."""
        if not self.function:
            return Type("Literal", (self.result,))
        listed = tuple(wanted for _, wanted in self.parameters[: self.needed])
        return callable_type((*listed, MORE) if self.more is not None else listed, self.result)

    def asked(self, args: int, kwargs: Sequence[str]) -> tuple[Type, ...] | None:
        """The types that so many arguments and those keywords must have; None where they are too
        many, too few or unknown."""
        placed, rest = self.parameters[:args], self.parameters[args:]
        named, missing = dict(rest), {name for name, _ in self.parameters[args : self.needed]}
        over = args - len(placed)
        if not missing <= set(kwargs) <= named.keys() or (over and self.more is None):
            return None
        further = [self.more or UNKNOWN] * over
        return (*(wanted for _, wanted in placed), *further, *(named[name] for name in kwargs))


CALLEE = -1
"""The index of what a step calls, among its arguments."""


class Place(NamedTuple):
    """Where an operand stands: the step that reads it, and its index among the step's arguments,
    keyword arguments last. What the form returns stands at step `len(form.steps)`."""

    step: int
    argument: int


@dataclass(frozen=True)
class Reading:
    """A form: its arguments and result by place, the type of each step, what each place asks for,
    and the places whose operands do not fit."""

    form: Form
    operands: dict[Place, Operand]
    steps: tuple[Type, ...]
    asked: dict[Place, Type]
    misfits: frozenset[Place]

    def operand(self, place: Place) -> Operand:
        """What stands at a place, callees too."""
        if place.argument == CALLEE:
            return self.form.steps[place.step].callee
        return self.operands[place]


class Call(NamedTuple):
    """A call under its types: what its arguments must be, which are not, and what it gives."""

    asked: tuple[Type, ...]
    misfits: tuple[int, ...]
    result: Type


class Table:
    """The signatures of a DSL by name, with what programs take for their parameters."""

    def __init__(self, signatures: Iterable[Signature], forms: Sequence[Form]) -> None:
        """What I, S and C are is taken from the places where `forms` have them."""
        self.primitives = {each.name: _read(each) for each in signatures}
        self.params = {name: self._param(name, forms) for name in ("S", "I")}
        """The types of the parameters that every candidate has."""
        self.tells_colours = self._tells_colours()
        self._alternatives: dict[tuple[object, ...], tuple[str, ...]] = {}

    def _param(self, name: str, forms: Iterable[Form]) -> Type:
        """The type that most primitives ask for where they are given a parameter."""
        asked: Counter[str] = Counter()
        for step in (step for form in forms for step in form.steps):
            primitive = self.primitives.get(str(step.callee[1])) if step.callee[0] == "name" else None
            types = primitive.asked(len(step.args), keywords(step)) if primitive is not None else None
            for operand, wanted in zip(arguments(step), types or (), strict=False):
                if operand == ("param", name) and wanted.known:
                    asked[str(wanted)] += 1
        most = max(asked.values(), default=0)
        return read_type(min(text for text, count in asked.items() if count == most)) if asked else UNKNOWN

    def _tells_colours(self) -> bool:
        """Whether parameters that are plain ints stand beside others with a name for them."""
        asked = {wanted for each in self.primitives.values() for _, wanted in each.parameters}
        return Type("int") in asked and any(wanted.means == Type("int") for wanted in asked)

    def like(self, name: str) -> tuple[str, ...]:
        """The other primitives that may be named as a value where one is."""
        known = self.primitives.get(name)
        if known is None:
            return ()
        key = ("named", name)
        if key not in self._alternatives:
            self._alternatives[key] = tuple(
                each.name
                for each in self.primitives.values()
                if each is not known and fits(each.type, known.type, {})
            )
        return self._alternatives[key]

    def alternatives(
        self, name: str, given: tuple[Type, ...], kwargs: tuple[str, ...], result: Type
    ) -> tuple[str, ...]:
        """The other primitives that take these arguments, keyword arguments last, and give the result."""
        key = (name, given, kwargs, result)
        if key not in self._alternatives:
            self._alternatives[key] = tuple(
                each.name
                for each in self.primitives.values()
                if each.name != name and each.function and self._takes(each, given, kwargs, result)
            )
        return self._alternatives[key]

    def _takes(
        self, primitive: Primitive, given: tuple[Type, ...], kwargs: tuple[str, ...], result: Type
    ) -> bool:
        asked = primitive.asked(len(given) - len(kwargs), kwargs)
        binding: Binding = {}
        return (
            asked is not None
            and all(fits(one, wanted, binding) for one, wanted in zip(given, asked, strict=True))
            and fits(bound(primitive.result, binding), result, {})
        )

    def type_of(self, operand: Operand, steps: Sequence[Type]) -> Type:
        """The type of an operand, given those of the steps before."""
        match operand:
            case ("step", number):
                return steps[number]
            case ("param", name):
                return self.params["I" if name == "C" else name]
            case ("name", name):
                return self.primitives[name].type if name in self.primitives else UNKNOWN
            case (_, value):
                return literal(value)

    def read(self, form: Form) -> Reading:
        """The types of a form."""
        steps: list[Type] = []
        operands: dict[Place, Operand] = {}
        asked: dict[Place, Type] = {}
        misfits: set[Place] = set()
        for number, step in enumerate(form.steps):
            given = [self.type_of(operand, steps) for operand in arguments(step)]
            call = self.call(step.callee, given, keywords(step), steps)
            places = [Place(number, argument) for argument in range(len(given))]
            operands.update(zip(places, arguments(step), strict=True))
            asked.update(zip(places, call.asked, strict=True))
            misfits.update(places[argument] for argument in call.misfits)
            steps.append(call.result)
        last = Place(len(form.steps), 0)
        operands[last], asked[last] = form.result, self.params["I"]
        if not fits(self.type_of(form.result, steps), asked[last], {}):
            misfits.add(last)
        return Reading(form, operands, tuple(steps), asked, frozenset(misfits))

    def call(
        self, callee: Operand, given: Sequence[Type], kwargs: Sequence[str], steps: Sequence[Type]
    ) -> Call:
        """A call of arguments of these types, keyword arguments last."""
        asked, result = self._called(callee, len(given), kwargs, steps)
        if asked is None:
            return Call(tuple(given), tuple(range(len(given))), result)
        binding: Binding = {}
        both = list(zip(given, asked, strict=True))
        misfits = tuple(n for n, (one, wanted) in enumerate(both) if not fits(one, wanted, binding))
        told = [bound(wanted, binding) for wanted in asked]
        # Where a signature says nothing, what stands there is all that is known of what may.
        return Call(
            tuple(wanted if wanted.known else one for one, wanted in zip(given, told, strict=True)),
            misfits,
            bound(result, binding),
        )

    def _called(
        self, callee: Operand, given: int, kwargs: Sequence[str], steps: Sequence[Type]
    ) -> tuple[tuple[Type, ...] | None, Type]:
        """What a callee asks of so many arguments, None where those are wrong, and what it gives."""
        if callee[0] == "name" and callee[1] in self.primitives:
            primitive = self.primitives[callee[1]]
            return primitive.asked(given - len(kwargs), kwargs), primitive.result
        function = self.type_of(callee, steps)
        if function.name != "Callable" or not function.inside:
            return (UNKNOWN,) * given, UNKNOWN
        takes, result = function.inside
        if MORE in (takes, *takes.inside):
            known = takes.inside[: takes.inside.index(MORE)] if takes.inside else ()
            return (*known, *[UNKNOWN] * (given - len(known)))[:given], result
        return (takes.inside if len(takes.inside) == given else None), result


def arguments(step: Step) -> tuple[Operand, ...]:
    """The arguments of a call, those by keyword last."""
    return (*step.args, *(operand for _, operand in step.kwargs))


def keywords(step: Step) -> tuple[str, ...]:
    """The names of the arguments that are given by keyword."""
    return tuple(name for name, _ in step.kwargs)


def _read(signature: Signature) -> Primitive:
    return Primitive(
        signature.name,
        read_type(signature.result),
        tuple((name, read_type(text)) for name, text in signature.parameters),
        signature.needed,
        read_type(signature.more) if signature.more is not None else None,
        signature.function,
    )
