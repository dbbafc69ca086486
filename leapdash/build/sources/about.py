"""Who the data of a folder are from: `about.json` beside the tables, if there is one."""

import json
from dataclasses import dataclass, fields
from pathlib import Path

from leapdash.errors import InputError

_FILE = "about.json"
# Only a simulation knows what would have been without the visits.
_TRUTH = "truth.parquet"


@dataclass(frozen=True)
class About:
    """The origin and licence of a folder's data, and whether its students are simulated."""

    origin: str = "not stated"
    licence: str = "not stated"
    synthetic: bool = False


def read_about(folder: Path) -> About:
    """What `about.json` says; without it, a state that `leapdash demo` made is known by its truth.

    Raises InputError where the file says something else than `origin`, `licence` (text) and
    `synthetic` (true or false).
    """
    path = folder / _FILE
    if not path.exists():
        if (folder / _TRUTH).exists():
            return About("simulated by leapdash demo", "MIT, as leapdash", synthetic=True)
        return About()
    expected = (
        'Expected {"origin": "text", "licence": "text", "synthetic": true or false}, '
        "or some of these. Correct the file, or remove it."
    )
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{_FILE}: not readable as JSON ({error}).\n{expected}") from error
    kinds = {field.name: field.type for field in fields(About)}
    if not isinstance(said, dict):
        raise InputError(f"{_FILE}: {type(said).__name__} instead of an object.\n{expected}")
    for name, value in said.items():
        if name not in kinds:
            raise InputError(f"{_FILE}: {name!r} is not known.\n{expected}")
        if type(value) is not kinds[name]:
            raise InputError(f"{_FILE}: {name} is {value!r}.\n{expected}")
    return About(**said)
