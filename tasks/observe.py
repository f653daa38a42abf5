"""The stage `observe`: what the values inside a program are, on the train inputs.

Owns `Seen`, and what can be concluded from it: the types that annotations left open, and which values
have one shape. The programs run in the sandbox, under the budget of any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from tasks.form import Form, Operand, Step
from tasks.language import BUILT_IN, GridKind, named_in
from tasks.outcome import Budget, Outcome, Raised
from tasks.program import Parent, name_set, parse
from tasks.puzzle import Sample, pairs
from tasks.sandbox import shared
from tasks.sandbox.tell import TELL, Told

__all__ = ["Seen", "named_by", "observe"]

Sides: TypeAlias = tuple[tuple[int, int], ...]
"""Height and width of a value on each train input."""

_PREFIX = f"{Told.__name__}: "


@dataclass(frozen=True)
class Seen:
    """The input and the steps of a program: the type of each on every train input, with its sides; ""
    where none was seen."""

    given: tuple[str, ...]
    steps: tuple[tuple[str, ...], ...]

    def sides(self, step: int) -> Sides | None:
        """The sides of a step's values; None where one of them has none."""
        found = [text.partition("@")[2].partition("x") for text in self.steps[step]]
        return tuple((int(high), int(wide)) for high, _, wide in found) if all(map(any, found)) else None

    @property
    def input_types(self) -> tuple[str, ...]:
        """The types of the inputs, each once."""
        return _types(self.given)

    def types(self, step: int) -> tuple[str, ...]:
        """The types of a step's values, each once."""
        return _types(self.steps[step])


def _types(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.partition("@")[0] for text in texts if text))


def observe(
    parents: list[Parent],
    train: tuple[Sample, ...],
    names: tuple[str, ...],
    budget: Budget,
    dsl: str = BUILT_IN,
    grid: GridKind = "array",
) -> list[Seen]:
    """What was seen of each parent, a program over `names`; `dsl` and `grid` as `validate` has them.

    Raises Refused for a parent that is none, SandboxError when the DSL cannot be loaded.
    """
    known, shown = name_set(names), pairs(train)
    forms = [parse(parent.source, known, parent.name) for parent in parents]
    asking = [_asking((), ("param", "I"))]
    asking += [
        _asking(form.steps[: number + 1], ("step", number))
        for form in forms
        for number in range(len(form.steps))
    ]
    told = shared(dsl, grid).evaluate(asking, [given for given, _ in shown], shown, budget)
    given, *texts = (tuple(map(_text, evaluation.outcomes)) for evaluation in told)
    rest = iter(texts)
    return [Seen(given, tuple(next(rest) for _ in form.steps)) for form in forms]


def named_by(values: Mapping[str, object], always: tuple[object, ...], parent: Parent) -> tuple[object, ...]:
    """The values by name of those names that a parent uses, as `language.named_in` gives them."""
    return named_in(values, always, parse(parent.source, name_set(tuple(values)), parent.name))


def _asking(steps: tuple[Step, ...], operand: Operand) -> Form:
    """Some steps, and then the question what a value is."""
    return Form((*steps, Step(("name", TELL), (operand,))), ("step", len(steps)))


def _text(outcome: Outcome) -> str:
    if isinstance(outcome, Raised) and outcome.error.startswith(_PREFIX):
        return outcome.error.removeprefix(_PREFIX)
    return ""
