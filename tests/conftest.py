"""Settings of every test."""

from __future__ import annotations

from hypothesis import settings

# Machines are shared: how long an example takes says nothing. pytest's own timeout ends a hang.
settings.register_profile("shared-machine", deadline=None)
settings.load_profile("shared-machine")
