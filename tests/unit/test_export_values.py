"""How single cells of exports are read: one reading, or a question."""

from datetime import date

import pytest

from leapdash.build.sources.exports.cells import tidy
from leapdash.build.sources.exports.dates import Unsaid, day_of, month_of, school_year_of_text
from leapdash.build.sources.exports.mapping import ColumnSource
from leapdash.build.sources.exports.places import Places
from leapdash.build.sources.exports.values import CellReader, Read, Refused
from leapdash.contract import input_table

DAYS = {
    "2022-09-05": None,
    "2022-09-05 00:00:00": None,
    "2022-09-05T08:30:00": None,
    "2022/9/5": None,
    "9/5/2022": "m/d/y",
    "05.09.2022": "d/m/y",
    "9-5-22": "m/d/y",
    "9/5/2022 2:30 PM": "m/d/y",
    "Sep 5, 2022": None,
    "September 5th, 2022": None,
    "Monday, September 5, 2022": None,
    "5 Sep 2022": None,
    "05-Sep-22": None,
    "20220905": None,
    "44809": None,
    "44809.0": None,
}


@pytest.mark.parametrize("text", DAYS)
def test_days_of_all_shapes_are_read(text):
    assert day_of(text, DAYS[text]) == date(2022, 9, 5)


@pytest.mark.parametrize("text", ["13/13/2022", "5", "2022-02-30", "soon", "Sepp 5, 2022", "99999"])
def test_what_is_no_day_is_none(text):
    assert day_of(text, "m/d/y") is None


def test_days_in_figures_have_no_reading_until_it_is_said():
    assert isinstance(day_of("9/25/2022"), Unsaid)
    assert day_of("9/25/2022", "d/m/y") is None


MONTHS = ["Sep-21", "Sept 2021", "September 2021", "2021-09", "202109", "9/2021", "09-2021",
          "2021 Sep", "2021-09-01", "Sep '21", "Sep. 2021", "9/1/2021"]  # fmt: skip


@pytest.mark.parametrize("text", MONTHS)
def test_months_of_all_shapes_are_read(text):
    assert month_of(text, "m/d/y") == date(2021, 9, 1)


def test_months_without_a_year_take_that_of_the_school_year():
    assert month_of("September", school_year="2021-22") == date(2021, 9, 1)
    assert month_of("05", school_year="2021-22") == date(2022, 5, 1)
    assert isinstance(month_of("May"), Unsaid)
    assert month_of("9/2/2021", "m/d/y") is None


@pytest.mark.parametrize(
    "text", ["2021-22", "2021-2022", "2021/22", "21-22", "SY 2021-22", "SY21-22"]
)
def test_school_years_of_all_shapes_are_read(text):
    assert school_year_of_text(text) == "2021-22"


def test_a_single_year_needs_to_be_said():
    assert isinstance(school_year_of_text("2022"), Unsaid)
    assert school_year_of_text("2022", "end") == "2021-22"
    assert school_year_of_text("2022", "start") == "2022-23"
    assert school_year_of_text("2021-23") is None


def read(table, column, text, source=None, values=None, places=None, **more):
    reader = CellReader(
        input_table(table).column(column), source or ColumnSource("x"), values or {}, places
    )
    return reader.read(text, **more)


PLAIN = [
    ("grade", "KG", "K"), ("grade", "01", "1"), ("grade", "Grade   1", "1"), ("grade", "9th", "9"),
    ("grade", "Pre-K", "PK"), ("gender", "Female", "F"), ("gender", " m ", "M"),
    ("race_ethnicity", "HISPANIC/LATINO", "hispanic"), ("english_learner", "Not EL", "false"),
    ("disability", "IEP", "true"), ("meal_eligibility", "Reduced Price", "reduced"),
    ("home_language", "English", "en"), ("home_language", "spa", "es"),
    ("home_language", "PT", "pt"),
    ("school_year", "2021-2022", "2021-22"), ("school_code", '="2850013"', "2850013"),
    ("school_code", "640111.0", "640111"), ("student_id", "1234.0", "1234"),
    ("home_language", "*", ""),
]  # fmt: skip


@pytest.mark.parametrize(("column", "text", "expected"), PLAIN)
def test_plain_names_of_values_are_understood(column, text, expected):
    found = read("enrollment", column, text)
    assert isinstance(found, Read)
    assert found.value == expected


@pytest.mark.parametrize(
    ("column", "text", "expected"),
    [("place", "home ", "home"), ("contact", "Met", "met"), ("contact", "No Answer", "no contact")],
)
def test_of_visits_too(column, text, expected):
    assert read("visits", column, text) == Read(expected)


REFUSED = [
    ("enrollment", "grade", "13"), ("enrollment", "grade", "*"), ("enrollment", "grade", ""),
    ("enrollment", "race_ethnicity", "7"), ("enrollment", "meal_eligibility", "Y"),
    ("enrollment", "english_learner", "maybe"), ("enrollment", "school_code", "101"),
    ("enrollment", "home_language", "Klingonn"), ("enrollment", "school_year", "2022"),
    ("enrollment", "student_id", "1.00235E+09"), ("enrollment", "student_id", "#REF!"),
    ("attendance", "days_attended", "15,5"), ("attendance", "days_attended", "x"),
    ("attendance", "month", "21-Sep"), ("attendance", "month", "September"),
    ("attendance_daily", "attended", "P"), ("visits", "visit_date", "9/5/2022"),
    ("visits", "contact", "Completed"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "column", "text"), REFUSED)
def test_what_has_no_plain_reading_is_refused(table, column, text):
    assert isinstance(read(table, column, text), Refused)


def test_the_mapping_s_word_counts_first_and_is_held_to_the_contract():
    assert read("attendance_daily", "attended", "T", values={"t": "0.5"}) == Read("0.5")
    found = read("enrollment", "grade", "TK", values={"tk": "kinder"})
    assert isinstance(found, Refused)
    assert "the mapping says 'kinder'" in found.expected


def test_days_absent_are_taken_off_exactly():
    source = ColumnSource("Enr", less="Abs", empty="0")
    assert read("attendance", "days_attended", "20", source, less="4.5") == Read("15.5")
    assert read("attendance", "days_attended", "20", source, less="") == Read("20")
    without = ColumnSource("Enr", less="Abs")
    assert isinstance(read("attendance", "days_attended", "20", without, less=""), Refused)


def test_names_of_schools_are_matched_where_one_fits():
    named = [("0640111", "North Elementary School"), ("1430111", "Lincoln School")]
    places = Places("schools", [*named, ("1430211", "Lincoln School")])
    source = ColumnSource("School", match="schools")
    assert read("enrollment", "school_code", "north elem. sch", source, None, places) == Read(
        "0640111"
    )
    two = read("enrollment", "school_code", "Lincoln", source, None, places)
    assert isinstance(two, Refused)
    assert "fits 2: 1430111, 1430211" in two.expected
    none = read("enrollment", "school_code", "Linkoln School", source, None, places)
    assert isinstance(none, Refused)
    assert "Lincoln School looks like it" in none.expected


def test_what_surrounds_a_value_is_taken_off():
    assert tidy('="285"') == ("285", 'written ="…"')
    assert tidy(" Grade   1 ") == ("Grade 1", "")
    assert tidy(" A  1 ", is_id=True) == ("A  1", "")
