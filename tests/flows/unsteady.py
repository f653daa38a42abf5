"""Stages that are not deterministic, and steady ones beside them. In a module of their own, so that
workers and fresh processes can import them."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from flows import Flow
from store import Store

WORDS = ["ant", "bee", "cat", "dog", "eel", "fox", "gnu", "hen", "ibis", "jay"]


@dataclass(frozen=True)
class Guess:
    """A result that is never final."""

    value: int
    __memo_final__ = False


def chance(number: int) -> int:
    return int.from_bytes(os.urandom(8), "little") + number


def chances(items: list[int]) -> list[int]:
    return [chance(item) if item % 2 else item for item in items]


def settled(items: list[int], marker: str) -> list[Guess | int]:
    """Gives results that are not final when it is called again."""
    return [Guess(item) for item in items] if Path(marker).exists() else list(items)


def once(items: list[int], marker: str) -> list[int]:
    """Raises when it is called again."""
    if Path(marker).exists():
        raise ValueError("only once")
    return items


def doubled(items: list[int]) -> list[int]:
    return [2 * item for item in items]


def total(values: list[int]) -> int:
    return sum(values)


def in_hash_order(words: list[str]) -> list[str]:
    return list(set(words))


def main() -> None:
    """Run a flow on the store that is named and say what verifying its hits came to."""
    flow = Flow(Store(sys.argv[1]))
    node = flow.node(in_hash_order, WORDS)
    verified = flow.run(node, workers=0, verify=1.0).verified
    assert verified is not None
    print(json.dumps([verified.checked, [each.function for each in verified.differing]]))


if __name__ == "__main__":
    import unsteady

    unsteady.main()
