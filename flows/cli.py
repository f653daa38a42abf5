"""The command line: `memoflow run|plan|explain|export arc ...` and `memoflow store ...`.

Owns: options, exit codes and messages. Bad use is one line and exit code 2; anything else that goes
wrong is one line and 1, with what was computed kept. What the commands do is in `flows.commands`
and `flows.store_commands`.
"""

from __future__ import annotations

import functools
import gc
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from flows.clock import Clock, process_age
from flows.commands import Wanted, explain_arc, plan_arc, run_arc
from flows.errors import BadSettings, NoScheduler
from flows.output import check_writable, complain
from flows.quantity import age, size
from flows.settings import read_settings
from flows.store_commands import list_objects, list_runs, show_diff, show_stats
from store import MemoflowError, NotAStore, NotWritable
from tasks.errors import MalformedPuzzle, Refused, TaskError, UnknownName, UnusableDsl

__all__ = ["main"]

_BAD_USE = (BadSettings, NoScheduler, NotAStore, NotWritable, MalformedPuzzle, Refused, UnusableDsl)

_MENDS = {
    "dataset": "; name arcagi, arcagi2, or a puzzle file or folder that exists",
    "split": "; name training or evaluation",
    "puzzle": "; --dataset and --split say which puzzles there are",
}


def _checked(_context: click.Context, _option: click.Parameter, file: Path | None) -> Path | None:
    if file is not None:
        check_writable(file)
    return file


def _output_option(name: str, variable: str, text: str) -> Callable[..., Any]:
    """An option that names a file to write, refused at once where that cannot be."""
    kind = click.Path(path_type=Path)
    return click.option(name, variable, type=kind, metavar="FILE", help=text, callback=_checked)


_OPTIONS = [
    click.option(
        "--dataset", metavar="NAME|PATH", help="arcagi, arcagi2, a puzzle file or a folder of them."
    ),
    click.option("--split", metavar="SPLIT", help="training or evaluation."),
    click.option("--dsl", metavar="MODULE|PATH", help="The DSL: a module, a file or a folder."),
    click.option("--grid", metavar="KIND", help="What the DSL's grids are: tuple or array."),
    click.option(
        "--programs",
        metavar="PATH",
        multiple=True,
        help="Programs to try: a file or folder; may be repeated.",
    ),
    click.option("--own", is_flag=True, default=None, help="Try solve_<puzzle id> on that puzzle only."),
    click.option("--puzzle", metavar="ID", multiple=True, help="Only this puzzle; may be repeated."),
    click.option("--limit", type=int, metavar="N", help="At most so many puzzles."),
    click.option(
        "--differs", metavar="PATH", multiple=True, help="File or folder of differs; may be repeated."
    ),
    click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="TOML file of settings."),
    click.option("--store", metavar="DIR", help="Where results are kept (default: .memoflow)."),
    click.option("--layer", "layers", metavar="STORE", multiple=True, help="Store that is only read."),
    click.option("--workers", type=int, metavar="N", help="Worker processes (default: 4; 0: none)."),
    click.option("--scheduler", metavar="ADDRESS", help="Dask scheduler to use instead."),
    click.option("--mutants", type=int, metavar="N", help="Mutants of the best programs (default: 0)."),
    click.option("--seed", type=int, metavar="S", help="Seed of the mutants (default: 0)."),
    _output_option("--json", "json_file", "Write counts as JSON."),
]


def _with_options(command: Callable[..., Any]) -> Callable[..., Any]:
    return functools.reduce(lambda wrapped, option: option(wrapped), reversed(_OPTIONS), command)


@click.group(context_settings={"max_content_width": 80})
@click.version_option(package_name="memoflow")
def memoflow() -> None:
    """Evaluate candidate programs for ARC puzzles; compute nothing twice.

    \b
    memoflow run arc --puzzle 67a3c6ac     one puzzle
    memoflow plan arc                      what would run, and why
    memoflow store stats                   what is kept
    """


@memoflow.group()
def run() -> None:
    """Run a flow; what the store has is not run again."""


@run.command("arc")
@_with_options
@click.option("--timing", is_flag=True, help="Account for the whole wall clock.")
@click.option("--verify", type=float, default=0.0, metavar="X", help="Compute a fraction of hits again.")
@_output_option("--submission", "submission", "Write a Kaggle submission.")
def run_arc_command(timing: bool, verify: float, submission: Path | None, **options: Any) -> int:
    """Propose, filter, inline, validate and rank programs for ARC puzzles."""
    wanted = Wanted(options.pop("json_file"), submission, timing, verify)
    settings = read_settings(options.pop("config"), options)
    return run_arc(settings, click.get_current_context().obj, wanted)


@memoflow.group()
def plan() -> None:
    """Show what a run would do, and why; runs nothing."""


@plan.command("arc")
@_with_options
def plan_arc_command(**options: Any) -> int:
    """Count the nodes and rows that would run, by reason."""
    json_file, config = options.pop("json_file"), options.pop("config")
    return plan_arc(read_settings(config, options), json_file)


@memoflow.group()
def explain() -> None:
    """Show why the nodes of single puzzles would run."""


