"""TOML as people write it: what a file says, or what keeps it from being read."""

import tomllib
from pathlib import Path
from typing import Any

from leapdash.errors import InputError, shortened
from leapdash.paths import not_a_file


def read_toml(path: Path, wanted: str, remedy: str) -> dict[str, Any]:
    """What a file says. `wanted`: what is expected where there is none; `remedy`: what to write.

    Raises InputError where there is no such file, or no TOML in it.
    """
    if found := not_a_file(path):
        raise InputError(f"{path}: {found}.\nExpected {wanted}.")
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(
            f"{path.name}: not readable as TOML ({shortened(str(error))}).\nExpected {remedy}"
        ) from error
