"""Flows: nodes planned against a store and run with Dask. The only place where store, tasks and
Dask meet."""

from flows.errors import BadSettings, NodeFailed, NoScheduler
from flows.flow import Flow, Run
from flows.node import Node
from flows.plan import Plan, PlanNode

__all__ = ["BadSettings", "Flow", "NoScheduler", "Node", "NodeFailed", "Plan", "PlanNode", "Run"]
