"""Lookups pass over what is damaged or missing: in a layer it stays as it is, at the top it is healed."""

from __future__ import annotations

import pytest
from noted_calls import again, double, grids, names, ran, stack

from store import Store
from store.key import call_key
from store.record import seal

pytestmark = pytest.mark.usefixtures("log_of_runs")


def snapshot(store: Store) -> dict[str, bytes | None]:
    return {name: store.backends[0].read(name) for name in names(store, "")}


def overwrite(store: Store, name: str, content: bytes) -> None:
    store.backends[0].delete(name)
    assert store.backends[0].put(name, content)


def damage(store: Store, kind: str) -> None:
    """Cut the end off every object whose name begins so."""
    backend = store.backends[0]
    for name in names(store, kind):
        content = backend.read(name)
        assert content
        overwrite(store, name, content[:-1])


def test_lookups_fall_through_to_layers_and_writes_go_to_the_top(location: str) -> None:
    low, middle = Store(f"{location}-low"), Store(f"{location}-middle")
    low.call(double, 1)
    low.map(grids, [1])
    middle.call(double, 2)
    before = snapshot(low), snapshot(middle)
    ran()
    top = Store(location, [middle.location, low.location])
    assert [top.call(double, x)[0] for x in (1, 2, 3)] == [2, 4, 6]
    assert [int(grid[0, 0]) for grid in top.map(grids, [1, 2])] == [1, 2]
    assert top.lookup(double, 1).hit
    assert ran() == ["double 3", "grids 2"]
    assert (snapshot(low), snapshot(middle)) == before
    alone = Store(location)
    assert alone.lookup(double, 3).hit
    assert not alone.lookup(double, 1).hit


def test_a_damaged_layer_is_passed_over_and_left_alone(location: str) -> None:
    low = Store(f"{location}-low")
    low.call(double, 1)
    low.call(stack, 1)
    low.map(grids, [1])
    ran()
    for kind in ("entries/", "rows/", "arrays/"):
        damage(low, kind)
    before = snapshot(low)
    for expected in (["double 1", "stack 1", "grids 1"], []):
        top = Store(location, [low.location])
        assert top.call(double, 1)[0] == 2
        assert top.call(stack, 1)["grids"][0].all()
        assert top.map(grids, [1])[0].all()
        assert ran() == expected
    assert snapshot(low) == before


@pytest.mark.parametrize("kind", ["entries/double/", "entries/stack/", "rows/", "arrays/"])
def test_what_is_damaged_is_computed_again_and_healed(store: Store, kind: str) -> None:
    # A look heals one stack of a result, and `stack` has two.
    for opened in (store, again(store), again(store), again(store)):
        assert opened.call(double, 1)[0] == 2
        assert opened.call(stack, 1)["grids"][0].all()
        assert opened.map(grids, [1])[0].all()
        if opened is store:
            ran()
            damage(store, kind)
            continue
        healing = ran()
        assert bool(healing) == (opened.stats()["corrupt"] > 0)
        assert opened.stats()["write_errors"] == 0
    assert healing == [], "a later look finds all of it whole"
    assert any(name.startswith("aside/") for name in names(store, ""))


def test_a_whole_record_with_other_content_is_healed(store: Store) -> None:
    key = call_key("double", store.keys.code(double).digest, store.keys.arguments((1,), {}))
    store.call(double, 1)
    name = f"entries/double/{key.hex()[:2]}/{key.hex()}"
    for content in (b"no rows", b"\x93\x00\x90\x91\x93\xc4\x10" + key + b"\xc4\x00\xc4\x01\xc1"):
        ran()
        overwrite(store, name, seal(name, content))
        assert again(store).call(double, 1)[0] == 2
        assert again(store).call(double, 1)[0] == 2
        assert ran() == ["double 1"]
