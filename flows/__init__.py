"""Flows: nodes planned against a store and run with Dask. The only place where store, tasks and
Dask meet.

What is public is loaded when it is first asked for: the command line has something to set before.
"""

import importlib
import typing

if typing.TYPE_CHECKING:
    from flows.errors import BadSettings, NodeFailed, NoScheduler
    from flows.flow import Flow, Run
    from flows.node import Node
    from flows.plan import Plan, PlanNode

__all__ = ["BadSettings", "Flow", "NoScheduler", "Node", "NodeFailed", "Plan", "PlanNode", "Run"]

_HOMES = {
    "flows.errors": ("BadSettings", "NoScheduler", "NodeFailed"),
    "flows.flow": ("Flow", "Run"),
    "flows.node": ("Node",),
    "flows.plan": ("Plan", "PlanNode"),
}


def __getattr__(name: str) -> typing.Any:
    for home, names in _HOMES.items():
        if name in names:
            found = globals()[name] = getattr(importlib.import_module(home), name)
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
