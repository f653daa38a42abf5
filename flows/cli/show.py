"""`memoflow show`: a puzzle's grids, on the terminal or as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from flows.cli.completion import complete_puzzles
from flows.cli.options import examples, output_option, source_options
from flows.settings import read_settings

__all__ = ["show"]


@click.command(
    epilog=examples(
        "show 67a3c6ac", "show 67a3c6ac --program solve_67a3c6ac --symbols", "show 67a3c6ac --out puzzle.svg"
    )
)
@click.argument("name", metavar="PUZZLE", shell_complete=complete_puzzles)
@click.option("--program", metavar="NAME", help="Show what it returns too, and where that differs.")
@output_option("--out", "out", "Write a picture: .svg or .png.")
@click.option("--symbols", is_flag=True, help="A symbol in each cell: colours need not be told apart.")
@source_options
def show(name: str, program: str | None, out: Path | None, symbols: bool, **options: Any) -> int:
    """Draw a puzzle: train pairs and tests, side by side.

    --program names one of the library, of --programs, or a composition.
    """
    from flows.commands.show import check_picture, show

    if out is not None:
        check_picture(out)
    options["puzzle"] = (name,)
    return show(read_settings(options.pop("config"), options), program, out, symbols)
