"""The views against sums in plain Python over the same release."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from leapdash.contract import LEVELS, school_year_of
from leapdash.errors import ReleaseError
from leapdash.show.answers.forests import slices_of
from leapdash.show.choice import Choice
from leapdash.show.filters import Filters
from leapdash.show.opened import OpenedRelease
from leapdash.show.views import attendance as attendance_views
from leapdash.show.views import checks as check_views
from leapdash.show.views import district as district_views
from leapdash.show.views import effect_rows as row_views
from leapdash.show.views import effects as effect_views
from leapdash.show.views import programme as programme_views
from tests.lib.by_hand import keeps, rate, rows_of, total
from tests.lib.small_release import AVON, HARTFORD, NEW_HAVEN, make, small_tables


def test_what_can_be_chosen_are_the_release_s_districts_by_name_and_its_years(known):
    assert list(known.districts.values()) == ["Avon", "Hartford", "New Haven"]
    assert known.leap == {HARTFORD, NEW_HAVEN}
    assert known.years == ("2020-21", "2021-22", "2022-23")


def test_a_monthly_rate_is_the_ratio_of_sums_of_exactly_the_choice(choose, release, known):
    filters = Filters(("leap",), ("6-8",), ("eligible",), ("2021-22",), "hispanic")
    table = attendance_views.attendance_trend(choose(filters))
    keep = keeps(filters, known)
    rows = [row for row in rows_of(release, "attendance_by_group") if keep(row)]
    assert list(table["period"]) == sorted({row["month"] for row in rows})
    assert list(table["series"].unique()) == ["LEAP districts"]
    for line in table.itertuples():
        month = [row for row in rows if row["month"] == line.period]
        assert line.students == total(month, "students")
        assert line.attendance_rate == pytest.approx(rate(month, "days_attended", "days_enrolled"))


def test_a_yearly_rate_adds_days_up_and_says_the_students_of_an_average_month(choose, release):
    table = attendance_views.attendance_trend(choose(by="level", grain="year"))
    rows = [row for row in rows_of(release, "attendance_by_group") if row["group"] == "all"]
    assert list(table["series"].unique()) == ["PK-5", "6-8", "9-12"]
    for line in table.itertuples():
        year = [
            row
            for row in rows
            if row["level"] == line.code and school_year_of(row["month"]) == line.period
        ]
        assert line.attendance_rate == pytest.approx(rate(year, "days_attended", "days_enrolled"))
        assert line.students == round(total(year, "students") / 10)


def test_a_district_chosen_by_name_and_in_its_set_stands_in_both_series(choose, release):
    filters = Filters((HARTFORD, "leap"))
    table = attendance_views.attendance_trend(choose(filters, by="district"))
    one, both = (table[table["code"] == code]["students"].sum() for code in (HARTFORD, "leap"))
    rows = [row for row in rows_of(release, "attendance_by_group") if row["group"] == "all"]
    assert one == total([r for r in rows if r["district_code"] == HARTFORD], "students")
    assert both == total([r for r in rows if r["district_code"] != AVON], "students")


def test_with_no_district_chosen_the_lines_are_leap_and_other_districts(choose):
    table = attendance_views.attendance_trend(choose(by="district"))
    assert list(table["series"].unique()) == ["LEAP districts", "Other districts"]


def test_lines_by_group_ignore_the_group_filter_and_hold_every_group(choose):
    table = attendance_views.attendance_trend(choose(Filters(group="white"), by="group"))
    white = attendance_views.attendance_trend(choose(Filters(group="white")))
    assert table["code"].nunique() == 15
    by_group = table[table["code"] == "white"]["attendance_rate"].tolist()
    assert by_group == white["attendance_rate"].tolist()


def test_chronic_absence_by_month_is_that_of_the_school_year_to_date(choose, release):
    filters = Filters((HARTFORD,), group="disability")
    table = attendance_views.chronic_trend(choose(filters)).set_index("period")
    rows = [
        row
        for row in rows_of(release, "chronic_to_date")
        if (row["geography"], row["district_code"], row["group"])
        == ("district", HARTFORD, "disability")
    ]
    for month in table.index:
        here = [row for row in rows if row["month"] == month]
        absent = total(here, "absent_10_to_20") + total(here, "absent_20_or_more")
        assert table.loc[month, "chronic_base"] == total(here, "chronic_base")
        assert table.loc[month, "chronic_share"] == pytest.approx(
            absent / total(here, "chronic_base")
        )
    years = attendance_views.chronic_trend(choose(filters, grain="year")).set_index("period")
    for month in table.index[[m.month == 6 for m in table.index]]:
        year = years.loc[school_year_of(month)]
        assert table.loc[month, "chronic_share"] == pytest.approx(year["chronic_share"])


def test_a_month_by_which_few_were_enrolled_long_enough_is_left_out(choose, tmp_path):
    rows = small_tables()["chronic_to_date"].to_pandas()
    first = rows["month"].map(lambda month: month.month == 9)
    rows.loc[first, "chronic_base"] //= 2
    release = OpenedRelease(make(tmp_path, changed={"chronic_to_date": rows}))
    shown = attendance_views.chronic_trend(Choice(release))["period"]
    assert {month.month for month in shown} == {10, 11, 12, 1, 2, 3, 4, 5, 6}
    assert {m.month for m in attendance_views.chronic_trend(choose())["period"]} >= {9}


@pytest.mark.parametrize(
    ("districts", "geography", "codes"),
    [
        ((), "state", {"00000CT"}),
        (("leap", "other"), "state", {"00000CT"}),
        (("leap",), "district", {HARTFORD, NEW_HAVEN}),
        ((AVON,), "district", {AVON}),
    ],
)
def test_chronic_absence_by_year_takes_the_state_s_rows_or_adds_the_districts(
    choose, release, districts, geography, codes
):
    table = attendance_views.chronic_trend(choose(Filters(districts), grain="year"))
    for line in table.itertuples():
        rows = [
            row
            for row in rows_of(release, "chronic_absence")
            if row["geography"] == geography
            and row["district_code"] in codes
            and row["group"] == "all"
            and row["school_year"] == line.period
        ]
        absent = total(rows, "absent_10_to_20") + total(rows, "absent_20_or_more")
        assert line.chronic_base == total(rows, "chronic_base")
        assert line.chronically_absent == absent
        assert line.chronic_share == pytest.approx(absent / line.chronic_base)
    assert list(table["period"]) == ["2020-21", "2021-22", "2022-23"]


def test_a_choice_with_nothing_behind_it_is_an_empty_table(choose):
    nothing = Filters((AVON,), (), ("visited",))
    assert len(attendance_views.attendance_trend(choose(nothing))) == 0
    assert len(attendance_views.attendance_trend(choose(nothing, by="district", grain="year"))) == 0
    assert len(attendance_views.chronic_trend(choose(nothing, by="level", grain="year"))) == 0
    assert len(effect_views.paths(choose(Filters((AVON,))))) == 0


def test_published_rates_stand_beside_the_series_they_are_about(choose):
    def rates(filters, by):
        table = attendance_views.published_beside(choose(filters, by=by))
        return dict(zip(table["school_year"], table["attendance_rate"], strict=True))

    connecticut = {"2019-20": 0.9479, "2020-21": 0.9294, "2021-22": 0.9169}
    hartford = {"2019-20": 0.9082, "2020-21": 0.8325, "2021-22": 0.8564}
    assert rates(Filters(), "all") == connecticut
    assert rates(Filters((HARTFORD,)), "all") == hartford
    assert rates(Filters((HARTFORD, "leap")), "district") == hartford
    assert rates(Filters(years=("2020-21",)), "all") == {"2020-21": 0.9294}


@pytest.mark.parametrize(
    ("filters", "by"),
    [
        (Filters(levels=("6-8",)), "all"),
        (Filters(participation=("visited",)), "all"),
        (Filters(), "level"),
        (Filters(("leap",)), "all"),
        (Filters((HARTFORD, NEW_HAVEN)), "all"),
        (Filters(), "district"),
        (Filters((AVON,)), "all"),
    ],
)
def test_no_published_rate_stands_beside_what_the_state_did_not_publish(choose, filters, by):
    assert len(attendance_views.published_beside(choose(filters, by=by))) == 0


def test_a_release_without_published_rates_shows_none(tmp_path):
    bare = Choice(OpenedRelease(make(tmp_path, published=False)))
    assert len(attendance_views.published_beside(bare)) == 0


def test_a_yearly_table_tells_its_own_rates_from_published_ones(choose, small):
    trend = attendance_views.attendance_trend(choose(grain="year"))
    published = attendance_views.published_beside(choose())
    table = attendance_views.with_published(trend, published, small)
    own = table[table["source"] == "simulated"]
    assert own["attendance_rate"].tolist() == trend["attendance_rate"].tolist()
    assert set(table["source"]) == {"simulated", "data.ct.gov t4hx-jd4c"}
    assert len(table) == 6


@pytest.mark.parametrize("years", [(), ("2021-22",)])
def test_paths_follow_visited_students_of_the_periods_chosen(choose, release, known, years):
    filters = Filters(("leap",), ("6-8", "9-12"), years=years)
    table = effect_views.paths(choose(filters))
    keep = keeps(filters, known)
    rows = [row for row in rows_of(release, "paths") if keep(row)]
    if years:
        assert {row["cohort_period"] for row in rows} == {"summer 2021", "2021-22"}
    for line in table.itertuples():
        here = [row for row in rows if row["event_time"] == line.event_time]
        assert line.students == total(here, "students")
        assert line.attendance_rate == pytest.approx(rate(here, "days_attended", "days_enrolled"))


def test_periods_of_first_visits_run_in_the_order_of_time(choose):
    table = effect_views.paths(choose(by="period"))
    assert list(table["series"].unique()) == ["2020-21", "Summer 2021", "2021-22", "2022-23"]


def test_reach_is_that_of_the_last_month_and_only_where_a_district_takes_part(choose, release):
    reach = programme_views.reach_now(choose())
    rows = [
        row
        for row in rows_of(release, "reach")
        if row["month"] == date(2023, 6, 1) and row["group"] == "all"
    ]
    assert reach.month == date(2023, 6, 1)
    assert reach.ever_eligible == total(rows, "ever_eligible")
    assert reach.waiting + reach.ever_eligible_visited == reach.ever_eligible
    assert reach.share_visited == reach.ever_eligible_visited / reach.ever_eligible
    assert programme_views.reach_now(choose(Filters((AVON,)))).share_visited is None


def test_reach_of_a_year_is_that_of_its_last_month(choose):
    reach = programme_views.reach_now(choose(Filters(years=("2021-22",))))
    assert reach.month == date(2022, 6, 1)


def test_visits_are_counted_in_the_choice_and_only_met_ones_can_be_first(choose, release, known):
    filters = Filters((NEW_HAVEN,), years=("2021-22", "2022-23"))
    visits = programme_views.visits_made(choose(filters))
    keep = keeps(filters, known)
    rows = [row for row in rows_of(release, "visits") if keep(row)]
    met = [row for row in rows if row["contact"] == "met"]
    assert visits.visits == total(rows, "visits")
    assert visits.met == total(met, "visits")
    assert visits.first_visits == total(met, "first_visits")


def test_every_district_that_takes_part_has_its_reach(choose):
    table = programme_views.districts_visited(choose())
    assert set(table["series"]) == {"Hartford", "New Haven"}
    for line in table.itertuples():
        alone = Filters((line.district_code,))
        reach = programme_views.reach_now(choose(alone))
        assert (line.waiting, line.ever_eligible_visited) == (
            reach.waiting,
            reach.ever_eligible_visited,
        )
        assert line.reached == pytest.approx(reach.share_visited)
    assert table["reached"].is_monotonic_decreasing


def test_schools_stand_beside_each_other_by_the_rates_of_the_year(choose, release):
    table = district_views.schools_beside(choose(Filters(levels=("6-8",)), district=HARTFORD))
    assert table["attendance_rate"].is_monotonic_increasing
    assert set(table["school_name"]) == {"Hartford Elm School", "Hartford River Academy"}
    for line in table.itertuples():

        def mine(name, school=line.school_code):
            rows = rows_of(release, name)
            return [r for r in rows if r["school_code"] == school and r["level"] == "6-8"]

        days = [r for r in mine("attendance") if school_year_of(r["month"]) == "2022-23"]
        year = [r for r in mine("chronic_absence") if r["school_year"] == "2022-23"]
        profile = [r for r in mine("school_profile") if r["school_year"] == "2022-23"]
        last = [r for r in mine("reach") if r["month"] == date(2023, 6, 1) and r["group"] == "all"]
        absent = total(year, "absent_10_to_20") + total(year, "absent_20_or_more")
        assert line.attendance_rate == pytest.approx(rate(days, "days_attended", "days_enrolled"))
        assert line.chronic_share == pytest.approx(absent / total(year, "chronic_base"))
        assert line.high_needs_share == pytest.approx(rate(profile, "high_needs", "students"))
        assert line.waiting == total(last, "waiting")


def test_a_school_of_several_levels_has_a_row_for_each_in_their_order(choose):
    table = district_views.schools_beside(choose(district=HARTFORD))
    assert not table.duplicated(["school_code", "level"]).any()
    places = [list(LEVELS).index(level) for level in table["level"]]
    assert places == sorted(places)


def test_a_district_that_takes_no_part_has_nobody_waiting(choose):
    table = district_views.schools_beside(choose(district=AVON))
    assert table["school_code"].nunique() == 2
    assert table["waiting"].isna().all()


def test_a_district_beside_the_state_is_two_series(choose):
    filters = Filters(levels=("6-8",))
    both = district_views.attendance_beside(choose(filters, district=HARTFORD))
    own = attendance_views.attendance_trend(choose(Filters((HARTFORD,), ("6-8",))))
    assert list(both["series"].unique()) == ["Hartford", "All districts"]
    assert both[both["code"] == HARTFORD]["attendance_rate"].tolist() == (
        own["attendance_rate"].tolist()
    )
    published = district_views.published_of_both(choose(district=HARTFORD))
    assert list(published["series"].unique()) == ["Hartford", "Connecticut"]


class Changed(OpenedRelease):
    """A release with one value in another's stead, wherever the column stands."""

    def __init__(self, release, column, old, new):
        super().__init__(release)
        self.columns, self.old, self.new = (column, f"{column}_2"), old, new

    def table(self, name, columns=None, where=None):
        table = super().table(name, columns, where)
        for column in set(self.columns) & set(table.column_names):
            values = [
                self.new if value == self.old else value for value in table[column].to_pylist()
            ]
            table = table.set_column(table.column_names.index(column), column, [values])
        return table


