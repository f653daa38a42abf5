"""Options that several commands have.

Owns: the options of the ARC flow, files to write that are refused before anything runs, and how examples
stand below a command's help.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from flows.cli.completion import complete_datasets, complete_files, complete_puzzles, one_of
from flows.output import check_writable
from flows.progress.screen import Voice
from flows.quantity import duration

__all__ = ["arc_options", "examples", "output_option", "source_options", "voice_options", "writable"]


def writable(_context: click.Context, _option: click.Parameter, file: Path | None) -> Path | None:
    if file is not None:
        check_writable(file)
    return file


def output_option(name: str, variable: str, text: str) -> Callable[..., Any]:
    """An option that names a file to write, refused at once where that cannot be."""
    kind = click.Path(path_type=Path)
    return click.option(name, variable, type=kind, metavar="FILE", help=text, callback=writable)


def examples(*lines: str) -> str:
    """What stands below a command's help: lines to type as they are."""
    return "\b\nExamples:\n" + "\n".join(f"  memoflow {line}" for line in lines)


_SOURCE_OPTIONS = [
    click.option(
        "--dataset",
        metavar="NAME|PATH",
        help="arcagi, arcagi2, a puzzle file or a folder of them.",
        shell_complete=complete_datasets,
    ),
    click.option(
        "--split",
        metavar="SPLIT",
        help="training or evaluation.",
        shell_complete=one_of("training", "evaluation"),
    ),
    click.option(
        "--dsl",
        metavar="MODULE|PATH",
        help="The DSL: a module, a file or a folder.",
        shell_complete=complete_files,
    ),
    click.option(
        "--grid",
        metavar="KIND",
        help="What the DSL's grids are: tuple or array.",
        shell_complete=one_of("tuple", "array"),
    ),
    click.option(
        "--programs",
        metavar="PATH",
        multiple=True,
        help="Programs to try: a file or folder; may be repeated.",
        shell_complete=complete_files,
    ),
    click.option("--own", is_flag=True, default=None, help="Try solve_<puzzle id> on that puzzle only."),
    click.option(
        "--config",
        type=click.Path(path_type=Path),
        metavar="NAME|FILE",
        help="Settings: laptop, kaggle, server, or a TOML file.",
    ),
]
"""Which puzzles, over which DSL, with which programs."""

_ARC_OPTIONS = [
    *_SOURCE_OPTIONS,
    click.option(
        "--puzzle",
        metavar="ID",
        multiple=True,
        help="Only this puzzle; may be repeated.",
        shell_complete=complete_puzzles,
    ),
    click.option("--limit", type=int, metavar="N", help="At most so many puzzles (0: all)."),
    click.option(
        "--differs",
        metavar="PATH",
        multiple=True,
        help="File or folder of differs; may be repeated.",
        shell_complete=complete_files,
    ),
    click.option(
        "--store",
        metavar="DIR|URL",
        help="Where results are kept (default: .memoflow).",
        shell_complete=complete_files,
    ),
    click.option(
        "--layer",
        "layers",
        metavar="STORE",
        multiple=True,
        help="Store that is only read; may be repeated.",
        shell_complete=complete_files,
    ),
    click.option(
        "--workers", type=int, metavar="N", help="Worker processes (0: none; default: CPUs, at most 4)."
    ),
    click.option("--scheduler", metavar="ADDRESS", help="Dask scheduler to use instead."),
    click.option(
        "--deadline",
        type=duration,
        metavar="TIME",
        help="End within 11h30m, or so many seconds, with what is finished by then.",
    ),
    click.option("--instance", metavar="I/N", help="The I-th of N runs that share the store."),
    click.option("--mutants", type=int, metavar="N", help="Mutants of the best programs (default: 0)."),
    click.option("--seed", type=int, metavar="S", help="Seed of the mutants (default: 0)."),
    output_option("--json", "json_file", "Write counts as JSON."),
]


def source_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of the ARC flow that say what there is, without those that say what is done with it."""
    return _with(_SOURCE_OPTIONS, command)


def arc_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of the ARC flow."""
    return _with(_ARC_OPTIONS, command)


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


def _with(options: Sequence[Callable[..., Any]], command: Callable[..., Any]) -> Callable[..., Any]:
    return functools.reduce(lambda wrapped, option: option(wrapped), reversed(options), command)
