"""From input tables to the panel, or to a message that says what stands in the way."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from leapdash.build.panel.inputs import Inputs, read_inputs
from leapdash.build.panel.make import make_panel
from leapdash.build.panel.panel import Panel
from leapdash.build.sources.source import Source
from leapdash.build.validation.explain import explain
from leapdash.build.validation.row_rules import BrokenRulesError
from leapdash.engines import Engine, EngineError, Workspace, open_engine
from leapdash.errors import InputError, LeapdashError
from leapdash.progress import Progress


@contextmanager
def panel_of(
    source: Source,
    opened: Callable[[], AbstractContextManager[Engine]],
    half_day: str,
    progress: Progress,
    with_ids: bool = False,
) -> Iterator[tuple[Workspace, Inputs, Panel]]:
    """The panel of a source's tables, while the block runs, on the engine that `opened` opens.

    `half_day`: one of numbered.HALF_DAYS. `with_ids`: see `read_inputs`. Raises InputError that
    says which rows, or which file, stand in the way.
    """
    if source.problems:
        progress.note("the files can't all be read; finding out what else is wrong with them")
        with open_engine() as numbering, Workspace(numbering) as own:
            raise explain(own, source.tables, source.problems, source.incomplete)
    try:
        with opened() as engine, Workspace(engine) as space:
            try:
                inputs = read_inputs(space, source.tables, half_day, progress, with_ids)
                panel = make_panel(space, inputs, progress)
            except BrokenRulesError as broken:
                progress.note(f"{broken.table}: some rows break the contract; finding out which")
                # Only an engine that reads files from their beginning can number their rows.
                with open_engine() as numbering, Workspace(numbering) as own:
                    raise explain(own, source.tables) from broken
            yield space, inputs, panel
    except EngineError as error:
        for table in source.tables.values():
            if reason := table.why_unreadable():
                raise InputError(reason) from error
        raise LeapdashError(
            f"{source.where}: the tables can't be read: {error}.\n"
            "Expected whole files. Write them again; if that doesn't help, please report it."
        ) from error
