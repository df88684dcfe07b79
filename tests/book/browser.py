"""The browser that built pages are opened in: found, or fetched as the machine allows.

``python tests/book/browser.py`` fetches one where there is none; it never fails, since all that
needs no browser can be tested without.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGE = "chromium"


def find() -> str | None:
    """Path of a Chromium: one on the path, else the one that Playwright has brought."""
    if path := next(filter(None, map(shutil.which, NAMES)), None):
        return path
    with sync_playwright() as playwright:
        brought = playwright.chromium.executable_path
    return brought if Path(brought).is_file() else None


def fetch() -> None:
    """Let Playwright bring its Chromium; where it cannot, install the system's package as root."""
    _run(sys.executable, "-m", "playwright", "install", "--only-shell", "chromium")
    if find() or os.geteuid() or not shutil.which("apt-get"):
        return
    _run("apt-get", "update", "-qq")
    _run("apt-get", "install", "-y", "-qq", "--no-install-recommends", PACKAGE)


def _run(*command: str) -> None:
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(command, env=os.environ | quiet, capture_output=True, timeout=600)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"{' '.join(command)}: {error}", file=sys.stderr)


if __name__ == "__main__":
    if not find():
        print("No Chromium on this machine; fetching one.")
        fetch()
    print(find() or "No Chromium could be had; what needs one will be named and fail.")
