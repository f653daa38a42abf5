"""Documents as tests: what a reader would type is typed, and what he is told to see must be seen.

Owns: the meaning of a fenced block by its language. `python` and `toml` blocks name the file that they
are in their first line (`# shapes.py`) and are written to it. `console` blocks are commands after `$ `, run
by bash in the document's folder, with what they print below. There `...` stands for anything, and a line
of it for any lines. `text` blocks are pictures, `sh` blocks are the README's two commands, which
`.ci/run` runs. A block after `<!-- not run: reason -->` is not run.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
from sybil import Document, Example, Region
from sybil.parsers.markdown.lexers import FencedCodeBlockLexer

__all__ = ["Wrong", "follow"]

_NOT_RUN = re.compile(r"<!-- not run: \S.* -->\n\Z")
_COMMAND_SECONDS = 100


class Wrong(AssertionError):
    """A block did not do what the document says."""


def follow(document: Path, folder: Path) -> int:
    """Do in a folder what a document says, from beginning to end; how many blocks it has. Raises
    `Wrong`."""
    examples = list(Document.parse(str(document), _Blocks(folder)).examples())
    try:
        for example in examples:
            try:
                example.evaluate()
            except Wrong as wrong:
                raise Wrong(f"{document.name}, line {example.line}: {wrong}") from None
    finally:
        _end_what_was_left(folder)
    return len(examples)


def _end_what_was_left(folder: Path) -> None:
    """End what commands have started in the background."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.cwd() == str(folder):
                process.kill()


class _Blocks:
    """Sybil's parser and evaluator of the blocks of one document."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, document: Document) -> Iterator[Region]:
        for region in FencedCodeBlockLexer("[a-z]*")(document):
            region.parsed = (region.lexemes["language"], region.lexemes["source"])
            region.evaluator = self._evaluate
            yield region

    def _evaluate(self, example: Example) -> None:
        language, source = example.parsed
        if _NOT_RUN.search(example.document.text[: example.region.start]):
            return
        if language in ("python", "toml"):
            self._write(source)
        elif language == "console":
            for command, expected in _commands(source):
                self._run(command, expected)
        elif language not in ("text", "sh"):
            raise Wrong(f"a block in {language!r}; it should be one of python, toml, console, text")

    def _write(self, source: str) -> None:
        named = re.match(r"# (\S+\.(?:py|toml))\n", source)
        if named is None:
            raise Wrong("the first line of a block names its file, as in '# shapes.py'")
        file = self._folder / named[1]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, encoding="utf-8")

    def _run(self, command: str, expected: str) -> None:
        paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self._folder,
            env={**os.environ, "PATH": paths},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_COMMAND_SECONDS,
            check=False,
        )
        if done.returncode:
            raise Wrong(f"{command}\nended with {done.returncode}:\n{done.stdout}")
        if expected and not _pattern(expected).fullmatch(done.stdout):
            raise Wrong(f"{command}\nshould print\n{expected}\nbut prints\n{done.stdout}")


def _commands(source: str) -> list[tuple[str, str]]:
    """Commands, each with what it should print. One goes on after a backslash at the end of its
    line."""
    parts = re.split(r"^\$ ", source, flags=re.MULTILINE)[1:]
    split = [re.fullmatch(r"((?:.*\\\n)*.*)\n?([\s\S]*)", part) for part in parts]
    return [(found[1], found[2]) for found in split if found is not None]


def _pattern(expected: str) -> re.Pattern[str]:
    lines = ["(?:.*\n)*" if line == "..." else _line(line) + "\n" for line in expected.splitlines()]
    return re.compile("".join(lines))


def _line(line: str) -> str:
    """A line's pattern: any amount of space where there is some, anything for `...`."""
    words = re.split(r"(\.\.\.|\s+)", line.rstrip())
    return (
        "".join(".*" if word == "..." else r"\s+" if word.isspace() else re.escape(word) for word in words)
        + r"\s*?"
    )
