"""One change, evaluated in a process that nothing was evaluated in before.

Owns: the order of plan, run and comparison, and what is said of them.
"""

from __future__ import annotations

import dataclasses
import sys
import sysconfig
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click

from flows.arc import Results, puzzle_nodes
from flows.clock import Clock
from flows.commands.arc import end, writable_store, write
from flows.commands.streaming import stream
from flows.commands.tables import STAGES, Account, plan_json
from flows.errors import BadSettings
from flows.execution.executor import Executor
from flows.execution.room import Room
from flows.flow import Flow, Tally
from flows.instances.instance import Instance
from flows.instances.others import Others
from flows.output import shown
from flows.plan import Plan, make_plan
from flows.progress.screen import Voice
from flows.puzzles import chosen_puzzles
from flows.runs.compare import Comparison
from flows.runs.outcomes import find_run, outcome_of
from flows.settings import Settings
from flows.watch.request import Answer, Request

__all__ = ["evaluate", "folders_of"]

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
    """Plan and run what a change invalidates, and say what that came to; the exit code."""
    clock, told = Clock(), _Told(request.saved)
    if request.saved:
        names = ", ".join(Path(name).name for name in request.saved)
        click.echo(f"{time.strftime('%H:%M:%S')} saved {shown(names)}")
    with clock.phase("load"):
        settings = request.settings()
        puzzles = chosen_puzzles(settings)
        flow = Flow(writable_store(settings))
        try:
            nodes = list(puzzle_nodes(flow, puzzles, settings))
        finally:  # also where a save must mend it
            tell(Answer(tuple(folders_of(settings, request.config))))
    resolver = flow.resolver()
    with clock.phase("plan"):
        plan = make_plan(resolver, nodes)
    told.reasons = plan_json(plan)["reasons"]
    _say_reasons(told.reasons)
    room = Room(settings.window, settings.chunk_s)
    runner = flow.runner(_starter(flow, settings, plan), clock, room, resolver=resolver)
    results, tally, others = Results(puzzles), Tally(), Others(Instance(1, 1))
    problems, interrupted = stream(runner, lambda _: iter(nodes), results, tally, others, voice=Voice.QUIET)
    if interrupted:
        return 1
    spent, stats = runner.cluster_cpu, runner.stats()
    account = Account(flow.store.ledger.run, results, tally, clock, spent, stats, None, others)
    counts = account.as_json()
    flow.store.ledger.record("run", **outcome_of(settings, results, resolver, counts))
    if len(results.scored) == len(puzzles):  # what failed is no loss to compare with
        tell(Answer(run=account.run))
    _compare(flow, request.previous, account.run, told)
    _say_result(account, told)
    json_file = Path(request.json_file) if request.json_file is not None else None
    return end([*problems, *write(json_file, counts | dataclasses.asdict(told))])


def _starter(flow: Flow, settings: Settings, plan: Plan) -> Callable[[], Executor]:
    """What computes a plan: this process, where starting workers would take longer than what is to do."""
    rows = sum(node.missing for node in plan.nodes) + _ROWS_OF_A_NODE * plan.count("pending")
    if rows < _ROWS_HERE:
        return flow.starter(0)
    return flow.starter(settings.workers, settings.scheduler or None, settings.dashboard)


def _compare(flow: Flow, previous: str, run: str, told: _Told) -> None:
    """Note what is newly solved and newly lost since an earlier run, where the ledger has kept both."""
    backend = flow.store.backends[0]
    if not previous:
        return
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


def _say_result(account: Account, told: _Told) -> None:
    for title, names in (("newly solved", told.newly_solved), ("newly lost", told.newly_lost)):
        for split, puzzles in names.items():
            if puzzles:
                click.echo(shown(f"  {title} ({split}): {len(puzzles)}: {', '.join(puzzles)}"))
    phases, results, tally = account.clock.phases, account.results, account.tally
    told.work_s = sum(phases[stage].wall_s for stage in STAGES if stage in phases)
    ran = tally.rows_executed.total(), tally.executed.total()
    executed = f"ran {ran[0]} rows in {ran[1]} nodes" if any(ran) else "nothing ran"
    total = account.clock.total().wall_s
    since = _since_save(told.saved)
    if since is not None:
        told.save_to_result_s = round(since, 3)
    spent = f"{total:.2f} s" if since is None else f"{since:.2f} s after the save"
    click.echo(
        f"  {executed}; solved_train {len(results.solved_train)}, solved_test {len(results.solved_test)} "
        f"of {len(results.scored)}; {spent}, {told.work_s:.2f} s of it in stages"
    )
    sys.stdout.flush()


def _since_save(saved: Iterable[str]) -> float | None:
    """Seconds since the last of some files was put there; None where none is left."""
    times = [Path(name).stat().st_ctime for name in saved if Path(name).exists()]
    return max(0.0, time.time() - max(times)) if times else None


# -- where saves matter ----------------------------------------------------------------------


def folders_of(settings: Settings, config: str | None) -> Iterator[str]:
    """The folders of all that a run of these settings reads as code: what is loaded by now and not
    installed, the DSL, the programs and differs, the config."""
    folders: dict[Path, None] = {}
    for place in _places(settings, config):
        for path in (place.absolute(), place.resolve()):
            folders[path if path.is_dir() else path.parent] = None
    yield from (str(folder) for folder in folders if folder.is_dir())


def _places(settings: Settings, config: str | None) -> Iterator[Path]:
    yield from _loaded_files()
    if Path(settings.dsl).exists():
        yield Path(settings.dsl)
    yield from map(Path, (*settings.programs, *settings.differs))
    if config is not None:
        yield Path(config)


def _loaded_files() -> Iterator[Path]:
    """The files of loaded modules, but for the standard library's and what is installed."""
    installed = {*map(sysconfig.get_path, ("stdlib", "platstdlib", "purelib", "platlib")), sys.prefix}
    for module in list(sys.modules.values()):
        file = vars(module).get("__file__")
        if isinstance(file, str) and not file.startswith(tuple(f"{each}/" for each in installed)):
            yield Path(file)
