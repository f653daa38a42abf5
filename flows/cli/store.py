"""`memoflow store ...`: commands that look into a store and look after it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from flows.cli.completion import complete_files, complete_runs
from flows.cli.options import examples, output_option, writable
from flows.commands.store import list_objects, list_runs, show_diff, show_stats
from flows.quantity import age, size

__all__ = ["store"]


@click.group(epilog=examples("store stats", "store runs", "store gc --older-than 30d --dry-run"))
def store() -> None:
    """Look into a store, and look after it."""


# What only these commands need is imported by them: every repeat of a run would pay for it.
_STORE = click.option(
    "--store", "location", metavar="DIR|URL", default=".memoflow", show_default=True, help="The store."
)
_JSON = output_option("--json", "json_file", "Write as JSON.")


@store.command("stats", epilog=examples("store stats", "store stats --store s3://bucket/prefix"))
@_STORE
@_JSON
def stats_command(location: str, json_file: Path | None) -> int:
    """Objects and bytes by kind and stage."""
    return show_stats(location, json_file)


@store.command("ls", epilog=examples("store ls", "store ls runs/"))
@_STORE
@click.argument("prefix", default="")
def ls_command(location: str, prefix: str) -> int:
    """Names and sizes of objects, those under PREFIX only."""
    return list_objects(location, prefix)


@store.command("verify", epilog=examples("store verify", "store verify --json bad.json"))
@_STORE
@_JSON
def verify_command(location: str, json_file: Path | None) -> int:
    """Check every byte; exit code 1 where something is bad."""
    from flows.commands.store_care import verify_store

    return verify_store(location, json_file)


@store.command("runs", epilog=examples("store runs", "store runs --json runs.json"))
@_STORE
@_JSON
def runs_command(location: str, json_file: Path | None) -> int:
    """The runs, newest first, with what they came to.

    An id begins with date and time (UTC). Train and test: puzzles solved on those
    samples. Executed and hit: nodes and rows together; --json tells them apart.
    """
    return list_runs(location, json_file)


@store.command(
    "diff", epilog=examples("store diff last~1 last", "store diff 20261124T10 last --json diff.json")
)
@click.argument("old", metavar="RUN", shell_complete=complete_runs)
@click.argument("new", metavar="RUN", shell_complete=complete_runs)
@_STORE
@_JSON
def diff_command(old: str, new: str, location: str, json_file: Path | None) -> int:
    """What differs between two runs, and what changed between them.

    RUN is an id (see memoflow store runs), the beginning of one, last, or
    last~1 for the one before.
    """
    return show_diff(location, old, new, json_file)


@store.command(
    "gc", epilog=examples("store gc --dry-run", "store gc --older-than 30d", "store gc --max-size 10GB --yes")
)
@_STORE
@click.option("--older-than", type=age, metavar="AGE", help="What was written so long ago: 30d, 12h.")
@click.option("--max-size", type=size, metavar="SIZE", help="The oldest, until so much is left: 10GB.")
@click.option("--unreachable", is_flag=True, help="What was computed by other code than the present.")
@click.option("--dry-run", is_flag=True, help="Show what would go, and stop.")
@click.option("--yes", "agreed", is_flag=True, help="Remove it without asking.")
@_JSON
def gc_command(location: str, json_file: Path | None, **wanted: Any) -> int:
    """Show what nobody needs, and remove it.

    Litter of killed writers and what was set aside always goes; results go by the
    options. What a run that goes on at the same time misses, it computes again.
    """
    from flows.commands.store_care import Wanted, collect_garbage

    return collect_garbage(location, Wanted(**wanted), json_file)


@store.command("pack", epilog=examples("store pack warm.memoflow"))
@click.argument("file", type=click.Path(path_type=Path), callback=writable)
@_STORE
def pack_command(file: Path, location: str) -> int:
    """Write the whole store into one FILE, to be used as a --layer."""
    from flows.commands.store_care import pack

    return pack(location, file)


@store.command("unpack", epilog=examples("store unpack warm.memoflow --store .memoflow"))
@click.argument("file", shell_complete=complete_files)
@_STORE
def unpack_command(file: str, location: str) -> int:
    """Put what a packed FILE holds into a store."""
    from flows.commands.store_care import unpack

    return unpack(file, location)
