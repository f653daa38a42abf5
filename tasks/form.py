"""Canonical forms of programs: what a program computes, without how it is written.

Owns `Form`, its text, and the value numbering that makes forms. Equal expressions share one step,
dead code is gone, and steps stand in the order in which the result needs them, so two programs that
differ only in names or in the order of independent statements have equal forms. It proves no deeper
equality: `f(f(I))` and `I` differ even where `f` undoes itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple, TypeAlias

import msgpack

PARAMETERS = ("S", "I", "C")

_ARRAY_16 = 0xDC
"""msgpack's mark of an array whose length takes 16 bits; the next is that of 32 bits, and those before
hold the length."""

Constant: TypeAlias = int | str | tuple[object, ...] | None
Operand: TypeAlias = (
    tuple[Literal["step"], int]
    | tuple[Literal["param"], str]
    | tuple[Literal["name"], str]
    | tuple[Literal["const"], Constant]
)
"""One value that a step reads. As plain tuples, operands with `1` and `True` compare as equal:
to tell operands apart, compare what `written` gives, as steps and forms do."""


Graph: TypeAlias = tuple[
    tuple[tuple[Operand, tuple[Operand, ...], tuple[tuple[str, Operand], ...]], ...], Operand
]
"""A form as plain tuples: its steps, each as (callee, args, kwargs), and its result."""


def unpacked(packed: bytes) -> Graph:
    """The graph that a form keeps packed."""
    graph: Graph = msgpack.unpackb(packed, use_list=False, unicode_errors="surrogatepass")
    return graph


def written(operand: Operand) -> str:
    """The operand as program text, step `i` being `x{i + 1}`; different operands differ."""
    if operand[0] == "step":
        return f"x{operand[1] + 1}"
    if operand[0] == "const":
        return repr(operand[1])
    return operand[1]


@dataclass(frozen=True, eq=False)
class Step:
    """One call; `kwargs` are sorted by name. Steps are equal when they are written the same."""

    callee: Operand
    args: tuple[Operand, ...]
    kwargs: tuple[tuple[str, Operand], ...] = ()

    def __str__(self) -> str:
        return _call_text(self.callee, self.args, self.kwargs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Step) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


def _call_text(callee: Operand, args: tuple[Operand, ...], kwargs: tuple[tuple[str, Operand], ...]) -> str:
    given = [written(operand) for operand in args]
    given += [f"{name}={written(operand)}" for name, operand in kwargs]
    return f"{written(callee)}({', '.join(given)})"


@dataclass(frozen=True, init=False)
class Form:
    """A program's canonical graph: its steps, and the operand that it returns.

    What is kept of it is the graph packed: hundreds of forms are stored, digested and handed on for
    each that is looked into. Forms are equal when they are written the same; constants thereby
    compare by type too.
    """

    packed: bytes

    def __init__(self, steps: Iterable[Step], result: Operand) -> None:
        graph = [(step.callee, step.args, step.kwargs) for step in steps], result
        object.__setattr__(self, "packed", msgpack.packb(graph, unicode_errors="surrogatepass"))

    @cached_property
    def _graph(self) -> Graph:
        return unpacked(self.packed)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The calls in the order in which the result needs them."""
        return tuple([Step(*step) for step in self._graph[0]])

    @property
    def size(self) -> int:
        """How many steps there are: what msgpack writes before them, after the mark of the pair."""
        mark = self.packed[1]
        if mark < _ARRAY_16:
            return mark & 15
        return int.from_bytes(self.packed[2:4] if mark == _ARRAY_16 else self.packed[2:6])

    @property
    def result(self) -> Operand:
        """What the program returns."""
        return self._graph[1]

    @cached_property
    def text(self) -> str:
        """The form as a Python function called `program`; equal forms have equal text."""
        return self.source()

    def source(self, name: str = "program") -> str:
        """Readable Python text that parses to an equal form."""
        lines = [f"def {name}({', '.join(self.params)}):"]
        lines += [f"    x{number} = {_call_text(*step)}" for number, step in enumerate(self._graph[0], 1)]
        lines.append(f"    return {written(self.result)}\n")
        return "\n".join(lines)

    @property
    def names(self) -> tuple[str, ...]:
        """The DSL names that the form uses, sorted."""
        return tuple(sorted({leaf[1] for leaf in self._operands() if leaf[0] == "name"}))

    @property
    def params(self) -> tuple[str, ...]:
        """The parameters that the form reads, in the order S, I, C."""
        read = {leaf[1] for leaf in self._operands() if leaf[0] == "param"}
        return tuple(name for name in PARAMETERS if name in read)

    def _operands(self) -> Iterator[Operand]:
        steps, result = self._graph
        for callee, args, kwargs in steps:
            yield callee
            yield from args
            for _, operand in kwargs:
                yield operand
        yield result


