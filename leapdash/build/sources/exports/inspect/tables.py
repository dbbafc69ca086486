"""Which tables of the contract the files given seem to make, and of which columns."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from leapdash.build.sources.exports.cells import key_of, words_of
from leapdash.build.sources.exports.dates import school_year_of_text
from leapdash.build.sources.exports.given import sheets_of
from leapdash.build.sources.exports.headings import Header, likely_header
from leapdash.build.sources.exports.inspect.columns import Finder
from leapdash.build.sources.exports.inspect.guesses import ColumnGuess, TableGuess
from leapdash.build.sources.exports.inspect.monthly import MEASURES, MonthHeading, months_in
from leapdash.build.sources.exports.inspect.profile import ColumnProfile, profiles
from leapdash.build.sources.exports.inspect.vocabulary import ABSENT
from leapdash.build.sources.exports.sheet import Sheet
from leapdash.contract import INPUT_TABLES, Table, input_table
from leapdash.errors import shortened
from leapdash.remote import InputPath

# Two years; of two digits only after a word, as 10/11 may be a day. No parts of longer dates.
_YEARS = re.compile(
    r"(?<!\d)(?<!\d[-_/.])(?:20(?P<long>\d{2})|(?:sy|ay|school ?year)[ _-]*(?P<short>\d{2}))"
    r"[-_–/ ](?:20)?(?P<end>\d{2})(?![-_/.]?\d)",
    re.I,
)
_OF_STUDENTS = ("enrollment", "attendance", "attendance_daily", "visits")
_FACTS = ("gender", "race_ethnicity", "english_learner", "disability", "meal_eligibility")
_MANY_FACTS = 2  # where no column is called like an identifier of students
_FILLED = 0.5
_MANY_DAYS = 5
_LEAST_COLUMNS, _MOST_COLUMNS = 3, 0.6
_FROM_STUDENTS = ("school_code", "school_name", "district_code", "district_name")


@dataclass
class Layout:
    """Files, or sheets of them, that have the same columns."""

    sheet: Sheet
    header: Header
    profiles: list[ColumnProfile]
    files: list[str] = field(default_factory=list)
    said_year: str = ""
    tables: list[TableGuess] = field(default_factory=list)

    @property
    def months(self) -> dict[str, MonthHeading]:
        """The headings of months with columns of their own."""
        return dict(months_in([p.heading for p in self.profiles]))

    def finder(self, table: str, ids: frozenset[str] = frozenset()) -> Finder:
        """Finds columns of a table in it."""
        return Finder(input_table(table), self.profiles, ids)


def layouts_of(files: Sequence[InputPath]) -> list[Layout]:
    """What the files hold, those of one layout together, with the tables each seems to make.

    Raises InputError where a file can't be read.
    """
    layouts: dict[tuple[object, ...], Layout] = {}
    for path in files:
        for sheet in sheets_of(path):
            header = likely_header(sheet)
            if len(header.names) < 2:
                continue
            year = year_said(sheet, header)
            called = Finder(input_table("enrollment"), [ColumnProfile(n) for n in header.names])
            own = "" if called.called("school_year") else year
            key = (tuple(map(key_of, header.names)), sheet.sheet, header.lines, own)
            layout = layouts.get(key)
            found = profiles(sheet, header)
            _note_formulas(sheet, found)
            if layout is None:
                layout = layouts[key] = Layout(sheet, header, found, said_year=year)
            else:
                for mine, other in zip(layout.profiles, found, strict=True):
                    _add(mine, other)
            layout.files.append(path.name)
    found_layouts = list(layouts.values())
    ids = _shared_ids(found_layouts)
    for layout in found_layouts:
        layout.tables = [_table(layout, table, ids) for table in _tables(layout)]
    _schools_of_students(found_layouts)
    return found_layouts


def _tables(layout: Layout) -> Iterator[Table]:
    """The tables a layout seems to make."""
    if _is(layout, "visits"):
        yield input_table("visits")
        return
    found = [
        input_table(name)
        for name in ("schools", "enrollment", "attendance", "attendance_daily", "programme")
        if _is(layout, name)
    ]
    yield from found or _nearest(layout)


def _nearest(layout: Layout) -> Iterator[Table]:
    """The table that most of whose columns are there, where nothing else tells which it is."""
    shares = {}
    for table in INPUT_TABLES:
        finder = layout.finder(table.name)
        needed = [column.name for column in table.columns if column.required]
        there = [name for name in needed if finder.called(name)]
        if len(there) >= _LEAST_COLUMNS:
            shares[table.name] = len(there) / len(needed)
    if shares and max(shares.values()) >= _MOST_COLUMNS:
        yield input_table(max(shares, key=lambda name: shares[name]))


def _is(layout: Layout, name: str) -> bool:
    finder = layout.finder(name)
    words = set(words_of(f"{layout.sheet.label} {' '.join(layout.files)}"))

    def has(column: str, least: float = 0.5) -> bool:
        if column == "student_id" or column in _FROM_STUDENTS or column == ABSENT:
            return bool(finder.called(column))
        return any(finder.readable(column, h) >= least for h in finder.called(column))

    student = has("student_id")
    match name:
        case "visits":
            told = sum(has(c, 0.3) for c in ("place", "contact", "visitor"))
            by_name = bool({"visit", "visits", "hv", "leap"} & words) and told > 0
            return has("visit_date", 0.0) and (told > 1 or (student and by_name))
        case "schools":
            place = finder.called("school_code") or finder.called("school_name")
            of_district = finder.called("district_code") or finder.called("district_name")
            return bool(place) and (bool(of_district) or "schools" in words) and not student
        case "enrollment":
            facts = sum(bool(finder.called(c)) for c in _FACTS)
            return has("grade") and facts >= (1 if student else _MANY_FACTS)
        case "attendance":
            if layout.months:
                return student or any(m.measure for m in layout.months.values())
            days = has("days_attended") or has(ABSENT)
            return has("days_enrolled") and days and has("month", 0.0)
        case "attendance_daily":
            by_day = has("date", 0.0) and bool(finder.called("attended"))
            return student and by_day and not layout.months
        case "programme":
            of_district = finder.called("district_code") or finder.called("district_name")
            return not student and bool(of_district) and bool(finder.called("cost"))
    return False


def _table(layout: Layout, table: Table, ids: frozenset[str]) -> TableGuess:
    finder = layout.finder(table.name, ids)
    sheet = layout.sheet.sheet
    lines = layout.header.lines
    usual = not lines or lines == (1,)
    guess = TableGuess(table, tuple(layout.files), sheet, () if usual else lines)
    wide = layout.months if table.name == "attendance" else {}
    for column in table.columns:
        if wide and column.name in ("month", *MEASURES):
            continue
        if column.name == "days_attended" and not _readable(finder, "days_attended"):
            found: ColumnGuess | None = _less_absent(finder, guess)
        elif column.name == "school_year" and not finder.called("school_year"):
            found = _year_of_file(layout)
        else:
            found = finder.find(column)
        if found is not None:
            guess.columns.append(found)
    _ask_of_rates(guess, finder)
    if wide:
        _add_months(guess, wide, finder, layout.said_year)
    return guess


def _readable(finder: Finder, name: str) -> list[str]:
    return [h for h in finder.called(name) if finder.readable(name, h) >= _FILLED]


def _less_absent(finder: Finder, guess: TableGuess) -> ColumnGuess:
    """Days attended where the file has days absent instead."""
    enrolled = next((c.heading for c in guess.columns if c.column == "days_enrolled"), "")
    absent = [h for h in finder.called(ABSENT) if finder.readable("days_attended", h) >= _FILLED]
    if enrolled and len(absent) == 1:
        found = ColumnGuess("days_attended", enrolled, "days enrolled less days absent")
        found.options["less"] = absent[0]
        blank = finder.profile(absent[0]).blank
        if blank:
            found.asks.append(f'{blank:,} cells of {absent[0]} are empty: empty = "0"?')
        return found
    found = ColumnGuess("days_attended", choices=tuple(absent))
    found.asks.append("days attended; or days enrolled less = the heading of all days absent")
    return found


def _ask_of_rates(guess: TableGuess, finder: Finder) -> None:
    """Days attended that are none, as no value is more than 1 and more days are enrolled."""
    headings = {c.column: c.heading for c in guess.columns if c.heading and not c.options}
    attended, enrolled = headings.get("days_attended"), headings.get("days_enrolled")
    if attended and enrolled:
        largest = finder.profile(attended).largest_number
        if largest <= 1 and finder.profile(enrolled).largest_number >= _MANY_DAYS:
            found = next(c for c in guess.columns if c.column == "days_attended")
            found.heading, found.choices = "", (attended,)
            found.asks = ["no value is more than 1: is it a rate? Days attended are asked for"]


def _year_of_file(layout: Layout) -> ColumnGuess:
    guess = ColumnGuess("school_year")
    if layout.said_year:
        guess.options["value"] = layout.said_year
        guess.why = "the file's name or title says it"
    else:
        guess.asks.append('no column has it: school_year = { value = "2021-22" }')
    return guess


def _add_months(
    guess: TableGuess, wide: dict[str, MonthHeading], finder: Finder, said_year: str
) -> None:
    for heading, month in wide.items():
        measures = guess.months.setdefault(month.month, {})
        if month.measure in measures:
            guess.months_asks.append(f"{month.month}: both {measures[month.measure]} and {heading}")
        measures[month.measure] = heading
    needed = {"days_enrolled"}
    for month_name, measures in guess.months.items():
        if "days_attended" in measures:
            measures.pop(ABSENT, None)
        if not needed < measures.keys() or "" in measures:
            guess.months_asks.append(
                f"{month_name}: expected days_enrolled (a heading, or a number where it is the "
                "same for every student), and days_attended or days_absent"
            )
    _ask_of_blanks(guess, finder)
    if any(len(name) == len("09") for name in guess.months):
        years = finder.called("school_year")
        guess.months_year = years[0] if len(years) == 1 else said_year
        if not guess.months_year:
            guess.months_asks.append('months without a year: school_year = "2021-22" or a heading')


def _ask_of_blanks(guess: TableGuess, finder: Finder) -> None:
    """What cells mean that are blank in months in which days are enrolled."""
    for measure in ("days_attended", ABSENT):
        blank = {}
        for month in guess.months.values():
            if measure in month:
                enrolled = month.get("days_enrolled")
                of_others = finder.profile(enrolled).blank if enrolled else 0
                blank[month[measure]] = finder.profile(month[measure]).blank - of_others
        blank = {heading: count for heading, count in blank.items() if count > 0}
        if blank:
            first = next(iter(blank))
            others = f" (and {len(blank) - 1} more)" if len(blank) > 1 else ""
            guess.months_asks.append(
                f"{blank[first]:,} cells of {first}{others} are empty in months with days "
                f'enrolled: {measure} = {{ from = "{first}", empty = "0" }}?'
            )


def _schools_of_students(layouts: Sequence[Layout]) -> None:
    """Where no file is of schools, one of students may have them, the same in many rows."""
    if any(t.contract.name == "schools" for layout in layouts for t in layout.tables):
        return
    table = input_table("schools")
    for layout in layouts:
        finder = layout.finder("schools")
        students = {t.contract.name for t in layout.tables} & {"enrollment", "attendance"}
        if students and finder.called("school_name") and finder.called("district_name"):
            guess = _table(layout, table, frozenset())
            guess.distinct = True
            layout.tables.insert(0, guess)
            return


def _shared_ids(layouts: Sequence[Layout]) -> frozenset[str]:
    """Headings that may identify students, in every file that has students."""
    called = [
        frozenset(map(key_of, layout.finder("enrollment").called("student_id")))
        for layout in layouts
        if any(_is(layout, name) for name in _OF_STUDENTS)
    ]
    return frozenset.intersection(*called) if len(called) > 1 else frozenset()


def year_said(sheet: Sheet, header: Header) -> str:
    """The one school year that the file's name, or a title above the columns, says; else ""."""
    texts = [sheet.label]
    if header.lines:
        for line, values in sheet.records():
            if line >= header.lines[0]:
                break
            texts += values
    found = {
        year
        for text in texts
        for match in _YEARS.finditer(text)
        if isinstance(year := school_year_of_text(_school_year(match)), str)
    }
    return found.pop() if len(found) == 1 else ""


