"""What `memoflow store stats|ls|verify` do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from flows.output import complain, progress, write_json
from store import NotAStore
from store.backend import Backend
from store.location import open_layer
from store.verify import verify

__all__ = ["list_objects", "show_stats", "verify_store"]


def show_stats(location: str, json_file: Path | None) -> int:
    """Objects and bytes by kind and stage."""
    objects, sizes = Counter[str](), Counter[str]()
    for name, size, _ in _open(location).walk():
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
    for name, size, _ in _open(location).walk():
        if name.startswith(prefix):
            click.echo(f"{size:>12}  {name}")
    return 0


def verify_store(location: str, json_file: Path | None) -> int:
    """Check every object; 1 where one is bad. Bad ones are computed again when they are needed."""
    backend = _open(location)
    names = [name for name, _, _ in backend.walk()]
    with progress("objects", len(names)) as advance:
        checked, bad = verify(backend, _counted(names, advance))
    for error in bad:
        complain(f"bad: {error}")
    click.echo(f"{checked} objects checked, {len(bad)} bad")
    if json_file is not None:
        said = {"checked": checked, "bad": [[error.where, error.reason] for error in bad]}
        write_json(json_file, said)
    return 1 if bad else 0


def _counted(names: list[str], advance: Callable[[], None]) -> Iterator[str]:
    for name in names:
        yield name
        advance()


def _open(location: str) -> Backend:
    """The store's objects, for reading only: looking into a place makes no store of it."""
    if "://" not in location and not Path(location).exists():
        raise NotAStore(location, "does not exist; name a store with --store")
    return open_layer(location)
