"""Where the next visits would win most: days and their ranges recounted from the release's tables,
groups no finer than the ranges, the figure's marks, and sentences that say what the table says.
"""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from leapdash.contract import LEVELS
from leapdash.contract.thresholds import MINIMUM_VISITED, MONTHS_AFTER
from leapdash.inference import Interval, at_once, t_factor
from leapdash.show.answers.next_visits import next_section
from leapdash.show.charts.base import Look, Stamp
from leapdash.show.charts.next_visits import days_rows
from leapdash.show.charts.palette import DARK, LIGHT
from leapdash.show.effects.per_visit import days_of
from leapdash.show.filters import Filters
from leapdash.show.views import next_visits as views
from leapdash.show.views.effects import chosen_visits
from leapdash.show.views.programme import reach_now, visited_days
from leapdash.show.words import next_visits as words
from tests.lib.small_release import AVON
from tests.lib.small_release import HARTFORD as SMALL_HARTFORD

HARTFORD, HARROW_MILLS, NORWICH = "0640011", "9990011", "1040011"
ATOM = ["district_code", "level", "slice_value"]
OTHER = [f"{name}_2" for name in ATOM]
LOOK = Look(LIGHT, Stamp(True, "2026-11-24T060000"))


class Recount:
    """Days a visit won, from the rows of a release's tables."""

    def __init__(self, release):
        where = {"slice": ("cohort_period",)}
        renamed = {"cohort_period": "slice_value"}
        self.effects = release.table("effects", where=where).to_pandas()
        self.covariance = release.table("effects_covariance", where=where).to_pandas()
        self.schools = release.table("effects_schools").to_pandas().rename(columns=renamed)
        keys = ["district_code", "level", "cohort_period", "event_time"]
        own = release.table("visited_days", where={"slice": ("all",)}).to_pandas()
        self.days = own.groupby(keys)["days_enrolled"].sum()
        self.everyone = (
            release.table("visited_compared").to_pandas().groupby(keys[:3])["students"].sum()
        )

    def factors(self, keep):
        """Days that an effect of 1 in each atom and month comes to, for the visited `keep` holds
        of: a table by atom and event time.
        """
        rows = self.effects[[keep(row) for row in self.effects.itertuples()]]
        begun = rows[rows["event_time"] == -1].set_index(ATOM)["visited_due"]
        found = []
        for event, own in rows[rows["event_time"].isin(MONTHS_AFTER)].groupby("event_time"):
            due = days = 0.0
            for row in own.itertuples():
                atom = row.district_code, row.level, row.slice_value
                due += self.everyone[atom] * row.visited_due / begun[atom]
                days += self.days.get((*atom, event), 0.0)
            share = own["visited"] / own["visited"].sum()
            found.append(own[[*ATOM, "event_time", "effect"]].assign(factor=share * days / due))
        return pd.concat(found, ignore_index=True)

    def variances(self, factors):
        """Of the sum of effects times factors: students independent, schools independent."""
        known = factors.set_index([*ATOM, "event_time"])["factor"]
        own, other = (
            pd.MultiIndex.from_frame(self.covariance[[*names, event]])
            for names, event in ((ATOM, "event_time"), (OTHER, "event_time_2"))
        )
        first, second = (known.reindex(index).fillna(0.0).to_numpy() for index in (own, other))
        twice = np.where(own == other, 1.0, 2.0)
        student = float((first * second * twice * self.covariance["covariance"]).sum())
        index = pd.MultiIndex.from_frame(self.schools[[*ATOM, "event_time"]])
        part = known.reindex(index).fillna(0.0).to_numpy() * self.schools["influence"]
        return student, float((part.groupby(self.schools["school_code"]).sum() ** 2).sum())


@pytest.fixture(scope="module")
def recount(demo):
    return Recount(demo)


@pytest.fixture(scope="module")
def found(choose_demo):
    return views.next_visits(choose_demo())


def row_of(found, district, level):
    rows = found.rows
    (row,) = rows[(rows["district_code"] == district) & (rows["level"] == level)].itertuples()
    return row


def of_stratum(district, level):
    return lambda row: (row.district_code, row.level) == (district, level)


def has_error(found, variances):
    return min(abs(found / variance**0.5 - 1) for variance in variances if variance > 0) < 1e-6


