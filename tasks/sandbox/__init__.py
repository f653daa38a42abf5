"""The sandbox: programs evaluated under limits, in processes that may loop, explode or crash.

`Sandbox` is the way in; `shared` gives the one that belongs to this process. Linux only: it needs
CPU timers, address space limits and anonymous memory files.
"""

from __future__ import annotations

from tasks.sandbox.evaluation import Evaluation, grid_of
from tasks.sandbox.judgement import Judged
from tasks.sandbox.link import SandboxError
from tasks.sandbox.sandbox import Sandbox, shared, speed_factors

__all__ = ["Evaluation", "Judged", "Sandbox", "SandboxError", "grid_of", "shared", "speed_factors"]
