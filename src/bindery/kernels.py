"""Kernels that start at once, forked from a process that has imported what chapters import.

To import the scientific libraries takes a kernel longer than many a chapter takes to run. So one
process imports them (``preload`` of the settings) and is forked for each chapter. Modules and data
of the project are read in the fork, where `bindery.observe` sees it. On a system that cannot hold
on to the process of another parent, each kernel starts on its own.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from bindery import observe
from bindery.plan import KERNEL, BuildError, Project

# Chapters run side by side, so that each gets one thread; hashing must not vary between runs.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "agg",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
ZYGOTE = Path(__file__).with_name("zygote.py")
OPTIONS = ["--log-level=CRITICAL", "--HistoryManager.enabled=False", f"--ext={observe.__name__}"]


class Kernels:
    """Starts the kernels of one project; to be used in a ``with``.

    Attributes:
        slots: as many as kernels may run cells at a time; others may get ready meanwhile.
    """

    def __init__(self, project: Project, jobs: int = 1):
        self.slots = threading.Semaphore(jobs)
        self._project = project
        self._folder = Path(tempfile.mkdtemp(prefix="bindery-"))
        paths = [str(project.root / item) for item in project.settings.path]
        self._environment = {
            **ENVIRONMENT,
            "PYTHONPATH": os.pathsep.join([*paths, *filter(None, [os.environ.get("PYTHONPATH")])]),
            "IPYTHONDIR": str(self._folder / "ipython"),
            observe.ROOT_VARIABLE: str(project.root),
        }
        self._lock = threading.Lock()
        self._zygote = self._start() if _can_watch() else None

    def __enter__(self) -> Kernels:
        return self

    def __exit__(self, *_: object) -> None:
        if self._zygote is not None:
            self._zygote.stdin.close()
            self._zygote.wait()
            self._zygote.stdout.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def new(self) -> tuple[AsyncKernelManager, Path]:
        """A manager whose kernel can be started, and the file in which it notes what it reads."""
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        log = folder / "observed"
        manager = _Manager(transport="ipc", connection_file=str(folder / "kernel.json"))
        manager.kernel_spec = KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", *OPTIONS],
            env=self._environment | {observe.LOG_VARIABLE: str(log)},
            **KERNEL,
        )
        manager.provisioner = _Provisioner(
            kernel_id=folder.name, kernel_spec=manager.kernel_spec, parent=manager
        )
        manager.provisioner.fork = self._fork if self._zygote else None
        return manager, log

    def _start(self) -> subprocess.Popen:
        preload = self._project.settings.preload
        return subprocess.Popen(
            [sys.executable, "-P", str(ZYGOTE), str(self._folder), *preload],
            cwd=self._project.root,
            env=os.environ | self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def _fork(self, arguments: list[str], environment: dict[str, str]) -> _Fork:
        request = {"arguments": arguments, "environment": environment}
        with self._lock:
            try:
                print(json.dumps(request), file=self._zygote.stdin, flush=True)
                return _Fork(int(self._zygote.stdout.readline()))
            except (OSError, ValueError) as error:
                raise BuildError(
                    "The process that kernels are forked from has ended; can the modules of "
                    "`preload` ([tool.bindery] in pyproject.toml) be imported?"
                ) from error


class _Manager(AsyncKernelManager):
    kernel_spec = None  # given, not looked up among those that are installed


class _Provisioner(LocalProvisioner):
    fork: Any = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict:
        if self.fork is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.process = self.fork(cmd[3:], kwargs["env"])
        self.pid = self.pgid = self.process.pid
        return self.connection_info


class _Fork:
    """A process of another parent, with the methods of `subprocess.Popen` that are needed."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int):
        self.pid = pid
        self._handle = os.pidfd_open(pid)

    def __del__(self) -> None:
        os.close(self._handle)

    def poll(self) -> int | None:
        return 0 if select.select([self._handle], [], [], 0)[0] else None

    def wait(self) -> int:
        select.select([self._handle], [], [])
        return 0

    def send_signal(self, number: int) -> None:
        signal.pidfd_send_signal(self._handle, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _can_watch() -> bool:
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return True