@pytest.mark.parametrize(
    ("district", "level"), [(HARTFORD, "PK-5"), (HARROW_MILLS, "6-8"), (NORWICH, "9-12")]
)
def test_days_of_a_place_are_each_month_s_effect_times_the_days_of_one_visited(
    found, recount, choose_demo, district, level
):
    factors = recount.factors(of_stratum(district, level))
    row = row_of(found, district, level)
    days = (factors["factor"] * factors["effect"]).sum()
    assert row.days_per_visit == pytest.approx(days, rel=1e-9)
    # Nine school months of some eighteen days, fewer for who left.
    assert 100 < factors["factor"].sum() < 180
    atoms = chosen_visits(choose_demo(Filters((district,), (level,))))
    own = days_of(choose_demo().cohorts, visited_days(choose_demo()), [(1.0, atoms)])
    assert has_error(own.std_error, recount.variances(factors))
    assert (row.days_low, row.days_high) == (own.low, own.high)
    assert own.high - own.effect > 1.05 * 1.96 * own.std_error


def test_a_place_is_beside_all_other_visited_of_the_state_with_the_range_of_the_difference(
    found, recount, choose_demo
):
    here = of_stratum(HARTFORD, "PK-5")
    own, others = recount.factors(here), recount.factors(lambda row: not here(row))
    row = row_of(found, HARTFORD, "PK-5")
    days = [(part["factor"] * part["effect"]).sum() for part in (own, others)]
    assert row.days_beside == pytest.approx(days[0] - days[1], rel=1e-9)
    both = pd.concat([own, others.assign(factor=-others["factor"])], ignore_index=True)
    data, enrolled = choose_demo().cohorts, visited_days(choose_demo())
    atoms = chosen_visits(choose_demo(Filters((HARTFORD,), ("PK-5",))))
    alone = days_of(data, enrolled, [(1.0, atoms)], [(1.0, ~atoms)])
    assert has_error(alone.std_error, recount.variances(both))
    # Wider than a range that stands alone, by what so many at once ask.
    wider = (row.days_beside_high - row.days_beside) / (alone.high - alone.effect)
    factors = [t_factor(d, at_once(found.compared)) / t_factor(d) for d in (np.inf, 5)]
    assert factors[0] <= wider <= factors[1]
    assert factors[0] > 1.6


def test_every_district_that_takes_part_has_its_levels_with_who_waits(found, choose_demo, demo):
    rows = found.rows
    assert set(rows["district_code"]) == set(demo.known.leap)
    assert not rows.duplicated(["district_code", "level"]).any()
    for row in rows.sample(5, random_state=1).itertuples():
        own = reach_now(choose_demo(Filters((row.district_code,), (row.level,))))
        assert row.waiting == own.waiting
        assert found.month == own.month
    assert rows["waiting"].sum() == reach_now(choose_demo()).waiting


def test_groups_are_what_the_ranges_of_the_differences_allow_and_are_ordered_by_who_waits(found):
    rows = found.rows
    places = [views.GROUPS.index(group) for group in rows["section"]]
    assert places == sorted(places)
    for row in rows.itertuples():
        expected = (
            views.UNTOLD
            if np.isnan(row.days_per_visit)
            else views.MORE
            if row.days_beside_low > 0
            else views.LESS
            if row.days_beside_high < 0
            else views.NOT_APART
        )
        assert row.section == expected
    for _, own in rows.groupby("section"):
        assert own["waiting"].is_monotonic_decreasing
    # By days they would stand otherwise: it is no ranking.
    alike = rows[rows["section"] == views.NOT_APART]["days_per_visit"]
    assert not alike.is_monotonic_decreasing
    assert set(rows[rows["section"] == views.MORE]["district_code"]) == {HARTFORD}
    harrow = rows[rows["district_code"] == HARROW_MILLS]
    assert set(harrow["section"]) == {views.LESS}
    assert ((harrow["days_low"] < 0) & (harrow["days_high"] > 0)).all()


def test_a_place_stands_in_the_same_group_whatever_districts_and_levels_are_chosen(
    found, choose_demo
):
    for filters in (Filters((HARTFORD, HARROW_MILLS)), Filters((), ("6-8",))):
        own = views.next_visits(choose_demo(filters))
        keys = ["district_code", "level"]
        same = found.rows.merge(own.rows[keys], on=keys)
        pd.testing.assert_frame_equal(own.rows, same)
        assert own.compared == found.compared
    years = views.next_visits(choose_demo(Filters(years=("2021-22",))))
    assert (years.rows["visited_all"] < found.rows["visited_all"].max()).all()
    assert years.month != found.month


