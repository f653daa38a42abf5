"""What mutation starts from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Parent:
    """A program to mutate: its text, how often it is drawn beside the others, and its name."""

    source: str
    weight: int
    name: str
