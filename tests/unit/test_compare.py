"""Two selections side by side: values, differences and ranges, recounted student by student."""

from dataclasses import replace
from datetime import date
from math import sqrt
from typing import Any

import pandas as pd
import pytest

from leapdash.contract import HEADLINES, LEVELS, MONTHS_AFTER, cohort_periods_of, school_year_of
from leapdash.inference import Interval
from leapdash.show.answers import compare as page
from leapdash.show.answers.files import csv_of, file_name
from leapdash.show.answers.model import Figure, Table
from leapdash.show.choice import Choice
from leapdash.show.filters import Filters, codes_of
from leapdash.show.opened import OpenedRelease
from leapdash.show.views import compare as views
from leapdash.show.views.spread import correlation_of_shares, difference_of_shares
from leapdash.show.words import compare as words
from leapdash.show.words.filters import whom
from tests.lib.by_hand import rows_of, total
from tests.lib.small_release import AVON, EFFECT_TABLES, HARTFORD, NEW_HAVEN, make, student_months

BANDS = ("absent_10_to_20", "absent_20_or_more")
Cell = tuple[Any, ...]
PAIRS = {
    "two districts": (Filters((HARTFORD,)), Filters((NEW_HAVEN,))),
    "one of several": (Filters((HARTFORD,)), Filters(("leap",))),
    "some in common": (Filters((HARTFORD, AVON), ("6-8", "9-12")), Filters(("leap",), ("6-8",))),
    "one level of all": (Filters((), ("6-8",)), Filters()),
    "a year ago": (Filters(("leap",), years=("2021-22",)), Filters(("leap",))),
    "elsewhere a year ago": (Filters((HARTFORD,)), Filters((AVON,), years=("2021-22",))),
}


@pytest.fixture(scope="module")
def students():
    table = student_months()
    table["absent"] = table["days_enrolled"] - table["days_attended"]
    table["school_year"] = table["month"].map(school_year_of)
    return table


@pytest.fixture(params=PAIRS)
def at(request, choose):
    a, b = PAIRS[request.param]
    return choose(a=a, b=b)


def year_of(filters):
    return (filters.years or ("2022-23",))[-1]


def belongs(filters, known):
    """Whether a row is of the districts and levels of a side."""
    codes = codes_of(filters, known) or tuple(known.districts)
    levels = filters.levels or tuple(LEVELS)
    return lambda row: row["district_code"] in codes and row["level"] in levels


def error_by_hand(students, parts):
    """Months' errors added up, of the sum of each student's part."""
    error = 0.0
    for _month, own in parts.groupby(students["month"]):
        n = len(own)
        error += sqrt(sum(part**2 for part in own) * n / max(n - 1, 1))
    return error


def test_attendance_is_recounted_with_the_students_of_both_sides_in_both(at, students, known):
    on, parts, rates = [], [], []
    for filters in (at.a, at.b):
        keep = map(belongs(filters, known), students.to_dict("records"))
        here = (students["school_year"] == year_of(filters)) & pd.Series(list(keep))
        days = students["days_enrolled"][here].sum()
        absent = students["absent"][here].sum() / days
        residual = (students["absent"] - absent * students["days_enrolled"]) / days
        on.append(here)
        parts.append(residual)
        rates.append(1 - absent)
    found = views.attendance_beside(at)
    assert [found.one, found.other] == pytest.approx(rates)

    def error(keep, part):
        return error_by_hand(students[keep], part[keep])

    if year_of(at.a) == year_of(at.b):
        errors = [
            error(on[0] & ~on[1], parts[0]),
            error(on[1] & ~on[0], parts[1]),
            error(on[0] & on[1], parts[0] - parts[1]),
        ]
        by_hand = sqrt(sum(one**2 for one in errors))
    else:
        errors = [error(on[0], parts[0]), error(on[1], parts[1])]
        districts = [set(students["district_code"][keep]) for keep in on]
        together = bool(districts[0] & districts[1])
        by_hand = sqrt(errors[0] ** 2 + errors[1] ** 2)
        assert views.shares_students(at) == together
    assert found.difference.effect == pytest.approx(rates[0] - rates[1])
    assert found.difference.std_error == pytest.approx(by_hand, rel=1e-6)


def counted(rows, filters, known, names, base):
    """A share and its base, summed over rows."""
    own = [row for row in rows if belongs(filters, known)(row)]
    whole = total(own, base)
    return (sum(total(own, name) for name in names) / whole if whole else 0.0), whole