def test_where_a_month_has_too_few_nothing_is_told_but_who_waits_and_why(found, choose):
    hidden = found.rows[found.rows["section"] == views.UNTOLD]
    assert len(hidden) == 3
    small = views.next_visits(choose()).rows
    few = small[small["section"] == views.UNTOLD]
    assert len(few) == 4
    for rows in (hidden, few):
        numbers = [name for name in rows.columns if name.startswith("days_")]
        assert rows[numbers].isna().all(axis=None)
        assert (rows["visited"] < MINIMUM_VISITED).all()
        assert rows["reason"].str.contains("months 1 to 9 after the visit; nothing is shown").all()
        assert (rows["waiting"] > 0).all()


def test_a_thousand_visits_are_shared_out_as_those_who_wait_are(choose_demo, recount):
    found = views.next_visits(choose_demo(Filters((HARTFORD, NORWICH))))
    rows = found.rows[found.rows["days_per_visit"].notna()]
    assert len(rows) == 5
    share = rows["waiting"] / rows["waiting"].sum()
    assert found.ahead.effect == pytest.approx(1000 * (share * rows["days_per_visit"]).sum())
    parts = []
    for row, weight in zip(rows.itertuples(), share, strict=True):
        own = recount.factors(of_stratum(row.district_code, row.level))
        parts.append(own.assign(factor=weight * own["factor"]))
    variances = recount.variances(pd.concat(parts, ignore_index=True))
    assert has_error(found.ahead.std_error / 1000, variances)
    assert found.ahead.low < found.ahead.effect < found.ahead.high


def test_where_nobody_waits_nothing_is_said_to_be_won(found, choose_demo):
    nobody = replace(found, rows=found.rows.assign(waiting=0), ahead=None)
    assert "nobody waited for a first visit in June 2023." in words.next_answer(
        nobody, choose_demo()
    )


def test_districts_that_take_no_part_have_no_rows_and_the_tab_says_so(choose):
    choice = choose(Filters((AVON,)))
    assert not len(views.next_visits(choice).rows)
    (text,) = next_section(choice).make()
    assert text.words == words.NOBODY


# --- the figure -----------------------------------------------------------------------------------


def trace(figure, name):
    return next(trace for trace in figure.data if trace.name == name)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_figure_has_a_mark_and_a_line_for_every_row_and_grey_ones_for_those_alike(
    found, palette
):
    figure = days_rows(found, replace(LOOK, palette=palette))
    rows = found.rows
    for name, groups, color in (
        ("told", (views.MORE, views.LESS), palette.visited),
        ("alike", (views.NOT_APART,), palette.compared),
    ):
        own = rows[rows["section"].isin(groups)]
        marks, lines = trace(figure, name), trace(figure, f"{name} intervals")
        assert list(marks.x) == pytest.approx(own["days_per_visit"].tolist(), abs=1e-3)
        assert [x for x in lines.x if x is not None] == pytest.approx(
            own[["days_low", "days_high"]].to_numpy().ravel().tolist(), abs=1e-3
        )
        assert lines.line.color == color
        hollow = [fill == palette.ground for fill in marks.marker.color]
        assert hollow == (own["checks_failed"] != "").tolist()
    assert len(trace(figure, "withheld").x) == (rows["section"] == views.UNTOLD).sum()
    (line,) = [s for s in figure.layout.shapes if s.x0 not in (0, None)]
    assert line.x0 == pytest.approx(found.whole.days.effect, abs=1e-3)


def test_rows_stand_below_their_group_with_their_days_and_who_waits_beside_them(found):
    figure = days_rows(found, LOOK)
    heads = {n.text: n.y for n in figure.layout.annotations if n.name == "section"}
    assert list(heads) == [f"<b>{group}</b>" for group in views.GROUPS]
    ticks = list(figure.layout.yaxis.tickvals)
    assert all(a > b for a, b in pairwise(ticks))
    for row, at in zip(found.rows.itertuples(), ticks, strict=True):
        above = [y for y in heads.values() if y > at]
        assert heads[f"<b>{row.section}</b>"] == min(above)
    names = [text.replace("<br>", " ") for text in figure.layout.yaxis.ticktext]
    assert names == found.rows["series"].tolist()
    waiting = trace(figure, "waiting")
    assert list(waiting.text) == [f"{number:,}" for number in found.rows["waiting"]]
    days = [f"{d:.1f}".replace("-", "−") for d in found.rows["days_per_visit"]]
    assert list(trace(figure, "days").text) == [text.replace("nan", "–") for text in days]


