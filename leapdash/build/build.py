"""The order of it all: input tables and published figures in, a release out."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path

import pyarrow as pa

from leapdash.build.panel.from_files import panel_of
from leapdash.build.panel.numbered import HALF_DAYS, check_half_day
from leapdash.build.sources.opening import look_at
from leapdash.build.sources.published.read import read_all_published
from leapdash.build.sources.source import Source
from leapdash.build.summaries.summarise import summarise
from leapdash.contract import PUBLISHED
from leapdash.engines import ANY_CORES, DEFAULT_ENGINE, Engine, open_engine
from leapdash.errors import LeapdashError, ReleaseError
from leapdash.paths import check_out
from leapdash.progress import SILENT, Progress
from leapdash.release import (
    BuildFacts,
    Release,
    SourceFact,
    check_kept_apart,
    current_id,
    on_show,
    open_release,
    publish,
)


def build(
    input: str | Path | Sequence[str | Path],
    out: str | Path,
    *,
    published: Sequence[Path] = (),
    half_day: str = "state",
    engine: str = DEFAULT_ENGINE,
    memory_limit: str = "2GB",
    threads: int | None = None,
    spark_master: str = ANY_CORES,
    keep: int = 5,
    effects: bool = True,
    mapping: Path | None = None,
    progress: Progress = SILENT,
) -> Release:
    """The release made from the folder of input tables `input`, published in the store `out`.

    Both are a folder or an address on another file system, as `s3://bucket/store`. With a `mapping`
    the input is files or folders of any layout, which it says the meaning of.

    `published`: files of Connecticut Open Data and EdSight; figures for which none is given are
    carried over from the release on show. `half_day`: what daily attendance counts, one of
    numbered.HALF_DAYS. `engine`, `memory_limit`, `threads`, `spark_master`: see `open_engine`.
    `effects`: whether to estimate what the visits changed, which takes longest.

    Raises InputError where an input breaks the contract, UsageError where an option makes no sense
    or `out` can't be written to, StoreError where the store can't be written; the
    release on show then stays.
    """
    check_half_day(half_day)
    check_out(out)
    check_kept_apart(out, "restricted")
    opened = partial(open_engine, engine, memory_limit, threads, spark_master)
    try:
        with ExitStack() as stack:
            figures = _published(published, out, progress)
            looked = look_at(input, mapping, half_day, memory_limit, threads, progress)
            source = stack.enter_context(looked)
            tables, rows_read = _tables(source, opened, half_day, effects, progress)
    except LeapdashError as error:
        raise type(error)(f"{error}\n{on_show(out)}") from error
    tables |= figures[0]
    with progress.step("publish") as step:
        release = publish(out, tables, _facts(source, rows_read, half_day, figures), keep=keep)
        step.rows = sum(facts.rows for facts in release.manifest.tables.values())
    return release


def _tables(
    source: Source,
    opened: Callable[[], AbstractContextManager[Engine]],
    half_day: str,
    effects: bool,
    progress: Progress,
) -> tuple[dict[str, pa.Table], Mapping[str, int]]:
    """The summary tables by name, and the rows read of each input table.

    Raises InputError that says which rows, or which file, stand in the way.
    """
    with panel_of(source, opened, half_day, progress) as (space, inputs, panel):
        tables = summarise(space, panel, inputs.programme, progress)
        if effects:
            # Loaded where it is asked for: the estimator takes as long to load as a summary.
            from leapdash.build.effects.tables import effect_tables

            tables |= effect_tables(space, panel, progress)
        return tables, inputs.rows_read


_Figures = tuple[Mapping[str, pa.Table], Sequence[SourceFact]]


def _published(files: Sequence[Path], store: str | Path, progress: Progress) -> _Figures:
    """The published figures by table, and their sources: from the files; of a table for which none
    is given, from the release on show.

    Raises ReleaseError where nobody can tell which release that is.
    """
    release_id = current_id(store)
    tables: dict[str, pa.Table] = {}
    facts: list[SourceFact] = []
    for file, figures in zip(files, read_all_published(files), strict=True):
        rows = figures.rows
        name, origin = figures.table, f"{figures.publisher}, {file.name}"
        tables[name] = pa.concat_tables([tables[name], rows]) if name in tables else rows
        facts.append(SourceFact(figures.title, rows.num_rows, origin, figures.licence))
    wanted = [name for name in PUBLISHED if name not in tables]
    if release_id is None or not wanted:
        return tables, facts
    try:
        shown = open_release(store, release_id)
    except ReleaseError as error:
        progress.note(f"no published figures carried over: {str(error).splitlines()[0]}")
        return tables, facts
    for name in filter(shown.has, wanted):
        tables[name] = shown.table(name)
        titles = set(tables[name]["source"].to_pylist())
        facts += [fact for fact in shown.manifest.sources if fact.name in titles]
    return tables, facts


def _facts(
    source: Source,
    rows_read: Mapping[str, int],
    half_day: str,
    figures: _Figures,
) -> BuildFacts:
    about = source.about
    sources = [
        SourceFact(source.tables[name].label, rows, about.origin, about.licence)
        for name, rows in rows_read.items()
    ]
    return BuildFacts(
        synthetic=about.synthetic,
        half_day=HALF_DAYS[half_day] if source.by_day else "as in the monthly input",
        sources=(*sources, *figures[1]),
    )
