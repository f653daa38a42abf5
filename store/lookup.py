"""What is said of a result that somebody asks for by name: whether it is there, and if not, why.

Owns: `Lookup`. The causes themselves are found by `store.history`, which is loaded for a miss only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from store.cause import Cause, describe, names

if TYPE_CHECKING:
    from store.store import Store

__all__ = ["Lookup", "explained"]


@dataclass(frozen=True)
class Lookup:
    """Whether a result is there; if not, the reason, and the names of what changed.

    `causes` is the reason as data; `notes` say what was widened in the function's fingerprint.
    """

    hit: bool
    reason: str
    changed: tuple[str, ...]
    causes: tuple[Cause, ...] = field(default=(), compare=False, repr=False)
    notes: tuple[str, ...] = field(default=(), compare=False, repr=False)

    @staticmethod
    def miss(causes: tuple[Cause, ...], notes: tuple[str, ...]) -> Lookup:
        """What is said of a result that is not there."""
        return Lookup(False, describe(causes), names(causes), causes, notes)

    def _repr_html_(self) -> str:
        """For notebooks: the fate, each cause with its digests, and the notes."""
        from html import escape  # a run shows none of it

        causes = [cause.describe(digests=True) for cause in self.causes]
        told = [f"<b>{'hit' if self.hit else 'miss'}</b>", *map(escape, causes or [self.reason])]
        notes = "".join(f"<br><i>{escape(note)}</i>" for note in self.notes)
        return f"<div>{'<br>'.join(told)}{notes}</div>"


def explained(
    store: Store,
    func: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    notes: tuple[str, ...],
) -> Lookup:
    """What is said of a result that is not there."""
    from store.history import Explainer

    return Lookup.miss(Explainer(store).direct_call(func, args, kwargs), notes)
