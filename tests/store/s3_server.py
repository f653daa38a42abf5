"""A real S3 server, moto's, in a process of its own on loopback."""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["BUCKET", "Server", "free_port", "serving"]

BUCKET = "bucket"
_START_SECONDS = 60
_LISTENS = re.compile(r"Running on http://127\.0\.0\.1:(\d+)")
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@dataclass
class Server:
    """The server, its port, and the file that it writes a line per request into."""

    log: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> Mapping[str, str]:
        """What a process needs to find the server."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "anybody",
            "AWS_SECRET_ACCESS_KEY": "anything",
            "AWS_REGION": "us-east-1",
        }

    def start(self) -> None:
        """Start it, at a port of its own choice and then at that one again, and make its bucket; what
        it held is gone."""
        words = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(words, stdout=log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + _START_SECONDS
        while not (said := _LISTENS.search(self.log.read_text(encoding="utf-8", errors="replace"))):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise TimeoutError(self.log.read_text(encoding="utf-8", errors="replace"))
            time.sleep(0.05)
        self.port = int(said[1])
        self.request("PUT", f"/{BUCKET}")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def request(self, method: str, path: str, content: bytes | None = None) -> bytes:
        """A plain HTTP request, past everything that is under test."""
        kind = {"Content-Type": "application/octet-stream"}  # a form, which is urllib's own, moto reads away
        request = urllib.request.Request(self.url + path, content, kind, method=method)
        with _direct.open(request, timeout=20) as answer:
            body: bytes = answer.read()
            return body

    def requests(self) -> list[str]:
        """Method and path of each request so far, as "GET /bucket/name"."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [_asked(line) for line in lines if " HTTP/1" in line]


def _asked(line: str) -> str:
    """Method and path in a line of the log, which has colours."""
    words = line.partition(" HTTP/1")[0].split()
    return f"{words[-2].rpartition('m')[2].strip(chr(34))} {words[-1]}"


@contextlib.contextmanager
def serving(log: Path) -> Iterator[Server]:
    """A server that is killed at the end."""
    server = Server(log)
    try:
        server.start()
        yield server
    finally:
        server.kill()
