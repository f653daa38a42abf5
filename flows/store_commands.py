"""What `memoflow store stats|ls` do; `flows.store_care` has what checks and changes a store."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from flows.output import write_json
from store import NotAStore
from store.backend import Backend
from store.location import open_layer

__all__ = ["list_objects", "open_store", "show_stats"]


def show_stats(location: str, json_file: Path | None) -> int:
    """Objects and bytes by kind and stage."""
    objects, sizes = Counter[str](), Counter[str]()
    for name, size, _ in open_store(location).walk():
        kind = "/".join(name.split("/")[:2]) if name.startswith(("entries/", "rows/")) else name.split("/")[0]
        objects[kind] += 1
        sizes[kind] += size
    for kind in sorted(objects):
        click.echo(f"{kind:<24} {objects[kind]:>9} objects {sizes[kind]:>14} bytes")
    click.echo(f"{'total':<24} {objects.total():>9} objects {sizes.total():>14} bytes")
    if json_file is not None:
        said = {kind: {"objects": objects[kind], "bytes": sizes[kind]} for kind in sorted(objects)}
        total = {"objects": objects.total(), "bytes": sizes.total()}
        write_json(json_file, {"kinds": said, "total": total})
    return 0


def list_objects(location: str, prefix: str) -> int:
    """One line per object: size in bytes, name."""
    for name, size, _ in open_store(location).walk():
        if name.startswith(prefix):
            click.echo(f"{size:>12}  {name}")
    return 0


def open_store(location: str) -> Backend:
    """The store's objects, for reading only: looking into a place makes no store of it."""
    if "://" not in location and not Path(location).exists():
        raise NotAStore(location, "does not exist; name a store with --store")
    return open_layer(location)
