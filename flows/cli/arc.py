"""`memoflow run|plan|explain|export arc`: from options to settings to the command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from flows.cli.completion import complete_puzzles
from flows.cli.options import arc_options, examples, output_option, voice_options
from flows.commands.arc import Wanted, explain_arc, plan_arc, run_arc
from flows.progress.screen import Voice
from flows.settings import read_settings

__all__ = ["explain", "export", "plan", "run"]

_RUN = examples(
    "run arc --puzzle 67a3c6ac",
    "run arc --dataset arcagi2 --submission submission.json",
    "run arc --dsl my_dsl/dsl.py --programs solvers.py --limit 20",
)
_PLAN = examples("plan arc", "plan arc --dsl my_dsl/dsl.py --programs solvers.py --json plan.json")
_EXPLAIN = examples("explain arc 67a3c6ac", "explain arc 67a3c6ac 68b16354 --json why.json")
_EXPORT = examples("export arc --out best", "export arc --best 3 --puzzle 67a3c6ac --out best")


@click.group(epilog=_RUN)
def run() -> None:
    """Run a flow; what the store has is not run again."""


@run.command("arc", epilog=_RUN)
@arc_options
@click.option("--timing", is_flag=True, help="Account for the whole wall clock.")
@click.option(
    "--verify", type=float, default=0.0, metavar="X", help="Compute a fraction (0.01) of hits again."
)
@output_option("--report", "report", "Write what it came to as a page.")
@output_option("--submission", "submission", "Write a Kaggle submission.")
@voice_options
def run_arc_command(
    timing: bool,
    verify: float,
    report: Path | None,
    submission: Path | None,
    voice: Voice | None,
    **options: Any,
) -> int:
    """Propose, filter, inline, validate and rank programs for ARC puzzles."""
    json_file = options.pop("json_file")
    wanted = Wanted(json_file, submission, report, timing, verify, voice or Voice.USUAL)
    settings = read_settings(options.pop("config"), options)
    return run_arc(settings, click.get_current_context().obj, wanted)


@click.group(epilog=_PLAN)
def plan() -> None:
    """Show what a run would do, and why; runs nothing."""


@plan.command("arc", epilog=_PLAN)
@arc_options
def plan_arc_command(**options: Any) -> int:
    """Count the nodes and rows that would run, by reason."""
    json_file, config = options.pop("json_file"), options.pop("config")
    return plan_arc(read_settings(config, options), json_file)


@click.group(epilog=_EXPLAIN)
def explain() -> None:
    """Show why the nodes of single puzzles would run."""


@explain.command("arc", epilog=_EXPLAIN)
@click.argument("puzzles", metavar="PUZZLE...", nargs=-1, required=True, shell_complete=complete_puzzles)
@arc_options
def explain_arc_command(puzzles: tuple[str, ...], **options: Any) -> int:
    """One line per node of each PUZZLE: stage, status, reason."""
    json_file, config = options.pop("json_file"), options.pop("config")
    options["puzzle"] = (*options["puzzle"], *puzzles)
    return explain_arc(read_settings(config, options), json_file)


@click.group(epilog=_EXPORT)
def export() -> None:
    """Write the best programs of each puzzle as Python files."""


@export.command("arc", epilog=_EXPORT)
@arc_options
@click.option(
    "--best", type=click.IntRange(1), default=32, show_default=True, metavar="N", help="Of each puzzle."
)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="Where the files go."
)
@voice_options
def export_arc_command(best: int, out: Path, voice: Voice | None, **options: Any) -> int:
    """A Python file per puzzle with its best distinct programs, and an index.

    What the store lacks is run first. Files that did not change are left as they
    are, and so are those that are not ours.
    """
    from flows.commands.export import export_arc

    json_file, config = options.pop("json_file"), options.pop("config")
    settings = read_settings(config, options)
    return export_arc(settings, click.get_current_context().obj, best, out, json_file, voice or Voice.USUAL)
