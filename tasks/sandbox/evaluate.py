"""The shared expression graph of a batch, and the evaluation of programs over it.

Equal expressions of a batch have one slot. On each sample a slot is filled once, read by every
program that needs it and emptied after the last of them, and each is charged what filling it cost,
so that a program costs the same in company as alone. What one program could change under another's
hands is not shared: a value that holds a list, or anything else that can be changed, is computed
afresh for each program, with all that depends on it. Of a DSL that says that its primitives write to
nothing they are given, arrays that programs share are made read-only; over any other whose grids are
arrays, each program is evaluated apart, on values that are its own, as plain Python would.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from copy import deepcopy
from typing import Any, NamedTuple

from tasks.form import unpacked
from tasks.language import Dsl
from tasks.outcome import Raised
from tasks.sandbox.freeze import freeze, is_immutable
from tasks.sandbox.limits import Overrun, Watch
from tasks.sandbox.wire import WireOutcome, pack

LONGEST_TEXT = 200

_PARAMETERS = ("I", "S", "C")
"""What a sheet has the values of, in their slots: the input grid, the train pairs, a differ's answer."""

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_READ_ONLY = re.compile("read-only|WRITEABLE")
"""What NumPy says to whoever writes to an array that was made read-only."""


class Failure(NamedTuple):
    """The value of an expression that raised: the text of the outcome."""

    text: str

    @property
    def outcome(self) -> WireOutcome:
        """What it means for a program."""
        return Raised.kind, self.text


class _Unset:
    """The type of the value of a slot that is not filled."""


UNSET = _Unset()


class Call(NamedTuple):
    """An expression: the slot of its value, and the slots that it reads, `read` being all of them."""

    slot: int
    callee: int
    args: tuple[int, ...]
    kwargs: tuple[tuple[str, int], ...]
    read: tuple[int, ...]


class Plan(NamedTuple):
    """A program as calls in the order of its steps, and the slot of its result.

    `last` are the slots that no later program of the batch reads. `given` are those of what it is
    given and could change; `apart` says that it may do so.
    """

    calls: tuple[Call, ...]
    result: int
    last: tuple[int, ...]
    given: frozenset[int]
    apart: bool


class Graph:
    """The slots of a batch's expressions, and the batch's plans. It holds nothing of a case, so that it
    serves for puzzle after puzzle."""

    def __init__(self, dsl: Dsl, batch: Sequence[bytes], judging: bool) -> None:
        """`batch` are forms, packed. The parameter C stands for something where differs judge."""
        self._primitives = dsl.primitives
        self._apart = dsl.grid == "own array"
        self.can_be_shared = freeze if dsl.grid == "array" else is_immutable
        known = _PARAMETERS if judging else _PARAMETERS[:-1]
        self._leaves: dict[Hashable, int] = {("param", name): slot for slot, name in enumerate(known)}
        self._calls: dict[tuple[object, ...], Call] = {}
        self._given = set(self._leaves.values())
        self._changeable: set[int] = set()
        self.values: list[Any] = [UNSET] * len(_PARAMETERS)
        self.shared: set[int] = set()
        self.plans = self._planned(batch)

    def _planned(self, batch: Sequence[bytes]) -> list[Plan | Failure]:
        """The calls of each form; Failure where it reads what nothing here gives."""
        plans: list[Plan | Failure] = []
        later: set[int] = set()
        for plan in map(self._plan, reversed(batch)):
            if type(plan) is Plan and not plan.apart:
                slots = {call.slot for call in plan.calls}
                plan = plan._replace(last=tuple(slots - later))
                later |= slots
            plans.append(plan)
        return plans[::-1]

    def _plan(self, packed: bytes) -> Plan | Failure:
        steps, result = unpacked(packed)
        calls: list[Call] = []
        try:
            for callee, args, kwargs in steps:
                key = (
                    self._slot(callee, calls),
                    tuple([self._slot(operand, calls) for operand in args]),
                    tuple([(name, self._slot(operand, calls)) for name, operand in kwargs]) if kwargs else (),
                )
                known = self._calls.get(key)
                if known is not None:
                    self.shared.add(known.slot)
                calls.append(known or self._new_call(*key))
            slot = self._slot(result, calls)
            read = {slot}.union(*[call.read for call in calls])
            apart = self._apart or not self._changeable.isdisjoint(read)
            return Plan(tuple(calls), slot, (), frozenset(read & (self._given | self._changeable)), apart)
        except LookupError as error:
            return Failure(describe(error))

    def _new_call(self, callee: int, args: tuple[int, ...], kwargs: tuple[tuple[str, int], ...]) -> Call:
        read = (callee, *args, *[slot for _, slot in kwargs])
        call = Call(len(self.values), callee, args, kwargs, read)
        self._calls[callee, args, kwargs] = call
        self.values.append(UNSET)
        return call

    def _slot(self, operand: tuple[str, Any], calls: list[Call]) -> int:
        kind: str = operand[0]
        content = operand[1]
        if kind == "step":
            number: int = content
            return calls[number].slot
        key: Hashable = (type(content), content) if kind == "const" else operand
        if type(content) is tuple:
            key = pack(content)  # since (1,) equals (True,)
        slot = self._leaves.get(key)
        return self._new_leaf(key, kind, content) if slot is None else slot

    def _new_leaf(self, key: Hashable, kind: str, content: Any) -> int:
        slot, value = len(self.values), self._leaf(kind, content)
        self.values.append(value)
        self._leaves[key] = slot
        if kind == "name" and not callable(value) and not self.can_be_shared(value):
            self._changeable.add(slot)
        return slot

    def _leaf(self, kind: str, content: Any) -> object:
        if kind == "const":
            return content
        if kind == "name":
            if content not in self._primitives:
                raise LookupError(f"the DSL has no {content}")
            return self._primitives[content]
        raise LookupError(f"parameter {content} has no value here")


