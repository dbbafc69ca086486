"""No file that is downloaded holds a text that a spreadsheet takes for a formula."""

import csv
import io
import re
from collections.abc import Iterator

import pytest
from openpyxl import load_workbook

from leapdash.release import Release
from leapdash.show.answers.files import csv_of
from leapdash.show.answers.model import Answer
from leapdash.show.answers.pages import PAGES, choice_on
from leapdash.show.answers.workbook import workbook_of
from leapdash.show.filters import Filters
from leapdash.show.on_show import STORE_VARIABLE
from leapdash.show.opened import OpenedRelease
from tests.lib.endpoint import API, client, tables_of
from tests.lib.small_release import HARTFORD, hostile_schools, make

NAMES = (
    '=HYPERLINK("http://x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1-1",
    "-2+3",
    "\t=1+1",
    "\r=1+1",
    "x\n=1+1",
    'x,"=1+1',
    "x;=1+1",
)
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?(e[+-][0-9]+)?%?")
_BEGINS = re.compile(r"[\t\r\n]|\s*[=+\-@]")


@pytest.fixture(scope="module", params=NAMES)
def named(request, tmp_path_factory) -> tuple[str, Release]:
    """A name that could be a formula, and a release in which a district and its schools have it."""
    store = tmp_path_factory.mktemp("named")
    return request.param, make(store, changed={"schools": hostile_schools(request.param)})


def answers(release: OpenedRelease) -> Iterator[Answer]:
    """What every page says of that district."""
    for page in PAGES:
        filters = Filters() if page in ("school", "about") else Filters(districts=(HARTFORD,))
        yield PAGES[page].answer(choice_on(page, release, filters, {}))


def formulas(content: bytes) -> list[str]:
    """Cells of a CSV that a spreadsheet could take for a formula, whatever separates them."""
    text = content.decode()
    return [
        cell
        for separator in ",;\t"
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        for cell in row
        if _BEGINS.match(cell) and not _NUMBER.fullmatch(cell.strip())
    ]


def test_no_download_of_any_page_holds_a_formula(named):
    name, release = named
    files = held = 0
    for answer in answers(OpenedRelease(release)):
        for part in tables_of(answer).values():
            written = csv_of(part.title, part.table, answer.choice)
            assert formulas(written) == [], part.name
            held += name.lstrip() in written.decode().replace("'", "").replace('""', '"')
            book = load_workbook(
                io.BytesIO(workbook_of(part.title, part.table, (name,), answer.choice))
            )
            for sheet in book:
                for row in sheet.iter_rows():
                    assert all(cell.data_type != "f" and not cell.hyperlink for cell in row)
            files += 1
    assert files > 40
    assert held > 10 or "\r" in name or "'" in name


def test_the_endpoint_s_files_hold_none_either(named, monkeypatch):
    _, release = named
    monkeypatch.setenv(STORE_VARIABLE, str(release.path.parents[1]))
    with client() as asks:
        for table in ("district/district-schools", "impact/impact-districts"):
            file = asks.get(f"{API}/tables/{table}.csv", params={"districts": HARTFORD})
            assert file.status_code == 200
            assert formulas(file.content) == []


def test_a_number_stays_one_also_in_words(small):
    answer = PAGES["compare"].answer(choice_on("compare", small, Filters(), {}))
    measures = tables_of(answer)["compare-measures"]
    written = csv_of(measures.title, measures.table, answer.choice).decode()
    rows = list(csv.DictReader(io.StringIO(written)))
    signed = [row["side_a"] for row in rows if row["side_a"].startswith(("+", "-"))]
    assert signed
    assert all(_NUMBER.fullmatch(cell) for cell in signed)
