"""What a run says while it goes on, on standard error.

Owns: how much is said (`Voice`): a table that follows the run on a terminal, a line now and then
elsewhere, a line per puzzle with `--verbose`, nothing with `--quiet`. A run that executes nothing, or
ends in half a second, says nothing and imports nothing for it.
"""

from __future__ import annotations

import contextlib
import enum
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

import click

from flows.output import aligned, shown
from flows.quantity import told_duration

if TYPE_CHECKING:
    from rich.console import Group
    from rich.live import Live

    from flows.progress.snapshot import Snapshot

__all__ = ["Screen", "Voice", "screen"]

_AFTER = 0.5
"""Seconds of a run before its table appears."""
_LINE_EVERY = 10.0
"""Seconds before the first line, and at least between two."""
_LINE_SHARE = 0.1
"""A run that goes on for hours says a line when so much of its time has passed again."""


class Voice(enum.Enum):
    QUIET = "quiet"
    USUAL = "usual"
    VERBOSE = "verbose"


class Screen(Protocol):
    """Says how a run goes on."""

    def see(self, snapshot: Snapshot) -> None:
        """Some of it was executed."""

    def took(self, name: str, result: str) -> None:
        """A puzzle finished."""


@contextlib.contextmanager
def screen(voice: Voice) -> Iterator[Screen]:
    """What suits a voice, and standard error."""
    if voice is Voice.USUAL and sys.stderr.isatty():
        table = _Table()
        try:
            yield table
        finally:
            table.close()
    else:
        yield _Nothing() if voice is Voice.QUIET else _AllLines() if voice is Voice.VERBOSE else _Lines()


class _Nothing:
    def see(self, snapshot: Snapshot) -> None: ...

    def took(self, name: str, result: str) -> None: ...


class _Lines:
    """A line now and then, less often as the run gets longer."""

    def __init__(self) -> None:
        self._due = _LINE_EVERY
        self._page = ""

    def see(self, snapshot: Snapshot) -> None:
        if snapshot.seconds >= self._due and not snapshot.ended:
            self._due = snapshot.seconds + max(_LINE_EVERY, _LINE_SHARE * snapshot.seconds)
            if snapshot.page != self._page:
                self._page = snapshot.page
                click.echo(f"watch it at {shown(snapshot.page)}", err=True)
            click.echo(_summary(snapshot), err=True)

    def took(self, name: str, result: str) -> None: ...


class _AllLines(_Lines):
    """And one for each puzzle; where to watch, from the begin."""

    def __init__(self) -> None:
        super().__init__()
        self._due = 0.0

    def took(self, name: str, result: str) -> None:
        click.echo(shown(f"{name}: {result}"), err=True)


class _Table:
    """A table in place, gone when the run ends."""

    def __init__(self) -> None:
        self._live: Live | None = None

    def see(self, snapshot: Snapshot) -> None:
        if snapshot.ended or snapshot.seconds < _AFTER:
            return
        if self._live is None:
            from rich.console import Console
            from rich.live import Live

            console = Console(stderr=True)
            self._live = Live(
                console=console,
                auto_refresh=False,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()
        self._live.update(_drawn(snapshot), refresh=True)

    def took(self, name: str, result: str) -> None: ...

    def close(self) -> None:
        if self._live is not None:
            self._live.stop()


def _summary(snapshot: Snapshot) -> str:
    """A run so far, in a line."""
    standing = snapshot.standing
    parts = [
        f"puzzles {snapshot.finished}/{snapshot.targets}",
        f"solved {standing.solved_test} (train {standing.solved_train})",
        *([f"failed {snapshot.failed}"] if snapshot.failed else []),
        *([f"hit rate {snapshot.hit_rate:.1%}"] if snapshot.hit_rate is not None else []),
        told_duration(snapshot.seconds),
        *([f"{told_duration(snapshot.left_s)} left"] if snapshot.left_s is not None else []),
    ]
    return ", ".join(parts)


def _drawn(snapshot: Snapshot) -> Group:
    """By our own table: one of rich's takes ten times as long to draw, and is drawn every second."""
    from rich.console import Group, RenderableType
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    rows: list[tuple[str, ...]] = [("stage", "run", "hit", "waiting", "failed", "hit rate")]
    for each in snapshot.stages:
        rate = f"{each.hit_rate:.1%}" if each.hit_rate is not None else ""
        counts = (each.executed, each.hit, each.waiting, each.failed)
        rows.append((shown(each.stage), *(str(count) if count else "" for count in counts), rate))
    bar = Table.grid()
    bar.add_row(ProgressBar(total=max(1, snapshot.targets), completed=snapshot.finished, width=56))
    lines: list[RenderableType] = [Text(aligned(rows), no_wrap=True), bar, Text(_summary(snapshot))]
    if snapshot.page:
        lines.append(Text(f"watch it at {shown(snapshot.page)}", style="dim"))
    return Group(*lines)
