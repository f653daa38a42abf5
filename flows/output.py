"""What commands show and write: aligned columns, JSON files, a progress bar, complaints.

Owns: that an output file is whole or as it was before, and is tried before anything is computed for
it; that nothing moves on a standard error that is no terminal; that a complaint is one line; that
text from elsewhere cannot steer the terminal.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from flows.errors import BadSettings

__all__ = [
    "aligned",
    "check_writable",
    "complain",
    "progress",
    "shown",
    "write_bytes",
    "write_json",
    "write_text",
]


def complain(problem: str) -> None:
    """Say on standard error what is wrong, in one line."""
    click.echo(f"memoflow: {shown(' '.join(problem.split()))}", err=True)


def shown(text: str) -> str:
    """A line with whatever could steer a terminal written out: names and ledgers may hold
    anything."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def aligned(table: Sequence[Sequence[str]]) -> str:
    """Columns of text, the first to the left, the others to the right, a line under the head.

    By hand, since importing rich costs a repeated run a tenth of its CPU.
    """
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in table]
    lines.insert(1, "-" * len(lines[0]))
    return "\n".join(lines)


@contextlib.contextmanager
def progress(label: str, total: int) -> Iterator[Callable[[], None]]:
    """A progress bar on the terminal, if standard error is one; call what it gives per item."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda: bar.advance(task)


def check_writable(file: Path) -> None:
    """Raise `BadSettings` for an output file that cannot be written."""
    path = file.resolve()
    beside = path.parent
    writable = os.access(path, os.W_OK) if _is_device(path) else os.access(beside, os.W_OK | os.X_OK)
    if path.is_dir() or not beside.is_dir() or not writable:
        raise BadSettings(str(file), "cannot be written; name a file in a directory that you can write to")


def write_json(file: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file as `write_text` does."""
    write_text(file, json.dumps(content))


def write_text(file: Path, text: str) -> None:
    """Write a text file as `write_bytes` does."""
    write_bytes(file, text.encode())


def write_bytes(file: Path, content: bytes) -> None:
    """Write a whole file or none: beside, then renamed. Raises OSError."""
    path = file.resolve()
    if _is_device(path):
        path.write_bytes(content)
        return
    # Not by process id: containers that share a folder have the same ones.
    beside = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


def _is_device(path: Path) -> bool:
    """Whether a path is a pipe or device, which must not be replaced by a file."""
    return path.exists() and not path.is_file() and not path.is_dir()
