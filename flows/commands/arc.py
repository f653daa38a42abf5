"""What `memoflow run|plan|explain arc` do.

Owns: the order of a run's phases, and what is said and written at its end.
"""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.arc import Results, program_source, puzzle_nodes
from flows.clock import Clock
from flows.commands.streaming import stream
from flows.commands.tables import (
    Account,
    instance_line,
    node_json,
    plan_json,
    plan_table,
    run_table,
    timing_table,
)
from flows.execution.deadline import Deadline
from flows.execution.room import Room
from flows.flow import Flow, Tally
from flows.instances.instance import Instance
from flows.instances.others import Others
from flows.output import complain, shown, write_json
from flows.progress.screen import Voice
from flows.puzzles import chosen_puzzles, keep_puzzles
from flows.runner import Runner
from flows.runs.noted import Journal
from flows.runs.outcomes import outcome_of
from flows.settings import Settings
from flows.state.misses import Misses
from flows.state.resolve import Resolver
from store import NotWritable, Store
from tasks.language import open_dsl
from tasks.programs import program_files
from tasks.sandbox import speed_factors

if TYPE_CHECKING:
    from flows.recompute import Recomputed

__all__ = [
    "Wanted",
    "arc_runner",
    "end",
    "explain_arc",
    "plan_arc",
    "run_arc",
    "writable_store",
    "write",
]


_COLLAPSED = {"renaming": "by other names", "dead_code": "by dead code", "equal_graphs": "by equal graphs"}
"""How candidates were found to be the same as others, in words."""


@dataclass(frozen=True)
class Wanted:
    """What a run is asked for beside its results: files, the account of time, the fraction of hits to
    compute again, and how much is said."""

    json_file: Path | None = None
    submission: Path | None = None
    report: Path | None = None
    timing: bool = False
    verify: float = 0.0
    voice: Voice = Voice.USUAL


def run_arc(settings: Settings, clock: Clock, wanted: Wanted) -> int:
    """Run the ARC flow and say what it came to; the exit code."""
    if wanted.verify:
        from flows.recompute import check_fraction, recompute

        check_fraction(wanted.verify)
    with clock.phase("load"):
        # A mistake is told before a store is made.
        store = writable_store(settings) if _is_there(settings) else None
        puzzles = chosen_puzzles(settings, store)
        if store is None:
            _check_sources(settings)
            store = writable_store(settings)
        store.layers.timed = clock.phase
        flow = Flow(store)
    results, tally = Results(puzzles), Tally()
    runner, others = arc_runner(flow, settings, clock), Others.beside(Instance.of(settings.instance), store)
    runner.executed = set() if wanted.verify else None
    runner.at_end = speed_factors
    nodes_of = partial(puzzle_nodes, flow, settings=settings)
    journal = Journal(Misses(runner.resolver, lambda: nodes_of(puzzles)))
    runner.missed = journal.misses.add
    problems, early = stream(runner, nodes_of, results, tally, others, journal, wanted.voice)
    stats, verified = runner.stats(), None
    if runner.executed is not None and not early:
        with clock.phase("verify"):
            nodes = list(nodes_of(puzzles))
            verified = recompute(runner, nodes, wanted.verify)
            problems += _differing(verified, list(puzzles))
    with clock.phase("report"):
        keep_puzzles(settings, runner.resolver, puzzles)
        problems += write(wanted.submission, results.submission()) if wanted.submission is not None else []
    cluster_cpu = runner.cluster_cpu + (verified.cpu_s if verified is not None else 0.0)
    factors = tuple(factor for of_worker in runner.answers for factor in of_worker)
    account = Account(store.ledger.run, results, tally, clock, cluster_cpu, stats, verified, others, factors)
    if wanted.voice is not Voice.QUIET:
        _say(account, settings, wanted.timing)
    said = account.as_json()
    event = outcome_of(settings, results, runner.resolver, said) | journal.noted(tally).as_event()
    store.ledger.record("run", **event)
    problems += write(wanted.json_file, said)
    if wanted.report is not None:
        problems += _report(wanted.report, store, event, results)
    return end(problems)


def arc_runner(flow: Flow, settings: Settings, clock: Clock, resolver: Resolver | None = None) -> Runner:
    """The runner of one execution under some settings; with the resolver of a plan that was made before."""
    scheduler, memory = settings.scheduler or None, settings.worker_memory_mb << 20
    start = flow.starter(settings.workers, scheduler, settings.dashboard, memory)
    room, deadline = Room(settings.in_flight, settings.chunk_s), Deadline(settings.deadline, clock)
    return flow.runner(start, clock, room, deadline, resolver)


