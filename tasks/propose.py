"""The stage `propose`: the candidates for one puzzle.

It names programs and runs none. Candidates are the given sources, compositions of one and two
moves of `tasks.alphabet`, programs about the colours of the train samples, and mutants of the given
parents. Whether they fit the puzzle is not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, reduce

import numpy as np

from tasks.alphabet import FIRST, MOVES, SECOND
from tasks.grid import Colour, Grid
from tasks.mutate import mutate
from tasks.observe import Seen
from tasks.program import Parent, Program
from tasks.puzzle import Sample, pairs
from tasks.signature import Signature
from tasks.trust import Trust

ABOUT_COLOUR = ("keep_colour({}, %d)", "remove_colour({}, %d)", "crop_to_colour({}, %d)")


def propose(
    train: tuple[Sample, ...],
    sources: tuple[Program, ...],
    seed: int,
    composed: bool = True,
    parents: tuple[Parent, ...] = (),
    mutants: int = 0,
    signatures: tuple[Signature, ...] = (),
    trust: tuple[Trust, ...] = (),
    seen: Sequence[Seen] = (),
) -> tuple[Program, ...]:
    """All candidates for a puzzle, the sources first; each depends on the arguments alone.

    `composed` adds what is made of the built-in DSL's moves. Up to `mutants` more are drawn by `seed`
    from the parents, over primitives of these signatures; `trust` in primitives and what was `seen` of
    each parent tell what is likely to run.
    """
    proposed = (*sources, *_compositions(), *_about_colours(train)) if composed else sources
    bred = mutate(train, parents, signatures, mutants, seed, trust, seen) if parents else ()
    return (*proposed, *bred)


@cache
def _compositions() -> tuple[Program, ...]:
    two = [_filled(second, first) for first in FIRST for second in SECOND if first != second]
    return tuple(_program(move, "composition") for move in (*MOVES, *two))


def _about_colours(train: tuple[Sample, ...]) -> tuple[Program, ...]:
    """Programs about single colours that all inputs have, and the colours that replace them."""
    shown = pairs(train)
    kept = reduce(set.intersection, (_colours(given) for given, _ in shown)) - {0}
    new = reduce(set.intersection, (_colours(output) - _colours(given) for given, output in shown))
    moves = [about % colour for colour in sorted(kept) for about in ABOUT_COLOUR]
    moves += [f"replace({{}}, {old}, {fresh})" for old in sorted(kept) for fresh in sorted(new)]
    return tuple(_program(move, "colours") for move in moves)


def _colours(grid: Grid) -> set[Colour]:
    return set(np.unique(grid).tolist())


def _filled(move: str, expression: str) -> str:
    return move.replace("{}", expression)


def _program(move: str, origin: str) -> Program:
    """A move on the input grid as a program, called by its expression."""
    expression = _filled(move, "I")
    return Program(expression, f"def program(S, I):\n    return {expression}\n", origin)
