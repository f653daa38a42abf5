"""A DSL of primitives that misbehave, each in one way, and a few that do not."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tasks.grid import Grid

CALLS = [0]


def same(grid: Grid) -> Grid:
    return grid


def paint(grid: Grid, colour: int) -> Grid:
    return np.full_like(grid, colour)


def paint_size(grid: Grid, number: int) -> Grid:
    return np.full_like(grid, number.bit_length() % 10)


def paint_type(grid: Grid, value: object) -> Grid:
    return np.full_like(grid, len(type(value).__name__) % 10)


def turn(grid: Grid) -> Grid:
    return np.rot90(grid)


def join(one: Grid, other: Grid) -> Grid:
    return np.concatenate((one, other))


def count_calls(grid: Grid) -> Grid:
    CALLS[0] += 1
    return np.full_like(grid, CALLS[0] % 10)


def burn(grid: Grid, milliseconds: int) -> Grid:
    end = time.thread_time() + milliseconds / 1000
    while time.thread_time() < end:
        pass
    return grid


def shown(pairs: tuple[tuple[Grid, Grid], ...]) -> Grid:
    return pairs[0][1]


def rows(grid: Grid) -> tuple[tuple[int, ...], ...]:
    return tuple(map(tuple, grid.tolist()))


def shuffled(grid: Grid) -> Grid:
    order = list({f"colour {number}" for number in range(10)})
    return np.array([[int(order[0].split()[1])]], np.uint8)


def loop(grid: Grid) -> Grid:
    while True:
        pass


def loop_in_c(grid: Grid) -> Grid:
    return np.full_like(grid, sum(range(10**15)) % 10)


def loop_and_swallow(grid: Grid) -> Grid:
    while True:
        try:
            loop(grid)
        except BaseException:
            continue


def overrun_and_return(grid: Grid) -> Grid:
    try:
        return loop(grid)
    except BaseException:
        return grid


def sleep(grid: Grid) -> Grid:
    """Says that it sleeps by a file, where the environment names one."""
    if flag := os.environ.get("HOSTILE_FLAG"):
        Path(flag).touch()
    time.sleep(3600)
    return grid


def take_all(grid: Grid) -> Grid:
    return np.full(100 * 2**30, 1, np.uint8).reshape(1, -1)


def take_more_and_more(grid: Grid) -> Grid:
    taken = []
    while True:
        taken.append(bytearray(2**20))


def take(grid: Grid, mebibytes: int) -> Grid:
    return np.full_like(grid, bytearray(mebibytes * 2**20)[-1])


def loop_if_large(grid: Grid) -> Grid:
    return loop(grid) if grid.size > 1 else grid


def segfault_if_large(grid: Grid) -> Grid:
    return segfault(grid) if grid.size > 1 else grid


def take_all_if_large(grid: Grid) -> Grid:
    return take_all(grid) if grid.size > 1 else grid


def segfault(grid: Grid) -> Grid:
    ctypes.string_at(0)
    return grid


def abort(grid: Grid) -> Grid:
    os.abort()


def exit_at_once(grid: Grid) -> Grid:
    os._exit(3)


def exit_as_if_done(grid: Grid) -> Grid:
    os._exit(0)


def leave(grid: Grid) -> Grid:
    sys.exit(4)


def interrupt(grid: Grid) -> Grid:
    raise KeyboardInterrupt


def kill_itself(grid: Grid) -> Grid:
    os.kill(os.getpid(), signal.SIGKILL)
    return grid


def refuse(grid: Grid) -> Grid:
    raise ValueError("not this one")


def refuse_at_length(grid: Grid) -> Grid:
    raise ValueError("no" * 10**6)


def refuse_with_address(grid: Grid) -> Grid:
    raise KeyError(object())


class Mute(Exception):
    def __str__(self) -> str:
        raise SystemExit(5)


def refuse_mutely(grid: Grid) -> Grid:
    raise Mute


def recurse(grid: Grid) -> Grid:
    return recurse(grid)


def nothing(grid: Grid) -> None:
    return None


def too_large(grid: Grid) -> Grid:
    return np.zeros((31, 1), np.uint8)


def eleven(grid: Grid) -> Grid:
    return np.full_like(grid, 11)


def halves(grid: Grid) -> object:
    return grid / 2


class Bomb:
    def __array__(self, *_: object, **__: object) -> Grid:
        raise KeyError("bomb")


def bombs(grid: Grid) -> object:
    return [Bomb(), Bomb()]


def chatter(grid: Grid) -> Grid:
    print("words", flush=True)
    print("words", file=sys.stderr, flush=True)
    os.write(1, b"words")
    return grid


def overwrite(grid: Grid) -> Grid:
    grid[0, 0] = 9
    return grid


def pair(grid: Grid) -> tuple[int, tuple[Grid, ...]]:
    return 1, (grid.copy(), grid.copy())


def first(pair: tuple[int, tuple[Grid, ...]]) -> Grid:
    return pair[1][0]


@dataclass(frozen=True)
class Thing:
    patch: Grid


def thing(grid: Grid) -> tuple[Thing, ...]:
    return (Thing(grid.copy()),)


def patch_of(things: tuple[Thing, ...]) -> Grid:
    return things[0].patch


def fork(grid: Grid) -> Grid:
    os.fork()
    return grid


def start(grid: Grid) -> Grid:
    subprocess.run(["sleep", "100"])
    return grid


def boxed(grid: Grid) -> list[Grid]:
    return [grid]


def add_to(box: list[Grid], colour: int) -> list[Grid]:
    box.append(np.full_like(box[0], colour))
    return box


def last(box: list[Grid]) -> Grid:
    return box[-1]


PURE = True
PRIMITIVES: dict[str, object] = {
    name: value
    for name, value in globals().items()
    if callable(value) and getattr(value, "__module__", None) == __name__ and name.islower()
}
