"""Random sequences of edits: whatever was edited, damaged or undone, a run does exactly what it must.

After each step the edited project is imported anew, planned and run on a store that lives as long as
the sequence, and on an empty one. `Judge` says what that may do. The long run is

    pytest tests/flows/test_edit_sequences.py -m slow -n 0 -o faulthandler_timeout=0

Both runs draw the same sequences every time; `EDIT_SEQUENCES_SEED=7 pytest ...` draws others.
"""

from __future__ import annotations

import dataclasses
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from edit_sequences import Judge, Step, chosen, sequences
from edited_project import Project
from fork_server import ForkServer
from hypothesis import given, seed, settings

SEED = int(os.environ.get("EDIT_SEQUENCES_SEED", "0"))

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""Where files cost no disk, if there is such a place: each step makes hundreds."""


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with ForkServer(["edited_run", "zarr"]) as server:
        yield server


def drawn(count: int, most: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """So many sequences of at most so many steps for a test, the same ones every time."""

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        return seed(SEED)(settings(max_examples=count, database=None)(given(steps=sequences(most))(test)))

    return decorate


def follow(server: ForkServer, steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        project = Project(Path(folder))
        judge = Judge(project)
        for number, step in enumerate(steps):
            for edit in step.edits:
                judge.apply(edit)
            project.write()
            inputs = dataclasses.asdict(project.inputs) | {"programs": list(chosen(project))}
            report = server.call(
                "edited_run:step",
                folder=folder,
                cold=str(Path(folder, f"cold{number}")),
                inputs=inputs,
                targets=step.targets,
                planned=step.planned,
            )
            judge.judge(report)


@pytest.mark.timeout(600)  # to find the shortest failing sequence takes up to 300 s; hangs end sooner
@drawn(200, most=4)
def test_a_run_after_any_edits_does_exactly_what_it_must(server: ForkServer, steps: list[Step]) -> None:
    follow(server, steps)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@drawn(2000, most=8)
def test_a_run_after_any_edits_does_exactly_what_it_must_at_length(
    server: ForkServer, steps: list[Step]
) -> None:
    follow(server, steps)