@explain.command("arc")
@click.argument("puzzles", metavar="PUZZLE...", nargs=-1, required=True)
@_with_options
def explain_arc_command(puzzles: tuple[str, ...], **options: Any) -> int:
    """One line per node of each PUZZLE: stage, status, reason."""
    json_file, config = options.pop("json_file"), options.pop("config")
    options["puzzle"] = (*options["puzzle"], *puzzles)
    return explain_arc(read_settings(config, options), json_file)


@memoflow.group()
def export() -> None:
    """Write the best programs as files; what the store lacks is run first."""


@export.command("arc")
@_with_options
@click.option(
    "--best", type=click.IntRange(1), default=32, show_default=True, metavar="N", help="Of each puzzle."
)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="Where the files go."
)
def export_arc_command(best: int, out: Path, **options: Any) -> int:
    """A Python file per puzzle with its best distinct programs, and an index.

    Files that did not change are left as they are, and so are those that are not ours.
    """
    from flows.export import export_arc

    json_file, config = options.pop("json_file"), options.pop("config")
    settings = read_settings(config, options)
    return export_arc(settings, click.get_current_context().obj, best, out, json_file)


@memoflow.group()
def store() -> None:
    """Look into a store, and look after it."""


# What only these commands need is imported by them: every repeat of a run would pay for it.
_STORE = click.option(
    "--store", "location", metavar="DIR", default=".memoflow", show_default=True, help="The store."
)
_JSON = _output_option("--json", "json_file", "Write as JSON.")


@store.command("stats")
@_STORE
@_JSON
def stats_command(location: str, json_file: Path | None) -> int:
    """Objects and bytes by kind and stage."""
    return show_stats(location, json_file)


@store.command("ls")
@_STORE
@click.argument("prefix", default="")
def ls_command(location: str, prefix: str) -> int:
    """Names and sizes of objects, those under PREFIX only."""
    return list_objects(location, prefix)


@store.command("verify")
@_STORE
@_JSON
def verify_command(location: str, json_file: Path | None) -> int:
    """Check every byte; exit code 1 where something is bad."""
    from flows.store_care import verify_store

    return verify_store(location, json_file)


@store.command("runs")
@_STORE
@_JSON
def runs_command(location: str, json_file: Path | None) -> int:
    """The runs, newest first: id, date, puzzles, solved, executed and hit."""
    return list_runs(location, json_file)


@store.command("diff")
@click.argument("old", metavar="RUN")
@click.argument("new", metavar="RUN")
@_STORE
@_JSON
def diff_command(old: str, new: str, location: str, json_file: Path | None) -> int:
    """What differs between two runs, and what changed between them.

    RUN is an id (see memoflow store runs), the beginning of one, last, or
    last~1 for the one before.
    """
    return show_diff(location, old, new, json_file)


@store.command("gc")
@_STORE
@click.option("--older-than", type=age, metavar="AGE", help="What was written so long ago: 30d, 12h.")
@click.option("--max-size", type=size, metavar="SIZE", help="The oldest, until so much is left: 10GB.")
@click.option("--unreachable", is_flag=True, help="What was computed by other code than the present.")
@click.option("--dry-run", is_flag=True, help="Show what would go, and stop.")
@click.option("--yes", "agreed", is_flag=True, help="Remove it without asking.")
@_JSON
def gc_command(location: str, json_file: Path | None, **wanted: Any) -> int:
    """Show what nobody needs, and remove it.

    Litter of killed writers and what was set aside always goes; results go by the
    options. What a run that goes on at the same time misses, it computes again.
    """
    from flows.store_care import Wanted, collect_garbage

    return collect_garbage(location, Wanted(**wanted), json_file)


@store.command("pack")
@click.argument("file", type=click.Path(path_type=Path), callback=_checked)
@_STORE
def pack_command(file: Path, location: str) -> int:
    """Write the whole store into one FILE, to be used as a --layer."""
    from flows.store_care import pack

    return pack(location, file)


@store.command("unpack")
@click.argument("file")
@_STORE
def unpack_command(file: str, location: str) -> int:
    """Put what a packed FILE holds into a store."""
    from flows.store_care import unpack

    return unpack(file, location)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command line; ends the process with its exit code."""
    clock = Clock(before=process_age())
    # A run holds many small values that live to its end: collecting them in vain costs a repeat a tenth.
    gc.set_threshold(200_000, 10, 10)
    try:
        code = memoflow.main(arguments, prog_name="memoflow", standalone_mode=False, obj=clock)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        code = 2
    except click.ClickException as error:
        code = _ended(_with_mend(error), 2)
    except (click.Abort, KeyboardInterrupt):
        code = _ended("interrupted; what was finished is kept, and the same command goes on from there", 1)
    except UnknownName as error:
        code = _ended(f"{error}{_MENDS[error.kind] if error.nearest is None else ''}", 2)
    except _BAD_USE as error:
        code = _ended(str(error), 2)
    except (MemoflowError, TaskError, OSError) as error:
        code = _ended(str(error), 1)
    sys.exit(code)


def _with_mend(error: click.ClickException) -> str:
    message = error.format_message()
    if isinstance(error, click.UsageError) and error.ctx is not None:
        return f"{message.rstrip('.')}; see {error.ctx.command_path} --help"
    return message


def _ended(problem: str, code: int) -> int:
    complain(problem)
    return code
