"""The ARC flow: propose, filter, inline, validate, score, differ and rank for each puzzle; with mutants
once more, and the best of the first generation are the parents of the second. `python -m flows.arc` runs
it.

Owns: which node reads which, and how a run's results become counts and a submission. Test outputs
are read in one place, `Results.add`, after everything was ranked.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from flows.dependencies import always, by_name
from flows.errors import BadSettings
from flows.flow import Flow
from flows.judges import judges
from flows.node import Field, Node
from flows.puzzles import given
from flows.settings import Settings
from flows.state.resolve import Resolver
from store.layout import work_name
from tasks.best import best
from tasks.differ import differ, differs_in
from tasks.filter import Refusal, filter
from tasks.form import Form
from tasks.inline import inline
from tasks.language import BUILT_IN, named_in, open_dsl
from tasks.library import ORIGIN, library_files
from tasks.observe import named_by, observe
from tasks.outcome import OUTCOMES
from tasks.program import Program
from tasks.programs import GIVEN, own, program_files, programs_in
from tasks.propose import propose
from tasks.puzzle import Puzzle
from tasks.rank import Scored, rank
from tasks.score import score
from tasks.signature import signatures
from tasks.submission import Submission, check_submission, solved_test, submission
from tasks.trust import trust
from tasks.validate import validate

if TYPE_CHECKING:
    from flows.progress.snapshot import Standing

__all__ = [
    "Results",
    "adds_compositions",
    "best_nodes",
    "functions",
    "program_source",
    "puzzle_lease",
    "puzzle_nodes",
    "told_form",
]


def functions() -> tuple[Callable[..., Any], ...]:
    """The functions whose results the flow keeps."""
    return (
        programs_in, differs_in, propose, filter, inline, validate, score, differ, rank,
        trust, observe, best,
    )  # fmt: skip


def puzzle_lease(resolver: Resolver, puzzles: Sequence[Puzzle], index: int) -> str:
    """The lease of a puzzle: of its train samples, so that runs which propose other candidates for it
    don't work on it at once either, as most of their rows are the same."""
    return work_name(resolver.literal(given(puzzles[index])[0]))


def puzzle_nodes(flow: Flow, puzzles: Mapping[str, Puzzle], settings: Settings) -> Iterator[Node]:
    """The top node of each puzzle: its value is a `Scored`."""
    judge = _Judge(flow, settings)
    for puzzle in puzzles.values():
        yield judge.ranked(puzzle, judge.last_generation(puzzle))


def best_nodes(flow: Flow, puzzles: Mapping[str, Puzzle], settings: Settings, count: int) -> Iterator[Node]:
    """The best programs of each puzzle: the node's value is a tuple of at most `count` `Best`."""
    judge = _Judge(flow, settings)
    for puzzle in puzzles.values():
        yield flow.node(best, *judge.last_generation(puzzle), count)


def told_form(form: Form) -> str:
    """A form in a line: its steps."""
    return "; ".join(map(str, form.steps))


class _Judged(NamedTuple):
    """The nodes of candidates, of their forms and of their verdicts."""

    filtered: Node
    forms: Node
    verdicts: Node


class _Judge:
    """What becomes of candidates, the same for every puzzle and generation: a row that one has
    validated is a hit for the next."""

    def __init__(self, flow: Flow, settings: Settings) -> None:
        self._flow = flow
        self._settings = settings
        self._dsl = open_dsl(settings.dsl, settings.grid)
        self._sources, self._composed = _sources(flow, settings)
        depends = (by_name(self._dsl.primitives, self._dsl.bound), always(self._dsl))
        # Made once: each of them is fingerprinted with all primitives.
        self._primitives = partial(named_in, *depends)
        self._of_parents = partial(named_by, *depends)
        self._signatures = signatures(self._dsl.primitives) if settings.mutants else ()
        self._budget = settings.budget
        self._judging = judges(flow.store, settings.differs, self._dsl)

    def last_generation(self, puzzle: Puzzle) -> _Judged:
        """What a puzzle's candidates are ranked by, mutants of the best among them where such are
        wanted."""
        flow, settings = self._flow, self._settings
        sources = own(self._sources, puzzle.id) if settings.own else self._sources
        shown = given(puzzle)[0]
        # Nothing is drawn yet, and where nothing is composed, what is given is proposed once for all puzzles.
        first = flow.node(propose, shown if self._composed else (), sources, 0, self._composed)
        judged = self._judged(puzzle, first)
        if not settings.mutants:
            return judged
        parents = self.ranked(puzzle, judged).field("parents")
        trusted = flow.node(trust, judged.forms, judged.verdicts)
        bred = (parents, settings.mutants, self._signatures, trusted, self._observed(puzzle, parents))
        drawn = flow.node(propose, shown, sources, settings.seed, self._composed, *bred)
        return self._judged(puzzle, drawn)

    def ranked(self, puzzle: Puzzle, judged: _Judged) -> Node:
        """The ranking of candidates; the node's value is a `Scored`."""
        scores, (train, _) = self._flow.node(score, *judged), given(puzzle)
        differences = self._flow.map(
            differ,
            scores.field("near_misses"),
            self._judging.deps,
            unkeyed={"dsl": self._dsl.at},
            differs=self._judging.differs,
            train=train,
            budget=self._budget,
            grid=self._dsl.grid,
        )
        return self._flow.node(rank, scores, differences)

    def _judged(self, puzzle: Puzzle, candidates: Node) -> _Judged:
        flow, names = self._flow, self._dsl.names
        train, questions = given(puzzle)
        filtered = flow.node(filter, candidates, names)
        forms = flow.map(inline, filtered.field("bodies"), names=names)
        verdicts = flow.map(
            validate,
            forms,
            self._primitives,
            unkeyed={"batch": self._settings.batch, "dsl": self._dsl.at},
            train=train,
            questions=questions,
            budget=self._budget,
            grid=self._dsl.grid,
        )
        return _Judged(filtered, forms, verdicts)

    def _observed(self, puzzle: Puzzle, parents: Field) -> Node:
        """What is seen of each parent when it runs on the train inputs."""
        return self._flow.map(
            observe,
            parents,
            self._of_parents,
            unkeyed={"dsl": self._dsl.at},
            train=given(puzzle)[0],
            names=self._dsl.names,
            budget=self._budget,
            grid=self._dsl.grid,
        )


