from __future__ import annotations

import gc
import weakref
from functools import partial
from pathlib import Path

from flows.flow import Flow
from store import Store


def named(primitives: tuple[object, ...], _item: object) -> tuple[object, ...]:
    return primitives


def test_what_names_dependencies_lives_as_long_as_what_was_learnt_from_it(tmp_path: Path) -> None:
    """Its id stands for it: another one must not be given the same."""
    resolver = Flow(Store(tmp_path)).resolver()
    deps = partial(named, (1,))
    resolver.row_keys(deps, [b"item"], lambda _: "item")
    alive = weakref.ref(deps)
    del deps
    gc.collect()
    assert alive() is not None


def test_only_the_first_nodes_of_an_unknown_stage_are_cut(tmp_path: Path) -> None:
    resolver = Flow(Store(tmp_path)).resolver()
    assert [resolver.blind_chunks("one") for _ in range(6)] == [4, 4, 4, 4, 1, 1]
    assert resolver.blind_chunks("other") == 4
