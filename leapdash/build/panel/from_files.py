"""From a folder of input tables to the panel, or to a message that says what stands in the way."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from leapdash.build.panel.inputs import Inputs, read_inputs
from leapdash.build.panel.make import make_panel
from leapdash.build.panel.panel import Panel
from leapdash.build.sources.about import About, read_about
from leapdash.build.sources.folder import Folder, open_folder
from leapdash.build.validation.explain import explain
from leapdash.build.validation.row_rules import BrokenRulesError
from leapdash.engines import Engine, EngineError, Workspace, open_engine
from leapdash.errors import InputError, LeapdashError
from leapdash.progress import Progress
from leapdash.remote import InputPath


def look_at(given: InputPath) -> tuple[Folder, About]:
    """The tables found, and whose they are. Raises InputError where something stands in the way."""
    try:
        return open_folder(given), read_about(given)
    except OSError as error:
        raise InputError(
            f"{given}: can't be read ({str(error).splitlines()[0]}).\n"
            "Expected files this user may read, where they can be reached."
        ) from error


@contextmanager
def panel_of(
    folder: Folder,
    opened: Callable[[], AbstractContextManager[Engine]],
    half_day: str,
    progress: Progress,
    with_ids: bool = False,
) -> Iterator[tuple[Workspace, Inputs, Panel]]:
    """The panel of a folder's tables, while the block runs, on the engine that `opened` opens.

    `half_day`: one of numbered.HALF_DAYS. `with_ids`: see `read_inputs`. Raises InputError that
    says which rows, or which file, stand in the way.
    """
    try:
        with opened() as engine, Workspace(engine) as space:
            try:
                inputs = read_inputs(space, folder.tables, half_day, progress, with_ids)
                panel = make_panel(space, inputs, progress)
            except BrokenRulesError as broken:
                progress.note(f"{broken.table}: some rows break the contract; finding out which")
                # Only an engine that reads files from their beginning can number their rows.
                with open_engine() as numbering, Workspace(numbering) as own:
                    raise explain(own, folder.tables) from broken
            yield space, inputs, panel
    except EngineError as error:
        for table in folder.tables.values():
            if reason := table.why_unreadable():
                raise InputError(reason) from error
        raise LeapdashError(
            f"{folder.path}: the tables can't be read: {error}.\n"
            "Expected whole files. Write them again; if that doesn't help, please report it."
        ) from error
