"""Random filters: the views against sums done by hand; random addresses: never an accident."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leapdash.contract import GROUPS, LEAP, LEVELS, OTHER, PARTICIPATION, school_year_of
from leapdash.show.charts.labels import spread
from leapdash.show.filters import FILTER_LABELS, Filters, labels
from leapdash.show.views import attendance as attendance_views
from leapdash.show.views import effects as effect_views
from leapdash.show.views import programme as programme_views
from tests.lib.by_hand import address_of, keeps, rate, rows_of, total
from tests.lib.random_choices import FILTERS, YEARS


@pytest.fixture(scope="module")
def tables(release):
    """The small release's rows as dictionaries, by table."""
    names = (
        "attendance_by_group",
        "chronic_absence",
        "chronic_to_date",
        "paths",
        "reach",
        "visits",
    )
    return {name: rows_of(release, name) for name in names}


def of_state_or_districts(filters, known):
    """Whether a row of chronic absence counts: the state's where all districts are meant."""
    statewide = not filters.districts or {LEAP, OTHER} <= set(filters.districts)
    everywhere = Filters((), filters.levels, filters.participation, filters.years, filters.group)
    keep, geography = keeps(everywhere, known), "state"
    if not statewide:
        keep, geography = keeps(filters, known), "district"
    return lambda row: row["geography"] == geography and keep(row)


def same(one, other):
    if other is None:
        return math.isnan(one)
    return one == pytest.approx(other, abs=1e-12)


@given(filters=FILTERS)
def test_any_choice_s_monthly_rates_are_sums_over_exactly_its_rows(choose, known, tables, filters):
    attendance = attendance_views.attendance_trend(choose(filters))
    chronic = attendance_views.chronic_trend(choose(filters))
    keep = keeps(filters, known)
    rows = [row for row in tables["attendance_by_group"] if keep(row)]
    months = sorted({row["month"] for row in rows})
    keep_of_year = of_state_or_districts(filters, known)
    to_date = [r for r in tables["chronic_to_date"] if keep_of_year(r)]
    assert attendance["period"].tolist() == months
    shares = dict(zip(chronic["period"], chronic["chronic_share"], strict=True))
    for line in attendance.itertuples():
        month = [row for row in rows if row["month"] == line.period]
        assert line.students == total(month, "students")
        assert same(line.attendance_rate, rate(month, "days_attended", "days_enrolled"))
        early = [r for r in to_date if r["month"] == line.period]
        absent = total(early, "absent_10_to_20") + total(early, "absent_20_or_more")
        base = total(early, "chronic_base")
        assert same(shares.get(line.period, math.nan), absent / base if base else None)


@given(filters=FILTERS, by=st.sampled_from(["level", "participation", "district"]))
def test_any_choice_s_yearly_lines_are_sums_over_exactly_their_rows(
    choose, known, tables, filters, by
):
    table = attendance_views.attendance_trend(choose(filters, by=by, grain="year"))
    keep = keeps(filters, known)
    rows = [row for row in tables["attendance_by_group"] if keep(row)]
    found = set()
    for line in table.itertuples():
        members = known.codes(line.code) if by == "district" else (line.code,)
        column = "district_code" if by == "district" else by
        year = [
            row
            for row in rows
            if row[column] in members and school_year_of(row["month"]) == line.period
        ]
        found.add((line.code, line.period))
        assert same(line.attendance_rate, rate(year, "days_attended", "days_enrolled"))
    if by != "district":
        assert found == {(row[by], school_year_of(row["month"])) for row in rows}


@given(filters=FILTERS)
def test_any_choice_s_chronic_absence_by_year_is_from_the_state_s_or_the_districts_rows(
    choose, known, tables, filters
):
    table = attendance_views.chronic_trend(choose(filters, grain="year"))
    keep = of_state_or_districts(filters, known)
    rows = [r for r in tables["chronic_absence"] if keep(r)]
    assert set(table["period"]) == {r["school_year"] for r in rows if r["chronic_base"]}
    for line in table.itertuples():
        year = [row for row in rows if row["school_year"] == line.period]
        absent = total(year, "absent_10_to_20") + total(year, "absent_20_or_more")
        assert line.chronically_absent == absent
        assert line.chronic_base == total(year, "chronic_base")


@given(filters=FILTERS)
def test_any_choice_s_paths_are_sums_over_exactly_its_rows(choose, known, tables, filters):
    table = effect_views.paths(choose(filters))
    keep = keeps(filters, known)
    rows = [row for row in tables["paths"] if keep(row)]
    assert table["event_time"].tolist() == sorted({row["event_time"] for row in rows})
    for line in table.itertuples():
        month = [row for row in rows if row["event_time"] == line.event_time]
        assert line.students == total(month, "students")
        assert same(line.attendance_rate, rate(month, "days_attended", "days_enrolled"))


@given(filters=FILTERS)
def test_any_choice_s_reach_and_visits_are_sums_over_exactly_its_rows(
    choose, known, tables, filters
):
    reach = programme_views.reach_now(choose(filters))
    keep = keeps(filters, known)
    rows = [r for r in tables["reach"] if keep(r) and r["month"] == reach.month]
    assert reach.waiting == total(rows, "waiting")
    assert reach.ever_eligible == total(rows, "ever_eligible")
    districts = programme_views.districts_visited(choose(filters))
    assert districts["tried"].sum() == total(rows, "tried")
    made = [row for row in tables["visits"] if keep(row)]
    visits = programme_views.visits_made(choose(filters))
    assert visits.visits == total(made, "visits")
    assert visits.first_visits == total(made, "first_visits")


@given(filters=FILTERS)
def test_any_filters_come_back_from_their_own_address(known, filters):
    asked = address_of(filters, known)
    assert Filters.from_query(asked, known) == (filters, [])
    assert filters.in_address(known) == {name: words for name, words in asked.items() if words}


@given(query=st.dictionaries(st.sampled_from(sorted(FILTER_LABELS)), st.lists(st.text())))
def test_any_address_gives_filters_of_known_values_and_notes_without_its_text(known, query):
    filters, notes = Filters.from_query(query, known)
    assert set(filters.districts) <= set(labels("districts", known))
    assert set(filters.levels) <= set(LEVELS)
    assert set(filters.participation) <= set(PARTICIPATION)
    assert set(filters.years) <= set(YEARS)
    assert filters.group in GROUPS
    strange = [
        name
        for name, values in query.items()
        if any(
            value.casefold()
            not in {word.casefold() for pair in labels(name, known).items() for word in pair}
            for value in values
        )
    ]
    assert len(notes) == len(strange)


@given(
    boxes=st.lists(
        st.tuples(st.floats(0, 300), st.sampled_from([17.0, 32.0])), min_size=1, max_size=9
    )
)
def test_any_labels_at_the_ends_of_lines_stand_apart_in_the_plot_in_their_lines_order(boxes):
    wanted, heights = [w for w, _ in boxes], [h for _, h in boxes]
    placed = spread(wanted, heights, 300)
    edges = sorted((at - h / 2, at + h / 2) for at, h in zip(placed, heights, strict=True))
    for below, above in itertools.pairwise(edges):
        assert above[0] >= below[1] - 1e-6
    assert edges[0][0] >= -1e-6
    assert edges[-1][1] <= 300 + 1e-6
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    assert order == sorted(range(len(placed)), key=lambda i: placed[i])
