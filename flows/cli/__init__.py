"""The command line: `memoflow run|plan|explain|export|watch arc ...`, `memoflow show|report ...` and
`memoflow store ...`.

Owns: which commands there are. How they end is in `flows.cli.ending`, what they do in `flows.commands`.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

import flows.cli.environment  # noqa: F401  # what it sets must be there before NumPy is loaded
from flows.cli.arc import explain, export, plan, run
from flows.cli.ending import ending
from flows.cli.options import examples
from flows.cli.report import report
from flows.cli.show import show
from flows.cli.store import store
from flows.cli.watch import watch
from flows.clock import Clock, process_age

__all__ = ["main"]


@click.group(
    context_settings={"max_content_width": 80},
    epilog=examples(
        "run arc --puzzle 67a3c6ac     one puzzle",
        "plan arc                      what would run, and why",
        "watch arc --puzzle 67a3c6ac   again on every save",
        "show 67a3c6ac                 its grids",
        "store stats                   what is kept",
    ),
)
@click.version_option(package_name="memoflow")
def memoflow() -> None:
    """Evaluate candidate programs for ARC puzzles; compute nothing twice."""


for _command in (run, plan, explain, export, watch, show, report, store):
    memoflow.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command line; ends the process with its exit code."""
    clock = Clock(before=process_age())
    # A run holds many small values that live to its end: collecting them in vain costs a repeat a tenth.
    gc.set_threshold(200_000, 10, 10)
    sys.exit(ending(lambda: memoflow.main(arguments, prog_name="memoflow", standalone_mode=False, obj=clock)))