class _Call(NamedTuple):
    """A call between value numbers."""

    callee: int
    args: tuple[int, ...]
    kwargs: tuple[tuple[str, int], ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        return (self.callee, *self.args, *(number for _, number in self.kwargs))


class Numbering:
    """Numbers for values: equal expressions get equal numbers."""

    def __init__(self) -> None:
        self._values: list[Operand | _Call] = []
        self._numbers: dict[str | _Call, int] = {}
        self._used: set[int] = set()
        self._calls = self._operands = self._longest = 0

    def leaf(self, operand: Operand) -> int:
        """The number of a parameter, a DSL name or a constant."""
        key = f"{operand[0]} {operand[1]!r}"
        self._longest = max(self._longest, len(key))
        return self._number(key, operand)

    def call(self, callee: int, args: list[int], kwargs: dict[str, int]) -> int:
        """The number of a call; the order of keyword arguments does not matter."""
        call = _Call(callee, tuple(args), tuple(sorted(kwargs.items())) if kwargs else ())
        count = len(self._values)
        number = self._number(call, call)
        if number == count:
            self._used.update(call.numbers)
            self._calls += 1
            self._operands += 1 + len(args) + len(kwargs)
        return number

    def value(self, number: int) -> Operand | None:
        """The leaf that has this number, or None where it is a call's."""
        value = self._values[number]
        return None if isinstance(value, _Call) else value

    def _number(self, key: str | _Call, value: Operand | _Call) -> int:
        number = self._numbers.setdefault(key, len(self._values))
        if number == len(self._values):
            self._values.append(value)
        return number

    @property
    def calls(self) -> int:
        """How many different calls there are."""
        return self._calls

    @property
    def length(self) -> int:
        """A bound on the length of a form's text without the names of keyword arguments."""
        return 64 + 24 * self._calls + self._operands * (self._longest + 2)

    def has_dead_code(self, result: int) -> bool:
        """Whether there are calls that a value does not need."""
        calls = (number for number, value in enumerate(self._values) if isinstance(value, _Call))
        return any(number not in self._used and number != result for number in calls)

    def form(self, result: int) -> Form:
        """The form of one value: what it needs, in post-order. Walks without recursion."""
        steps: list[Step] = []
        placed: dict[int, Operand] = {}
        waiting = [result]
        while waiting:
            number = waiting.pop()
            value = self._values[number]
            if number in placed:
                continue
            if not isinstance(value, _Call):
                placed[number] = value
            elif missing := [n for n in reversed(value.numbers) if n not in placed]:
                waiting += [number, *missing]
            else:
                placed[number] = ("step", len(steps))
                args = tuple(placed[n] for n in value.args)
                kwargs = tuple((name, placed[n]) for name, n in value.kwargs)
                steps.append(Step(placed[value.callee], args, kwargs))
        return Form(steps, placed[result])


def canonical(steps: Sequence[Step], result: Operand) -> Form:
    """The form of a graph whose steps read earlier ones, in whatever order and however often."""
    numbering = Numbering()
    numbers: list[int] = []

    def number(operand: Operand) -> int:
        return numbers[operand[1]] if operand[0] == "step" else numbering.leaf(operand)

    for step in steps:
        kwargs = {name: number(operand) for name, operand in step.kwargs}
        numbers.append(numbering.call(number(step.callee), [number(each) for each in step.args], kwargs))
    return numbering.form(number(result))
