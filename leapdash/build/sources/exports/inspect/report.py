"""What `leapdash inspect` finds, said to people, and written as a mapping."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from leapdash.build.sources.exports.given import files_given
from leapdash.build.sources.exports.inspect.guesses import ColumnGuess
from leapdash.build.sources.exports.inspect.profile import ColumnProfile
from leapdash.build.sources.exports.inspect.tables import Layout, layouts_of, tables_missing
from leapdash.build.sources.exports.inspect.written import mapping_text, questions
from leapdash.build.sources.exports.problems import is_personal
from leapdash.errors import InputError, StoreError, UsageError, shortened
from leapdash.remote import InputPath

_WIDTHS = (26, 20, 30)
_FEW = 40


def inspect_files(given: Sequence[InputPath], out: Path, replace: bool = False) -> Iterator[str]:
    """Lines that say what each column of the files seems to be; the mapping is written to `out`.

    Raises InputError where a file can't be read, UsageError where `out` is there already and isn't
    to be replaced, StoreError where it can't be written.
    """
    if out.exists() and not replace:
        raise UsageError(
            f"--out {out}: there already.\nExpected the name of a new file, or --replace. Nothing "
            "was written."
        )
    layouts = layouts_of(files_given(given))
    if not layouts:
        raise InputError("No table in the files given.\nExpected rows below names of columns.")
    tables = [table for layout in layouts for table in layout.tables]
    missing = tables_missing(layouts)
    text = mapping_text(tables, missing)
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StoreError(
            f"--out {out} can't be written: {error.strerror}.\nExpected the name of a file."
        ) from error
    for layout in layouts:
        yield from _layout(layout)
    for table in missing:
        yield f"No file seems to be of the table {table.name} ({table.grain})."
    asked = questions(tables, missing)
    told = (
        f"{asked} thing{'s' if asked != 1 else ''} in it to answer: look for ASK"
        if asked
        else ("nothing in it is left open; look it through")
    )
    yield f"{out} is written; {told}."


def _layout(layout: Layout) -> Iterator[str]:
    names = [table.contract.name for table in layout.tables]
    made = f"makes {' and '.join(names)}" if names else "makes no table that leapdash knows"
    files = ", ".join(layout.files)
    sheet = f", {layout.sheet.sheet}" if layout.sheet.sheet else ""
    yield f"{shortened(files + sheet, 200)}: {made}"
    yield from layout.sheet.notes
    yield _line("column", "example", "guess", "why")
    for profile in layout.profiles:
        found = list(_guesses(layout, profile.heading))
        guess = ", ".join(dict.fromkeys(text for text, _ in found)) or "left out"
        why = "; ".join(dict.fromkeys(filter(None, (reason for _, reason in found))))
        yield _line(profile.heading, _example(profile, found), guess, why)
    for table in layout.tables:
        for column in table.columns:
            if not column.heading and not column.choices:
                said = column.options.get("value")
                guess = f"{column.column} = {said}" if said else f"{column.column}: ASK"
                yield _line("(no column)", "", guess, column.why or column.asks[0])
    yield ""


def _guesses(layout: Layout, heading: str) -> Iterator[tuple[str, str]]:
    """What a column seems to be, and why: guesses, and questions it is one answer to."""
    for table in layout.tables:
        for column in table.columns:
            if heading in (column.heading, column.options.get("less")):
                yield column.column + ": ASK" * (not column.settled), _why(column)
            elif heading in column.choices:
                yield f"{column.column}?: ASK", column.asks[0] if column.asks else ""
        for month, measures in table.months.items():
            for measure, name in measures.items():
                if name == heading:
                    yield f"{measure or 'ASK: what'} of {month}", "the month in its name"


def _why(column: ColumnGuess) -> str:
    open_values = [value for value, code in column.values.items() if code is None]
    asked = [*column.asks]
    if open_values:
        asked.append(f"{len(open_values)} values to be told the meaning of")
    return "; ".join(filter(None, (column.why, *asked)))


def _example(profile: ColumnProfile, found: Sequence[tuple[str, str]]) -> str:
    """The value that is there most often; none where it may name a student."""
    if not profile.values:
        return "(empty)"
    known = bool(found) and not any(text.startswith("student_id") for text, _ in found)
    if is_personal(profile.heading) or (not known and _may_name(profile)):
        return "(not shown)"
    if any(text.startswith("student_id") for text, _ in found):
        return "(not shown)"
    return profile.example


def _may_name(profile: ColumnProfile) -> bool:
    """Whether values of a column that isn't known are so many that they may name students."""
    return len(profile.values) > min(_FEW, (profile.rows - profile.blank) / 2)


def _line(*cells: str) -> str:
    widths = (*_WIDTHS, 0)
    cut = [
        shortened(cell, width - 2) if width else cell
        for cell, width in zip(cells, widths, strict=True)
    ]
    return (
        "  " + "".join(cell.ljust(width) for cell, width in zip(cut, widths, strict=True)).rstrip()
    )
