"""How many mutants are programs that run, and what a mutant costs.

    python tests/bench/bench_mutate.py [PUZZLES [MUTANTS]]

Takes every so-many-th training puzzle, ranks its candidates, makes mutants of the best, and runs those
on the train inputs of their puzzle: the share that parse and whose types fit as well as their
parents', and of those the share that return a grid on every sample. CPU is that of `mutate` alone.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from time import process_time

from tasks import differs
from tasks.differ import differ, differs_in
from tasks.differs import differ_files
from tasks.dsl import PRIMITIVES
from tasks.errors import Refused
from tasks.filter import filter
from tasks.form import Form
from tasks.inference import Table
from tasks.inline import inline
from tasks.library import programs
from tasks.mutate import mutate
from tasks.observe import observe
from tasks.outcome import Budget, Returned
from tasks.program import Parent, Program, name_set, parse
from tasks.propose import propose
from tasks.puzzle import Puzzle, load
from tasks.rank import rank
from tasks.score import score
from tasks.signature import signatures
from tasks.trust import Trust, trust
from tasks.validate import Verdict, validate

NAMES = tuple(sorted(PRIMITIVES))
SIGNATURES = signatures(PRIMITIVES)
BUDGET = Budget()
DIFFERS = differs_in(differ_files(), tuple(sorted(differs.PRIMITIVES)), own=False)


def main(puzzles: int = 25, mutants: int = 200) -> None:
    """A line per kind of mutation, then all of them."""
    training = load("arcagi", "training")
    made, admitted, returned, spent = Counter[str](), Counter[str](), Counter[str](), 0.0
    for name in [*training][:: len(training) // puzzles][:puzzles]:
        puzzle = training[name]
        parents, trusted = ranked(puzzle)
        seen = observe([*parents], puzzle.train, NAMES, BUDGET)
        started = process_time()
        found = mutate(puzzle.train, parents, SIGNATURES, mutants, 0, trusted, seen)
        spent += process_time() - started
        forms = checked(found, parents)
        verdicts = validate([*forms.values()], puzzle.train, (), BUDGET)
        ran = {program for program, verdict in zip(forms, verdicts, strict=True) if runs(verdict)}
        for counts, counted in ((made, found), (admitted, forms), (returned, ran)):
            counts.update(kinds(counted))
    print(f"{'kind':12}{'mutants':>9}{'fit':>9}{'run':>9}")
    for kind in made:
        print(f"{kind:12}{made[kind]:9}{admitted[kind] / made[kind]:9.1%}{returned[kind] / made[kind]:9.1%}")
    print(f"{puzzles} puzzles, {1e6 * spent / max(1, made['all']):.0f} us of CPU for each mutant")


def ranked(puzzle: Puzzle) -> tuple[tuple[Parent, ...], tuple[Trust, ...]]:
    """What the flow's first generation hands to the second."""
    filtered = filter(propose(puzzle.train, programs(), 0), NAMES)
    forms = inline([*filtered.bodies], NAMES)
    verdicts = validate(forms, puzzle.train, puzzle.questions, BUDGET)
    scores = score(filtered, forms, verdicts)
    differences = differ([*scores.near_misses], DIFFERS, puzzle.train, BUDGET)
    return rank(scores, differences).parents, trust(forms, verdicts)


def checked(mutants: Iterable[Program], parents: Iterable[Parent]) -> dict[Program, Form]:
    """The forms of mutants that parse and whose types fit as well as their parents' do."""
    known = name_set(NAMES)
    made_from = {parent.name: parse(parent.source, known) for parent in parents}
    table = Table(SIGNATURES, [*made_from.values()])
    found: dict[Program, Form] = {}
    for program in mutants:
        try:
            form = parse(program.source, known)
        except Refused:
            continue
        before = table.read(made_from[program.name.partition(" ~ ")[0]])
        if len(table.read(form).misfits) <= len(before.misfits):
            found[program] = form
    return found


def runs(verdict: Verdict) -> bool:
    """Whether every sample returned a grid."""
    return all(isinstance(outcome, Returned) for outcome in verdict.outcomes)


def kinds(mutants: Iterable[Program]) -> list[str]:
    """The kinds of some mutants, and for each of them `all`."""
    return [kind for program in mutants for kind in (program.name.partition(" ~ ")[2].split()[0], "all")]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
