"""Taking what a run of puzzles gives, as it finishes.

Owns: the loop over finished puzzles, who is told of each, and what went wrong, a line each. What
becomes of the values is up to who takes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from flows.arc import puzzle_lease, told_form
from flows.flow import Tally
from flows.instances.others import Others
from flows.output import complain
from flows.progress.live import Live
from flows.progress.screen import Voice, screen
from flows.runner import Runner
from flows.runs.noted import Journal

if TYPE_CHECKING:
    from flows.node import Node
    from flows.progress.snapshot import Standing
    from flows.state.target import Finished
    from tasks.puzzle import Puzzle

__all__ = ["Taking", "first_few", "stream"]

_TOLD = 5
"""Failed puzzles that are named one by one."""


class Taking(Protocol):
    """Takes the value of each puzzle that finishes."""

    puzzles: Mapping[str, Puzzle]

    def add(self, name: str, value: Any, /) -> None: ...

    def told(self, name: str, /) -> str:
        """What became of a puzzle, in a few words."""

    def standing(self) -> Standing:
        """What came of all so far."""


def stream(
    runner: Runner,
    nodes_of: Callable[[Mapping[str, Puzzle]], Iterator[Node]],
    results: Taking,
    tally: Tally,
    others: Others,
    journal: Journal | None = None,
    voice: Voice = Voice.USUAL,
) -> tuple[list[str], bool]:
    """Take what finishes; what went wrong, a line each, and whether it ended early: interrupted, or by
    the deadline, which is no failure but said."""
    puzzles = others.instance.order(results.puzzles)
    names, lease_of = list(puzzles), partial(puzzle_lease, runner.resolver, list(puzzles.values()))
    failures: list[Finished] = []
    interrupted = False
    runner.label = names.__getitem__
    with screen(voice) as said:
        live = Live(runner, tally, len(names), results.standing, told_form, (said,))
        try:
            for finished in runner.stream(nodes_of(puzzles), lease_of):
                with runner.clock.phase("report"):
                    name = names[finished.index]
                    tally.add(finished.members)
                    others.count(finished)
                    if journal is not None:
                        journal.add(name, finished)
                    if finished.error is None:
                        results.add(name, finished.value)
                        said.took(name, results.told(name))
                    else:
                        failures.append(finished)
                        said.took(name, f"{type(finished.error).__name__}: {finished.error}")
                    live.took(finished.error)
        except KeyboardInterrupt:
            interrupted = True
    taken = live.finished - live.failed
    missing = len(names) - live.finished
    if missing and not interrupted:
        complain(
            f"the deadline came with {missing} of {len(names)} puzzles missing; what is finished is kept, "
            "a submission has fallback attempts for the others, and the same command goes on from there"
        )
    return _problems(runner, failures, names, taken if interrupted else None), interrupted or missing > 0


def _problems(
    runner: Runner, failures: list[Finished], names: list[str], interrupted_at: int | None
) -> list[str]:
    """What went wrong in a run, a line each; a number where it was interrupted after so many
    puzzles."""
    problems = first_few(
        [f"puzzle {names[each.index]}: {type(each.error).__name__}: {each.error}" for each in failures]
    )
    write_error = runner.write_error()
    if write_error is not None:
        problems.append(
            f"results could not be stored ({write_error}); they are reported above and will be computed again"
        )
    if interrupted_at is not None:
        problems.append(
            f"interrupted with {interrupted_at} of {len(names)} puzzles finished; "
            "what was computed is kept, and the same command goes on from there"
        )
    return problems


def first_few(problems: list[str]) -> list[str]:
    """Those of many puzzles, the first of them one by one."""
    more = len(problems) - _TOLD
    return [*problems[:_TOLD], f"{more} more puzzles failed"] if more > 0 else problems
