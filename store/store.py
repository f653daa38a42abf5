"""The store: results by key, shared by every process that opens the same location.

Owns: `Store.call`, `map`, `lookup` and `stats`, and for flows the steps that these are made of:
find a result, keep a result. Whatever is served was checked; a bad record is set aside and counts
as a miss. Of processes that miss the same result at once, one computes it and the others wait.

Does not promise: that a result is kept. Where a write fails, the computed value is still returned
and the failure is counted in `stats()["write_errors"]`; the first reason is in `write_error`.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from store.backend.local import LocalBackend
from store.entries import Entries
from store.errors import Corrupt
from store.groups import Groups
from store.key import Keys, call_key, group_key, name_of, stage_of
from store.layers import Layers
from store.layout import entry_name, group_folder
from store.lease import leases_of
from store.ledger import Ledger
from store.location import create, open_layer
from store.lookup import Lookup, explained
from store.memo import check_length, is_final
from store.reads import Read, Stale, may_be_kept
from store.segment import Group, Made, Row
from store.sources import SourceRecords
from store.trace import Recorder, inherit
from store.types import Types

__all__ = ["Store"]


class Store:
    """Results by key at a location, with read-only layers underneath.

    `location`: a directory, created if it is absent, or the URL of an object store
    (`s3://bucket/prefix`, `memory://name`). `layers`: such, or packed stores. `register` names
    classes that results may be made of beyond those that a function's annotations name.
    """

    def __init__(
        self,
        location: str | Path,
        layers: Iterable[str | Path] = (),
        *,
        register: Iterable[type] = (),
    ) -> None:
        self.backends = [create(location), *(open_layer(layer) for layer in layers)]
        self.location = self.backends[0].location
        self.ledger = Ledger(self.backends[0])
        self.layers = Layers(self.backends, self.ledger)
        # In an object store each record costs a request, and parsing again is cheaper.
        near = isinstance(self.backends[0], LocalBackend)
        self.keys = Keys(SourceRecords(self.layers) if near else None)
        self.registered = tuple(register)
        self.leases = leases_of(self.backends[0])
        self._entries = Entries(self.layers)
        self._counts = self.layers.counts
        self._seconds: dict[str, float] = defaultdict(float)
        self._groups = Groups(self.layers)
        self._types: dict[int, tuple[object, Types]] = {}
        self._places = tuple(f"{each.location}/" for each in self.backends if isinstance(each, LocalBackend))

    # -- what users call -------------------------------------------------------------------------

    def call(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """`func(*args, **kwargs)`, computed once ever for this code and these inputs."""
        stage, code = stage_of(func), self.keys.code(func)
        inputs = self.keys.arguments(args, kwargs)
        key = call_key(stage, code.digest, inputs)
        hit, value = self._served(stage, key, func)
        if hit:
            return value
        name = entry_name(stage, key.hex())
        with self.lease(name):
            if self.backends[0].has(name):  # another process may have been first
                hit, value = self._served(stage, key, func)
                if hit:
                    return value
            self._counts["misses"] += 1
            self.ledger.record_code({name_of(func): code})
            self.ledger.record_call(name_of(func), code.digest, self.keys.named(inputs, kwargs))
            started = time.perf_counter()
            with self.recorder(func) as recorder:
                value = func(*args, **kwargs)
            seconds = time.perf_counter() - started
            self.keep_entry(stage, key, value, self.keys.value(value), func, seconds, recorder.reads())
        return value

    def map(
        self,
        func: Callable[..., Sequence[Any]],
        items: Iterable[Any],
        deps: Callable[[Any], Iterable[object]] | None = None,
        **common: Any,
    ) -> list[Any]:
        """`func(list_of_items, **common)`, memoized per item; `func` sees each missing item once.

        `deps(item)` gives functions whose fingerprints belong to that item's key, and constants, as
        `Constant(name, value)` where their change should be told by name.
        """
        items = list(items)
        stage, code = stage_of(func), self.keys.code(func)
        digest = group_key(stage, code.digest, self.keys.keywords(common))
        keys = [self.keys.row(item, deps) for item in items]
        values = self._served_rows(stage, digest, keys, func)
        if len(values) < len(keys):
            missing = {key: item for key, item in zip(keys, items, strict=True) if key not in values}
            if missing:
                with self.lease(f"{group_folder(stage, digest)}/{min(missing).hex()}"):
                    values |= self._served_rows(stage, digest, missing, func)
                    missing = {key: item for key, item in missing.items() if key not in values}
                    values |= self._computed_rows(stage, digest, missing, func, deps, common)
        return [values[key] for key in keys]

    def lookup(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> Lookup:
        """Whether `call` would hit, and why not; runs nothing."""
        stage, code = stage_of(func), self.keys.code(func)
        inputs = self.keys.arguments(args, kwargs)
        if self.find_entry(stage, call_key(stage, code.digest, inputs), func) is not None:
            return Lookup(True, "hit", (), notes=code.notes)
        return explained(self, func, args, kwargs, code.notes)

    def stats(self) -> dict[str, int | float]:
        """What this object did: hits, misses, writes, corrupt, write_errors, bytes written and
        read, seconds spent computing and seconds that hits saved."""
        names = ("hits", "misses", "writes", "corrupt", "write_errors", "bytes", "bytes_read")
        counts: dict[str, int | float] = {name: self._counts[name] for name in names}
        return counts | {name: self._seconds[name] for name in ("seconds", "seconds_saved")}

    # -- what flows are made of ------------------------------------------------------------------

    @property
    def write_error(self) -> str | None:
        """Why a result could not be kept, the first time that happened."""
        return self.layers.write_error

    def count(self, hits: int, misses: int) -> None:
        """Count what a flow looked up."""
        self._counts["hits"] += hits
        self._counts["misses"] += misses

    def types(self, func: object) -> Types:
        """The classes that results of a function may be made of."""
        known = self._types.get(id(func))
        if known is None:
            # Holding the function keeps its id from being given to another one.
            known = self._types[id(func)] = (func, Types(self.registered, func))
        return known[1]

    def lease(self, name: str) -> AbstractContextManager[None]:
        """The claim to compute what an object will hold; waits for whoever has it."""
        return self.leases.hold(name)

    def recorder(self, func: object) -> Recorder:
        """Records what a function reads while it is entered."""
        return Recorder(func, self._places, lambda: {part.name for part in self.keys.code(func).parts})

    def find_entry(self, stage: str, key: bytes, func: object) -> Row | None:
        """The result of a function under a key, checked but not decoded; None where there is
        none."""
        return self._entries.find(stage, key, func)

    def stale(self, stage: str, key: bytes, func: object) -> list[Stale]:
        """What the result under a key read that is another now; nothing where there is none."""
        return self._entries.stale(stage, key, func)

    def entry_value(self, row: Row, func: object) -> Any:
        """A found result's value. Raises `Corrupt`, the entry set aside, where it cannot be had."""
        inherit(row.segment.made.reads)
        return self._entries.value(row, self.types(func))

    def keep_entry(
        self,
        stage: str,
        key: bytes,
        value: object,
        digest: bytes,
        func: object,
        seconds: float,
        reads: tuple[Read, ...] = (),
    ) -> bytes | None:
        """Keep a result with its digest unless it is not final.

        The digest of what is kept now, which is another writer's where that came first; None where
        nothing is.
        """
        self._seconds["seconds"] += seconds
        if not is_final(value) or not may_be_kept(reads):
            return None
        made = self._made(func, seconds, reads)
        return self._entries.keep(stage, key, digest, value, func, self.types(func), made)

    def group(self, stage: str, digest: bytes, func: object, needed: Iterable[bytes] | None = None) -> Group:
        """The rows of a function under a group, up to date with what other processes have kept; where
        the `needed` ones are at hand, nothing is asked for."""
        folder = group_folder(stage, digest)
        group = self._groups.find(folder)
        at_hand = group is not None and needed is not None and all(key in group.rows for key in needed)
        if group is None:
            group = self._groups.add(folder)
        if not at_hand:
            with self.layers.timed("store read"):
                group.refresh(func)
        return group

    def forget(self, stage: str, digest: bytes) -> None:
        """Drop what is remembered of a group: its segments are read again when it is next used."""
        self._groups.forget(group_folder(stage, digest))

    def keep_rows(
        self,
        group: Group,
        values: Mapping[bytes, Any],
        func: object,
        seconds: float,
        reads: tuple[Read, ...] = (),
    ) -> dict[bytes, bytes]:
        """Keep the final ones among computed rows; the value digest of each row that is kept now."""
        self._seconds["seconds"] += seconds
        final = {key: value for key, value in values.items() if is_final(value)} if may_be_kept(reads) else {}
        # Another writer may have been first; its rows are what others have gone on with.
        there = {key: group.rows[key].value_digest for key in final if key in group.rows}
        rows = [(key, self.keys.value(value), value) for key, value in final.items() if key not in there]
        if not rows:
            return there
        try:
            with self.layers.timed("store write"):
                group.write(rows, self.types(func), self._made(func, seconds, reads))
        except OSError as error:
            self.layers.failed(error)
            return there
        return there | {key: digest for key, digest, _ in rows}

    # -- steps -----------------------------------------------------------------------------------

    def _made(self, func: object, seconds: float, reads: tuple[Read, ...]) -> Made:
        return Made(name_of(func), self.keys.code(func).digest, seconds, reads)

    def _served(self, stage: str, key: bytes, func: object) -> tuple[bool, Any]:
        row = self.find_entry(stage, key, func)
        if row is None:
            return False, None
        try:
            value = self.entry_value(row, func)
        except Corrupt:
            return False, None  # noted and set aside by entry_value
        self._counts["hits"] += 1
        self._seconds["seconds_saved"] += row.segment.made.seconds
        return True, value

    def _served_rows(
        self, stage: str, digest: bytes, keys: Iterable[bytes], func: object
    ) -> dict[bytes, Any]:
        group = self.group(stage, digest, func)
        values = group.values(keys, self.types(func))
        self._counts["hits"] += len(values)
        return values

    def _computed_rows(
        self,
        stage: str,
        digest: bytes,
        missing: Mapping[bytes, Any],
        func: Callable[..., Sequence[Any]],
        deps: Callable[[Any], Iterable[object]] | None,
        common: Mapping[str, Any],
    ) -> dict[bytes, Any]:
        if not missing:
            return {}
        self._counts["misses"] += len(missing)
        code, arguments = self.keys.code(func), self.keys.named((), common)
        named = {}
        for dep in (dep for item in missing.values() for dep in (deps(item) if deps else ())):
            of_dep = self.keys.dependency_code(dep)
            if of_dep is not None:
                named[self.keys.dependency(dep)[0]] = of_dep
        self.ledger.record_code({name_of(func): code} | named)
        self.ledger.record_call(name_of(func), code.digest, arguments, digest)
        started = time.perf_counter()
        with self.recorder(func) as recorder:
            results = func(list(missing.values()), **common)
        seconds = time.perf_counter() - started
        check_length(func, results, len(missing))
        computed = dict(zip(missing, results, strict=True))
        self.keep_rows(self.group(stage, digest, func), computed, func, seconds, recorder.reads())
        return computed
