"""Who waits and how long: recounted from the release's rows, told as they are."""

from collections import Counter
from datetime import date
from typing import Any

import pandas as pd
import pytest

from leapdash.contract import WAITING
from leapdash.show.answers import district as district_page
from leapdash.show.answers import school as school_page
from leapdash.show.answers.model import Figure, Text
from leapdash.show.choice import Choice
from leapdash.show.filters import Filters
from leapdash.show.opened import OpenedRelease
from leapdash.show.views import waiting as views
from leapdash.show.words import waiting as words
from tests.lib.small_release import AVON, HARTFORD

JUNE = date(2023, 6, 1)


@pytest.fixture(scope="module")
def reach(small: OpenedRelease) -> list[dict[str, Any]]:
    return [
        row
        for row in small.table("reach").to_pylist()
        if row["group"] == "all" and row["waiting"] is not None
    ]


@pytest.mark.parametrize(
    "filters", [Filters(), Filters((HARTFORD,)), Filters(levels=("6-8",), years=("2021-22",))]
)
def test_who_waits_by_month_is_what_the_rows_add_up_to(small, reach, filters):
    counted: Counter[Any] = Counter()
    for row in reach:
        year = f"{row['month'].year - (row['month'].month < 7)}"
        if (
            (not filters.districts or row["district_code"] in filters.districts)
            and (not filters.levels or row["level"] in filters.levels)
            and (not filters.years or any(chosen.startswith(year) for chosen in filters.years))
        ):
            for name in (*WAITING, "waiting", "tried"):
                counted[row["month"], name] += row[name]
    found = views.waiting_by_month(Choice(small, filters))
    assert list(found["period"]) == sorted({month for month, _ in counted})
    for row in found.to_dict("records"):
        assert {name: row[name] for name in (*WAITING, "waiting", "tried")} == {
            name: counted[row["period"], name] for name in (*WAITING, "waiting", "tried")
        }
        assert sum(row[name] for name in WAITING) == row["waiting"]


def test_schools_where_most_wait_longest_come_first(small, reach):
    choice = Choice(small, Filters((HARTFORD,)), district=HARTFORD)
    found = views.waiting_at_schools(choice)
    counted: Counter[Any] = Counter()
    for row in reach:
        if row["district_code"] == HARTFORD and row["month"] == JUNE:
            counted[row["school_code"]] += row["waiting_over_120"]
    longest = [counted[code] for code in found["school_code"]]
    assert longest == sorted(longest, reverse=True)
    assert sum(longest) == sum(counted.values()) > 0
    known = small.known.schools
    assert list(found["school_name"]) == [known[code].name for code in found["school_code"]]
    several = views.waiting_at_schools(Choice(small))["school_name"]
    assert all(", " in name for name in several)


def test_the_district_page_says_who_waits_longest_in_a_sentence_and_a_figure(small):
    choice = Choice(small, Filters((HARTFORD,)), district=HARTFORD)
    (section,) = [
        one for one in district_page.answer(choice).sections if one.title == district_page.WAITING
    ]
    told, figure = section.make()
    last = views.waiting_by_month(choice).iloc[-1]
    schools = views.waiting_at_schools(choice)
    assert isinstance(told, Text)
    assert isinstance(figure, Figure)
    assert f"Hartford: {last['waiting']} students waited for a first visit at the end" in told.words
    assert f"{last['waiting_over_120']} of them (" in told.words
    assert f"Most of these are at {schools['school_name'].iloc[0]}: " in told.words


def test_where_no_district_takes_part_it_says_so(small):
    choice = Choice(small, Filters((AVON,)), district=AVON)
    (section,) = [
        one for one in district_page.answer(choice).sections if one.title == district_page.WAITING
    ]
    (told,) = section.make()
    assert told.words == "Avon took no part in home visits."


def test_the_school_page_has_the_months_and_every_class(small):
    code = next(code for code, one in small.known.schools.items() if one.district == HARTFORD)
    choice = Choice(small, school=code)
    (section,) = [
        one for one in school_page.answer(choice).sections if one.title == school_page.VISITS
    ]
    figure = next(part for part in section.make() if isinstance(part, Figure))
    rows = small.table("reach", where={"school_code": (code,), "group": ("all",)}).to_pandas()
    expected = rows.dropna().groupby("month")["waiting"].sum()
    assert figure.table.set_index("period")["waiting"].to_dict() == expected.to_dict()


def _row(waiting: int, longest: int) -> pd.Series:
    return pd.Series({"waiting": waiting, "waiting_over_120": longest})


@pytest.mark.parametrize(
    ("waiting", "longest", "told"),
    [
        (0, 0, "Elm: nobody waited for a first visit at the end of June 2023."),
        (
            1,
            0,
            "Elm: 1 student waited for a first visit at the end of June 2023. Nobody had waited "
            "for more than 120 days.",
        ),
        (
            1200,
            300,
            "Elm: 1,200 students waited for a first visit at the end of June 2023. 300 of them "
            "(25.0%) had waited for more than 120 days.",
        ),
    ],
)
def test_how_long_is_told_by_the_numbers(waiting, longest, told):
    assert words.how_long("Elm", "June 2023", _row(waiting, longest)) == told


def test_bars_are_stacked_by_class_and_told_apart_without_colour(small):
    choice = Choice(small, Filters((HARTFORD,)), district=HARTFORD)
    (section,) = [
        one for one in district_page.answer(choice).sections if one.title == district_page.WAITING
    ]
    from leapdash.show.charts.base import Look, Stamp
    from leapdash.show.charts.palette import LIGHT

    chart = section.make()[1].chart(Look(LIGHT, Stamp(True, "r")))
    bars = [trace for trace in chart.data if trace.type == "bar"]
    assert [bar.name for bar in bars] == [words.class_name(name) for name in WAITING]
    assert len({bar.marker.pattern.shape for bar in bars}) == len(WAITING)
