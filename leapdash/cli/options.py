"""Options that several commands have, and what all make of what is given."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from leapdash.build.sources.given import check_exports, check_input
from leapdash.paths import is_address
from leapdash.progress import Progress


def said(given: str) -> str:
    """What was given, which the shell makes empty of a variable that isn't set."""
    if not given.strip():
        raise typer.BadParameter("empty; expected a path.")
    return given


def path(given: str | Path) -> Path:
    """What was given, or the default, as a path."""
    return Path(said(str(given)))


Mapping = Annotated[
    Path | None,
    typer.Option(
        parser=path,
        metavar="FILE",
        help="What the columns and values of own exports mean (a file that inspect writes), or "
        "the codes of an Ed-Fi system.",
    ),
]
HalfDay = Annotated[
    str,
    typer.Option(help="What daily attendance counts: state (half a day is a day) or fraction."),
]
MemoryLimit = Annotated[
    str, typer.Option(help="Most memory the engine may use; with Python, 0.6 GB more.")
]
Threads = Annotated[int | None, typer.Option(help="Threads; default: all cores.")]
Keep = Annotated[int, typer.Option(min=1, help="Releases the store keeps.")]


def check_inputs(given: Sequence[str], mapping: Path | None) -> None:
    """Raises InputError where a path of this machine leads nowhere."""
    here = [Path(one) for one in given if not is_address(one)]
    if mapping is not None:
        check_exports(here, mapping)
        return
    for folder in here:
        check_input(folder)


def progress() -> Progress:
    """What tells of work on the console."""
    # Loaded only for work that has progress to tell.
    from rich.console import Console

    return Progress(Console(stderr=True))