def _note_formulas(sheet: Sheet, found: Sequence[ColumnProfile]) -> None:
    headings = [profile.heading for profile in found if profile.unstored]
    if headings:
        count = sum(profile.unstored for profile in found)
        sheet.notes.append(
            f"{sheet.label}: {count:,} formula{'s' if count > 1 else ''} without a stored result "
            f"({shortened(', '.join(headings), 200)}); open the workbook in Excel and save it"
        )


def _school_year(found: re.Match[str]) -> str:
    return f"20{found['long'] or found['short']}-{found['end']}"


def _add(mine: ColumnProfile, other: ColumnProfile) -> None:
    mine.rows += other.rows
    mine.blank += other.blank
    mine.unstored += other.unstored
    for value, times in other.values.items():
        mine.values[value] += times
    mine.largest = (
        max(mine.largest[0], other.largest[0]),
        max(mine.largest[1], other.largest[1]),
    )
    if len(other.shapes) > 1:
        mine.shapes = other.shapes
    mine.firsts = mine.firsts and other.firsts


def tables_missing(layouts: Sequence[Layout]) -> list[Table]:
    """The tables that must be there and no file seems to make."""
    made = {table.contract.name for layout in layouts for table in layout.tables}
    made |= {"attendance"} if "attendance_daily" in made else set()
    return [table for table in INPUT_TABLES if not table.optional and table.name not in made]