class Sheet:
    """One case's values of a graph, with the CPU seconds that each cost."""

    def __init__(self, graph: Graph, given: Sequence[Any], watch: Watch) -> None:
        """`given` is what the parameters I, S and C stand for."""
        self._watch = watch
        self._graph = graph
        self._values = [*given, *graph.values[len(given) :]]
        self._costs = [0.0] * len(self._values)

    def run(self, plan: Plan) -> tuple[Any, float]:
        """The program's value (a Failure where it raises) and what it is charged, in CPU seconds.

        Raises Overrun, and MemoryError.
        """
        if plan.apart:
            return self._run_apart(plan)
        values, costs, watch, shared = self._values, self._costs, self._watch, self._graph.shared
        private: set[int] = set()
        charge, is_open = 0.0, False  # only a value that others read has a lap of its own: the clock is slow
        for call in plan.calls:
            slot = call.slot
            value = values[slot]
            if value is not UNSET:
                charge += costs[slot]
            elif slot in shared:
                charge += watch.lap() if is_open else 0.0
                value = values[slot] = self._shareable(call, private)
                costs[slot] = watch.lap()
                charge, is_open = charge + costs[slot], False
            else:
                value = values[slot] = _called(call, values)
                is_open = True
            if type(value) is Failure:
                break
        else:
            value = values[plan.result]
        charge += watch.lap() if is_open else 0.0
        for slot in (*plan.last, *private):
            values[slot] = UNSET
        if type(value) is Failure and _READ_ONLY.search(value.text):
            return self._run_apart(plan)
        return value, charge

    def _shareable(self, call: Call, private: set[int]) -> Any:
        """A value that others read, unless this program could change it: then it is `private`."""
        value = _called(call, self._values)
        try:
            shareable = type(value) is Failure or self._graph.can_be_shared(value)
        except RecursionError:
            shareable = False
        except (Overrun, MemoryError):
            raise
        except BaseException as error:  # a value's own code may run when it is looked into
            value, shareable = Failure(describe(error)), True
        if not shareable or (private and not private.isdisjoint(call.read)):
            private.add(call.slot)
        return value

    def _run_apart(self, plan: Plan) -> tuple[Any, float]:
        """As `run`, with values that are the program's own, as if it had not run before."""
        self._watch.allow()
        values = self._values.copy()
        copied: dict[int, Any] = {}  # what is one object stays one
        try:
            for slot in plan.given:
                values[slot] = deepcopy(values[slot], copied)
        except (Overrun, MemoryError):
            raise
        except BaseException as error:  # a value's own code may run when it is copied
            return Failure(describe(error)), self._watch.lap()
        for call in plan.calls:
            value = values[call.slot] = _called(call, values)
            if type(value) is Failure:
                return value, self._watch.lap()
        return values[plan.result], self._watch.lap()


def _called(call: Call, values: list[Any]) -> Any:
    """The value of an expression, a Failure where it raises."""
    _, callee, args, kwargs, _ = call
    given = map(values.__getitem__, args)
    try:
        if kwargs:
            return values[callee](*given, **{name: values[arg] for name, arg in kwargs})
        return values[callee](*given)
    except (Overrun, MemoryError):
        raise
    except BaseException as error:  # whatever a primitive raises is the program's outcome
        return Failure(describe(error))


def describe(error: BaseException) -> str:
    """An exception as an outcome's text: short, and without what differs from run to run."""
    try:
        if isinstance(error, SystemExit):
            return plain(f"Crash: exit {error.code}")
        text = str(error)
    except (Overrun, MemoryError):
        raise
    except BaseException:  # a primitive's exception may have a broken __str__
        text = ""
    return plain(f"{type(error).__name__}: {text}" if text else type(error).__name__)


def plain(text: str) -> str:
    """A text cut to length, without addresses, that any encoding can hold."""
    text = _ADDRESS.sub("", text[: 4 * LONGEST_TEXT]).encode(errors="backslashreplace").decode()
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 3] + "..."
