"""`memoflow watch arc`: a run again on every save."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import click

from flows.cli.options import arc_options, examples

__all__ = ["watch"]


_EXAMPLES = examples(
    "watch arc --puzzle 67a3c6ac", "watch arc --dsl my_dsl/dsl.py --programs solvers.py --limit 20"
)


@click.group(epilog=_EXAMPLES)
def watch() -> None:
    """Run a flow, and again what each save invalidates; Ctrl-C ends it."""


@watch.command("arc", epilog=_EXAMPLES)
@arc_options
def watch_arc_command(**options: Any) -> int:
    """On every save, run what that invalidates.

    Saves of the DSL, of programs, differs and the config count. Told are the
    rows that run again with the reason, puzzles newly solved and newly lost,
    and the seconds since the save. --json holds the last of it.
    """
    config: Path | None = options.pop("config")
    json_file: Path | None = options.pop("json_file")
    with contextlib.suppress(KeyboardInterrupt):  # the way to end it, at any moment
        from flows.watch.watching import watch

        watch(options, config, json_file)
    return 0
