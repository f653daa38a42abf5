"""Modules that tests write and import, and what their fingerprints name."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from store.fingerprint import Fingerprint

LONG_AGO = 1_000_000_000
Load = Callable[..., ModuleType]


def names(fingerprint: Fingerprint) -> dict[str, str]:
    return {part.name: part.kind for part in fingerprint.parts}


TWO_AWAY = """
    import numpy as np

    LIMIT = 3


    class Shape:
        size = 1


    def far(x):
        return x + LIMIT


    def near(x):
        return far(x) + Shape.size


    def subject(x):
        return near(np.abs(x))
"""
