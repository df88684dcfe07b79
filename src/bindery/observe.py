"""Observe which files of the project a kernel reads.

This is an IPython extension. The build loads it into each kernel; a chapter then depends on what
its kernel was seen to read, without anybody having to list it. An audit hook (PEP 578) sees each
``open`` and each listing of a folder, `sys.modules` shows the imported modules. Every file is
fingerprinted when it is first read, so an edit during a long run is not missed. Observations
are appended line by line, which needs no clean exit and is safe in threads and forked children.

A reader that opens files in C (such as Arrow's) and children that are spawned, not forked,
escape: read tables through Python's `open` and in the kernel itself.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
from collections.abc import Iterable
from hashlib import sha256
from importlib.util import source_from_cache
from pathlib import Path

ROOT_VARIABLE = "BINDERY_OBSERVED_ROOT"
LOG_VARIABLE = "BINDERY_OBSERVED_LOG"
IGNORED_FOLDERS = frozenset({"_build", "__pycache__", "node_modules"})
LISTINGS = frozenset({"os.listdir", "os.scandir"})
IMPORT_SYSTEM = ("<frozen importlib", *importlib.__path__)


def fingerprint(path: Path) -> str | None:
    """Digest of a file's content or of the names in a folder; None if there is nothing there."""
    try:
        if path.is_dir():
            names = sorted(item.name for item in path.iterdir() if not _is_ignored(item.name))
            return sha256("\n".join(names).encode()).hexdigest()
        return sha256(path.read_bytes()).hexdigest() if path.is_file() else None
    except OSError:
        return None


def digest(paths: Iterable[Path]) -> str:
    """One digest of what several files hold."""
    return sha256("\n".join(str(fingerprint(path)) for path in paths).encode()).hexdigest()


def _is_ignored(part: str) -> bool:
    return part.startswith(".") or part in IGNORED_FOLDERS


class Observer:
    """Notes each file below a root that is read, once, with its fingerprint."""

    def __init__(self, root: str, log: str):
        self.root = os.path.realpath(root)
        # The lock file stands for the environment; chapters do not import this package.
        self.outside = tuple(
            os.path.realpath(folder) + os.sep for folder in (sys.prefix, Path(__file__).parent)
        )
        self.known: set[str] = set()
        self.modules: set[str] = set()
        self.busy = threading.local()
        self.log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def audit(self, event: str, arguments: tuple) -> None:
        """The audit hook: see `sys.addaudithook`."""
        # A fingerprint opens files itself.
        if getattr(self.busy, "on", False):
            return
        if event == "open":
            path, mode, flags = arguments
            self.note(path, written=_writes(mode, flags))
        elif event in LISTINGS and not _is_import(sys._getframe(1)):
            self.note(arguments[0] or ".")

    def note(self, path: object, written: bool = False) -> None:
        """Add a path; a file that this kernel writes is a product of the chapter, not an input."""
        if isinstance(path, int) or path is None:
            return
        self.busy.on = True
        try:
            relative = self._relative(os.fsdecode(path))
            if relative is None or relative in self.known:
                return
            self.known.add(relative)
            if not written:
                digest = fingerprint(Path(self.root, relative))
                line = json.dumps([relative, digest]) + "\n"
                os.write(self.log, line.encode())
        finally:
            self.busy.on = False

    def note_modules(self, *_: object) -> None:
        """Add the modules that are imported by now; a cached one was not opened as source."""
        # A copy in one step: while a list of the items is made, something collected may import.
        for name, module in sys.modules.copy().items():
            if name not in self.modules:
                self.modules.add(name)
                # Not getattr, which makes lazy modules import themselves.
                self.note((getattr(module, "__dict__", None) or {}).get("__file__"))

    def _relative(self, path: str) -> str | None:
        full = os.path.realpath(path)
        if not full.startswith(self.root + os.sep) or full.startswith(self.outside):
            return None
        if full.endswith(".pyc"):
            try:
                full = source_from_cache(full)
            except ValueError:
                return None
        relative = Path(full).relative_to(self.root)
        return None if any(map(_is_ignored, relative.parts)) else relative.as_posix()


def _writes(mode: str | None, flags: int) -> bool:
    if mode is not None:
        return not mode.startswith("r")
    return (flags or 0) & os.O_ACCMODE == os.O_WRONLY


def _is_import(frame: object) -> bool:
    """Whether a listing was made by the import system, which looks into every folder."""
    while frame is not None and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    return frame is not None and frame.f_code.co_filename.startswith(IMPORT_SYSTEM)


def load_ipython_extension(shell: object) -> None:
    """Start to observe; called by IPython when the kernel starts."""
    observer = Observer(os.environ[ROOT_VARIABLE], os.environ[LOG_VARIABLE])
    shell.events.register("post_run_cell", observer.note_modules)
    sys.addaudithook(observer.audit)
