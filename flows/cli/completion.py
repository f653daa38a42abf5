"""What a shell completes beyond names of commands and options: datasets, puzzles, runs, files.

Owns: those candidates. Whatever cannot be read completes to nothing: a shell is no place for complaints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

__all__ = ["complete_datasets", "complete_files", "complete_puzzles", "complete_runs", "one_of"]

Complete = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]


def one_of(*names: str) -> Complete:
    """Completes to one of some names."""

    def complete(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
        return _beginning(begun, names)

    return complete


def complete_files(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    return _files(begun)


def complete_datasets(
    _context: click.Context, _parameter: click.Parameter, begun: str
) -> list[CompletionItem]:
    from tasks.puzzle import DATASETS

    return _beginning(begun, DATASETS) or _files(begun)


def complete_puzzles(context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """The puzzles of the dataset that the line names so far."""
    from tasks.errors import TaskError
    from tasks.puzzle import load

    try:
        puzzles = load(context.params.get("dataset") or "arcagi", context.params.get("split") or "training")
    except TaskError:
        return []
    return _beginning(begun, puzzles)


def complete_runs(context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """The runs of a store in a directory; no other place is asked over a network for it."""
    from store import MemoflowError, Store
    from store.past import runs_of

    place = Path(str(context.params.get("location") or context.params.get("store") or ".memoflow"))
    if not (place / "memoflow.json").is_file():
        return []
    try:
        runs = runs_of(Store(place).backends[0])
    except (MemoflowError, OSError):
        return []
    return _beginning(begun, ("last", "last~1", *runs))


def _beginning(begun: str, names: Iterable[str]) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem  # not for runs, which never complete anything

    return [CompletionItem(name) for name in names if name.startswith(begun)]


def _files(begun: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(begun, type="file")]
