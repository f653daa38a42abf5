"""Why a result is missing: its key under earlier code, and earlier calls that were nearly the same.

Owns: the causes of misses. For each version of a function that the ledger remembers,
the key that the same inputs had under it is computed; where that key is in the store, the code is
what changed. Where it is not, the arguments of calls that the ledger remembers tell which of them
changed.

Does not promise: a cause where the ledger was deleted: then a miss is `new`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from store.cause import NEW, Cause, Code, code_causes
from store.fingerprint import Fingerprint
from store.key import call_key, name_of, stage_of
from store.past import Match, Past, PastCall, PastCalls, PastRun

if TYPE_CHECKING:
    from store.store import Store

__all__ = ["Argument", "CallPlace", "Dependencies", "Explainer", "labels"]

_BY_PLACE = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_DIGEST = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Argument:
    """An argument of a call: its digest, its parameter's name, and what a change of it is called:
    `input` (`source`: the stage that it comes from), `settings` or `file` (`source`: its path)."""

    digest: bytes
    name: str
    kind: str = "input"
    source: str = ""


@dataclass(frozen=True)
class CallPlace:
    """What keys a call: its function, and its inputs: together, and one by one by place or
    name."""

    func: Callable[..., Any]
    stage: str
    name: str
    code: Fingerprint
    inputs: Sequence[bytes]
    arguments: Mapping[str, Argument]


def _arguments_of(
    func: object, values: Mapping[str, Any], digests: Mapping[str, bytes]
) -> dict[str, Argument]:
    """The arguments of a call that was given values, by place or name."""
    names = labels(func, digests)
    found = {}
    for place, digest in digests.items():
        value = values[place]
        path = str(value) if isinstance(value, Path) else ""
        found[place] = Argument(digest, names[place], "file" if path else "input", path)
    return found


def labels(func: object, places: Iterable[str]) -> dict[str, str]:
    """What arguments given by place or name are called: by their parameters, where those are
    known."""
    try:
        parameters = inspect.signature(func).parameters.values()  # type: ignore[arg-type]  # refused below
    except (TypeError, ValueError):
        parameters = {}.values()
    by_place = [each.name for each in parameters if each.kind in _BY_PLACE]
    known = dict(zip(map(str, range(len(by_place))), by_place, strict=True))
    return {place: known.get(place, place) for place in places}


@dataclass(frozen=True, slots=True)
class Dependency:
    """What rows depend on, as an earlier run had it: its digests then, and what has changed
    since."""

    digests: bytes
    causes: tuple[Cause, ...]


class Dependencies:
    """What one earlier run knew of the functions and constants that rows depend on."""

    def __init__(self, explainer: Explainer, run: PastRun) -> None:
        self._explainer = explainer
        self._run = run
        self._alone: dict[int, tuple[object, Dependency | None]] = {}
        self._together: dict[int, tuple[object, Dependency | None]] = {}

    def of(self, deps: tuple[object, ...]) -> Dependency | None:
        """What the run knew of what one row depends on; None where it did not know all of it."""
        known = self._together.get(id(deps))
        if known is None:
            # Holding the objects keeps their ids from being given to others; here and below.
            known = self._together[id(deps)] = (deps, self._join([self._one(dep) for dep in deps]))
        return known[1]

    @staticmethod
    def _join(each: list[Dependency | None]) -> Dependency | None:
        known = [one for one in each if one is not None]
        if len(known) < len(each):
            return None
        causes = sorted((cause for one in known for cause in one.causes), key=lambda cause: cause.name)
        return Dependency(b"".join(one.digests for one in known), tuple(causes))

    def _one(self, dep: object) -> Dependency | None:
        known = self._alone.get(id(dep))
        if known is None:
            known = self._alone[id(dep)] = (dep, self._find(dep))
        return known[1]

    def _find(self, dep: object) -> Dependency | None:
        keys = self._explainer.store.keys
        name, digest = keys.dependency(dep)
        code = keys.dependency_code(dep)
        if code is None:
            return Dependency(digest.encode(), ())
        old = self._run.code(name)
        if old is None:
            return None
        causes = self._explainer.code_causes(name, old, code)
        return Dependency(old.fingerprint.encode(), causes)


class Explainer:
    """Finds the causes of misses in one store. `current` says of a remembered call that it is one
    of another result that is asked for now, and so not what this one was before."""

    def __init__(self, store: Store, current: Callable[[PastCall], bool] = lambda _: False) -> None:
        self.store = store
        self._current = current
        self._code_causes: dict[tuple[str, str, str], tuple[Cause, ...]] = {}
        self._dependencies: dict[int, Dependencies] = {}
        self._calls: dict[str, PastCalls] = {}

    def direct_call(
        self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> tuple[Cause, ...]:
        """Why the result of `func(*args, **kwargs)` is not there."""
        keys = self.store.keys
        inputs = keys.arguments(args, kwargs)
        values = {**dict(zip(map(str, range(len(args))), args, strict=True)), **kwargs}
        arguments = _arguments_of(func, values, keys.named(inputs, kwargs))
        return self.call(CallPlace(func, stage_of(func), name_of(func), keys.code(func), inputs, arguments))

    def call(self, place: CallPlace) -> tuple[Cause, ...]:
        """Why a call's result is not there."""
        key = call_key(place.stage, place.code.digest, place.inputs)
        return (
            self.corrupt(key)
            or self._other_reads(place, key)
            or self._other_code(place)
            or (self._other_inputs(place) or NEW)
        )

    def corrupt(self, digest: bytes) -> tuple[Cause, ...]:
        """The cause that the object under a key, or part of a group, was found bad."""
        name = self._bad.get(digest.hex())
        return (Cause("corrupt", name),) if name is not None else ()

    def code_causes(self, name: str, old: Code | None, new: Fingerprint) -> tuple[Cause, ...]:
        """What changed in a function since it had the code `old`; nothing where that is not
        known."""
        if old is None or old.fingerprint == new.digest:
            return ()
        both = (name, old.fingerprint, new.digest)
        if both not in self._code_causes:
            self._code_causes[both] = code_causes(name, old, new)
        return self._code_causes[both]

    def dependencies(self, run: PastRun) -> Dependencies:
        """What a run knew of what rows depend on."""
        if id(run) not in self._dependencies:
            self._dependencies[id(run)] = Dependencies(self, run)
        return self._dependencies[id(run)]

    def nearest(self, name: str, arguments: Mapping[str, Argument], least: int) -> Iterator[Match]:
        """Earlier calls, most like this one first, that are not of something else now."""
        digests = {place: argument.digest for place, argument in arguments.items()}
        if name not in self._calls:
            self._calls[name] = self.past.calls(name, lambda call: not self._current(call))
        return self._calls[name].nearest(digests, least)

    def _other_reads(self, place: CallPlace, key: bytes) -> tuple[Cause, ...]:
        """What the result read while it was computed is another now."""
        stale = self.store.stale(place.stage, key, place.func)
        return tuple(Cause.of_read(each) for each in stale)

    def _other_code(self, place: CallPlace) -> tuple[Cause, ...]:
        """The code has changed, where the same inputs were computed under another one."""
        for version in self.past.versions(place.name):
            if version.fingerprint != place.code.digest:
                key = call_key(place.stage, version.fingerprint, place.inputs)
                if self.store.find_entry(place.stage, key, place.func) is not None:
                    return self.code_causes(place.name, version, place.code)
        return ()

    def _other_inputs(self, place: CallPlace) -> tuple[Cause, ...]:
        """An argument has changed, where an earlier call had the others; perhaps the code too."""
        for match in self.nearest(place.name, place.arguments, 1):
            causes = self.match_causes(match, place.name, place.code, place.arguments)
            if causes is not None:
                return causes
        return ()

    def match_causes(
        self, match: Match, name: str, code: Fingerprint, arguments: Mapping[str, Argument]
    ) -> tuple[Cause, ...] | None:
        """What has changed since an earlier call, in the code and in its arguments; None where its
        code is not known."""
        old = match.run.codes.get(name, {}).get(match.call.code)
        if old is None:
            return None
        return (*self.code_causes(name, old, code), *input_causes(match, arguments))

    @cached_property
    def past(self) -> Past:
        """What the ledger remembers; where all hits, nobody asks."""
        return self.store.ledger.past()

    @cached_property
    def _bad(self) -> dict[str, str]:
        """The objects that were found corrupt, by the digests in their names; also those that others
        set aside."""
        aside = (f"aside/{name}" for backend in self.store.backends for name in backend.names("aside"))
        names = (*aside, *self.past.corrupt())
        return {digest: name for name in names for digest in _DIGEST.findall(name)}


def input_causes(match: Match, arguments: Mapping[str, Argument]) -> tuple[Cause, ...]:
    """The causes that lie in the arguments which differ from those of an earlier call."""
    found = []
    for place, old in match.differing.items():
        argument = arguments.get(place)
        if argument is None:
            found.append(Cause("input", place, "", old, ""))
        else:
            name = argument.source if argument.kind == "file" else argument.name
            where = argument.source if argument.kind == "input" else ""
            found.append(Cause(argument.kind, name, where, old, argument.digest.hex()))
    return tuple(found)
