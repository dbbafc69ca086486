"""Files of published figures; which format one has is told from its content."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from leapdash.build.sources.given import check_published
from leapdash.build.sources.published.ct_open_data import read_attendance
from leapdash.build.sources.published.edsight import looks_like_edsight, read_chronic_absence
from leapdash.build.sources.published.figures import Figures
from leapdash.errors import InputError


def read_published(path: Path) -> Figures:
    """The figures of one file. Raises InputError where it is none that leapdash knows."""
    check_published(path)
    return read_chronic_absence(path) if looks_like_edsight(path) else read_attendance(path)


def read_all_published(files: Sequence[Path]) -> list[Figures]:
    """Those of several. Raises InputError where two have the same figures."""
    found = [read_published(file) for file in files]
    times = Counter(figures.title for figures in found)
    for file, figures in zip(files, found, strict=True):
        if times[figures.title] > 1:
            raise InputError(
                f"{file.name}: {figures.title} is given {times[figures.title]} times.\n"
                "Expected each year's file once. Leave out the older one."
            )
    return found
