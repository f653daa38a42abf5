"""Where saves matter: the folders of all that a run reads as code.

Owns: which those are, also where some of that code cannot be loaded.
"""

from __future__ import annotations

import sys
import sysconfig
import traceback
from collections.abc import Iterator
from pathlib import Path

from flows.settings import Settings

__all__ = ["folders_of"]

_INSTALLED = tuple(
    f"{folder}/"
    for folder in (*map(sysconfig.get_path, ("stdlib", "platstdlib", "purelib", "platlib")), sys.prefix)
)


def folders_of(settings: Settings, config: str | None, broken: BaseException | None = None) -> Iterator[str]:
    """The folders of all that a run of these settings reads as code, there or not: what is loaded by now
    and not installed, the DSL, the programs and differs, the config, and where an error arose."""
    folders: dict[Path, None] = {}
    for place in _places(settings, config, broken):
        for path in (place.absolute(), place.resolve()):
            folders[path if path.is_dir() else path.parent] = None
    yield from map(str, folders)


def _places(settings: Settings, config: str | None, broken: BaseException | None) -> Iterator[Path]:
    own = (vars(module).get("__file__") for module in list(sys.modules.values()))
    files = (file for file in (*own, *_files_behind(broken)) if isinstance(file, str))
    yield from (Path(file) for file in files if file.startswith("/") and not file.startswith(_INSTALLED))
    dsl = Path(settings.dsl)
    if dsl.exists() or dsl.suffix == ".py" or len(dsl.parts) > 1:  # else it is a module, by name
        yield dsl
    yield from map(Path, (*settings.programs, *settings.differs))
    if config is not None:
        yield Path(config)


def _files_behind(error: BaseException | None) -> Iterator[object]:
    """The files that an error and its causes name: modules that could not be loaded are among them."""
    while error is not None:
        yield getattr(error, "filename", None)
        yield from (frame.filename for frame in traceback.extract_tb(error.__traceback__))
        error = error.__cause__
