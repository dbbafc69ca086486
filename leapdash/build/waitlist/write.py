"""The list of who waits as a new file, which only its owner may read."""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from leapdash.build.panel.from_files import panel_of
from leapdash.build.panel.numbered import check_half_day
from leapdash.build.sources.opening import look_at
from leapdash.build.waitlist.sheets import as_csv, as_workbook
from leapdash.build.waitlist.students import Waitlist, waitlist_of
from leapdash.build.waitlist.words import notes
from leapdash.districts import district_code
from leapdash.engines import DEFAULT_ENGINE, open_engine
from leapdash.errors import LeapdashError, StoreError, UsageError
from leapdash.paths import check_out, is_address
from leapdash.progress import SILENT, Progress
from leapdash.remote import without_secrets

_EXCEL = ".xlsx"
_ENDINGS = (_EXCEL, ".csv")


def write_waitlist(
    input: str | Path | Sequence[str | Path],
    district: str,
    out: str | Path,
    *,
    half_day: str = "state",
    memory_limit: str = "2GB",
    threads: int | None = None,
    mapping: Path | None = None,
    progress: Progress = SILENT,
) -> Waitlist:
    """The students of a district who wait, written to the new file `out`, .xlsx or .csv.

    `input`, `half_day`, `memory_limit`, `threads`, `mapping`: as for `build`. `district`: its code
    or name.

    Raises InputError where an input breaks the contract, UsageError where what is asked can't be
    made, StoreError where the file can't be written.
    """
    check_half_day(half_day)
    file = _new_file(out)
    opened = partial(open_engine, DEFAULT_ENGINE, memory_limit, threads)
    try:
        with ExitStack() as stack:
            looked = look_at(input, mapping, half_day, memory_limit, threads, progress)
            source = stack.enter_context(looked)
            panel_parts = panel_of(source, opened, half_day, progress, with_ids=True)
            space, inputs, panel = stack.enter_context(panel_parts)
            names = space.arrow(panel.schools.select("district_code", "district_name").distinct())
            known = {row["district_code"]: row["district_name"] for row in names.to_pylist()}
            code = district_code(district, dict(sorted(known.items())), "the table schools")
            with progress.step("who waits for a first visit") as step:
                found = waitlist_of(space, inputs, panel, source.tables["enrollment"], code)
                step.rows = len(found.students)
        about = source.about
        if file.suffix.lower() == _EXCEL:
            content = as_workbook(found, about.synthetic, notes(found, about))
        else:
            content = as_csv(found, about.synthetic)
    except LeapdashError as error:
        raise type(error)(f"{error}\nNothing was written.") from error
    create_for_owner(file, content)
    return found


def _new_file(out: str | Path) -> Path:
    """The file to write. Raises UsageError where it can't be made."""
    if is_address(out):
        raise UsageError(
            f"--out {without_secrets(str(out))}: an address.\n"
            "Expected a file on this machine: the list holds students' records."
        )
    file = Path(out)
    ending = file.suffix.lower()
    if ending not in _ENDINGS:
        raise UsageError(
            f"--out {file}: a file ending in {ending or 'nothing'}.\n"
            f"Expected one in {' or '.join(_ENDINGS)}."
        )
    if os.path.lexists(file):
        raise _there_already(file)
    check_out(file.parent)
    return file


def _there_already(file: Path) -> UsageError:
    # Not written over, as a briefing is: people note on such a list what they did.
    return UsageError(
        f"--out {file}: {'a folder' if file.is_dir() else 'there already'}.\n"
        "Expected the name of a new file. Nothing was written."
    )


def create_for_owner(file: Path, content: bytes) -> None:
    """Write a file that wasn't there and that nobody but its owner may read.

    Raises UsageError where it is there by now, StoreError where it can't be written.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, flags, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as opened:
                opened.write(content)
        except BaseException:
            file.unlink()
            raise
    except FileExistsError as error:
        raise _there_already(file) from error
    except OSError as error:
        raise StoreError(
            f"--out {file} can't be written: {error.strerror}.\n"
            "Expected a place this user may write to, with room left. Nothing was written."
        ) from error
