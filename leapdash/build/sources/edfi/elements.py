"""The objects of a resource one by one, in plain Python: to say where in a file something is wrong.

The engine reads the files, and doesn't say where; here a file is read again, only for a message.
Nothing a message says holds the identifier of a student.
"""

import json
import math
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from leapdash.build.sources.edfi.files import ResourceFile, open_bytes
from leapdash.build.sources.edfi.resources import EXPECTED, Field, Items, Kind, Resource
from leapdash.errors import shortened

MOST_EXAMPLES = 3
FIRST_YEAR, LAST_YEAR = 2001, 2100
"""School years that can be told, by their springs."""

_CHUNK = 1 << 20
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T.*)?", re.DOTALL)
_NUMBER = re.compile(r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_PRIVATE = ("student", "code")
_SPACE = " \t\r\n"

Element = dict[str, Any]
Place = tuple[ResourceFile, int]
"""A file, and which of its lines or elements, from 1."""


class BrokenFileError(Exception):
    """A file that is no JSON from some place on; `number`: of the line or element."""

    def __init__(self, number: int, found: str) -> None:
        self.number = number
        self.found = found
        super().__init__(found)


def elements(file: ResourceFile) -> Iterator[tuple[int, Any]]:
    """The file's objects, with their numbers from 1. Raises BrokenFileError where it is no JSON."""
    number = 0
    try:
        for number, element in _lines(file) if file.lines else _array(file):
            yield number, element
    except (OSError, EOFError, zlib.error) as error:
        raise BrokenFileError(number + 1, "the file ends too early, or is no whole gzip") from error
    except UnicodeDecodeError as error:
        raise BrokenFileError(number + 1, "bytes that are not UTF-8") from error


def places(
    files: Sequence[ResourceFile], wanted: Callable[[Element], bool], most: int = MOST_EXAMPLES
) -> list[Place]:
    """Where the first objects stand that are `wanted`, as far as the files can be read."""
    found: list[Place] = []
    for file in files:
        try:
            for number, element in elements(file):
                if isinstance(element, dict) and wanted(element):
                    found.append((file, number))
                    if len(found) == most:
                        return found
        except BrokenFileError:
            continue
    return found


def told(found: Sequence[Place]) -> str:
    """Places as messages name them: `sessions.json, element 3`."""
    if not found:
        return ""
    file, number = found[0]
    return f"{file.label}, {file.counted_in} {number}"


def value(element: Element, path: str) -> Any:
    """What stands at a place of an object, None where nothing does."""
    at: Any = element
    for name in path.split("."):
        if not isinstance(at, dict):
            return None
        at = at.get(name)
    return at


def text(element: Element, field: Field) -> str:
    """The same as text, as the engine reads it; empty where nothing stands there."""
    found = value(element, field.path)
    if isinstance(found, bool):
        return str(found).lower()
    return "" if found is None else str(found)


def problems_of(files: Sequence[ResourceFile], resource: Resource) -> list[str]:
    """What is wrong with a resource's files and fields: one message for each kind, with its place
    and how often it is so.
    """
    broken: list[str] = []
    counts: dict[tuple[str, str], tuple[ResourceFile, int, str, str, int]] = {}
    for file in files:
        try:
            for number, element in elements(file):
                for path, kind, found, expected in _faults(element, resource):
                    first = counts.get((path, kind), (file, number, found, expected, 0))
                    counts[path, kind] = (*first[:4], first[4] + 1)
        except BrokenFileError as error:
            broken.append(
                f"{file.label}, {file.counted_in} {error.number}: {error.found}.\n"
                f"Expected {'one whole JSON object per line' if file.lines else 'whole JSON'}. "
                "Fetch or write the file again."
            )
    return broken + [
        f"{file.label}, {file.counted_in} {number}{f', field {path}' if path else ''}: {found}.\n"
        f"Expected {expected}."
        + (f" {count:,} objects like this." if count > 1 else "")
        + " Correct it in the system it comes from, and fetch it again."
        for (path, _), (file, number, found, expected, count) in counts.items()
    ]


def is_good(found: Any, kind: Kind) -> bool:
    """Whether a value can be read as that kind."""
    if isinstance(found, (dict, list)):
        return False
    if kind == "boolean":
        return str(found).lower() in ("true", "false")
    said = str(found).lower() if isinstance(found, bool) else str(found)
    match kind:
        case "date":
            return _is_day(said)
        case "number":
            return _NUMBER.fullmatch(said) is not None and math.isfinite(float(said))
        case "year":
            return said.isascii() and said.isdigit() and FIRST_YEAR <= int(said) <= LAST_YEAR
        case _:
            return True


def _is_day(said: str) -> bool:
    if _DATE.fullmatch(said) is None:
        return False
    try:
        return FIRST_YEAR - 1 <= date.fromisoformat(said[:10]).year <= LAST_YEAR
    except ValueError:
        return False


def _faults(element: Any, resource: Resource) -> Iterator[tuple[str, str, str, str]]:
    """Field, kind of fault, what was found and what was expected, for one object."""
    if not isinstance(element, dict):
        yield "", "object", f"{_called(element)} instead of an object", "an object"
        return
    for field in resource.fields:
        yield from _faults_of(element, field, field.path)
    for items in resource.items:
        yield from _faults_of_items(element, items)


def _faults_of_items(element: Element, items: Items) -> Iterator[tuple[str, str, str, str]]:
    found = value(element, items.path)
    if found is None:
        return
    if not isinstance(found, list):
        yield items.path, "list", f"{_called(found)} instead of a list", "a list of objects"
        return
    for item in found:
        if item is None:
            continue
        if not isinstance(item, dict):
            yield items.path, "item", f"a list with {_called(item)} in it", "a list of objects"
            continue
        for field in items.fields:
            yield from _faults_of(item, field, f"{items.path}.{field.path}")


def _faults_of(element: Element, field: Field, path: str) -> Iterator[tuple[str, str, str, str]]:
    at: Any = element
    parts = field.path.split(".")
    for name in parts[:-1]:
        at = at.get(name)
        if at is None:
            break
        if not isinstance(at, dict):
            yield path, "part", f"{name} is {_called(at)}", f"{name} to be an object"
            return
    found = None if at is None else at.get(parts[-1])
    if found is None or found == "":
        if field.required:
            yield path, "missing", "nothing stands there", f"{EXPECTED[field.kind]}: Ed-Fi needs it"
    elif not is_good(found, field.kind):
        shown = _called(found)
        if field.name not in _PRIVATE and not isinstance(found, (dict, list)):
            shown = repr(shortened(str(found), 60))
        yield path, "kind", shown, EXPECTED[field.kind]


def _called(found: Any) -> str:
    """What kind of value it is, in words; never the value."""
    if found is None:
        return "null"
    names = {dict: "an object", list: "an array", str: "a text", bool: "true or false"}
    return names.get(type(found), "a number")


def _once(pairs: list[tuple[str, Any]]) -> Element:
    element = dict(pairs)
    if len(element) != len(pairs):
        raise ValueError("a name that stands twice in an object")
    for name, said in pairs:
        for one in (name, said):
            if isinstance(one, str) and _LONE_SURROGATE.search(one):
                raise ValueError("half a character (a lone surrogate) in a text")
    return element


_DECODER = json.JSONDecoder(object_pairs_hook=_once)


def _lines(file: ResourceFile) -> Iterator[tuple[int, Any]]:
    with open_bytes(file.path) as opened:
        for number, line in enumerate(opened, start=1):
            if line.strip():
                try:
                    yield number, _DECODER.decode(line.decode("utf-8"))
                except (json.JSONDecodeError, RecursionError) as error:
                    raise BrokenFileError(number, "no whole JSON object in the line") from error
                except UnicodeDecodeError:
                    raise
                except ValueError as error:
                    raise BrokenFileError(number, str(error)) from error


def _array(file: ResourceFile) -> Iterator[tuple[int, Any]]:
    """The elements of an array, a piece of the file at a time."""
    decode = _Pieces(file)
    number = 0
    decode.expect("[")
    if decode.peek() == "]":
        decode.expect("]")
    else:
        while True:
            number += 1
            yield number, decode.element(number)
            following = decode.peek()
            if following == "]":
                decode.expect("]")
                break
            if following != ",":
                raise BrokenFileError(number, _cut(following, "after this element"))
            decode.expect(",")
    if decode.peek():
        raise BrokenFileError(number, "something stands after the end of the array")


def _cut(following: str, where: str) -> str:
    return f"no comma or end {where}" if following else f"the file ends {where}"


class _Pieces:
    """A file's text, of which only what isn't read yet is held."""

    def __init__(self, file: ResourceFile) -> None:
        self._text = ""
        self._pieces = self._read(file)

    def _read(self, file: ResourceFile) -> Iterator[str]:
        import codecs

        decoder = codecs.getincrementaldecoder("utf-8")()
        with open_bytes(file.path) as opened:
            while piece := opened.read(_CHUNK):
                yield decoder.decode(piece)
            yield decoder.decode(b"", final=True)

    def _more(self) -> bool:
        piece = next(self._pieces, None)
        if piece is None:
            return False
        self._text += piece
        return True

    def peek(self) -> str:
        """The next character that is no space; empty at the end."""
        while True:
            self._text = self._text.lstrip(_SPACE)
            if self._text:
                return self._text[0]
            if not self._more():
                return ""

    def expect(self, character: str) -> None:
        """Goes on behind a character that `peek` has seen."""
        if self.peek() != character:
            raise BrokenFileError(1, f"no {character} where one is due")
        self._text = self._text[1:]

    def element(self, number: int) -> Any:
        """The next whole value."""
        self.peek()
        while True:
            try:
                found, end = _DECODER.raw_decode(self._text)
                # A number at the end of a piece may go on in the next.
                if end < len(self._text) or not self._more():
                    self._text = self._text[end:]
                    return found
            except (json.JSONDecodeError, RecursionError) as error:
                if not self._more():
                    raise BrokenFileError(
                        number, "no whole JSON value; the file is cut short or damaged here"
                    ) from error
            except UnicodeDecodeError:
                raise
            except ValueError as error:
                raise BrokenFileError(number, str(error)) from error
