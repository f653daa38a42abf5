"""One change, evaluated in a process that nothing was evaluated in before.

Owns: the order of plan, run and comparison, and what is said of them.
"""

from __future__ import annotations

import dataclasses
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import click

from flows.arc import Results, puzzle_nodes
from flows.clock import Clock
from flows.commands.arc import arc_runner, end, writable_store, write
from flows.commands.streaming import stream
from flows.commands.tables import STAGES, Account, plan_json
from flows.errors import BadSettings
from flows.flow import Flow, Tally
from flows.instances.instance import Instance
from flows.instances.others import Others
from flows.output import shown
from flows.plan import Plan, make_plan
from flows.progress.screen import Voice
from flows.puzzles import chosen_puzzles
from flows.runs.compare import Comparison
from flows.runs.noted import Journal
from flows.runs.outcomes import find_run, outcome_of
from flows.settings import Settings
from flows.state.misses import Misses
from flows.watch.places import folders_of
from flows.watch.request import Answer, Request

__all__ = ["evaluate"]

_REASONS = 10
"""Reasons of reruns that are told one by one."""

_ROWS_HERE = 4000
"""Rows that are computed before workers would have been started: about two seconds of them."""

_ROWS_OF_A_NODE = 20
"""Rows that a node which waits is taken for: as many near misses as `differ` looks at, and a little."""


@dataclass
class _Told:
    """What came of a change, as JSON."""

    saved: tuple[str, ...]
    reasons: dict[str, dict[str, int]] = field(default_factory=dict)
    newly_solved: dict[str, list[str]] = field(default_factory=dict)
    newly_lost: dict[str, list[str]] = field(default_factory=dict)
    save_to_result_s: float | None = None
    work_s: float = 0.0


def evaluate(request: Request, tell: Callable[[Answer], None]) -> int:
    """Plan and run what a change invalidates, and say what that came to; the exit code. Raises
    KeyboardInterrupt where it is cancelled."""
    clock, told = Clock(), _Told(request.saved)
    if request.saved:
        names = dict.fromkeys(map(_named, request.saved))
        click.echo(f"{time.strftime('%H:%M:%S')} saved {shown(', '.join(names))}")
    with clock.phase("load"):
        settings = request.settings()
        puzzles = chosen_puzzles(settings)
        flow = Flow(writable_store(settings))
        try:
            nodes = list(puzzle_nodes(flow, puzzles, settings))
        finally:  # also where a save must mend it
            tell(Answer(folders=tuple(folders_of(settings, request.config, sys.exc_info()[1]))))
    resolver = flow.resolver()
    with clock.phase("plan"):
        plan = make_plan(resolver, nodes)
    told.reasons = plan_json(plan)["reasons"]
    _say_reasons(told.reasons)
    runner = arc_runner(flow, _place_of(settings, plan), clock, resolver)
    journal = Journal(Misses(resolver, lambda: nodes))
    runner.missed = journal.misses.add
    results, tally, others = Results(puzzles), Tally(), Others(Instance(1, 1))
    problems, cancelled = stream(runner, lambda _: iter(nodes), results, tally, others, journal, Voice.QUIET)
    if cancelled:
        raise KeyboardInterrupt
    spent, stats = runner.cluster_cpu, runner.stats()
    account = Account(flow.store.ledger.run, results, tally, clock, spent, stats, None, others)
    counts = account.as_json()
    event = outcome_of(settings, results, resolver, counts) | journal.noted(tally).as_event()
    flow.store.ledger.record("run", **event)
    if len(results.scored) == len(puzzles):  # what failed is no loss to compare with
        tell(Answer(run=account.run))
    _compare(flow, request.previous, account.run, told)
    _say_result(account, told, request.saved_at)
    json_file = Path(request.json_file) if request.json_file is not None else None
    return end([*problems, *write(json_file, counts | dataclasses.asdict(told))])


def _named(saved: str) -> str:
    path = Path(saved)
    return path.name if path.exists() else f"{path.name} (gone)"


def _place_of(settings: Settings, plan: Plan) -> Settings:
    """The settings, with this process as the place where a plan is computed, if starting workers would
    take longer than what is to do."""
    rows = sum(node.missing for node in plan.nodes) + _ROWS_OF_A_NODE * plan.count("pending")
    return dataclasses.replace(settings, workers=0, scheduler="") if rows < _ROWS_HERE else settings


def _compare(flow: Flow, previous: str, run: str, told: _Told) -> None:
    """Note what is newly solved and newly lost since an earlier run, where the ledger has kept both."""
    if not previous:
        return
    backend = flow.store.backends[0]
    try:
        both = Comparison(find_run(backend, previous), find_run(backend, run), ())
    except BadSettings:
        return
    told.newly_solved = {split: sorted(both.newly(split, True)) for split in ("train", "test")}
    told.newly_lost = {split: sorted(both.newly(split, False)) for split in ("train", "test")}


def _say_reasons(reasons: dict[str, dict[str, int]]) -> None:
    said = [(count, stage, reason) for stage, of in reasons.items() for reason, count in of.items()]
    said.sort(key=lambda each: -each[0])
    for count, stage, reason in said[:_REASONS]:
        click.echo(shown(f"  {stage}: {count} because {reason}"))
    if len(said) > _REASONS:
        click.echo(f"  and {len(said) - _REASONS} more reasons")


def _say_result(account: Account, told: _Told, saved_at: float | None) -> None:
    for title, names in (("newly solved", told.newly_solved), ("newly lost", told.newly_lost)):
        for split, puzzles in names.items():
            if puzzles:
                click.echo(shown(f"  {title} ({split}): {len(puzzles)}: {', '.join(puzzles)}"))
    phases, results, tally = account.clock.phases, account.results, account.tally
    told.work_s = sum(phases[stage].wall_s for stage in STAGES if stage in phases)
    ran = tally.rows_executed.total(), tally.executed.total()
    executed = f"ran {ran[0]} rows in {ran[1]} nodes" if any(ran) else "nothing ran"
    total = account.clock.total().wall_s
    spent = f"{total:.2f} s"
    if saved_at is not None:
        told.save_to_result_s = round(max(0.0, time.time() - saved_at), 3)
        spent = f"{told.save_to_result_s:.2f} s after the save"
    click.echo(
        f"  {executed}; solved_train {len(results.solved_train)}, solved_test {len(results.solved_test)} "
        f"of {len(results.scored)}; {spent}, {told.work_s:.2f} s of it in stages"
    )
    sys.stdout.flush()
