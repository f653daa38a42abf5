"""What `memoflow run|plan|explain arc` do.

Owns: the order of a run's phases, and what is said and written at its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.arc import Results, chosen_puzzles, puzzle_nodes
from flows.clock import Clock
from flows.flow import Flow, Tally
from flows.output import complain, progress, write_json
from flows.report import Account, plan_json, plan_table, run_table, timing_table
from flows.runner import Runner
from flows.settings import Settings
from store import NotWritable, Store

if TYPE_CHECKING:
    from flows.frontier import Finished

__all__ = ["explain_arc", "plan_arc", "run_arc"]

_TOLD = 5
"""Failed puzzles that are named one by one."""


def run_arc(
    settings: Settings, clock: Clock, json_file: Path | None, submission: Path | None, timing: bool
) -> int:
    """Run the ARC flow and say what it came to; the exit code."""
    with clock.phase("load"):
        puzzles = chosen_puzzles(settings)
        store = _writable_store(settings)
        store.layers.timed = clock.phase
        flow = Flow(store)
    results, tally = Results(puzzles), Tally()
    start = flow.starter(settings.workers, settings.scheduler or None, settings.dashboard)
    runner = flow.runner(start, clock, settings.window)
    nodes = puzzle_nodes(flow, puzzles, settings)
    names = list(puzzles)
    failures: list[Finished] = []
    interrupted = False
    try:
        with progress("puzzles", len(names)) as advance:
            for finished in runner.stream(nodes):
                with clock.phase("report"):
                    tally.add(finished.members)
                    if finished.error is None:
                        results.add(names[finished.index], finished.value)
                    else:
                        failures.append(finished)
                    advance()
    except KeyboardInterrupt:
        interrupted = True
    with clock.phase("report"):
        unwritten = _write(submission, results.submission()) if submission is not None else []
    account = Account(store.ledger.run, results, tally, clock, runner.cluster_cpu, runner.stats())
    _say(account, timing)
    unwritten += _write(json_file, account.as_json())
    return _end([*_problems(runner, failures, names, interrupted, results), *unwritten])


def _writable_store(settings: Settings) -> Store:
    """The store of a run. Raises `NotWritable` before anything is computed for it."""
    store = Store(settings.store, settings.layers)
    if not store.backends[0].is_writable():
        raise NotWritable(
            store.location, "cannot be written to; name another place with --store, and this with --layer"
        )
    return store


def _say(account: Account, timing: bool) -> None:
    with account.clock.phase("report"):
        results = account.results
        click.echo(run_table(account))
        outcomes = ", ".join(f"{count} {kind}" for kind, count in results.outcome_counts().items() if count)
        click.echo(
            f"puzzles {len(results.scored)}, candidates {results.candidates}, unique {results.unique}\n"
            f"outcomes: {outcomes or 'none'}\n"
            f"solved_train {len(results.solved_train)}, solved_test {len(results.solved_test)}"
            f" ({results.solved_by('library')} by the hand-written library)"
        )
        for refusal in results.refused().values():
            click.echo(f"refused {refusal.name}, line {refusal.line}: {refusal.reason}", err=True)
        if timing:
            click.echo(timing_table(account))
    total = account.clock.total()
    click.echo(
        f"wall {total.wall_s:.2f} s, cpu {account.cpu_s:.2f} s, unaccounted {account.clock.rest.wall_s:.2f} s"
    )


def _problems(
    runner: Runner, failures: list[Finished], names: list[str], interrupted: bool, results: Results
) -> list[str]:
    """What went wrong in a run, a line each."""
    problems = [
        f"puzzle {names[failed.index]}: {type(failed.error).__name__}: {failed.error}"
        for failed in failures[:_TOLD]
    ]
    if len(failures) > _TOLD:
        problems.append(f"{len(failures) - _TOLD} more puzzles failed")
    write_error = runner.write_error()
    if write_error is not None:
        problems.append(
            f"results could not be stored ({write_error}); they are reported above and will be computed again"
        )
    if interrupted:
        problems.append(
            f"interrupted with {len(results.scored)} of {len(names)} puzzles finished; "
            "those are kept, and the same command goes on from there"
        )
    return problems


def _write(file: Path | None, content: Mapping[str, Any]) -> list[str]:
    """Write a file if one was asked for; what went wrong."""
    try:
        if file is not None:
            write_json(file, content)
    except OSError as error:
        return [f"{file} could not be written ({error.strerror or error}); run again with another file"]
    return []


def _end(problems: list[str]) -> int:
    """Say what went wrong, a line each; the exit code."""
    for problem in problems:
        complain(problem)
    return 1 if problems else 0


def plan_arc(settings: Settings, json_file: Path | None) -> int:
    """Say what a run would do, and why."""
    puzzles = chosen_puzzles(settings)
    flow = Flow(Store(settings.store, settings.layers))
    plan = flow.plan(list(puzzle_nodes(flow, puzzles, settings)))
    said = plan_json(plan)
    click.echo(plan_table(plan))
    for stage, reasons in said["reasons"].items():
        for reason, count in sorted(reasons.items(), key=lambda item: -item[1]):
            click.echo(f"{stage}: {count} because {reason}")
    return _end(_write(json_file, said))


def explain_arc(settings: Settings, json_file: Path | None) -> int:
    """Say for each node of some puzzles whether it hits, and why not."""
    puzzles = chosen_puzzles(settings)
    flow = Flow(Store(settings.store, settings.layers))
    said: dict[str, list[dict[str, str]]] = {}
    for name, node in zip(puzzles, puzzle_nodes(flow, puzzles, settings), strict=True):
        nodes = flow.plan(node).nodes
        said[name] = [{"stage": n.stage, "status": n.status, "reason": n.reason} for n in nodes]
        for stage, status, reason in nodes:
            click.echo(f"{name}  {stage:<9} {status:<8} {reason}")
    return _end(_write(json_file, said))
