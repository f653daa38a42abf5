"""Types that annotations leave open, learned from the values that were seen inside programs.

Owns `learned`. What is learned goes for the values that were seen: it says what is likely to fit, and
not all that does. Annotations stay as they are, `Any` too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from tasks.form import Form, Operand, Step
from tasks.observe import Seen
from tasks.signature import Signature
from tasks.types import MORE, UNKNOWN, Type, literal, read_type

__all__ = ["learned"]

MOST = 4
"""Different types of one parameter that are kept; with more, anything may stand there."""

_RESULT, _MORE = "->", "*"
_Learned: TypeAlias = dict[tuple[str, str], dict[Type, None]]
"""By primitive and parameter, the types of the values that were seen."""


def learned(
    signatures: tuple[Signature, ...], forms: Sequence[Form], seen: Sequence[Seen]
) -> tuple[Signature, ...]:
    """The signatures with what `seen` says of each form where they say nothing."""
    if not any(UNKNOWN in map(read_type, _texts(each)) for each in signatures):
        return signatures
    known = {each.name: each for each in signatures}
    found: _Learned = defaultdict(dict)
    for form, of in zip(forms, seen, strict=True):
        for number, step in enumerate(form.steps):
            if step.callee[0] == "name" and step.callee[1] in known:
                name = step.callee[1]
                found[name, _RESULT].update(dict.fromkeys(map(read_type, of.types(number))))
                for parameter, operand in _given(step, known[name]):
                    found[name, parameter].update(dict.fromkeys(_types(operand, of)))
    names = _names(signatures)
    return tuple(_filled(each, found, names) for each in signatures)


def _texts(signature: Signature) -> Iterator[str]:
    yield signature.result
    yield from (text for _, text in signature.parameters)
    if signature.more is not None:
        yield signature.more


def _given(step: Step, signature: Signature) -> Iterator[tuple[str, Operand]]:
    """The arguments of a call by the names of the parameters."""
    places = [name for name, _ in signature.parameters]
    for place, operand in enumerate(step.args):
        yield places[place] if place < len(places) else _MORE, operand
    yield from step.kwargs


def _types(operand: Operand, seen: Seen) -> Iterable[Type]:
    if operand[0] == "step":
        return map(read_type, seen.types(operand[1]))
    if operand == ("param", "I"):
        return map(read_type, seen.input_types)
    return literal(operand[1]).inside if operand[0] == "const" else ()


def _names(signatures: Iterable[Signature]) -> dict[Type, Type]:
    """The named types of the annotations by what they stand for, where one name alone stands for it."""
    named: dict[Type, dict[Type, None]] = defaultdict(dict)
    for signature in signatures:
        for each in map(read_type, _texts(signature)):
            if each.means is not None:
                named[each.structure][each] = None
    return {structure: next(iter(found)) for structure, found in named.items() if len(found) == 1}


def _filled(signature: Signature, found: _Learned, names: dict[Type, Type]) -> Signature:
    """A signature whose unknown types are those that were seen."""

    def filled(text: str, parameter: str) -> str:
        types = found.get((signature.name, parameter), {})
        return str(_joined(types, names)) if read_type(text) == UNKNOWN and types else text

    return replace(
        signature,
        result=filled(signature.result, _RESULT),
        parameters=tuple((name, filled(text, name)) for name, text in signature.parameters),
        more=None if signature.more is None else filled(signature.more, _MORE),
    )


def _joined(types: Iterable[Type], names: dict[Type, Type]) -> Type:
    """One type for all of some."""
    told = {str(each): each for each in types}
    if len(told) > 1:
        told = {str(each): each for each in map(_of_any_length, told.values())}
    parts = [names.get(told[text].structure, told[text]) for text in sorted(told)]
    if len(parts) > MOST:
        return UNKNOWN
    return parts[0] if len(parts) == 1 else Type("Union", tuple(parts))


def _of_any_length(some: Type) -> Type:
    """A tuple of equal parts as one of any length; tuples of other lengths become the same."""
    inside = tuple(dict.fromkeys(_of_any_length(part) for part in some.inside if part != MORE))
    if some.name == "tuple" and len(inside) == 1:
        return Type("tuple", (*inside, MORE))
    return Type(some.name, inside) if some.name == "frozenset" else some
