"""Options that several commands have.

Owns: the options of the ARC flow, and files to write that are refused before anything runs.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from flows.output import check_writable
from flows.screen import Voice

__all__ = ["arc_options", "output_option", "voice_options", "writable"]


def writable(_context: click.Context, _option: click.Parameter, file: Path | None) -> Path | None:
    if file is not None:
        check_writable(file)
    return file


def output_option(name: str, variable: str, text: str) -> Callable[..., Any]:
    """An option that names a file to write, refused at once where that cannot be."""
    kind = click.Path(path_type=Path)
    return click.option(name, variable, type=kind, metavar="FILE", help=text, callback=writable)


_ARC_OPTIONS = [
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
    output_option("--json", "json_file", "Write counts as JSON."),
]


def arc_options(command: Callable[..., Any]) -> Callable[..., Any]:
    return functools.reduce(lambda wrapped, option: option(wrapped), reversed(_ARC_OPTIONS), command)


def voice_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """How much is said, as the parameter `voice`."""
    kinds: dict[Voice, str] = {
        Voice.VERBOSE: "Say a line for each puzzle, and where to watch the run.",
        Voice.QUIET: "Say only what goes wrong.",
    }
    for voice, text in kinds.items():
        option = click.option(f"--{voice.value}", "voice", flag_value=voice, type=Voice, help=text)
        command = option(command)
    return command
