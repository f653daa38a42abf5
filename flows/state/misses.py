"""Why a run computed what it computed: its misses, counted by stage and causes.

Owns: `Misses`, told of calls before they are made, while the store still is as it was. The causes are
those that a plan made then would give.

Does not promise: causes of what is computed again because it vanished while the run went on.
"""

from __future__ import annotations

import contextlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from flows.node import Node
from flows.state.causes import causes_of, is_current
from flows.state.frontier import Pending
from flows.state.nodes import State
from flows.state.order import inputs_first
from flows.state.refs import Missing
from flows.state.resolve import Resolver
from store.cause import Cause
from store.history import Explainer

__all__ = ["Misses"]


class Misses:
    """The misses of one run so far. `targets` makes all its targets: asked for at the first miss of
    which an earlier run may know something, so that a repeat does not pay for it."""

    def __init__(self, resolver: Resolver, targets: Callable[[], Iterable[Node]]) -> None:
        self.counts: dict[str, Counter[tuple[Cause, ...]]] = defaultdict(Counter)
        recipes = _recipes(resolver, targets)
        self._explainer = Explainer(resolver.store, is_current((), recipes))

    def add(self, calls: Sequence[Pending]) -> None:
        """Count what these calls are about to compute."""
        missing: dict[State, set[bytes]] = defaultdict(set)
        for pending in calls:
            if not pending.attempt:
                missing[pending.state].update(pending.call.keys)
        for state, keys in missing.items():
            # An input that is gone: the call itself will say so.
            with contextlib.suppress(Missing):
                self.counts[state.node.stage].update(causes_of(state, keys, self._explainer))


def _recipes(resolver: Resolver, targets: Callable[[], Iterable[Node]]) -> Iterator[bytes]:
    """The recipes of all nodes of a run: an earlier call under one of them is no earlier version of
    another node."""
    seen: set[Node] = set()
    for target in targets():
        for node in inputs_first(target, resolver.inputs, seen.__contains__):
            seen.add(node)
            yield resolver.recipe(node)
