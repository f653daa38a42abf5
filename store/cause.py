"""Causes: why a result is missing, as data that reads as one line.

Owns: `Cause`, its kinds and their wording, and the causes that lie between two versions of a
function's code.

Does not promise: that a named part alone explains the miss. What a version of the code reached and
the other does not is named as well, as added or removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from store.fingerprint import Fingerprint, Part, changed
from store.reads import Stale

__all__ = ["NEW", "Cause", "Code", "code_causes", "describe", "names"]

_SHORT = 10
"""Digits of a fingerprint that are shown."""

_TOLD = 4
"""Causes of one miss that are told one by one."""

_NOUNS = {
    "code": "code of",
    "environment": "environment variable",
    "pinned": "pinned version of",
    "python": "python version",
    "root": "code of",
    "widened": "module",
}
"""What a kind is called where its own name does not say it."""

_VERSIONED = ("package", "python")


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason why a result is missing.

    Kinds: `new`; of code `function`, `class`, `constant`, `package`, `python` and whatever else a
    fingerprint's parts are, with `widened` for a module that was taken whole, and `code` where no
    part tells; of inputs `input` (`where`: the stage that it comes from), `settings`, `file`,
    `environment`; `corrupt` (`name`: the object). `old` and `new` are digests, or versions of
    packages and of Python; an empty one says that there was, or is, none.
    """

    kind: str
    name: str = ""
    where: str = ""
    old: str = ""
    new: str = ""

    @staticmethod
    def of_read(stale: Stale) -> Cause:
        """The cause that something which was read is another now."""
        return Cause(stale.kind, stale.name, "", stale.old, stale.new)

    def describe(self, digests: bool = False) -> str:
        """The cause as a line; with the digests, or the name of a corrupt object, where asked."""
        if self.kind == "new":
            return "new"
        if self.kind == "corrupt":
            return f"corrupt ({self.name})" if digests and self.name else "corrupt"
        short = self.name.partition(":")[2] or self.name
        said = " ".join(filter(None, (_NOUNS.get(self.kind, self.kind), short, self._fate())))
        if self.kind in _VERSIONED:
            return f"{said} ({self._step(self.old, self.new)})" if self.old and self.new else said
        where = f"from {self.where}" if self.kind == "input" and self.where else self.where
        said += ", which is taken whole" if self.kind == "widened" else ""
        said += f" ({where})" if where else ""
        both = digests and self.old and self.new
        return f"{said} {self._step(self.old[:_SHORT], self.new[:_SHORT])}" if both else said

    def _fate(self) -> str:
        if self.old and not self.new:
            return "removed"
        return "added" if self.new and not self.old else "changed"

    @staticmethod
    def _step(old: str, new: str) -> str:
        return f"{old} → {new}"


NEW = (Cause("new"),)
"""The causes of a miss about which nothing is known."""


def describe(causes: Sequence[Cause], digests: bool = False) -> str:
    """A line about all causes of one miss, the first ones in full."""
    said = [cause.describe(digests) for cause in causes[:_TOLD]]
    return ", ".join(said) + (f" and {len(causes) - _TOLD} more" if len(causes) > _TOLD else "")


class Code:
    """A function as an earlier run knew it: fingerprint, and its parts by name."""

    def __init__(self, fingerprint: str, table: Sequence[Part], members: Sequence[int]) -> None:
        self.fingerprint = fingerprint
        self._table = table
        self._members = members

    @cached_property
    def parts(self) -> dict[str, Part]:
        """Put together when asked for: a run knows some hundred functions of some hundred parts."""
        return {self._table[index].name: self._table[index] for index in self._members}


def code_causes(name: str, old: Code, new: Fingerprint) -> tuple[Cause, ...]:
    """What differs between two versions of a function's code: changed, then added, then removed.

    What only moved, as a whole, is left out; where no part tells the difference, `code` names the
    function.
    """
    if old.fingerprint == new.digest:
        return ()
    parts = changed({name: part.digest for name, part in old.parts.items()}, new)
    causes = [_cause(part, old.parts.get(part.name), part.kind != "removed") for part in parts]
    added = {(cause.kind, cause.new) for cause in causes if not cause.old}
    removed = {(cause.kind, cause.old) for cause in causes if not cause.new}
    moved = added & removed
    told = [cause for cause in causes if (cause.kind, cause.old or cause.new) not in moved]
    return tuple(sorted(told, key=_order)) or (Cause("code", name, "", old.fingerprint, new.digest),)


def _cause(part: Part, known: Part | None, there: bool) -> Cause:
    """The cause that one part is: `known` is what it was, and `there` whether it still is."""
    kind = known.kind if known is not None and not there else part.kind
    if kind in _VERSIONED:
        return Cause(
            kind,
            "" if kind == "python" else part.name,
            "",
            _version(known) if known is not None else "",
            _version(part) if there else "",
        )
    return Cause(
        "widened" if kind == "module" else kind,
        part.name,
        part.where if there or known is None else known.where,
        known.digest if known is not None else "",
        part.digest if there else "",
    )


def _version(part: Part) -> str:
    """The version at the end of `numpy 2.1` or `Python 3.11`, which such a part has as its
    place."""
    return part.where.rpartition(" ")[2] or part.digest


def _order(cause: Cause) -> int:
    return 2 if not cause.new else 1 if not cause.old else 0


def names(causes: Iterable[Cause]) -> tuple[str, ...]:
    """The names of what changed."""
    return tuple(cause.name or cause.kind for cause in causes if cause.kind not in ("new", "corrupt"))