@pytest.mark.parametrize(
    ("view", "controls", "column", "old"),
    [
        (attendance_views.attendance_trend, {"by": "level"}, "level", "6-8"),
        (attendance_views.chronic_trend, {"by": "group"}, "group", "white"),
        (effect_views.paths, {"by": "language"}, "language", "es"),
        (programme_views.visits_made, {}, "contact", "no contact"),
        (row_views.kind_rows, {}, "slice_value", "home"),
        (row_views.group_rows, {}, "slice_value", "female"),
        (check_views.balance, {}, "measure", "last_month"),
        (check_views.schoolmates, {}, "share_visited", "under 5%"),
        (check_views.spillover, {}, "share_visited", "under 5%"),
        (check_views.left_out, {}, "reason", "no history"),
    ],
)
def test_rows_with_a_code_nobody_knows_are_refused_and_never_dropped(
    release, view, controls, column, old
):
    changed = Changed(release, column, old, "something new")
    with pytest.raises(ReleaseError, match="'something new'"):
        view(Choice(changed, **controls))


def test_a_value_of_which_nobody_could_be_compared_is_listed_with_its_reason(release, tmp_path):
    rows = pd.DataFrame(
        {
            "slice": "place",
            "slice_value": "other",
            "district_code": "00000CT",
            "level": "all",
            "reason": ["no history", "no comparison"],
            "students": [9, 3],
        }
    )
    other = Choice(OpenedRelease(make(tmp_path, changed={"slices_left_out": rows})))
    found = row_views.kind_rows(other)
    (row,) = found.rows[found.rows["series"] == "Elsewhere, in person"].to_dict("records")
    assert np.isnan(row["effect"])
    assert (row["visited"], row["visited_all"]) == (0, 12)
    assert row["reason"].startswith("None of the 12 visited students could be compared")
    assert "new, or away (9)" in row["reason"]
    assert "there to compare with (3)" in row["reason"]
    # It stands beside nothing, and the other values beside what they stood beside.
    pairs = found.differences[found.differences["section"] == row["section"]]
    assert pairs["series"].tolist() == ["Video or telephone"]
    title = "Kinds"
    figure, *_ = slices_of(other, "kinds", title, found)
    assert figure.notes == (f"Elsewhere, in person: {row['reason']}",)
    assert row["reason"] in figure.table["reason"].tolist()
