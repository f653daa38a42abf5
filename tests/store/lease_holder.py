"""A thread that holds leases, for the tests of who waits for whom."""

from __future__ import annotations

import contextlib
import threading

from store.lease import Leases

SHORT = 1.0
"""Seconds of a lease's expiry in tests."""


class Holder(threading.Thread):
    """Holds some leases, one inside the other, until it is told to go."""

    def __init__(self, leases: Leases, *names: str) -> None:
        super().__init__()
        self.leases = leases
        self.names = names
        self.holds = threading.Event()
        self.let_go = threading.Event()
        self.start()

    def run(self) -> None:
        with contextlib.ExitStack() as stack:
            for name in self.names:
                stack.enter_context(self.leases.hold(name))
            self.holds.set()
            self.let_go.wait(30)
