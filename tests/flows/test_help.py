"""Help reads well: every command's, in 80 columns, with examples that it understands."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import click
import pytest
from command_line import run_here

from flows.cli import memoflow


def commands(command: click.Command, *path: str) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from commands(below, *path, name)


@pytest.mark.parametrize("path", list(commands(memoflow)), ids=lambda path: " ".join(path) or "memoflow")
def test_help_fits_80_columns(path: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    said = run_here(*path, "--help")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"Usage: {' '.join(('memoflow', *path))}")
    lines = [line.strip() for line in said.out.splitlines()]
    assert max(map(len, said.out.splitlines())) <= 80
    shown = [shlex.split(line.partition("   ")[0]) for line in lines[lines.index("Examples:") + 1 :]]
    assert shown
    for name, *arguments in shown:
        assert name == "memoflow"
        assert set(path) <= set(arguments)
        understood(memoflow, arguments)


def understood(command: click.Command, arguments: list[str]) -> None:
    """Raises where a command line is refused before it does anything."""
    context = command.make_context("memoflow", arguments)
    if isinstance(command, click.Group):
        name, below, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        assert name
        assert below is not None
        understood(below, rest)


@pytest.mark.parametrize("path", [(), ("run",), ("plan",), ("explain",), ("store",)])
def test_a_group_alone_shows_its_help(path: tuple[str, ...]) -> None:
    said = run_here(*path)
    assert (said.code, said.out) == (2, "")
    assert said.err == run_here(*path, "--help").out
