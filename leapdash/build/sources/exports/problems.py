"""What is wrong with the cells of exports: one message for each column and kind, with places."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from leapdash.build.sources.exports.cells import words_of
from leapdash.errors import shortened

MOST_TOLD = 40
"""More messages than this are counted, not told."""

_MOST_EXAMPLES = 3
_MOST_VALUES = 8
# More values than this that aren't known are another column's: names or numbers of students, maybe.
_MOST_KINDS = 30
_OF_PERSONS = frozenset(
    (
        *("name", "first", "last", "middle", "id", "number", "no", "num"),
        *("birth", "dob", "ssn", "sasid", "lasid", "ssid", "sis", "address", "phone", "email"),
        *("guardian", "parent", "local", "permnum", "perm", "surname", "nickname"),
    )
)
_STUDENTS = frozenset(("student", "students", "pupil", "stu"))
_OF_PLACES = frozenset(("school", "district", "site", "building", "campus", "organization", "lea"))


def is_personal(heading: str) -> bool:
    """Whether a column may name students, so that no value of it belongs in a message."""
    words = set(words_of(heading))
    others = words - _STUDENTS
    if not others:
        return bool(words)
    return bool(others & _OF_PERSONS) and (others != words or not words & _OF_PLACES)


@dataclass
class _Kind:
    """One kind of trouble in one column: where it was first, how often, and with which values."""

    expected: str
    remedy: str
    secret: bool
    wording: str
    places: list[tuple[int, int]] = field(default_factory=list)
    values: dict[str, None] = field(default_factory=dict)
    count: int = 0

    @property
    def may_name(self) -> bool:
        """Whether the values are those of another column, one for each student perhaps."""
        each_another = len(self.values) == self.count > _MOST_VALUES
        return each_another or len(self.values) > _MOST_KINDS


class Problems:
    """What was found wrong so far, in the order it was met.

    `labels`: how the files are called, by number.
    """

    def __init__(self, labels: Callable[[int], str]) -> None:
        self._labels = labels
        self._kinds: dict[tuple[int, str, str], _Kind] = {}
        self._texts: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._kinds or self._texts)

    def say(self, text: str) -> None:
        """Add a message as it is, once."""
        if text not in self._texts:
            self._texts.append(text)

    def row(self, file: int, row: int, found: str, expected: str) -> None:
        """Add a row that isn't as wide as the header."""
        remedy = "Correct the row, or remove it where it is none of the table."
        self.cell(file, [row], "", found, expected, remedy, wording="{}")

    def cell(
        self,
        file: int,
        rows: Sequence[int],
        heading: str,
        found: str,
        expected: str,
        remedy: str,
        secret: bool = False,
        wording: str = "{!r}",
    ) -> None:
        """Add cells of one column with the same text: `rows` as the file's reader counts them.

        `secret`: the text may name a student and is not shown; `wording`: how it is shown.
        """
        key = (file, heading, expected)
        kind = self._kinds.setdefault(key, _Kind(expected, remedy, secret, wording))
        kind.places += [(file, row) for row in rows[:_MOST_EXAMPLES]]
        kind.places = sorted(kind.places)[:_MOST_EXAMPLES]
        kind.count += len(rows)
        if len(kind.values) <= _MOST_KINDS:
            kind.values[found] = None

    def messages(self) -> Iterator[str]:
        """Every message: place, what was found, what was expected, what to do."""
        yield from self._texts
        for (file, heading, _), kind in self._kinds.items():
            yield self._told(self._labels(file), heading, kind)

    def told(self) -> tuple[str, ...]:
        """The messages, the first MOST_TOLD of them."""
        messages = list(self.messages())
        rest = len(messages) - MOST_TOLD
        return (*messages[:MOST_TOLD], *([f"{rest} more of such messages."] if rest > 0 else []))

    @staticmethod
    def _told(label: str, heading: str, kind: _Kind) -> str:
        row = kind.places[0][1]
        column = f", column {shortened(heading)}" if heading else ""
        values = [value for value in kind.values if value]
        if not values:
            found = "empty"
        elif kind.secret or is_personal(heading) or kind.may_name:
            found = "a value that is not shown, as it may be a student's"
        else:
            found = ", ".join(kind.wording.format(shortened(v, 60)) for v in values[:_MOST_VALUES])
            found += f" and {len(values) - _MOST_VALUES} more" * (len(values) > _MOST_VALUES)
            found += " and empty cells" * (len(values) < len(kind.values))
        told = f"{label}, row {row}{column}: {found}.\nExpected {kind.expected}."
        if kind.count > 1:
            rows = ", ".join(str(n) for _, n in kind.places)
            the_first = "they are" if kind.count <= len(kind.places) else "the first are"
            told += f" {kind.count:,} rows like this; {the_first} {rows}."
        return f"{told} {kind.remedy}"
