"""The order of it all: input tables and published figures in, a release out."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from leapdash.errors import InputError, UsageError
from leapdash.pipeline.engine import open_engine
from leapdash.pipeline.intake import HALF_DAYS
from leapdash.pipeline.summaries import Summaries, summarise
from leapdash.progress import SILENT, Progress
from leapdash.release import (
    BuildFacts,
    Release,
    SourceFact,
    current_id,
    on_show,
    open_release,
    publish,
)
from leapdash.sources.ct_open_data import read_published
from leapdash.sources.folder import Folder, open_folder

_TRUTH = "truth.parquet"


def build(
    input: Path,
    out: Path,
    *,
    published: Sequence[Path] = (),
    half_day: str = "state",
    memory_limit: str = "2GB",
    threads: int | None = None,
    keep: int = 5,
    progress: Progress = SILENT,
) -> Release:
    """The release made from a folder of input tables, published in the store `out`.

    `published`: files of Connecticut Open Data; without one, the figures of the release on show
    are carried over. `half_day`: what daily attendance counts, one of intake.HALF_DAYS. Raises
    InputError where an input breaks the contract, StoreError where the store can't be written;
    the release on show then stays.
    """
    if half_day not in HALF_DAYS:
        raise UsageError(f"--half-day {half_day}: expected one of {', '.join(HALF_DAYS)}.")
    try:
        with progress.step("look at the files"):
            folder = open_folder(input)
            figures = _published(published, out)
        for note in folder.notes:
            progress.note(note)
        with open_engine(memory_limit, threads) as engine:
            summaries = summarise(engine, folder.tables, half_day, progress)
    except InputError as error:
        raise InputError(f"{error}\n{on_show(out)}") from error
    tables = dict(summaries.tables)
    if figures is not None:
        tables["published"] = figures[0]
    with progress.step("publish") as step:
        release = publish(out, tables, _facts(folder, summaries, half_day, figures), keep=keep)
        step.rows = sum(facts.rows for facts in release.manifest.tables.values())
    return release


_Figures = tuple[pa.Table, list[SourceFact]]


def _published(files: Sequence[Path], store: Path) -> _Figures | None:
    """The published figures and their sources: from the files, else from the release on show."""
    if files:
        tables = [read_published(file) for file in files]
        facts = [
            SourceFact(file.name, table.num_rows, "Connecticut Open Data", "public domain")
            for file, table in zip(files, tables, strict=True)
        ]
        return pa.concat_tables(tables), facts
    if current_id(store) is None:
        return None
    shown = open_release(store)
    if not shown.has("published"):
        return None
    table = shown.table("published")
    names = set(table["source"].to_pylist())
    return table, [fact for fact in shown.manifest.sources if fact.name in names]


def _facts(
    folder: Folder, summaries: Summaries, half_day: str, figures: _Figures | None
) -> BuildFacts:
    # Only a simulation knows what would have been without the visits.
    synthetic = (folder.path / _TRUTH).exists()
    origin, licence = (
        ("simulated by leapdash demo", "CC0")
        if synthetic
        else ("student records", "not for publication")
    )
    sources = [
        SourceFact(folder.tables[name].label, rows, origin, licence)
        for name, rows in summaries.rows_read.items()
    ]
    daily = "attendance_daily" in folder.tables
    return BuildFacts(
        synthetic=synthetic,
        half_day=HALF_DAYS[half_day] if daily else "as in the monthly input",
        sources=tuple(sources + (figures[1] if figures else [])),
    )