@pytest.mark.parametrize("measure", ["chronic_absence", "reach"])
def test_shares_are_counts_over_counts_and_ranges_know_of_students_in_both(
    at, release, known, measure
):
    if measure == "reach":
        names, base, view = ["ever_eligible_visited"], "ever_eligible", views.reach_beside
        months = {"2022-23": date(2023, 6, 1), "2021-22": date(2022, 6, 1)}
        when = {filters: months[year_of(filters)] for filters in (at.a, at.b)}
        period = "month"
    else:
        names, base, view = [*BANDS], "chronic_base", views.chronic_beside
        when = {filters: year_of(filters) for filters in (at.a, at.b)}
        period = "school_year"
    rows = [
        row
        for row in rows_of(release, measure)
        if row["group"] == "all" and row.get("geography", "district") == "district"
    ]
    one, other = (
        counted([r for r in rows if r[period] == when[filters]], filters, known, names, base)
        for filters in (at.a, at.b)
    )
    found = view(at)
    assert found.counted == (one[1], other[1])
    if min(one[1], other[1]) < 10:
        assert found.difference is None
        return
    assert (found.one, found.other) == pytest.approx((one[0], other[0]))
    keeps = [belongs(filters, known) for filters in (at.a, at.b)]
    both = [r for r in rows if r[period] == when[at.a] and all(keep(r) for keep in keeps)]
    whole = total(both, base)
    share = sum(total(both, name) for name in names) / whole if whole else 0.0
    together = correlation_of_shares(one, other, (share, whole))
    if year_of(at.a) != year_of(at.b):
        together = 0.0
    by_hand = difference_of_shares(one, other, together)
    told = found.difference
    assert (told.effect, told.low, told.high) == pytest.approx(
        (by_hand.effect, by_hand.low, by_hand.high)
    )


def atoms_of(filters, known):
    """Whether an atom (district, level, cohort period) is of a side."""
    keep = belongs(filters, known)
    periods = set(cohort_periods_of(filters.years))

    def of(atom):
        row = dict(zip(("district_code", "level"), atom[:2], strict=True))
        return keep(row) and (not periods or atom[2] in periods)

    return of


def variance_by_hand(release, weights):
    """Of a weighted sum of effects, students independent and schools independent: from the tables,
    row by row.
    """
    student, names = 0.0, ("district_code", "level", "slice_value", "event_time")
    for row in rows_of(release, "effects_covariance"):
        if row["slice"] != "cohort_period":
            continue
        ends = [tuple(row[f"{name}{end}"] for name in names) for end in ("", "_2")]
        product = weights.get(ends[0], 0.0) * weights.get(ends[1], 0.0) * row["covariance"]
        student += product if ends[0] == ends[1] else 2 * product
    by_school: dict[str, float] = {}
    for row in rows_of(release, "effects_schools"):
        cell = row["district_code"], row["level"], row["cohort_period"], row["event_time"]
        own = weights.get(cell, 0.0) * row["influence"]
        by_school[row["school_code"]] = by_school.get(row["school_code"], 0.0) + own
    return student, sum(value**2 for value in by_school.values())


def effects_of(release):
    return {
        (row["district_code"], row["level"], row["slice_value"], row["event_time"]): row
        for row in rows_of(release, "effects")
        if row["slice"] == "cohort_period"
    }


def test_effects_differ_by_what_their_parts_do_also_where_the_sides_share_visited(
    at, release, known
):
    effects = effects_of(release)
    weights: dict[Cell, float] = {}
    for sign, filters in ((1, at.a), (-1, at.b)):
        of = atoms_of(filters, known)
        for event in HEADLINES["six_to_nine"]:
            own = {c: row["visited"] for c, row in effects.items() if c[3] == event and of(c[:3])}
            for cell, visited in own.items():
                weights[cell] = weights.get(cell, 0) + sign * visited / sum(own.values()) / 4
    found = views.effect_beside(at)
    if found.difference is None:
        assert None in found.ranges
        return
    by_hand = sum(weight * effects[cell]["effect"] for cell, weight in weights.items())
    assert found.difference.effect == pytest.approx(by_hand)
    variances = variance_by_hand(release, weights)
    errors = [pytest.approx(sqrt(max(v, 0)), rel=1e-3, abs=1e-7) for v in variances]
    assert found.difference.std_error in errors


def test_days_differ_by_each_side_s_days_for_a_student(at, release, known):
    effects = effects_of(release)
    found = views.days_beside(at)
    weights: dict[Cell, float] = {}
    everyone = []
    for sign, filters in ((1, at.a), (-1, at.b)):
        of = atoms_of(filters, known)
        compared = rows_of(release, "visited_compared")
        visited = sum(
            row["students"]
            for row in compared
            if of((row["district_code"], row["level"], row["cohort_period"]))
        )
        everyone.append(visited)
        days: dict[tuple[str, int], float] = {}
        for row in rows_of(release, "visited_days"):
            atom = row["district_code"], row["level"], row["cohort_period"]
            if row["slice"] == "all" and of(atom) and row["event_time"] in MONTHS_AFTER:
                cell = row["cohort_period"], row["event_time"]
                days[cell] = days.get(cell, 0.0) + row["days_enrolled"]
        for (period, event), enrolled in days.items():
            own = {c: r for c, r in effects.items() if c[2:] == (period, event) and of(c[:3])}
            number = sum(row["visited"] for row in own.values())
            squares = sum(r["visited"] ** 2 / r["comparison_effective"] for r in own.values())
            if number < 20 or number**2 / squares < 20:
                continue
            for cell, row in own.items():
                part = sign * enrolled * row["visited"] / number / visited
                weights[cell] = weights.get(cell, 0.0) + part
    if found.difference is None:
        assert None in found.ranges
        return
    assert found.counted == tuple(everyone)
    by_hand = sum(weight * effects[cell]["effect"] for cell, weight in weights.items())
    assert found.difference.effect == pytest.approx(by_hand)
    variances = variance_by_hand(release, weights)
    errors = [pytest.approx(sqrt(max(v, 0)), rel=1e-3, abs=1e-6) for v in variances]
    assert found.difference.std_error in errors