def _report(file: Path, store: Store, event: Mapping[str, Any], results: Results) -> list[str]:
    """Write the page of a run; what went wrong."""
    from flows.report.write import report_of_run, write_report  # every repeat would pay for it

    try:
        write_report(report_of_run(store, event, results), file)
    except OSError as error:
        return [_not_written(file, error)]
    return []


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
    told = ", ".join(f"{count} {_COLLAPSED.get(reason, reason)}" for reason, count in counts.items() if count)
    return f" (less {told})" if told else ""


def _results(results: Results) -> str:
    """What came of the puzzles that finished, in lines."""
    outcomes = ", ".join(
        f"{count} {kind.replace('_', ' ')}" for kind, count in results.outcome_counts().items() if count
    )
    solvers = ", ".join(f"{count} by {origin}" for origin, count in results.solved_by().most_common())
    return (
        f"puzzles {len(results.scored)}, candidates {results.candidates}, unique {results.unique}"
        f"{_collapsed(results)}\n"
        f"outcomes: {outcomes or 'none'}\n"
        f"solved_train {len(results.solved_train)}, solved_test {len(results.solved_test)}"
        + (f" ({solvers})" if solvers else "")
    )


def _say(account: Account, settings: Settings, timing: bool) -> None:
    with account.clock.phase("report"):
        results, tally = account.results, account.tally
        if tally.executed or tally.hits:
            click.echo(run_table(account))
            click.echo(_results(results))
        if account.factors:
            here = settings.cpu_s * statistics.median(account.factors)
            click.echo(
                f"budget per program and sample: {settings.cpu_s} reference seconds "
                f"({here:.2f} s of CPU here), {settings.memory_mb} MiB"
            )
        for refusal in results.refused().values():
            click.echo(f"refused {refusal.name}, line {refusal.line}: {refusal.reason}", err=True)
        if not account.others.instance.alone:
            click.echo(instance_line(account))
        if account.verified is not None:
            found = account.verified
            click.echo(f"verified {found.checked} hits, {len(found.differing)} differ")
        if timing:
            click.echo(timing_table(account))
    total = account.clock.total()
    click.echo(
        f"wall {total.wall_s:.2f} s, cpu {account.cpu_s:.2f} s, unaccounted {account.clock.rest.wall_s:.2f} s"
    )


def write(file: Path | None, content: Mapping[str, Any]) -> list[str]:
    """Write a file if one was asked for; what went wrong."""
    try:
        if file is not None:
            write_json(file, content)
    except OSError as error:
        return [_not_written(file, error)]
    return []


def _not_written(file: Path | None, error: OSError) -> str:
    return f"{file} could not be written ({error.strerror or error}); run again with another file"


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
    if not _is_there(settings):
        click.echo(f"there is no store at {shown(settings.store)} yet; a run makes it")
    elif plan.count("hit") == len(plan.nodes):
        click.echo("everything hits: a run would compute nothing")
    return end(write(json_file, said))


def explain_arc(settings: Settings, json_file: Path | None) -> int:
    """Say for each node of some puzzles whether it hits, and why not; and what was widened in the DSL."""
    said: dict[str, list[dict[str, Any]]] = {}
    with _store_to_look_into(settings) as store:
        flow, puzzles = Flow(store), chosen_puzzles(settings, store)
        for name, node in zip(puzzles, puzzle_nodes(flow, puzzles, settings), strict=True):
            nodes = flow.plan(node).nodes
            said[name] = [node_json(each) for each in nodes]
            for each in nodes:
                told = each.told() if each.told() != each.status else ""
                click.echo(shown(f"{name}  {each.stage:<9} {each.status:<8} {told}".rstrip()))
        for note in _widened(store, settings):
            click.echo(shown(f"note: {note}"))
    return end(write(json_file, said))


def _widened(store: Store, settings: Settings) -> list[str]:
    """What counts as more than it is in the code of the DSL, which is the user's to mend. What counts so
    in the stages themselves is in the JSON."""
    primitives = open_dsl(settings.dsl, settings.grid).primitives.values()
    codes = (store.keys.code(each) for each in primitives if callable(each))
    return list(dict.fromkeys(note for code in codes for note in code.notes))


def _check_sources(settings: Settings) -> None:
    """Raise the error of a DSL, of programs or of differs that are not there."""
    open_dsl(settings.dsl, settings.grid)
    program_source(settings)
    program_files(settings.differs)


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
