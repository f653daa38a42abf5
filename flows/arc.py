"""The ARC flow: propose, filter, inline, validate and score for each puzzle, and with mutants once
more: the best of the first generation are the parents of the second. `python -m flows.arc` runs it.

Owns: which node reads which, and how a run's results become counts and a submission. Test outputs
are read in one place, `Results.add`, after everything was ranked.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flows.errors import BadSettings
from flows.flow import Flow
from flows.node import Field, Node
from flows.settings import Settings
from tasks.dsl import PRIMITIVES, primitives
from tasks.filter import Refusal, filter
from tasks.inline import inline
from tasks.library import library_files, programs_in
from tasks.observe import observe
from tasks.outcome import OUTCOMES, Budget
from tasks.program import Parent, name_set, parse
from tasks.propose import propose
from tasks.puzzle import Puzzle, load
from tasks.score import Scored, score
from tasks.signature import signatures
from tasks.submission import Submission, check_submission, solved_test, submission
from tasks.trust import trust
from tasks.validate import validate

__all__ = ["Results", "chosen_puzzles", "functions", "puzzle_nodes"]


def chosen_puzzles(settings: Settings) -> dict[str, Puzzle]:
    """The puzzles that the settings name, by id. Raises `UnknownName` and `MalformedPuzzle`."""
    puzzles = load(settings.dataset, settings.split)
    names = settings.puzzle or tuple(puzzles)
    if settings.limit:
        names = names[: settings.limit]
    if not names:
        raise BadSettings(settings.dataset, "holds no puzzles")
    return {name: puzzles[name] for name in dict.fromkeys(names)}


def functions() -> tuple[Callable[..., Any], ...]:
    """The functions whose results the flow keeps."""
    return (programs_in, propose, filter, inline, validate, score, trust, observe)


def puzzle_nodes(flow: Flow, puzzles: Mapping[str, Puzzle], settings: Settings) -> Iterator[Node]:
    """The top node of each puzzle: its value is a `Scored`."""
    # Memoized like any result: parsing the files costs a repeat more than reading what they held.
    library = flow.store.call(programs_in, library_files())
    judge = _Judge(flow, settings)
    known = signatures(PRIMITIVES) if settings.mutants else ()
    for puzzle in puzzles.values():
        proposed = flow.node(propose, puzzle.train, library, settings.seed)
        judged = judge(puzzle, proposed)
        if settings.mutants:
            parents = judged.scored.field("parents")
            again = flow.node(
                propose,
                puzzle.train,
                library,
                settings.seed,
                parents,
                settings.mutants,
                known,
                flow.node(trust, judged.forms, judged.verdicts),
                judge.observed(puzzle, parents),
            )
            judged = judge(puzzle, again)
        yield judged.scored


class _Judged(NamedTuple):
    """The nodes that say what candidates come to; the value of `scored` is a `Scored`."""

    forms: Node
    verdicts: Node
    scored: Node


class _Judge:
    """What becomes of candidates, the same for every puzzle and generation: a row that one has
    validated is a hit for the next."""

    def __init__(self, flow: Flow, settings: Settings) -> None:
        self._flow = flow
        self._names = tuple(sorted(PRIMITIVES))
        self._budget = Budget(settings.cpu_s, settings.memory_mb)
        self._batch = settings.batch

    def __call__(self, puzzle: Puzzle, candidates: Node) -> _Judged:
        flow, names = self._flow, self._names
        filtered = flow.node(filter, candidates, names)
        forms = flow.map(inline, filtered.field("bodies"), names=names)
        verdicts = flow.map(
            validate,
            forms,
            primitives,
            unkeyed={"batch": self._batch},
            train=puzzle.train,
            questions=puzzle.questions,
            budget=self._budget,
        )
        return _Judged(forms, verdicts, flow.node(score, filtered, forms, verdicts))

    def observed(self, puzzle: Puzzle, parents: Field) -> Node:
        """What is seen of each parent when it runs on the train inputs."""
        return self._flow.map(
            observe, parents, self._named, train=puzzle.train, names=self._names, budget=self._budget
        )

    def _named(self, parent: Parent) -> tuple[object, ...]:
        """The primitives that a parent names."""
        return primitives(parse(parent.source, name_set(self._names), parent.name))


@dataclass
class Results:
    """What a run came to, puzzle by puzzle as they finish."""

    puzzles: Mapping[str, Puzzle]
    scored: dict[str, Scored] = field(default_factory=dict)
    solved_train: set[str] = field(default_factory=set)
    solved_test: set[str] = field(default_factory=set)
    outcomes: Counter[str] = field(default_factory=Counter)
    candidates: int = 0
    unique: int = 0

    def add(self, name: str, scored: Scored) -> None:
        """Count a finished puzzle."""
        self.scored[name] = scored
        self.candidates += scored.candidates
        self.unique += scored.forms
        self.outcomes.update(dict(scored.outcomes))
        if scored.solved_train:
            self.solved_train.add(name)
        if solved_test(self.puzzles[name], scored.attempts):
            self.solved_test.add(name)

    def outcome_counts(self) -> dict[str, int]:
        """Distinct candidates by outcome, every kind named."""
        return {outcome.kind: self.outcomes[outcome.kind] for outcome in OUTCOMES}

    def refused(self) -> dict[str, Refusal]:
        """The programs that `filter` refused, by name."""
        return {each.name: each for scored in self.scored.values() for each in scored.refused}

    def solved_by(self, origin: str) -> int:
        """How many puzzles of `solved_test` have a best candidate of that origin."""
        return sum(self.scored[name].ranking[0].origin == origin for name in self.solved_test)

    def submission(self) -> Submission:
        """Two attempts for every test input, checked. Raises `InvalidSubmission`."""
        found = submission(self.scored, self.puzzles)
        check_submission(found, self.puzzles)
        return found


if __name__ == "__main__":
    from flows.cli import main

    main(["run", "arc", *sys.argv[1:]])
