"""A running dashboard and a Chromium to look at it, for tests, benchmarks and screenshots."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from leapdash.show.answers.pages import PAGES as ANSWERED
from tests.lib.paths import ROOT

PAGES = ("", *(key for key in ANSWERED if key != "start"))
"""Every page, by its place below the server's address."""
CHROMIUM = os.environ.get("LEAPDASH_CHROMIUM") or shutil.which("chromium")
NO_CHROMIUM = "no Chromium on this machine: install it (Debian: chromium) or set LEAPDASH_CHROMIUM"

# Time of the last change to the page, in the page's own milliseconds.
_WATCH = """() => {
  window.lastChange = performance.now();
  new MutationObserver(() => { window.lastChange = performance.now(); })
    .observe(document.body,
      {subtree: true, childList: true, attributes: true, characterData: true});
}"""
_AT_REST = """quiet => {
  const app = document.querySelector('[data-testid="stApp"]');
  return app && app.getAttribute('data-test-script-state') === 'notRunning'
    && !document.querySelector('[data-testid="stSkeleton"]')
    && performance.now() - window.lastChange > quiet;
}"""


@dataclass(frozen=True)
class Server:
    """A running server: where it answers, and its process."""

    address: str
    process: int


@contextmanager
def serving(script: Path | str = "app.py", **environment: str) -> Iterator[str]:
    """The address of a Streamlit server that runs the script on a free port of this machine."""
    with server(script, **environment) as running:
        yield running.address


@contextmanager
def server(script: Path | str = "app.py", *options: str, **environment: str) -> Iterator[Server]:
    """A Streamlit server that runs the script on a free port of this machine, as set up for
    serving but for these options.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), *options]
    process = subprocess.Popen(
        [*command, f"--server.port={port}", "--server.address=127.0.0.1"],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_healthy(process, address)
        yield Server(address, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_healthy(process: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the server at {address} did not start")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium of this machine's own."""
    if CHROMIUM is None:
        raise RuntimeError(NO_CHROMIUM)
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--no-first-run", *quiet],
        )
        yield browser
        browser.close()


def watch(page: Page) -> None:
    """Begin to note when the page last changed."""
    page.evaluate(_WATCH)


def settle(page: Page, quiet: int = 400) -> float:
    """Wait until the script ran and nothing changed for `quiet` ms; the time of the last change."""
    page.wait_for_function(_AT_REST, arg=quiet, polling=50, timeout=60_000)
    return float(page.evaluate("window.lastChange"))


def visit(page: Page, address: str) -> float:
    """Open an address and wait until the page is at rest; ms from the start of the navigation."""
    page.add_init_script(
        "window.addEventListener('DOMContentLoaded', () => (" + _WATCH + ")(), {once: true})"
    )
    page.goto(address, wait_until="domcontentloaded")
    page.wait_for_selector('[data-testid="stApp"] h1', timeout=60_000)
    return settle(page)
