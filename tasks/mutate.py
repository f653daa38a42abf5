"""Mutants: programs that differ from their parents in one place, or that join two of them.

Owns the choice of parents, the naming of mutants, and that no two of them are equal. What can be
changed in a form is in `tasks.mutation`. Everything is drawn from the seed: the same arguments give
the same mutants, and the first ones of many are those of few. Nothing is run, so a mutant has the
right types and may raise all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, repeat
from random import Random

import numpy as np

from tasks.errors import Refused
from tasks.form import Form
from tasks.grid import Colour
from tasks.inference import Table
from tasks.learn import learned
from tasks.mutation import KINDS, Mutation
from tasks.observe import Seen
from tasks.program import Parent, Program, parse
from tasks.puzzle import Sample, pairs
from tasks.signature import Signature
from tasks.strain import Strain
from tasks.trust import Trust

__all__ = ["ORIGIN", "mutate"]

ORIGIN = "mutant"
DRAWS = 20
"""Draws for each mutant that is wanted, at most: where parents are few, so are their mutants."""


def mutate(
    train: tuple[Sample, ...],
    parents: tuple[Parent, ...],
    signatures: tuple[Signature, ...],
    count: int,
    seed: int,
    trust: tuple[Trust, ...] = (),
    seen: Sequence[Seen] = (),
) -> tuple[Program, ...]:
    """Up to `count` different mutants of the parents, none of them a parent.

    Their constants may become colours of the train samples. Primitives of much `trust` are drawn more
    often than others; `seen` of each parent tells which of its values are alike, and the types that
    signatures leave open. Raises Refused for a parent that is no program over the signatures' names.
    """
    names = frozenset(signature.name for signature in signatures)
    forms = [parse(parent.source, names, parent.name) for parent in parents]
    table = Table(learned(signatures, forms, seen) if seen else signatures, forms)
    colours = _colours(train)
    trusted = {each.name: each for each in trust}
    inputs = tuple((given.shape[0], given.shape[1]) for given, _ in pairs(train))
    strains = [
        Strain(parent.name, table.read(form), table, colours, inputs, trusted, of)
        for parent, form, of in zip(parents, forms, seen or repeat(None), strict=bool(seen))
    ]
    found: list[Program] = []
    known = {form.text for form in forms}
    for parent, mutation in _drawn(strains, [parent.weight for parent in parents], count, Random(f"{seed}")):
        if mutation.form.text not in known and _admitted(mutation.form, parent, names):
            known.add(mutation.form.text)
            found.append(Program(f"{parent.name} ~ {mutation.what}", mutation.form.text, ORIGIN))
            if len(found) == count:
                break
    return tuple(found)


def _drawn(
    strains: list[Strain], weights: list[int], count: int, random: Random
) -> Iterator[tuple[Strain, Mutation]]:
    """Mutations with their parents, as they are drawn; not all of them are new."""
    upto = [*accumulate(weights)]
    for _ in range(DRAWS * count if strains else 0):
        parent, other = random.choices(strains, cum_weights=upto, k=2)
        mutation = random.choice(KINDS)(parent, other, random)
        if mutation is not None:
            yield parent, mutation


def _admitted(form: Form, parent: Strain, names: frozenset[str]) -> bool:
    """Whether a mutant's form is a program, of types that fit as well as its parent's do."""
    if len(parent.table.read(form).misfits) > len(parent.reading.misfits):
        return False
    try:
        return parse(form.text, names) == form
    except Refused:  # too long, or a call of what a mutation has put there
        return False


def _colours(train: tuple[Sample, ...]) -> tuple[Colour, ...]:
    """The colours that each train sample shows, ascending."""
    shown = [set(np.unique(np.concatenate([g.ravel() for g in pair])).tolist()) for pair in pairs(train)]
    return tuple(sorted(set.intersection(*shown)))
