"""Which files of a folder hold which resource, and in which of two forms: an array, or lines."""

import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from leapdash.build.sources.edfi.resources import (
    ATTENDANCE_EVENTS,
    ENROLLMENTS,
    PEOPLE_6,
    Resource,
    resources,
)
from leapdash.errors import InputError, shortened
from leapdash.paths import not_a_file

ENDINGS = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")
DISCOVERY = "api.json"
"""What the API's base address says of itself, where it was saved beside the resources."""
CONFIGURATION = "edfi.toml"

_FORMS = "a JSON array of objects, or JSON lines: one object per line"  # what messages call both
_STANDARDS = (5, 6)
_MOST_LOOKED_AT = 64


@dataclass(frozen=True)
class ResourceFile:
    """One file of a resource: `label`, how messages name it; `lines`: whether each line is an
    object, else the whole is an array of them; `empty`: whether nothing stands there.
    """

    path: Path
    label: str
    lines: bool
    empty: bool = False

    @property
    def counted_in(self) -> str:
        """What messages count its objects in."""
        return "line" if self.lines else "element"


Files = Mapping[str, tuple[ResourceFile, ...]]
"""The files of each resource that is there, by its name."""


def is_edfi(folder: Path) -> bool:
    """Whether a folder holds resources of Ed-Fi, by the names of what nothing works without."""
    names = {_stem(path.name) for path in folder.iterdir()}
    return bool(names & {ENROLLMENTS.name.lower(), ATTENDANCE_EVENTS.name.lower()})


def find_files(folder: Path, problems: list[str]) -> tuple[int, Files]:
    """The Data Standard, 5 or 6, and the files of its resources.

    What is wrong with them is added to `problems`: a resource that is missing or given twice, or a
    file that is no JSON by its beginning. Raises InputError where the discovery document is broken.
    """
    standard = _standard(folder)
    found: dict[str, tuple[ResourceFile, ...]] = {}
    for resource in resources(standard):
        paths = _paths(folder, resource, problems)
        files = [_look(path, folder, problems) for path in paths]
        good = tuple(file for file in files if file is not None)
        if good:
            found[resource.name] = good
        elif resource.needed and not paths:
            problems.append(_missing(folder, resource))
    return standard, found


def left_aside(folder: Path, standard: int) -> Iterator[str]:
    """A note on what in the folder is no resource that is read."""
    known = {resource.name.lower() for resource in resources(standard)} | {"visits", "programme"}
    names = {DISCOVERY, CONFIGURATION}
    others = sorted(
        path.name
        for path in folder.iterdir()
        if not path.name.startswith((".", "_"))
        and path.name not in names
        and _stem(path.name) not in known
    )
    if others:
        listed = shortened(", ".join(others), 300)
        yield f"left aside, as they are no resources that are read: {listed}"


def open_bytes(path: Path) -> BinaryIO:
    """The bytes of a file, unzipped where its name says that it is gzipped."""
    if path.name.lower().endswith(".gz"):
        return cast("BinaryIO", gzip.open(path, "rb"))
    return path.open("rb")


def _stem(name: str) -> str:
    return name.split(".")[0].lower()


def _missing(folder: Path, resource: Resource) -> str:
    return (
        f"{folder}: the resource {resource.name} is missing.\n"
        f"Expected {resource.name}.json or {resource.name}.jsonl (also gzipped, .gz), or a folder "
        f"{resource.name}/ with such files. Fetch it, or write [] into it where there is nothing."
    )


def _paths(folder: Path, resource: Resource, problems: list[str]) -> list[Path]:
    wanted = resource.name.lower()
    forms = sorted(
        path
        for path in folder.iterdir()
        if path.name.lower() in {wanted, *(wanted + ending for ending in ENDINGS)}
    )
    if len(forms) > 1:
        names = " and ".join(path.name for path in forms)
        problems.append(
            f"{names}: the resource {resource.name} is given {len(forms)} times.\n"
            "Expected one file or one folder. Keep the one that is current."
        )
        return forms[:1]
    if not forms or not forms[0].is_dir():
        return forms
    pages = sorted(path for path in forms[0].iterdir() if path.name.lower().endswith(ENDINGS))
    if not pages:
        problems.append(
            f"{forms[0].name}/: no file ending in {', '.join(ENDINGS)}.\n"
            "Put the resource's pages there, or remove the folder."
        )
        return forms
    return pages


def _look(path: Path, folder: Path, problems: list[str]) -> ResourceFile | None:
    """The file, by its first bytes; None, and a problem, where it is no JSON of objects."""
    label = path.relative_to(folder).as_posix()
    if path.is_dir():
        return None
    found = not_a_file(path)
    if found is None:
        try:
            with open_bytes(path) as file:
                start = file.read(1 << 16)
                while start and not start.strip():
                    start = file.read(1 << 16)
        except (OSError, EOFError, zlib.error):
            found = "no whole gzip file"
    if found is not None:
        problems.append(f"{label}: {found}.\nExpected {_FORMS}. Fetch it again.")
        return None
    start = start.lstrip()
    if not start:
        return ResourceFile(path, label, lines=True, empty=True)
    if re.match(rb"\[\s*(\{|\]|\Z)", start):
        return ResourceFile(path, label, lines=False)
    if start.startswith(b"{"):
        return ResourceFile(path, label, lines=True)
    problems.append(f"{label}: {_kind(start)}.\nExpected {_FORMS}. Fetch it again.")
    return None


def _kind(start: bytes) -> str:
    """What a file is that begins like this."""
    shown = shortened(repr(start[:_MOST_LOOKED_AT].decode("utf-8", "replace")))
    if start.startswith(b"<"):
        return f"a page of HTML or XML, not JSON: {shown}"
    if start.startswith(b"["):
        return "an array whose first element is no object"
    if start.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return "text with a byte order mark in front"
    return f"no JSON object or array: begins with {shown}"


def _standard(folder: Path) -> int:
    """The Data Standard, 5 or 6: by the discovery document, else by the resources that are there.

    Raises InputError where the document can't be read, or names another standard.
    """
    path = folder / DISCOVERY
    if not path.exists():
        names = {_stem(path.name) for path in folder.iterdir()}
        return 6 if PEOPLE_6.name.lower() in names else 5
    try:
        said = json.loads(path.read_text("utf-8"))
        models = {model["name"]: str(model["version"]) for model in said["dataModels"]}
        version = models["Ed-Fi"]
        number = int(version.split(".")[0])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(
            f"{DISCOVERY}: no discovery document of an Ed-Fi API.\n"
            'Expected {"dataModels": [{"name": "Ed-Fi", "version": "5.2.0"}], …}. Fetch it again, '
            "or remove it."
        ) from error
    if number not in _STANDARDS:
        raise InputError(
            f"{DISCOVERY}: Ed-Fi Data Standard {shortened(version)}.\n"
            f"Expected {' or '.join(map(str, _STANDARDS))}. Ask the host for an API of one of them."
        )
    return number
