"""What a Chromium of this machine makes of a briefing: its charts drawn for good, and a PDF."""

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from leapdash.errors import UsageError

CHROMIUM_VARIABLE = "LEAPDASH_CHROMIUM"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_SECONDS = 120
# So much time passes for the page, as fast as it can be made to: charts take a hundredth of it.
_PAGE_MILLISECONDS = 60_000
_OPTIONS = (
    *("--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
    f"--virtual-time-budget={_PAGE_MILLISECONDS}",
)
_DRAWN = 'data-drawn="yes"'


def chromium() -> str | None:
    """The Chromium to work with: that of LEAPDASH_CHROMIUM, or one on the path; None for none."""
    named = os.environ.get(CHROMIUM_VARIABLE)
    return shutil.which(named) if named else next(filter(None, map(shutil.which, _NAMES)), None)


def need_chromium() -> str:
    """The Chromium to work with. Raises UsageError where there is none."""
    found = chromium()
    if found is None:
        named = os.environ.get(CHROMIUM_VARIABLE)
        where = f"{CHROMIUM_VARIABLE} is {named}, no program" if named else "none is on the path"
        raise UsageError(
            f"A PDF is printed by Chromium or Chrome, and {where}.\n"
            f"Install one (Debian: apt-get install chromium) or set {CHROMIUM_VARIABLE}; or ask "
            "for HTML, which needs none, and print that from any browser."
        )
    return found


def drawn(html: str, program: str) -> str:
    """The document with its charts drawn as SVG and no script left.

    Raises UsageError where the browser doesn't get that far.
    """
    with TemporaryDirectory(prefix="leapdash-") as folder:
        out = _run(program, Path(folder), html, "--dump-dom").decode("utf-8", "replace")
    if _DRAWN not in out:
        raise _failed(program, "its charts were not drawn")
    return f"{out.rstrip()}\n"


def pdf(html: str, program: str) -> bytes:
    """The document printed, as PDF. Takes one whose charts are drawn.

    Raises UsageError where the browser doesn't print.
    """
    with TemporaryDirectory(prefix="leapdash-") as folder:
        out = Path(folder) / "printed.pdf"
        _run(program, Path(folder), html, "--no-pdf-header-footer", f"--print-to-pdf={out}")
        if not out.is_file():
            raise _failed(program, "it wrote no PDF")
        return out.read_bytes()


def printed(html: str) -> bytes:
    """The document as PDF, its charts drawn first. Raises UsageError where no browser can."""
    program = need_chromium()
    return pdf(drawn(html, program), program)


def _run(program: str, folder: Path, html: str, *options: str) -> bytes:
    """What the program writes of the document, in a profile of its own in the folder."""
    page = folder / "briefing.html"
    page.write_text(html, encoding="utf-8")
    # Root can't have Chromium's sandbox. The document runs no script but its own (`document`).
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    command = [
        *(program, *_OPTIONS, *(["--no-sandbox"] if root else [])),
        *(f"--user-data-dir={folder / 'profile'}", *options, page.as_uri()),
    ]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise _failed(program, f"no answer in {_SECONDS} seconds") from error
    except OSError as error:
        raise _failed(program, str(error.strerror)) from error
    if done.returncode != 0:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise _failed(program, told[-1] if told else f"it ended with {done.returncode}")
    return done.stdout


def _failed(program: str, found: str) -> UsageError:
    return UsageError(
        f"{program}: {found}.\n"
        f"Expected a Chromium or Chrome that works headless; set {CHROMIUM_VARIABLE} to another, "
        "or ask for HTML."
    )
