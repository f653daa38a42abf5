"""What `memoflow store verify|gc|pack|unpack` do.

Owns: that nothing is deleted before it was shown and agreed to, and what is said of it.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from flows.arc import functions
from flows.commands.store import open_store
from flows.errors import BadSettings
from flows.output import complain, progress, write_json
from store import Corrupt, NotWritable
from store.backend import Backend
from store.gc import Conditions, Decision, Piece, Total, collect, decide, survey
from store.key import Keys, name_of
from store.layout import piece_of
from store.location import create
from store.packing import open_packed, pack_store, unpack_store
from store.verify import verify

__all__ = ["Wanted", "collect_garbage", "current_code", "pack", "unpack", "verify_store"]


def verify_store(location: str, json_file: Path | None) -> int:
    """Check every object; 1 where one is bad. Bad ones are computed again when they are needed."""
    backend = open_store(location)
    names = [name for name, _, _ in backend.walk()]
    with progress("objects", len({piece_of(name) for name in names})) as advance:
        verified = verify(backend, names, advance)
    for error in verified.bad:
        complain(f"bad: {error}")
    for name, reason in verified.litter:
        click.echo(f"litter: {name}: {reason}")
    click.echo(f"{verified.checked} objects checked, {len(verified.bad)} bad")
    if json_file is not None:
        bad = [[error.where, error.reason] for error in verified.bad]
        litter = [[name, reason] for name, reason in verified.litter]
        write_json(json_file, {"checked": verified.checked, "bad": bad, "litter": litter})
    return 1 if verified.bad else 0


def current_code() -> dict[str, str]:
    """The fingerprint of each function that flows know, by name."""
    keys = Keys()
    return {name_of(func): keys.code(func).digest for func in functions()}


@dataclass(frozen=True)
class Wanted:
    """What a gc was asked for; ages in seconds, sizes in bytes."""

    older_than: float | None
    max_size: float | None
    unreachable: bool
    dry_run: bool
    agreed: bool


def collect_garbage(location: str, wanted: Wanted, json_file: Path | None) -> int:
    """Show what goes; remove it where that is agreed to."""
    open_store(location)  # a place that is no store must not become one
    backend, now = create(location), time.time()
    with progress("objects", sum(1 for _ in backend.walk())) as advance:
        seen = survey(backend, now, advance)
    current = current_code() if wanted.unreachable else None
    decision = decide(seen, Conditions(wanted.older_than, wanted.max_size, current), now)
    _show(decision)
    removed = Total(0, 0)
    if not wanted.dry_run and decision.going and _agreed(backend, wanted.agreed):
        with progress("objects", len(decision.going)) as advance:
            removed = collect(backend, seen, decision, advance)
        click.echo(f"removed {removed.objects} objects, {removed.bytes} bytes")
    if json_file is not None:
        write_json(json_file, _as_json(decision, removed))
    return 0


def _agreed(backend: Backend, agreed: bool) -> bool:
    """Whether what was shown may be removed. Raises `NotWritable`, `BadSettings`."""
    if not backend.is_writable():
        raise NotWritable(backend.location, "cannot be written to, so that nothing can be removed from it")
    if not agreed and not sys.stdin.isatty():
        raise BadSettings("store gc", "nothing was removed; say --yes to remove it, --dry-run to look only")
    return agreed or click.confirm("Remove what goes?", err=True)


def _show(decision: Decision) -> None:
    """What goes, by kind, stage and reason, and what stays."""
    goes, stays = _sums(decision)
    for (kind, stage, reason), total in _groups(decision).items():
        _line(f"{kind} {stage}".strip(), reason, total)
    _line("goes", "", goes)
    _line("stays", "", stays)
    if decision.unknown:
        count = sum(decision.unknown.values())
        click.echo(f"{count} records are of functions that no flow here knows; they go by age or size only")


def _line(what: str, reason: str, total: Total) -> None:
    click.echo(f"{what:<24} {reason:<25} {total.objects:>9} objects {total.bytes:>14} bytes")


def _groups(decision: Decision) -> dict[tuple[str, str, str], Total]:
    """What goes by kind, stage and reason."""
    groups = defaultdict[tuple[str, str, str], list[Piece]](list)
    for piece, reason in decision.going:
        groups[piece.kind, piece.stage, reason].append(piece)
    return {group: Total.of(groups[group]) for group in sorted(groups)}


def _sums(decision: Decision) -> tuple[Total, Total]:
    return Total.of(piece for piece, _ in decision.going), Total.of(decision.staying)


def _as_json(decision: Decision, removed: Total) -> dict[str, object]:
    goes, stays = _sums(decision)
    groups = [
        {"kind": kind, "stage": stage, "reason": reason, **total._asdict()}
        for (kind, stage, reason), total in _groups(decision).items()
    ]
    totals = {"goes": goes._asdict(), "stays": stays._asdict(), "removed": removed._asdict()}
    return {"groups": groups, **totals, "unknown": dict(decision.unknown)}


def pack(location: str, file: Path) -> int:
    """Write a store into one file, but for what is bad: that is computed again where it is needed."""
    backend = open_store(location)
    with progress("objects", sum(1 for _ in backend.walk())) as advance:
        packed = pack_store(backend, file, advance)
    _tell_bad(packed.bad)
    click.echo(f"packed {packed.objects} objects, {file.stat().st_size} bytes, into {file}")
    return 0


def unpack(file: str, location: str) -> int:
    """Put what a packed store holds into a store; 1 where some of it is bad."""
    packed = open_packed(file)
    target = create(location)
    if not target.is_writable():
        raise NotWritable(target.location, "cannot be written to; name another place with --store")
    with progress("objects", sum(1 for _ in packed.walk())) as advance:
        unpacked = unpack_store(packed, target, advance)
    _tell_bad(unpacked.bad)
    click.echo(f"unpacked {unpacked.objects} objects, {unpacked.new} of them new, into {target.location}")
    return 1 if unpacked.bad else 0


def _tell_bad(bad: Sequence[Corrupt]) -> None:
    if bad:
        complain(f"left out {len(bad)} bad objects, the first: {bad[0]}")