# --- words ----------------------------------------------------------------------------------------


def test_the_sentence_says_the_numbers_of_the_table_and_what_they_rest_on(found, choose_demo):
    said = words.next_answer(found, choose_demo())
    rows = found.rows
    assert said.startswith("All districts: if the next visited are like those visited so far")
    assert "1,000 more visits" in said
    assert f"would win about {round(found.ahead.effect, -2):,.0f} school days" in said
    assert f"In June 2023, {rows['waiting'].sum():,} students were waiting" in said
    untold = rows[rows["section"] == views.UNTOLD]
    assert f"{untold['waiting'].sum()} of them where too few were visited to say" in said
    more, less = (rows[rows["section"] == group] for group in (views.MORE, views.LESS))
    assert f"Hartford (PK-5, 6-8, 9-12), where {more['waiting'].sum():,} wait" in said
    assert f"fewer than elsewhere in {len(less)} places" in said
    assert f"where {less['waiting'].sum():,} wait" in said
    alike = (rows["section"] == views.NOT_APART).sum()
    assert f"the other {alike} places can’t be told from elsewhere." in said
    # "Would" never without what it rests on.
    assert said.index("if the next visited are like") < said.index("would win")


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ((8910.0, 2140.0, 15700.0), "would win about 8,910 school days (between 2,140 and 15,700)"),
        ((8845.0, -184.0, 17900.0), "can’t be said to win school days (between 184 lost and 17,90"),
        ((-900.0, -1500.0, -300.0), "would lose about 900 school days (between 300 and 1,500)"),
    ],
)
def test_what_would_be_won_is_told_only_where_its_range_leaves_out_none(choose, ends, told):
    small = views.next_visits(choose())
    effect, low, high = ends
    said = words.next_answer(replace(small, ahead=Interval(effect, 1.0, low, high)), choose())
    assert told in said


def test_where_no_place_stands_out_the_sentence_says_so_and_names_none(choose):
    said = words.next_answer(views.next_visits(choose()), choose())
    assert "in any of these 2 places can’t be told from those elsewhere" in said
    assert "Hartford (" not in said
    few = choose(Filters((SMALL_HARTFORD,), ("9-12",)))
    assert "too few visited students could be followed" in words.next_answer(
        views.next_visits(few), few
    )
    one = choose(Filters((SMALL_HARTFORD,), ("6-8",)))
    assert "The days a visit won here can’t be told" in words.next_answer(
        views.next_visits(one), one
    )


def test_a_single_place_that_stands_out_isn_t_set_beside_itself(choose_demo):
    choice = choose_demo(Filters((HARROW_MILLS,), ("6-8",)))
    assert words.next_answer(views.next_visits(choice), choice).endswith(
        "So far a visit won fewer days here than elsewhere."
    )


def test_notes_say_what_is_taken_for_granted_and_why_it_is_no_ranking(found):
    note = words.groups_note(found)
    assert f"{found.compared} districts’ levels are set beside them" in note
    assert f"about {round(0.05 * found.compared)} would stand out" in note
    assert "not ranked" in note
    assert "Bonferroni" not in words.groups_note(replace(found, compared=1))
    assert "are like those visited so far" in words.TAKEN_FOR_GRANTED
    assert words.waiting_note(found) == "Waiting: eligible and not visited in June 2023."
    failing = (found.rows["checks_failed"] != "").sum()
    assert words.checks_note(found.rows).startswith(f"Hollow: in {failing} of {found.compared}")
    assert words.checks_note(found.rows.assign(checks_failed="")) == ""


def test_the_alternative_text_tells_every_group_and_no_order_within(found):
    alt = words.alt_next(found)
    for group in views.GROUPS:
        own = found.rows[found.rows["section"] == group]
        assert f"{group}: " in alt
        assert f"{own['waiting'].sum():,} waiting students" in alt
    assert words.whole_name(found.whole) in alt
    assert all(level in alt for level in LEVELS)
