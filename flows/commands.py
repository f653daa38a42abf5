"""What `memoflow run|plan|explain arc` do.

Owns: the order of a run's phases, and what is said and written at its end.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from flows.arc import Results, puzzle_nodes
from flows.clock import Clock
from flows.flow import Flow, Tally
from flows.output import complain, progress, shown, write_json
from flows.puzzles import chosen_puzzles, keep_puzzles
from flows.report import Account, node_json, plan_json, plan_table, run_table, timing_table
from flows.runner import Runner
from flows.runs import outcome_of
from flows.settings import Settings
from store import NotWritable, Store

if TYPE_CHECKING:
    from flows.frontier import Finished
    from flows.node import Node
    from flows.recompute import Recomputed
    from tasks.puzzle import Puzzle

__all__ = [
    "Wanted",
    "end",
    "explain_arc",
    "first_few",
    "plan_arc",
    "run_arc",
    "stream",
    "writable_store",
    "write",
]

_TOLD = 5
"""Failed puzzles that are named one by one."""


@dataclass(frozen=True)
class Wanted:
    """What a run is asked for beside its results: files, the account of time, and the fraction of
    hits to compute again."""

    json_file: Path | None = None
    submission: Path | None = None
    timing: bool = False
    verify: float = 0.0


def run_arc(settings: Settings, clock: Clock, wanted: Wanted) -> int:
    """Run the ARC flow and say what it came to; the exit code."""
    if wanted.verify:
        from flows.recompute import check_fraction, recompute

        check_fraction(wanted.verify)
    with clock.phase("load"):
        # A mistake is told before a store is made.
        store = writable_store(settings) if _is_there(settings) else None
        puzzles = chosen_puzzles(settings, store)
        store = store or writable_store(settings)
        store.layers.timed = clock.phase
        flow = Flow(store)
    results, tally = Results(puzzles), Tally()
    start = flow.starter(settings.workers, settings.scheduler or None, settings.dashboard)
    runner = flow.runner(start, clock, settings.window)
    runner.executed = set() if wanted.verify else None
    problems, interrupted = stream(runner, puzzle_nodes(flow, puzzles, settings), results, tally)
    stats, verified = runner.stats(), None
    if runner.executed is not None and not interrupted:
        with clock.phase("verify"):
            nodes = list(puzzle_nodes(flow, puzzles, settings))
            verified = recompute(runner.resolver, nodes, wanted.verify, runner.executed, start)
            problems += _differing(verified, list(puzzles))
    with clock.phase("report"):
        keep_puzzles(settings, runner.resolver, puzzles)
        problems += write(wanted.submission, results.submission()) if wanted.submission is not None else []
    cluster_cpu = runner.cluster_cpu + (verified.cpu_s if verified is not None else 0.0)
    account = Account(store.ledger.run, results, tally, clock, cluster_cpu, stats, verified)
    _say(account, wanted.timing)
    said = account.as_json()
    store.ledger.record("run", **outcome_of(settings, results, runner.resolver, said))
    problems += write(wanted.json_file, said)
    return end(problems)


class Taking(Protocol):
    """Takes the value of each puzzle that finishes."""

    puzzles: Mapping[str, Puzzle]

    def add(self, name: str, value: Any, /) -> None: ...


def stream(runner: Runner, nodes: Iterator[Node], results: Taking, tally: Tally) -> tuple[list[str], bool]:
    """Take what finishes; what went wrong, a line each, and whether it was interrupted."""
    names = list(results.puzzles)
    failures: list[Finished] = []
    taken = 0
    interrupted = False
    try:
        with progress("puzzles", len(names)) as advance:
            for finished in runner.stream(nodes):
                with runner.clock.phase("report"):
                    tally.add(finished.members)
                    if finished.error is None:
                        results.add(names[finished.index], finished.value)
                        taken += 1
                    else:
                        failures.append(finished)
                    advance()
    except KeyboardInterrupt:
        interrupted = True
    return _problems(runner, failures, names, taken if interrupted else None), interrupted


def _differing(verified: Recomputed, names: list[str]) -> list[str]:
    """A line for each hit that gives something else now."""
    return [f"puzzle {names[each.target]}: {each}; what is stored stays" for each in verified.differing]


def writable_store(settings: Settings) -> Store:
    """The store of a run. Raises `NotWritable` before anything is computed for it."""
    store = Store(settings.store, settings.layers)
    if not store.backends[0].is_writable():
        raise NotWritable(
            store.location, "cannot be written to; name another place with --store, and this with --layer"
        )
    return store


def _collapsed(results: Results) -> str:
    """What became of the candidates that are not unique."""
    counts = {"refused": results.refusals, **results.collapsed}
    told = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in counts.items() if count)
    return f" (less {told})" if told else ""


def _say(account: Account, timing: bool) -> None:
    with account.clock.phase("report"):
        results = account.results
        click.echo(run_table(account))
        outcomes = ", ".join(f"{count} {kind}" for kind, count in results.outcome_counts().items() if count)
        solvers = ", ".join(f"{count} by {origin}" for origin, count in results.solved_by().most_common())
        click.echo(
            f"puzzles {len(results.scored)}, candidates {results.candidates}, unique {results.unique}"
            f"{_collapsed(results)}\n"
            f"outcomes: {outcomes or 'none'}\n"
            f"solved_train {len(results.solved_train)}, solved_test {len(results.solved_test)}"
            + (f" ({solvers})" if solvers else "")
        )
        for refusal in results.refused().values():
            click.echo(f"refused {refusal.name}, line {refusal.line}: {refusal.reason}", err=True)
        if account.verified is not None:
            found = account.verified
            click.echo(f"verified {found.checked} hits, {len(found.differing)} differ")
        if timing:
            click.echo(timing_table(account))
    total = account.clock.total()
    click.echo(
        f"wall {total.wall_s:.2f} s, cpu {account.cpu_s:.2f} s, unaccounted {account.clock.rest.wall_s:.2f} s"
    )


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
            "those are kept, and the same command goes on from there"
        )
    return problems


def first_few(problems: list[str]) -> list[str]:
    """Those of many puzzles, the first of them one by one."""
    more = len(problems) - _TOLD
    return [*problems[:_TOLD], f"{more} more puzzles failed"] if more > 0 else problems


def write(file: Path | None, content: Mapping[str, Any]) -> list[str]:
    """Write a file if one was asked for; what went wrong."""
    try:
        if file is not None:
            write_json(file, content)
    except OSError as error:
        return [f"{file} could not be written ({error.strerror or error}); run again with another file"]
    return []


def end(problems: list[str]) -> int:
    """Say what went wrong, a line each; the exit code."""
    for problem in problems:
        complain(problem)
    return 1 if problems else 0


def plan_arc(settings: Settings, json_file: Path | None) -> int:
    """Say what a run would do, and why."""
    with _store_to_look_into(settings) as store:
        flow, puzzles = Flow(store), chosen_puzzles(settings, store)
        plan = flow.plan(list(puzzle_nodes(flow, puzzles, settings)))
    said = plan_json(plan)
    click.echo(plan_table(plan))
    for stage, reasons in said["reasons"].items():
        for reason, count in sorted(reasons.items(), key=lambda item: -item[1]):
            click.echo(shown(f"{stage}: {count} because {reason}"))
    return end(write(json_file, said))


def explain_arc(settings: Settings, json_file: Path | None) -> int:
    """Say for each node of some puzzles whether it hits, and why not; and what was widened."""
    said: dict[str, list[dict[str, Any]]] = {}
    with _store_to_look_into(settings) as store:
        flow, puzzles = Flow(store), chosen_puzzles(settings, store)
        for name, node in zip(puzzles, puzzle_nodes(flow, puzzles, settings), strict=True):
            nodes = flow.plan(node).nodes
            said[name] = [node_json(each) for each in nodes]
            for each in nodes:
                click.echo(shown(f"{name}  {each.stage:<9} {each.status:<8} {each.told()}"))
                for note in each.notes:
                    click.echo(shown(f"{name}  {'':<9} {'note':<8} {note}"))
    return end(write(json_file, said))


def _is_there(settings: Settings) -> bool:
    """Whether something is at the place of the store."""
    place = Path(settings.store)
    return "://" in settings.store or (place.exists() and (not place.is_dir() or any(place.iterdir())))


@contextlib.contextmanager
def _store_to_look_into(settings: Settings) -> Iterator[Store]:
    """The store that is there, or, where none is, an empty one that is gone afterwards: looking
    makes no store."""
    if _is_there(settings):
        yield Store(settings.store, settings.layers)
        return
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        yield Store(folder, settings.layers)
