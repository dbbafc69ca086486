"""Who the data of a folder are from: `about.json` beside the tables, if there is one."""

import json
from dataclasses import dataclass, fields

from leapdash.errors import InputError, shortened
from leapdash.remote import InputPath, not_a_file

FILE = "about.json"
TRUTH = "truth.parquet"
"""What `leapdash demo` leaves beside the tables: only a simulation knows what would have been
without the visits."""
_EXPECTED = (
    'Expected {"origin": "text", "licence": "text", "synthetic": true or false}, '
    "or some of these. Correct the file, or remove it."
)


@dataclass(frozen=True)
class About:
    """The origin and licence of a folder's data, and whether its students are simulated."""

    origin: str = "not stated"
    licence: str = "not stated"
    synthetic: bool = False


def read_about(folder: InputPath) -> About:
    """What `about.json` says; without it, a state that `leapdash demo` made is known by its truth.

    Raises InputError where the file can't be read, or says something else than `origin`,
    `licence` (text) and `synthetic` (true or false).
    """
    path = folder / FILE
    names = {inside.name for inside in folder.iterdir()}
    if FILE not in names:
        if TRUTH in names:
            return About("simulated by leapdash demo", "MIT, as leapdash", synthetic=True)
        return About()
    if found := not_a_file(path):
        raise InputError(f"{FILE}: {found}.\n{_EXPECTED}")
    try:
        said = json.loads(_bytes(path).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{FILE}: not readable as JSON ({error}).\n{_EXPECTED}") from error
    if wrong := wrong_about(said, _EXPECTED):
        raise InputError(f"{FILE}: {wrong}")
    return About(**said)


def wrong_about(said: object, expected: str) -> str | None:
    """What of a file's words can't be an About, and what is expected; None where all of it can."""
    kinds = {field.name: field.type for field in fields(About)}
    if not isinstance(said, dict):
        return f"{type(said).__name__} instead of an object.\n{expected}"
    for name, value in said.items():
        if name not in kinds:
            return f"{shortened(repr(name))} is not known.\n{expected}"
        if type(value) is not kinds[name] or not str(value).isprintable():
            return f"{name} is {shortened(repr(value))}.\n{expected}"
    return None


def _bytes(path: InputPath) -> bytes:
    with path.open("rb") as file:
        return bytes(file.read())
