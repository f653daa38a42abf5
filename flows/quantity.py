"""Ages, durations and sizes as people write them: `30d`, `12h`, `11h30m`, `10GB`, `500MiB`; and durations
as they read them: `3 h 20 min`."""

from __future__ import annotations

import re
from collections.abc import Mapping

import click

__all__ = ["age", "duration", "size", "told_duration"]

_NUMBER = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([a-z]*)", re.IGNORECASE)
_PART = re.compile(r"[0-9]+(?:\.[0-9]+)? ?[a-z]+ ?", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_BYTES = {"": 1, "b": 1} | {
    f"{letter}{unit}": base**power
    for power, letter in enumerate("kmgt", start=1)
    for unit, base in (("b", 1000), ("ib", 1024))
}


def age(text: str) -> float:
    """An age in seconds. Raises `click.BadParameter`."""
    return _measured(text, _SECONDS, "no age; write it like 30d, 12h, 90m or 45s")


def duration(text: str) -> float:
    """A duration in seconds, of one part or several; a number without a unit is seconds. Raises
    `click.BadParameter`."""
    problem = "no duration; write it like 11h30m, 90m or 45 (seconds)"
    parts = [text] if _NUMBER.fullmatch(text) else [part[0] for part in _PART.finditer(text)]
    if not parts or "".join(parts) != text:
        raise click.BadParameter(f"{text!r} is {problem}")
    return sum(_measured(part.rstrip(), {"": 1, **_SECONDS}, problem) for part in parts)


def size(text: str) -> float:
    """A size in bytes. Raises `click.BadParameter`."""
    return _measured(text, _BYTES, "no size; write it like 10GB, 500MiB or 100kB")


def told_duration(seconds: float) -> str:
    """Seconds in the two largest units that matter."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _measured(text: str, units: Mapping[str, int], problem: str) -> float:
    found = _NUMBER.fullmatch(text)
    if found is None or found[2].lower() not in units:
        raise click.BadParameter(f"{text!r} is {problem}")
    return float(found[1]) * units[found[2].lower()]
