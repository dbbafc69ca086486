"""What a build is given, looked at before an engine is loaded: a folder, and published files."""

from collections.abc import Sequence
from pathlib import Path

from leapdash.contract import INPUT_TABLES
from leapdash.errors import InputError
from leapdash.paths import not_a_file, not_a_folder

_FILES = (".xlsx", ".xlsm", ".duckdb", ".ddb", ".db")
PUBLISHED_TITLE = "School Attendance by Student Group and District"
PUBLISHED_FILE = f"a file of Connecticut Open Data, {PUBLISHED_TITLE}, as data.ct.gov gives it"
CHRONIC_TITLE = "Chronic Absenteeism"
CHRONIC_FILE = (
    f"a report of EdSight, {CHRONIC_TITLE} of all districts by grade, as edsight.ct.gov exports it"
)


def check_input(folder: Path) -> None:
    """Raises InputError where there is no folder, or file, to look for tables in."""
    if folder.suffix.lower() in _FILES and not not_a_file(folder):
        return
    if found := not_a_folder(folder):
        raise no_folder(folder, found)


def no_folder(folder: object, found: str) -> InputError:
    """The error where `found` stands in the place of the folder."""
    needed = ", ".join(table.name for table in INPUT_TABLES if not table.optional)
    return InputError(
        f"{folder}: {found}.\nExpected a folder with {needed} as .parquet, .csv or .csv.gz. "
        "Files of another layout need a mapping: `leapdash inspect` writes it."
    )


def check_exports(given: Sequence[Path], mapping: Path) -> None:
    """Raises InputError where a file or folder given, or the mapping, isn't there."""
    for path in given:
        if (found := not_a_file(path)) and not_a_folder(path):
            raise InputError(f"{path}: {found}.\nExpected a file, or a folder of files.")
    if found := not_a_file(mapping):
        raise InputError(
            f"{mapping}: {found}.\nExpected a mapping, as `leapdash inspect` writes it."
        )


def check_published(file: Path) -> None:
    """Raises InputError where there is no file to read published figures from."""
    if found := not_a_file(file):
        raise InputError(f"{file}: {found}.\nExpected {PUBLISHED_FILE}; or {CHRONIC_FILE}.")
