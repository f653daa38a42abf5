"""Stages for flow tests. In a module of their own, so that workers can import them."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Split:
    """Two views of some numbers, of which tests read one."""

    evens: tuple[int, ...]
    odds: tuple[int, ...]


@dataclass(frozen=True)
class Provisional:
    """A result that may be another next time."""

    value: int
    __memo_final__ = False


def numbers(count: int) -> list[int]:
    return list(range(count))


def double(number: int) -> int:
    return 2 * number


def successor(number: int) -> int:
    return number + 1


def parity(number: int) -> int:
    return number % 2


def split(values: list[int]) -> Split:
    return Split(
        tuple(value for value in values if value % 2 == 0),
        tuple(value for value in values if value % 2),
    )


def scaled(items: list[int], factor: int, batch: int = 1) -> list[int]:
    return [item * factor for item in items]


def logged(items: list[int], log: str) -> list[int]:
    """Squares; writes each item that is computed into a file."""
    with Path(log).open("a") as file:
        file.writelines(f"{item}\n" for item in items)
    return [item**2 for item in items]


def total(values: list[int]) -> int:
    return sum(values)


def gathered(parts: dict[str, list[int]]) -> int:
    return sum(sum(values) for values in parts.values())


def provisional(items: list[int]) -> list[Provisional | int]:
    return [Provisional(item) if item == 3 else item for item in items]


def odd_values(items: list[Provisional | int]) -> int:
    return len(items)


def refuse(number: int) -> int:
    raise ValueError(f"no {number} here")


def kill_once(items: list[int], marker: str) -> list[int]:
    """Kills its own worker the first time it is called."""
    if not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return items


def held(items: list[int], gate: str) -> list[int]:
    """Waits for a file, so that a test can look at a run that is under way."""
    deadline = time.monotonic() + 60
    while not Path(gate).exists():
        if time.monotonic() > deadline:
            raise TimeoutError(gate)
        time.sleep(0.02)
    return items


def held_too(items: list[int], gate: str) -> list[int]:
    return held(items, gate)


def deadly(number: int) -> int:
    """Kills every worker that tries 13."""
    if number == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@dataclass(frozen=True)
class Measured:
    """A result with a remark that is no part of its equality."""

    value: int
    note: int = field(compare=False)


class Awkward(Exception):
    """Cannot be pickled: its arguments are not those of its constructor."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} and {two}")


def table() -> dict[int, str]:
    return {0: "a"}


def nothing() -> None:
    return None


@dataclass(frozen=True)
class Timed:
    """A result that says which CPU it used."""

    value: int
    cpu_s: float


def timed(items: list[int]) -> list[Timed]:
    return [Timed(item, item / 1000) for item in items]


def measured(value: int, note: int) -> Measured:
    return Measured(value, note)


def bump(array: np.ndarray[Any, Any]) -> float:
    array += 1
    return float(array.sum())


def array_sum(array: np.ndarray[Any, Any]) -> float:
    return float(array.sum())


def grown(size: int) -> np.ndarray[Any, Any]:
    """Large enough for the store to keep it as a stack."""
    return np.arange(size)


def grown_rows(sizes: list[int]) -> list[np.ndarray[Any, Any]]:
    return [grown(size) for size in sizes]


def weighed(array: np.ndarray[Any, Any], factor: int) -> float:
    return float(array.sum()) * factor


def picky(items: list[int]) -> list[int]:
    if 99 in items:
        raise ValueError("not 99")
    return items


def raise_awkward(number: int) -> int:
    raise Awkward("one", "two")


def meet(number: int, folder: str) -> int:
    """Comes back when another process is here too."""
    Path(folder, str(os.getpid())).touch()
    deadline = time.monotonic() + 40
    while len(list(Path(folder).iterdir())) < 2:
        if time.monotonic() > deadline:
            raise TimeoutError("nobody came")
        time.sleep(0.02)
    return number


def meet_all(items: list[int], folder: str) -> list[int]:
    return [meet(item, folder) for item in items]


def large_rows(items: list[int], size: int, folder: str) -> list[np.ndarray[Any, Any]]:
    """Values of `size` bytes each; says which processes made them."""
    Path(folder, str(os.getpid())).touch()
    return [np.full(size, item % 256, np.uint8) for item in items]
