"""The process that kernels are forked from: see `bindery.kernels`, which starts it.

It takes one line of JSON per kernel, ``{"arguments": [...], "environment": {...}}``, and answers
with the kernel's process id. When its input ends, so does the build, however that happened: it
kills what is left of the kernels and removes their folder.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
from importlib import import_module
from types import ModuleType

KERNEL = ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.debugger")


def serve(folder: str, *preload: str) -> None:
    """Import the modules, then fork a kernel for each line of input.

    Args:
        folder: what to remove at the end.
        preload: modules that chapters import; what is not installed is left out.
    """
    for name in (*KERNEL, *preload):
        with contextlib.suppress(ImportError):
            _check(import_module(name))
    kernels = []
    for line in sys.stdin:
        request = json.loads(line)
        kernel = os.fork()
        if kernel == 0:
            _become_kernel(**request)
            return
        kernels.append(kernel)
        print(kernel, flush=True)
    # Nobody has waited for them, so that no other process can have got their numbers.
    for kernel in kernels:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(kernel, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


def _check(module: ModuleType) -> None:
    """End with a message if a module is the project's own: nobody would see it read."""
    file = os.path.realpath(getattr(module, "__file__", None) or "/")
    environment, project = (os.path.realpath(path) + os.sep for path in (sys.prefix, "."))
    if file.startswith(project) and not file.startswith(environment):
        sys.exit(f"[tool.bindery] preload: {module.__name__} belongs to the project: leave it out.")


def _become_kernel(arguments: list[str], environment: dict[str, str]) -> None:
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()
    os.environ.update(environment, JPY_PARENT_PID=str(os.getppid()))
    # What a kernel prints past its cells must not reach the build as an answer.
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    IPKernelApp.launch_instance(argv=arguments)


if __name__ == "__main__":
    serve(*sys.argv[1:])
