"""The store: results by key, shared by every process that opens the same location.

Owns: `Store.call`, `map`, `lookup` and `stats`, and for flows the steps that these are made of:
find a result, keep a result. Whatever is served was checked; a bad record is set aside and counts
as a miss.

Does not promise: that a result is kept. Where a write fails, the computed value is still returned
and the failure is counted in `stats()["write_errors"]`; the first reason is in `write_error`.
"""

from __future__ import annotations

import time
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from store.errors import Corrupt, Unreadable
from store.history import Explainer, Lookup
from store.key import Keys, call_key, group_key, name_of, stage_of
from store.ledger import Ledger
from store.location import create, open_layer
from store.memo import check_length, is_final
from store.record import seal, unseal
from store.segment import Group, Row, pack_rows, unpack_rows
from store.sources import SourceRecords
from store.types import Types

__all__ = ["Store"]

_OPEN_GROUPS = 256


class Store:
    """Results by key at a location, with read-only layers underneath.

    `location` is created if it is absent. `register` names classes that results may be made of
    beyond those that a function's annotations name.
    """

    def __init__(
        self,
        location: str | Path,
        layers: Iterable[str | Path] = (),
        *,
        register: Iterable[type] = (),
    ) -> None:
        self.backends = [create(location), *(open_layer(layer) for layer in layers)]
        self.root = self.backends[0].root
        self.keys = Keys(SourceRecords(self))
        self.ledger = Ledger(self.root)
        self.write_error: str | None = None
        self.timed: Callable[[str], AbstractContextManager[None]] = lambda _: nullcontext()
        self._counts: Counter[str] = Counter()
        self._seconds: dict[str, float] = defaultdict(float)
        self._groups: OrderedDict[str, Group] = OrderedDict()
        self.registered = tuple(register)
        self._types: dict[int, tuple[object, Types]] = {}

    def call(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """`func(*args, **kwargs)`, computed once ever for this code and these inputs."""
        stage, code = stage_of(func), self.keys.code(func)
        inputs = self.keys.arguments(args, kwargs)
        key = call_key(stage, code.digest, inputs)
        found = self.find_entry(stage, key)
        if found is not None:
            try:
                value = self.entry_value(stage, key, found, func)
            except Corrupt:
                pass  # noted and set aside by entry_value; computed again below
            else:
                self._counts["hits"] += 1
                self._seconds["seconds_saved"] += found.segment.seconds
                return value
        self._counts["misses"] += 1
        self.ledger.record_code({name_of(func): code})
        self.ledger.record_call(name_of(func), code.digest, self.keys.named(inputs, kwargs))
        started = time.perf_counter()
        value = func(*args, **kwargs)
        seconds = time.perf_counter() - started
        self.keep_entry(stage, key, value, self.keys.value(value), func, seconds)
        return value

    def map(
        self,
        func: Callable[..., Sequence[Any]],
        items: Iterable[Any],
        deps: Callable[[Any], Iterable[object]] | None = None,
        **common: Any,
    ) -> list[Any]:
        """`func(list_of_items, **common)`, memoized per item; `func` sees each missing item once.

        `deps(item)` gives functions (or constants) whose fingerprints belong to that item's key.
        """
        items = list(items)
        stage, code = stage_of(func), self.keys.code(func)
        digest = group_key(stage, code.digest, self.keys.keywords(common))
        group = self.group(stage, digest)
        keys = [self.keys.row(item, deps) for item in items]
        values = self._found_rows(group, keys, func)
        missing = {key: item for key, item in zip(keys, items, strict=True) if key not in values}
        self._counts["hits"] += len(set(keys)) - len(missing)
        if missing:
            self._counts["misses"] += len(missing)
            named = [
                dep for item in missing.values() for dep in (deps(item) if deps else ()) if callable(dep)
            ]
            self.ledger.record_code(
                {name_of(func): code} | {name_of(dep): self.keys.dependency_code(dep) for dep in named}
            )
            self.ledger.record_call(name_of(func), code.digest, self.keys.named((), common), digest)
            started = time.perf_counter()
            results = func(list(missing.values()), **common)
            check_length(func, results, len(missing))
            computed = dict(zip(missing, results, strict=True))
            self.keep_rows(group, computed, func, time.perf_counter() - started)
            values |= computed
        return [values[key] for key in keys]

    def lookup(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> Lookup:
        """Whether `call` would hit, and why not; runs nothing."""
        stage, code = stage_of(func), self.keys.code(func)
        inputs = self.keys.arguments(args, kwargs)
        if self.find_entry(stage, call_key(stage, code.digest, inputs)) is not None:
            return Lookup(True, "hit", (), notes=code.notes)
        return Lookup.miss(Explainer(self).direct_call(func, args, kwargs), code.notes)

    def stats(self) -> dict[str, int | float]:
        """What this object did: hits, misses, writes, corrupt, write_errors, bytes written and
        read, seconds spent computing and seconds that hits saved."""
        names = ("hits", "misses", "writes", "corrupt", "write_errors", "bytes", "bytes_read")
        counts: dict[str, int | float] = {name: self._counts[name] for name in names}
        return counts | {name: self._seconds[name] for name in ("seconds", "seconds_saved")}

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

    def find_entry(self, stage: str, key: bytes) -> Row | None:
        """The result under a key, checked but not decoded; None where there is none."""
        name = _entry_name(stage, key)
        payload = self.read(name)
        try:
            row = unpack_rows(name, payload).get(key) if payload is not None else None
        except Corrupt as error:
            self.note_corrupt(error)
            self.backends[0].set_aside(name)
            return None
        return row

    def entry_value(self, stage: str, key: bytes, row: Row, func: object) -> Any:
        """A found result's value. Raises `Corrupt`, the entry set aside, where it cannot be had."""
        try:
            value = row.value(self.types(func), self.backends)
        except Corrupt as error:
            self.note_corrupt(error)
            if not isinstance(error, Unreadable):
                for backend in self.backends:
                    backend.set_aside(_entry_name(stage, key))
            raise
        return value

    def keep_entry(
        self, stage: str, key: bytes, value: object, digest: bytes, func: object, seconds: float
    ) -> bytes | None:
        """Keep a result with its digest unless it is not final.

        The digest of what is kept now, which is another writer's where that came first; None where
        nothing is.
        """
        self._seconds["seconds"] += seconds
        if not is_final(value):
            return None
        name = _entry_name(stage, key)
        rows = [(key, digest, value)]
        try:
            payload = pack_rows(self.backends[0], rows, self.types(func), seconds)
        except OSError as error:
            self._failed(error)
            return None
        created = self.write(name, payload)
        if created is not False:
            return digest if created else None
        there = self.find_entry(stage, key)
        return there.value_digest if there is not None else digest

    def forget(self, stage: str, digest: bytes) -> None:
        """Drop what is remembered of a group: its segments are read again when it is next used."""
        self._groups.pop(f"rows/{stage}/{digest.hex()}", None)

    def group(self, stage: str, digest: bytes) -> Group:
        """The rows under a group, up to date with what other processes have kept."""
        folder = f"rows/{stage}/{digest.hex()}"
        group = self._groups.get(folder)
        if group is None:
            group = self._groups[folder] = Group(folder, self.backends)
            if len(self._groups) > _OPEN_GROUPS:
                self._groups.popitem(last=False)
        self._groups.move_to_end(folder)
        with self.timed("store read"):
            group.refresh()
        self._collect_corrupt(group)
        return group

    def row_value(self, group: Group, row: Row, func: object) -> Any:
        """A row's value. Raises `Corrupt`, its segment set aside, where it cannot be had."""
        try:
            return group.value(row, self.types(func))
        finally:
            self._collect_corrupt(group)

    def keep_rows(
        self, group: Group, values: dict[bytes, Any], func: object, seconds: float
    ) -> dict[bytes, bytes]:
        """Keep the final ones among computed rows; the value digest of each row that is kept now."""
        self._seconds["seconds"] += seconds
        final = {key: value for key, value in values.items() if is_final(value)}
        # Another writer may have been first; its rows are what others have gone on with.
        there = {key: group.rows[key].value_digest for key in final if key in group.rows}
        rows = [(key, self.keys.value(value), value) for key, value in final.items() if key not in there]
        if not rows:
            return there
        try:
            with self.timed("store write"):
                self._counts["bytes"] += group.write(rows, self.types(func), seconds)
        except OSError as error:
            self._failed(error)
            return there
        self._counts["writes"] += 1
        return there | {key: digest for key, digest, _ in rows}

    def read(self, name: str) -> bytes | None:
        """A record's payload from the first layer that has it whole."""
        with self.timed("store read"):
            for backend in self.backends:
                try:
                    data = backend.read(name)
                    if data is not None:
                        self._counts["bytes_read"] += len(data)
                        return unseal(name, data)
                except Corrupt as error:
                    self.note_corrupt(error)
                    if not isinstance(error, Unreadable):
                        backend.set_aside(name)
        return None

    def write(self, name: str, payload: bytes) -> bool | None:
        """Put a record into the top layer: True, False where one is there, None where it failed."""
        record = seal(name, payload)
        try:
            with self.timed("store write"):
                if not self.backends[0].put(name, record):
                    return False
        except OSError as error:
            self._failed(error)
            return None
        self._counts["writes"] += 1
        self._counts["bytes"] += len(record)
        return True

    def note_corrupt(self, error: Corrupt) -> None:
        """Count a bad record and note it in the ledger."""
        self._counts["corrupt"] += 1
        self.ledger.record("corrupt", name=error.where, reason=error.reason)

    def _collect_corrupt(self, group: Group) -> None:
        while group.corrupt:
            self.note_corrupt(group.corrupt.pop())

    def _failed(self, error: OSError) -> None:
        self._counts["write_errors"] += 1
        if self.write_error is None:
            self.write_error = f"{self.root}: {error.strerror or error}"

    def _found_rows(self, group: Group, keys: list[bytes], func: object) -> dict[bytes, Any]:
        values: dict[bytes, Any] = {}
        for key in keys:
            row = group.rows.get(key)
            if row is not None and key not in values:
                try:
                    values[key] = self.row_value(group, row, func)
                except Corrupt:
                    continue  # noted by row_value; the item is computed again
        return values


def _entry_name(stage: str, key: bytes) -> str:
    name = key.hex()
    return f"entries/{stage}/{name[:2]}/{name}"
