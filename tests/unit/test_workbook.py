"""The Excel workbook of a figure: the numbers as they are read, every column, and notes."""

from dataclasses import replace
from io import BytesIO

import pandas as pd
import pytest
from openpyxl import load_workbook

from leapdash.show.answers import trends
from leapdash.show.answers.files import marked
from leapdash.show.answers.workbook import workbook_of
from leapdash.show.choice import Choice
from leapdash.show.filters import Filters
from leapdash.show.opened import OpenedRelease


@pytest.fixture
def choice(small: OpenedRelease) -> Choice:
    return Choice(small, Filters(levels=("6-8",)), by="level", grain="year")


def opened(title, table, notes, choice):
    return load_workbook(BytesIO(workbook_of(title, table, notes, choice)))


def test_the_table_is_the_figure_s_with_titles_and_formats(choice):
    figure = trends.answer(choice).figures[0]
    book = opened(figure.title, figure.table, figure.notes, choice)
    assert book.sheetnames == ["Table", "All columns", "Notes"]
    head, *rows = book["Table"].iter_rows()
    assert [cell.value for cell in head][:3] == ["Series", "Period", "Attendance rate"]
    rate = [cell.value for cell in head].index("Attendance rate")
    assert [row[rate].value for row in rows] == figure.table["attendance_rate"].tolist()
    assert {row[rate].number_format for row in rows} == {"0.0%"}


def test_every_column_is_there_as_in_the_csv(choice):
    figure = trends.answer(choice).figures[0]
    head, *rows = opened(figure.title, figure.table, (), choice)["All columns"].iter_rows(
        values_only=True
    )
    expected = marked(figure.title, figure.table, choice)
    assert list(head) == list(expected.columns)
    for name, *values in zip(head, *rows, strict=True):
        assert values == [
            None if pd.isna(v) else v if isinstance(v, (int, float)) else str(v)
            for v in expected[name].tolist()
        ]


def test_differences_are_in_points(choice):
    table = pd.DataFrame({"series": ["a", "b"], "change": [0.0125, float("nan")]})
    head, one, other = opened("Changes", table, (), choice)["Table"].iter_rows(values_only=True)
    assert head == ("Series", "Change (points)")
    assert one == ("a", pytest.approx(1.25))
    assert other == ("b", None)


def test_notes_say_what_it_is_and_that_the_data_are_simulated(choice):
    notes = [
        row[0] for row in opened("A title", pd.DataFrame(), ("A note.",), choice)["Notes"].values
    ]
    assert notes[0] == "A title"
    assert "level 6-8" in notes[1]
    assert notes[2].startswith("Simulated data · release ")
    assert notes[-1] == "A note."


@pytest.mark.parametrize("name", ['=HYPERLINK("http://a")', "+1", "-1+1", "@SUM(1)", "http://a"])
def test_a_name_is_never_a_formula_or_a_link(choice, name):
    table = pd.DataFrame({"series": [name], "students": [3]})
    for sheet in ("Table", "All columns"):
        cells = [
            cell
            for row in opened(name, table, (name,), choice)[sheet].iter_rows()
            for cell in row
            if cell.value == name
        ]
        assert cells
        assert all(cell.data_type == "s" and cell.hyperlink is None for cell in cells)


def test_missing_figures_are_empty_cells(choice):
    table = pd.DataFrame({"series": [None], "students": pd.array([None], dtype="Int64")})
    book = opened("Nothing", table, (), replace(choice, by="all"))
    assert list(book["Table"].values)[1:] in ([], [(None, None)])
