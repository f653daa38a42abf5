"""What the processes of a watch tell each other, a line of JSON each.

Owns: the form of those lines. From the watching process to the server go requests; back come answers, from
the evaluating process and, when that has ended, from the server.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flows.settings import Settings, read_settings

__all__ = ["Answer", "Request", "line_of"]


@dataclass(frozen=True)
class Request:
    """A change to evaluate: the options of the command, the files that were saved and when, the run to
    compare with, if there was one, and whether the server was started for it just now."""

    options: dict[str, Any]
    config: str | None
    json_file: str | None
    saved: tuple[str, ...] = ()
    saved_at: float | None = None
    previous: str = ""
    restarted: bool = False

    @staticmethod
    def read(line: str) -> Request:
        fields = json.loads(line)
        return Request(**{**fields, "saved": tuple(fields["saved"])})

    def settings(self) -> Settings:
        """The settings as the config file has them now; a watch has no deadline. Raises `BadSettings`."""
        options = {
            key: tuple(value) if isinstance(value, list) else value for key, value in self.options.items()
        }
        settings = read_settings(Path(self.config) if self.config is not None else None, options)
        return replace(settings, deadline=0.0)


@dataclass(frozen=True)
class Answer:
    """One thing that is told back. `began`: the process that SIGINT cancels from now on. `folders`: where
    saves matter. `run`: the run that was made. `stale`: a file that the server has loaded and that is
    another now. `ended`: nothing more comes."""

    began: int = 0
    folders: tuple[str, ...] = ()
    run: str = ""
    stale: str = ""
    ended: bool = False

    @staticmethod
    def read(line: str) -> Answer:
        fields = json.loads(line)
        return Answer(**{**fields, "folders": tuple(fields["folders"])})


def line_of(told: Request | Answer) -> str:
    """The line that says it."""
    return json.dumps(dataclasses.asdict(told)) + "\n"
