"""Dask: the one place where it is imported, and only when something must run.

Owns: a LocalCluster of single-threaded workers, or a client of an existing scheduler, as an
executor of jobs. The Dask key of a job is `stage-<digest>`, so that the stock dashboard groups
tasks by stage.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import socket
import warnings
from collections.abc import Callable
from concurrent.futures import CancelledError
from hashlib import blake2b
from typing import Any

import dask
from distributed import Client, Future, LocalCluster, Scheduler, as_completed
from tornado.web import Application

from flows.clock import tree_cpu
from flows.dashboard import ANNOTATION, HANDLER, PAGE, MemoPlugin
from flows.errors import BadSettings, NoScheduler
from flows.execution.forkserver import ignoring_interrupts
from flows.execution.transport import pack, unpack
from flows.memo import Job, Report, execute
from flows.progress.snapshot import Snapshot

__all__ = ["Cluster"]

_CONFIG = {
    # forkserver starts a worker in 0.15 s, spawn in 2.5 s.
    "distributed.worker.multiprocessing-method": "forkserver",
    # Workers queue their next jobs instead of waiting for the scheduler.
    "distributed.scheduler.worker-saturation": 2.0,
    "distributed.comm.timeouts.connect": "10s",
    # It looks at the stack a hundred times a second, at 7 % of a worker's CPU.
    "distributed.worker.profile.enabled": False,
    # How often each event loop looks whether it is late: every 20 ms costs a run 4 % of its wall time in CPU.
    "distributed.admin.tick.interval": "500ms",
    # A worker that comes to its limit is ended; before, the run has put less work into memory. One that
    # is paused would wait forever for others to free what it holds itself.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    # How often each process looks at its own memory and CPU, for the dashboard: every 500 ms is a third of
    # what four idle workers and their scheduler cost.
    "distributed.admin.system-monitor.interval": "2s",
    # An event in the scheduler's log holds the whole job that it is about, and a local scheduler is in the
    # client's process: 1,000 of them are 100 MB.
    "distributed.admin.low-level-log-length": 20,
    # A job that kills its worker is tried on two more before it fails.
    "distributed.scheduler.allowed-failures": 2,
}
_CONNECT_SECONDS = 10
_SHOW_SECONDS = 5


class Cluster:
    """An executor on Dask workers. Raises `NoScheduler` where a given scheduler does not answer."""

    here = False

    def __init__(
        self,
        workers: int,
        scheduler: str | None = None,
        dashboard: str = "127.0.0.1:0",
        worker_memory: int = 0,
    ) -> None:
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        with contextlib.ExitStack() as stack:
            stack.enter_context(dask.config.set(_CONFIG))
            self._client = self._connect(stack, workers, scheduler, dashboard, worker_memory)
            self._address = scheduler or "this machine"
            self._before = self._first_cpu(scheduler)
            self._stack = stack.pop_all()
        # With results: one whose worker dies before it is fetched is computed again, which may take long.
        self._ended = as_completed(with_results=True, raise_errors=False)
        self._numbers: dict[str, int] = {}
        self._sequence = itertools.count()
        known = self._client.scheduler_info(n_workers=-1)["workers"].values()
        self.slots = 2 * max(1, len(known))
        self.memory = min((each["memory_limit"] for each in known if each["memory_limit"]), default=0)
        self.dashboard = self._client.dashboard_link
        self.page = self._with_page()

    def _first_cpu(self, scheduler: str | None) -> float:
        """CPU that the workers of an existing cluster used before this run."""
        if scheduler is None:
            return 0.0
        try:
            return self._workers_cpu()
        except ImportError as error:
            raise NoScheduler(scheduler, f"its workers cannot import memoflow: {error}") from None

    @staticmethod
    def _connect(
        stack: contextlib.ExitStack,
        workers: int,
        scheduler: str | None,
        dashboard: str,
        worker_memory: int,
    ) -> Client:
        if scheduler is not None:
            try:
                client = stack.enter_context(Client(scheduler, timeout=_CONNECT_SECONDS))
            except (OSError, TimeoutError, ValueError, TypeError) as error:
                raise NoScheduler(scheduler, str(error) or type(error).__name__) from None
            if not client.scheduler_info(n_workers=-1)["workers"]:
                raise NoScheduler(scheduler, "it has no workers")
            return client
        with ignoring_interrupts(), warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Port .* is already in use", UserWarning)
            try:
                cluster = LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    processes=True,
                    memory_limit=worker_memory or None,
                    silence_logs=logging.CRITICAL,
                    host="127.0.0.1",
                    dashboard_address=None,  # `_LateDashboard` makes it
                    scheduler_kwargs={"dashboard_address": _free_address(dashboard)},
                    # The server that forks workers has the environment of when it was started.
                    env=dict(os.environ),
                )
            except RuntimeError as error:
                raise BadSettings(
                    f"local workers, dashboard at {dashboard}",
                    f"{error} A script that starts workers does so under `if __name__ == '__main__':`",
                ) from None
        stack.enter_context(cluster)
        cluster.scheduler.http_application.add_application(_LateDashboard(cluster.scheduler))
        return stack.enter_context(Client(cluster))

    def submit(self, number: int, job: Job) -> None:
        keys = b"".join(key for call in job.calls for key in call.keys)
        serial = f"{next(self._sequence)}".encode()
        key = f"{job.stage}-{blake2b(keys + serial, digest_size=16).hexdigest()}"
        self._numbers[key] = number
        with dask.annotate(**{ANNOTATION: job.label}):
            self._ended.add(self._client.submit(_execute, pack(job), key=key, pure=False))

    def wait(self, seconds: float | None = None) -> list[tuple[int, Report | Exception]]:
        with self._ended.thread_condition:
            self._ended.thread_condition.wait_for(self._ended.has_ready, seconds)
        return [self._report(future, result) for future, result in self._ended.next_batch(block=False)]

    def ask(self, question: Callable[[], Any]) -> list[Any]:
        try:
            return list(self._client.run(question).values())
        except OSError:
            return []

    def show(self, snapshot: Snapshot) -> None:
        if not self.page or self._client.status != "running":
            return
        tell = getattr(self._client.scheduler, HANDLER)
        # One that comes too late is as good as none; the next one says all of it again.
        with contextlib.suppress(OSError):
            understood = self._client.sync(tell, snapshot=snapshot.plain(), callback_timeout=_SHOW_SECONDS)
            self.page = self.page if understood else ""

    def close(self) -> float:
        """End local workers, or leave an existing cluster; CPU seconds that the workers used."""
        try:
            return max(0.0, self._workers_cpu() - self._before)
        finally:
            self._stack.close()

    def _with_page(self) -> str:
        """Where the dashboard shows this run. A scheduler that refuses plugins may have been started with
        ours: the first snapshot will tell."""
        with contextlib.suppress(ImportError, AttributeError, ValueError, OSError, TimeoutError):
            self._client.register_plugin(MemoPlugin())
        return self.dashboard.rpartition("/")[0] + f"/{PAGE}" if self.dashboard else ""

    def _report(self, future: Future, result: Any) -> tuple[int, Report | Exception]:
        number = self._numbers.pop(future.key)
        future.release()
        if isinstance(result, CancelledError):
            raise NoScheduler(self._address, "it went away; what was finished is kept") from result
        return number, result if isinstance(result, Report) else result[1]  # of type, error, traceback

    def _workers_cpu(self) -> float:
        return float(sum(self.ask(tree_cpu)))


def _execute(packed: bytes) -> Report:
    return execute(unpack(packed))


class _LateDashboard(Application):
    """Makes Dask's dashboard when somebody first asks for a page: Bokeh costs a run 0.5 s of CPU."""

    def __init__(self, scheduler: Scheduler) -> None:
        super().__init__()
        self._scheduler: Scheduler | None = scheduler

    def find_handler(self, request: Any, **kwargs: Any) -> Any:
        """Never answers: the dashboard comes behind, and is asked next."""
        scheduler, self._scheduler = self._scheduler, None
        if scheduler is not None:
            from distributed.dashboard.scheduler import connect

            connect(scheduler.http_application, scheduler.http_server, scheduler, "/")


def _free_address(wanted: str) -> str:
    """The address, or any other port of its host where that one is in use: Dask would take another
    one too, but leaves a socket open that fails tests when it is collected."""
    host, _, port = wanted.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        return wanted
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), int(port)))
        except OSError:
            return f"{host}:0"
    return wanted