def test_the_page_has_a_sentence_for_every_measure_and_names_both_sides(at):
    answer = page.answer(at)
    one, other = at.sides
    told = answer.figures[1].words.split("\n")
    starts = ("Chronic absence", "Reached", "Effect of visits", "School days regained")
    assert [line.split(":")[0].split(",")[0].split(" for ")[0] for line in told] == list(starts)
    assert answer.sentence.startswith(whom(one))
    names = answer.figures[2].words
    assert names == f"A: {words.name(one)}. B: {words.name(other)}."
    told = words.INDEPENDENT in answer.figures[4].words
    assert told == views.shares_students(at)
    table = answer.figures[3].table
    assert list(table["series"]) == [card.label for card in answer.cards]


def test_lines_are_named_for_their_sides_also_where_only_the_year_differs(choose):
    a, b = PAIRS["a year ago"]
    figure = page.answer(choose(a=a, b=b)).figures[0]
    assert isinstance(figure, Figure)
    assert set(figure.table["series"]) == {"LEAP districts, 2021-22", "LEAP districts"}


def test_the_same_selection_twice_is_not_compared(choose):
    answer = page.answer(choose(a=Filters((HARTFORD,)), b=Filters((HARTFORD,))))
    assert answer.sentence == words.SAME
    assert not answer.cards


def test_what_leaves_the_page_says_what_both_sides_are(choose, known):
    choice = choose(a=Filters((HARTFORD,), ("6-8",)), b=Filters(("leap",), years=("2021-22",)))
    (table,) = (part for part in page.answer(choice).figures if isinstance(part, Table))
    written = csv_of(table.title, table.table, choice).decode()
    assert "Hartford · level 6-8 · all school years beside LEAP districts" in written
    assert file_name("compare", choice) == "leapdash-compare-0640011-6-8-leap-2021-22"


def test_without_effects_the_rates_are_compared(tmp_path):
    bare = OpenedRelease(make(tmp_path, without=EFFECT_TABLES))
    choice = Choice(bare, a=Filters((HARTFORD,)), b=Filters((NEW_HAVEN,)))
    assert [card.label for card in page.answer(choice).cards] == [
        *("Attendance", "Chronic absence", "Reached"),
    ]


BESIDE = views.Beside(0.84, 0.88, (900, 800), None)


@pytest.mark.parametrize(
    ("low", "high", "attended", "absent"),
    [
        (-0.05, -0.03, "That is 4.0 points less (between 3.0 and 5.0).", "of −4.0 points"),
        (0.03, 0.05, "That is 4.0 points more (between 3.0 and 5.0).", "of +4.0 points"),
        (-0.01, 0.03, "No difference can be told (between −1.0 and +3.0 points).", "no difference"),
    ],
)
def test_a_difference_is_told_with_its_direction_and_range(choose, low, high, attended, absent):
    middle = (low + high) / 2
    interval = Interval(middle, 0.0, low, high)
    found = replace(BESIDE, difference=interval, ranges=(interval, interval))
    choice = choose(a=Filters((HARTFORD,)), b=Filters((AVON,)))
    told = words.attendance(choice, found, ("2022-23", "2021-22"))
    assert told == (
        "Hartford: students attended 84.0% of their days in 2022-23; Avon: 88.0% in 2021-22. "
        f"{attended}"
    )
    assert absent in words.chronic(found)
    assert absent in words.reach(found, ("June 2023", "June 2022"))
    assert absent in words.effect(found)


def test_what_cannot_be_told_of_one_side_is_said_with_what_can_of_the_other():
    known = Interval(0.1, 0.01, 0.08, 0.12)
    first = words.effect(replace(BESIDE, ranges=(known, None)))
    second = words.effect(replace(BESIDE, ranges=(None, known)))
    assert first.startswith("Effect of visits: +10.0 points (between 8.0 and 12.0) on the first")
    assert second.endswith("+10.0 points (between 8.0 and 12.0) on the second.")
    assert "either side" in words.effect(BESIDE)
    assert "can’t be told" in words.days(BESIDE)
    assert "too few" in words.chronic(BESIDE)
    assert "too few" in words.reach(BESIDE, ("June 2023", "June 2023"))
    days = replace(BESIDE, difference=known, ranges=(known, known))
    assert "a difference of +0.1 days" in words.days(days)