def _sources(flow: Flow, settings: Settings) -> tuple[tuple[Program, ...], bool]:
    """The programs that are tried on every puzzle, and whether compositions are added. Raises
    `BadSettings`."""
    # Memoized like any result: parsing the files costs a repeat more than reading what they held.
    programs: tuple[Program, ...] = flow.store.call(programs_in, *program_source(settings))
    return programs, adds_compositions(settings)


def program_source(settings: Settings) -> tuple[tuple[Path, ...], str]:
    """The files of the programs that are tried, and what their origin is called. Raises `BadSettings`."""
    if settings.programs:
        return program_files(settings.programs), GIVEN
    if settings.dsl != BUILT_IN:
        raise BadSettings(settings.dsl, "a DSL of your own needs programs; name some with --programs")
    return library_files(), ORIGIN


def adds_compositions(settings: Settings) -> bool:
    """Whether compositions are tried beside the programs."""
    return not settings.programs and not settings.own


@dataclass
class Results:
    """What a run came to, puzzle by puzzle as they finish."""

    puzzles: Mapping[str, Puzzle]
    scored: dict[str, Scored] = field(default_factory=dict)
    solved_train: set[str] = field(default_factory=set)
    solved_test: set[str] = field(default_factory=set)
    outcomes: Counter[str] = field(default_factory=Counter)
    collapsed: Counter[str] = field(default_factory=Counter)
    refusals: int = 0
    candidates: int = 0
    unique: int = 0

    def add(self, name: str, scored: Scored) -> None:
        """Count a finished puzzle."""
        # Half of it are the parents of mutants, which nobody asks for any more.
        self.scored[name] = replace(scored, lineage=())
        self.candidates += scored.candidates
        self.unique += scored.forms
        self.outcomes.update(dict(scored.outcomes))
        self.collapsed.update(dict(scored.collapsed))
        self.refusals += len(scored.refused)
        if scored.solved_train:
            self.solved_train.add(name)
        if solved_test(self.puzzles[name], scored.attempts):
            self.solved_test.add(name)

    def told(self, name: str) -> str:
        """What became of a finished puzzle, and its best candidate."""
        solved = name in self.solved_test, name in self.solved_train
        fate = {(True, True): "solved", (True, False): "solved, not on train"}.get(
            solved, "solved on train only" if solved[1] else "not solved"
        )
        best = next((f", best {ranked.name}" for ranked in self.scored[name].ranking), "")
        return fate + best

    def standing(self) -> Standing:
        """The puzzles that finished, in the numbers that people watch; a repeat is not asked, and need
        not import them."""
        from flows.progress.snapshot import Standing

        return Standing(len(self.solved_train), len(self.solved_test), self.outcome_counts())

    def outcome_counts(self) -> dict[str, int]:
        """Distinct candidates by outcome, every kind named."""
        return {outcome.kind: self.outcomes[outcome.kind] for outcome in OUTCOMES}

    def refused(self) -> dict[str, Refusal]:
        """The programs that `filter` refused, by name."""
        return {each.name: each for scored in self.scored.values() for each in scored.refused}

    def solved_by(self) -> Counter[str]:
        """How many puzzles of `solved_test` have a best candidate of which origin."""
        return Counter(self.scored[name].ranking[0].origin for name in self.solved_test)

    def submission(self) -> Submission:
        """Two attempts for every test input, checked. Raises `InvalidSubmission`."""
        found = submission(self.scored, self.puzzles)
        check_submission(found, self.puzzles)
        return found


if __name__ == "__main__":
    from flows.cli import main

    main(["run", "arc", *sys.argv[1:]])
