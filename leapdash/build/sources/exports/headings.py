"""Where a sheet's columns have their names: in one line or two, below titles or on top."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from leapdash.build.sources.exports.cells import key_of, tidy
from leapdash.build.sources.exports.dates import day_of
from leapdash.build.sources.exports.sheet import Record, Sheet

_LINES_LOOKED_AT = 30
_MOST_WIDE = 0.6
_NUMBER = re.compile(r"[-+$]?[0-9][0-9.,]*%?")


@dataclass(frozen=True)
class Header:
    """The columns' names, each once; the lines they stand in, none for a format that has names of
    its own; and how many lines above have something else in them.
    """

    names: tuple[str, ...]
    lines: tuple[int, ...] = ()
    above: int = 0

    @property
    def below(self) -> int:
        """The line that the rows stand below."""
        return self.lines[-1] if self.lines else 0

    def places(self) -> dict[str, int]:
        """By each name, whatever its case, the number of its column."""
        return {key_of(name): number for number, name in enumerate(self.names)}


def header_for(sheet: Sheet, wanted: Sequence[str], said: Sequence[int] = ()) -> Header:
    """The header that has the most of the `wanted` names, the first of them; that in the lines
    `said`, where these are said.
    """
    keys = {key_of(name) for name in wanted}
    best, most = None, -1
    for header in _candidates(sheet, said):
        has = len(keys & header.places().keys())
        if has > most:
            best, most = header, has
            if has == len(keys):
                break
    return best or Header(())


def likely_header(sheet: Sheet) -> Header:
    """The header a sheet most likely has: the first wide line of names, with the one above or below
    it where they belong together.
    """
    if sheet.names is not None:
        return Header(_unlike(sheet.names))
    records = list(islice(sheet.records(), _LINES_LOOKED_AT))
    if not records:
        return Header(())
    widest = max(sum(map(_says, values)) for _, values in records)
    for number, (_, values) in enumerate(records):
        names = [value for value in values if _says(value)]
        if len(names) < max(2, _MOST_WIDE * widest) or any(map(_is_value, names)):
            continue
        twice = max(Counter(map(key_of, names)).values()) > 1
        if twice and number > 0 and _belong(records[number - 1][1], values):
            return _header(records, number - 1, 2)
        if number + 1 < len(records) and _goes_on(values, records[number + 1][1]):
            return _header(records, number, 2)
        return _header(records, number, 1)
    return _header(records, 0, 1)


def _candidates(sheet: Sheet, said: Sequence[int]) -> Iterator[Header]:
    if sheet.names is not None:
        yield Header(_unlike(sheet.names))
        return
    records = list(islice(sheet.records(), _LINES_LOOKED_AT))
    lines = [line for line, _ in records]
    if said:
        if said[0] in lines:
            yield _header(records, lines.index(said[0]), len(said))
        return
    for height in (1, 2):
        for number in range(len(records) - height + 1):
            yield _header(records, number, height)


def _header(records: Sequence[Record], number: int, height: int) -> Header:
    names = records[number][1]
    if height == 2 and number + 1 < len(records):
        names = _together(names, records[number + 1][1])
    lines = tuple(line for line, _ in records[number : number + height])
    return Header(_unlike(names), lines, number)


def _together(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Two lines as one: what stands over several columns belongs to each of them."""
    width = max(len(upper), len(lower))
    over, names = "", []
    for number in range(width):
        own = upper[number].strip() if number < len(upper) else ""
        below = lower[number].strip() if number < len(lower) else ""
        over = own or over
        names.append(" ".join(filter(None, (over, below))))
    return names


def _unlike(names: Sequence[str]) -> tuple[str, ...]:
    """Names for all columns: one without is called by its number, several alike are numbered."""
    named = [tidy(name)[0] or f"column {n}" for n, name in enumerate(names, start=1)]
    times = Counter(map(key_of, named))
    met: Counter[str] = Counter()
    for number, name in enumerate(named):
        key = key_of(name)
        if times[key] > 1:
            met[key] += 1
            named[number] = f"{name} ({met[key]})"
    return tuple(named)


def _belong(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether a line above says what several columns of the line below have in common."""
    says = [value for value in upper if _says(value)]
    return bool(says) and len(says) < sum(map(_says, lower)) and not all(map(_says, upper[1:]))


def _goes_on(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether the line below names the columns that the upper one leaves without a name of their
    own, and says nothing where it has one.
    """
    gaps = {n for n, value in enumerate(upper) if not _says(value)}
    gaps |= set(range(len(upper), len(lower)))
    filled = {n for n, value in enumerate(lower) if _says(value)}
    if not gaps or not gaps <= filled or any(_is_value(lower[n]) for n in filled):
        return False
    return len(filled) <= 2 * len(gaps) and min(filled) > 0


def _says(value: str) -> bool:
    return bool(value.strip())


def _is_value(text: str) -> bool:
    """A number or a day in figures, which is no name; a month, by its first day too, may be one."""
    plain = tidy(text)[0]
    day = day_of(plain, "m/d/y")
    return bool(_NUMBER.fullmatch(plain)) or (isinstance(day, date) and day.day != 1)
