"""The command line: `memoflow run|plan|explain|export arc ...` and `memoflow store ...`.

Owns: exit codes and messages. Bad use is one line and exit code 2; anything else that goes wrong is
one line and 1, with what was computed kept. What the commands do is in `flows.commands` and
`flows.store_commands`.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

import flows.cli.environment  # noqa: F401  # what it sets must be there before NumPy is loaded
from flows.cli.arc import explain, export, plan, run
from flows.cli.store import store
from flows.clock import Clock, process_age
from flows.errors import BadSettings, NoScheduler
from flows.output import complain
from store import MemoflowError, NotAStore, NotWritable
from tasks.errors import MalformedPuzzle, Refused, TaskError, UnknownName, UnusableDsl

__all__ = ["main"]

_BAD_USE = (BadSettings, NoScheduler, NotAStore, NotWritable, MalformedPuzzle, Refused, UnusableDsl)

_MENDS = {
    "dataset": "; name arcagi, arcagi2, or a puzzle file or folder that exists",
    "split": "; name training or evaluation",
    "puzzle": "; --dataset and --split say which puzzles there are",
}


@click.group(context_settings={"max_content_width": 80})
@click.version_option(package_name="memoflow")
def memoflow() -> None:
    """Evaluate candidate programs for ARC puzzles; compute nothing twice.

    \b
    memoflow run arc --puzzle 67a3c6ac     one puzzle
    memoflow plan arc                      what would run, and why
    memoflow store stats                   what is kept
    """


for _command in (run, plan, explain, export, store):
    memoflow.add_command(_command)


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
