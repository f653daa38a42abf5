"""How a command ends: its exit code, and in one line what went wrong.

Owns: which errors are bad use (2) and which are failures (1), and the mends that an error's own text does
not name.
"""

from __future__ import annotations

from collections.abc import Callable

import click

from flows.errors import BadSettings, NoScheduler
from flows.output import complain
from store import MemoflowError, NotAStore, NotWritable
from tasks.errors import MalformedPuzzle, Refused, TaskError, UnknownName, UnusableDsl

__all__ = ["ending"]

_BAD_USE = (BadSettings, NoScheduler, NotAStore, NotWritable, MalformedPuzzle, Refused, UnusableDsl)

_MENDS = {
    "dataset": "; name arcagi, arcagi2, or a puzzle file or folder that exists",
    "split": "; name training or evaluation",
    "puzzle": "; --dataset and --split say which puzzles there are",
    "file of programs": "; name a .py or .jsonl file, or a folder with such files",
    "program": "; name one of the library, of --programs, or a composition as a run names it",
}


def ending(command: Callable[[], int]) -> int:
    """The exit code of a command."""
    try:
        return command()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.ClickException as error:
        return _ended(_with_mend(error), 2)
    except (click.Abort, KeyboardInterrupt):
        return _ended("interrupted; what was finished is kept, and the same command goes on from there", 1)
    except UnknownName as error:
        return _ended(f"{error}{_MENDS[error.kind] if error.nearest is None else ''}", 2)
    except _BAD_USE as error:
        return _ended(str(error), 2)
    except (MemoflowError, TaskError, OSError) as error:
        return _ended(str(error), 1)


def _with_mend(error: click.ClickException) -> str:
    message = error.format_message()
    if isinstance(error, click.UsageError) and error.ctx is not None:
        see = f"see {error.ctx.command_path} --help"
        return f"{message.rstrip('.')}; {see}" if message.endswith(".") else f"{message} {see.capitalize()}"
    return message


def _ended(problem: str, code: int) -> int:
    complain(problem)
    return code
