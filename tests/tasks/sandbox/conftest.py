"""One sandbox over the hostile DSL for each file of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tasks.sandbox import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox("hostile_dsl")
    yield sandbox
    sandbox.close()
