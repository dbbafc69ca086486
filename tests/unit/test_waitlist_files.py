"""The list of who waits as a file: no formula in it, for its owner only, never over another."""

import csv
import os
import stat
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from leapdash.build.sources.about import About
from leapdash.build.waitlist.sheets import as_csv, as_workbook
from leapdash.build.waitlist.students import Days, WaitingStudent, Waitlist
from leapdash.build.waitlist.words import notes, told
from leapdash.build.waitlist.write import create_for_owner
from leapdash.errors import StoreError, UsageError
from leapdash.spreadsheets import safe

INVENTED = "Simulated: these students are invented"


def student(name: str = "A17", tries: int = 0) -> WaitingStudent:
    return WaitingStudent(
        name,
        "0640111",
        "North School",
        (),
        "5",
        "es",
        date(2022, 6, 1),
        153,
        (None, Days(20.0, 5.0)),
        Days(20.0, 5.0),
        tries,
        date(2022, 10, 3) if tries else None,
    )


def waitlist(*students: WaitingStudent, gone: int = 0) -> Waitlist:
    months = (date(2022, 10, 1), date(2022, 11, 1))
    return Waitlist("0640011", "Hartford", students, months, date(2022, 11, 30), gone)


# --- no formula ------------------------------------------------------------------------------


@given(st.text("=+-@＝＋－＠\t\r\n,;\"' ab", max_size=8))
def test_no_part_of_a_text_that_may_become_a_cell_begins_a_formula(text):
    out = StringIO(newline="")
    csv.writer(out).writerow([safe(text), "last"])
    for separator in (",", ";", "\t"):
        for row in csv.reader(StringIO(out.getvalue(), newline=""), delimiter=separator):
            for cell in row:
                assert cell.lstrip()[:1] not in tuple("=+-@＝＋－＠"), (text, separator)
    assert safe(text)[:1] not in ("\t", "\r", "\n")


@given(st.text("=+-@\t,;\" ab'", max_size=8))
def test_a_text_loses_nothing_and_gains_apostrophes_only(text):
    marked = iter(safe(text))
    assert all(letter in marked for letter in text)
    assert safe(text).replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize("text", ["A17", "0017", "O'Neill-Smith", "a@b.example", "1+1", "Zoë; Li"])
def test_a_harmless_text_stays_as_it_is(text):
    assert safe(text) == text


def test_a_text_too_long_for_a_cell_is_told_and_not_cut_off():
    long = waitlist(student("x" * 32_768))
    with pytest.raises(UsageError, match=r"room for .* 32,767 letters[^$]+Expected --out FILE.csv"):
        as_workbook(long, False, [])
    assert b"x" * 32_768 in as_csv(long, False)


# --- what it says ----------------------------------------------------------------------------


def test_simulated_students_are_marked_in_every_row_and_in_the_notes():
    found, about = waitlist(student(), student("B", tries=2)), About(synthetic=True)
    book = load_workbook(BytesIO(as_workbook(found, True, notes(found, about))))
    for name in ("Not tried", "Tried, not met"):
        head, row = book[name].iter_rows(values_only=True)
        assert (head[-1], row[-1]) == ("Data", INVENTED)
    assert dict(book["Notes"].iter_rows(values_only=True))["These students"] == f"{INVENTED}."
    head, *rows = csv.reader(StringIO(as_csv(found, True).decode()))
    assert head[-1] == "data"
    assert [row[-1] for row in rows] == [INVENTED] * 2


def test_every_sheet_says_on_paper_that_these_are_records():
    found = waitlist(student())
    book = load_workbook(BytesIO(as_workbook(found, False, notes(found, About()))))
    for sheet in book:
        assert sheet.oddFooter.left.text == "Students’ records: must stay in the district"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_where_nobody_waits_the_sheets_are_empty_and_it_says_so():
    found = waitlist(gone=3)
    book = load_workbook(BytesIO(as_workbook(found, False, notes(found, About()))))
    assert [book[name].max_row for name in ("Not tried", "Tried, not met")] == [1, 1]
    said = dict(book["Notes"].iter_rows(values_only=True))
    assert [said[name] for name in ("All who wait", "Rows", "Gone")] == [0, 0, 3]
    assert as_csv(found, False).decode().count("\n") == 1
    assert told(found, Path("list.csv")).startswith(
        "Nobody waits for a first visit in Hartford at the end of November 2022; the list is empty."
    )


def test_one_student_is_told_of_as_one_also_at_two_schools():
    assert told(waitlist(student(tries=1), student(tries=1)), Path("list.csv")).startswith(
        "1 student waits for a first visit in Hartford at the end of November 2022: 0 not tried, "
        "1 tried and not met."
    )


# --- the file --------------------------------------------------------------------------------


@pytest.mark.parametrize("mask", [0, 0o022])
def test_only_the_owner_may_read_it_whatever_the_umask(mask, tmp_path):
    file = tmp_path / "new" / "list.csv"
    before = os.umask(mask)
    try:
        create_for_owner(file, b"list")
    finally:
        os.umask(before)
    assert file.read_bytes() == b"list"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_came_there_meanwhile_stays(tmp_path):
    (tmp_path / "list.csv").write_text("mine", "utf-8")
    (tmp_path / "astray.csv").symlink_to(tmp_path / "elsewhere.csv")
    for name in ("list.csv", "astray.csv"):
        with pytest.raises(UsageError, match="there already"):
            create_for_owner(tmp_path / name, b"list")
    assert (tmp_path / "list.csv").read_text("utf-8") == "mine"
    assert not (tmp_path / "elsewhere.csv").exists()


def test_a_full_disk_leaves_no_file(tmp_path, monkeypatch):
    def full(descriptor, mode):
        os.close(descriptor)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(StoreError, match=r"can't be written: No space left.*\n.*Nothing was"):
        create_for_owner(tmp_path / "list.csv", b"list")
    assert not list(tmp_path.iterdir())
