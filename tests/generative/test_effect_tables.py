"""The effect tables of simulated states against the same worked out student by student."""

import numpy as np
import pandas as pd
import pytest

from leapdash.checks import failed_checks, pooled_balance, unlike
from leapdash.contract import (
    ALL_LEVELS,
    ALL_SCHOOLS,
    BASE_EVENT_TIME,
    CHRONIC,
    FEW_VISITED_SCHOOLS,
    STATE_CODE,
    TO_JUNE,
)
from leapdash.contract.thresholds import ALIKE, GROUPS_ALIKE, MOST, MUCH_CUT, STAYED_ALIKE
from leapdash.show.effects.arrays import cohort_data, recent_data, slice_data
from leapdash.show.effects.recent import recent_study
from leapdash.show.effects.studies import (
    difference,
    effect_study,
    slice_headlines,
    slice_studies,
)
from leapdash.show.effects.unions import chosen, covariances
from tests.lib import examples
from tests.lib.effect_state import (
    EVENTS,
    EffectState,
    TablesAsRelease,
    chronic_to_june,
    effect_state,
    on_chronic_absence,
    terms,
)

STATES = dict([("small", (4_000, 11)), ("larger", (9_000, 12))][: examples.of(1, 2)])
FILTERS_OF_A_STATE = examples.of(60, 500)
FEWER_FILTERS = examples.of(15, 500)


@pytest.fixture(scope="module", params=list(STATES.values()), ids=list(STATES))
def state(request, tmp_path_factory) -> EffectState:
    students, seed = request.param
    return effect_state(tmp_path_factory.mktemp("state"), students, seed)


def random_choice(rng, values):
    """Some of the values, or None for all."""
    if rng.random() < 0.3:
        return None
    return list(rng.choice(values, size=rng.integers(1, len(values) + 1), replace=False))


def visited_compared(roles):
    """The visited who have somebody to be compared with: unit, stratum, part, e; once each."""
    cell = ["value", "stratum", "g", "e"]
    served = roles.loc[~roles["visited"] & (roles["w"] > 0), cell].drop_duplicates()
    return roles[roles["visited"]].merge(served, on=cell)[["unit", "stratum", "part", "e"]]


OUTCOMES = {"": lambda state: state.roles, CHRONIC: on_chronic_absence, TO_JUNE: chronic_to_june}


@pytest.mark.parametrize("outcome", OUTCOMES, ids=["attendance", "chronic absence", "to June"])
def test_random_filters_are_exact(state, outcome):
    data = cohort_data(TablesAsRelease(state.tables), outcome)
    roles = OUTCOMES[outcome](state)
    rows, sums = terms(roles)
    visited = visited_compared(roles)
    visited["school"] = visited["unit"].map(state.clusters)
    cluster = rows["unit"].map(state.clusters).to_numpy()
    unit, e, x = (rows[name].to_numpy() for name in ("unit", "e", "x"))
    districts = sorted({district for district, _ in state.strata})
    everyone = frame(state, "visited_compared")
    everyone = everyone[["district_code", "level", "cohort_period", "students"]]
    everyone = list(everyone.itertuples(index=False))
    rng = np.random.default_rng(1)
    compared = 0
    for _ in range(FEWER_FILTERS if outcome else FILTERS_OF_A_STATE):
        pick = (
            random_choice(rng, districts),
            random_choice(rng, ["PK-5", "6-8", "9-12"]),
            random_choice(rng, state.periods),
        )
        strata = [
            k
            for k, (district, level) in enumerate(state.strata)
            if (pick[0] is None or district in pick[0]) and (pick[1] is None or level in pick[1])
        ]
        parts = [
            k for k, period in enumerate(state.periods) if pick[2] is None or period in pick[2]
        ]
        inside = rows["stratum"].isin(strata).to_numpy() & rows["part"].isin(parts).to_numpy()
        own = sums[sums["stratum"].isin(strata) & sums["part"].isin(parts)].groupby("e").sum()
        atoms = chosen(data, *pick)
        assert data.measures.visited_all[atoms].sum() == sum(
            row.students
            for row in everyone
            if all(
                wanted is None or value in wanted
                for value, wanted in zip(row[:3], pick, strict=True)
            )
        )
        if own.empty:
            assert not data.measures.visited[atoms].any()
            continue
        student, school, schools = covariances(data, atoms)
        found = effect_study(data, atoms).table.set_index("event_time")
        own_visited = visited[visited["stratum"].isin(strata) & visited["part"].isin(parts)]
        assert list(found.index) == [k for k in EVENTS if k in own.index]
        for k, event in enumerate(EVENTS):
            if event not in own.index:
                continue
            total = own.loc[event]
            assert found.loc[event, "visited"] == total["visited"]
            here = inside & (e == event)
            errors = [
                np.sqrt(
                    (np.bincount(np.unique(key[here], return_inverse=True)[1], x[here]) ** 2).sum()
                )
                / total["visited"]
                if here.any()
                else 0.0
                for key in (unit, cluster)
            ]
            size = np.sqrt(student[k, k]), np.sqrt(school[k, k])
            np.testing.assert_allclose(size, errors, rtol=1e-6, atol=1e-9)
            if event != BASE_EVENT_TIME:
                n = own_visited.loc[own_visited["e"] == event, "school"].value_counts().to_numpy()
                assert schools[k] == pytest.approx(n.sum() ** 2 / (n**2).sum())
            if found.loc[event, "shown"]:
                effect = total["total"] / total["visited"]
                assert found.loc[event, "effect"] == pytest.approx(effect, rel=1e-6, abs=1e-9)
                effective = total["visited"] ** 2 / total["squares"]
                assert found.loc[event, "comparison_effective"] == pytest.approx(
                    effective, rel=1e-6
                )
                change = (total["now"] - total["before"]) / total["visited"]
                told = "visited_rate" if outcome == TO_JUNE else "naive_change"
                assert found.loc[event, told] == pytest.approx(change, abs=1e-9)
                compared += 1
    of_each = {"": FILTERS_OF_A_STATE, CHRONIC: FEWER_FILTERS, TO_JUNE: FEWER_FILTERS // 3}
    assert compared > of_each[outcome]


def test_absence_to_june_stands_beside_that_of_the_whole_year(state):
    roles = chronic_to_june(state)
    visited = roles[roles["visited"]].merge(visited_compared(roles), on=["unit", "stratum", "part"])
    compared, due = 0, 0
    for row in frame(state, "to_june_effects", slice="cohort_period").itertuples():
        stratum = state.strata.index((row.district_code, row.level))
        part = state.periods.index(row.slice_value)
        own = visited[(visited["stratum"] == stratum) & (visited["part"] == part)]
        assert row.event_time == 0
        assert row.visited == len(own) <= row.visited_due <= row.visited_all
        assert row.visited_rate == pytest.approx(own["now"].mean())
        assert row.whole_year_rate == pytest.approx(own["whole_year"].mean())
        compared, due = compared + row.visited, due + row.visited_due
    assert 0.8 * due < compared < due


def test_nobody_in_the_comparison_to_june_is_visited_by_then(state):
    first = state.roles[state.roles["visited"]].groupby("unit")["g"].first()
    others = state.to_june[~state.to_june["visited"]]
    until = np.array([-1 if end is None else end for end in state.until])
    assert (others["unit"].map(first).fillna(999) > until[others["g"]]).all()
    assert {end - g for g, end in enumerate(state.until)} == set(range(10))


def test_random_filters_are_exact_with_three_months_of_history_alone(state):
    data = recent_data(TablesAsRelease(state.tables))
    rows, sums = terms(state.recent, ["last", "mean"])
    districts = sorted({district for district, _ in state.strata})
    rng = np.random.default_rng(2)
    compared = 0
    for _ in range(FILTERS_OF_A_STATE // 4):
        pick = (
            random_choice(rng, districts),
            random_choice(rng, ["PK-5", "6-8", "9-12"]),
            random_choice(rng, state.periods),
        )
        inside = []
        for t in (rows, sums):
            place = [state.strata[k] for k in t["stratum"]]
            where = [district for district, _ in place], [level for _, level in place]
            named = *where, [state.periods[k] for k in t["part"]]
            keep = [
                wanted is None or value in wanted
                for values, wanted in zip(named, pick, strict=True)
                for value in values
            ]
            inside.append(t[np.reshape(keep, (3, len(t))).all(axis=0)])
        mine, own = inside[0], inside[1].groupby("e")[["visited", "total"]].sum()
        found = recent_study(data, chosen(data, *pick))
        before = found.table.set_index("event_time")
        assert list(before.index) == [e for e in own.index if e < 0]
        wide = mine[mine["e"] < -1].pivot_table("x", "unit", "e", "sum", fill_value=0.0)
        n = own.loc[wide.columns, "visited"].to_numpy()
        x = wide.to_numpy() / n
        at = [EVENTS.index(e) for e in wide.columns]
        np.testing.assert_allclose(
            found.covariance[np.ix_(at, at)],
            x.T @ x,
            rtol=2e-6,
            atol=2e-6 * (x**2).sum(axis=0).max(initial=0.0),
        )
        shown = before[before["shown"]]
        expected = own.loc[shown.index, "total"] / own.loc[shown.index, "visited"]
        np.testing.assert_allclose(shown["effect"], expected, atol=1e-9)
        later = found.effects["six_to_nine"]
        if later is not None:
            months = own.loc[[6, 7, 8, 9]]
            assert later == pytest.approx((months["total"] / months["visited"]).mean(), abs=1e-9)
            compared += 1
    assert compared > FILTERS_OF_A_STATE // 20


def test_a_row_tells_the_checks_it_fails_by_the_rule_written_out(state):
    balance, rows = frame(state, "balance"), frame(state, "effects", slice="all")
    for (district, level), own in rows.groupby(["district_code", "level"]):
        area = (balance["district_code"] == district) & (balance["level"] == level)
        after = balance[area]
        spread = after["visited_sd"].where(after["visited_sd"] > 1e-6)
        apart = ((after["visited_mean"] - after["comparison_after"]) / spread).abs()
        groups = after["measure"].str.startswith("group ")
        race = after["measure"].str.contains("black|hispanic|white|races|male|high_needs|_meals")
        looser = race & (after["measure"] != "group free_or_reduced_meals")
        limits = np.where(looser, GROUPS_ALIKE, ALIKE)
        base = own.loc[own["event_time"] == -1, "visited"].item()
        for row in own.itertuples():
            due = row.visited / row.visited_due if row.visited_due else row.comparison_observed
            expected = {
                "attendance": (apart[~groups] >= ALIKE).any(),
                "groups": (apart[groups] >= limits[groups]).any(),
                "weights": row.weights_cut > MUCH_CUT,
                "observed": row.event_time <= 9
                and abs(due - row.comparison_observed) > STAYED_ALIKE,
                "compared": base / row.visited_all < MOST,
            }
            found = [code for code in row.checks_failed.split(", ") if code]
            assert found == [code for code, fails in expected.items() if fails]
    assert rows["checks_failed"].str.contains("attendance").any()
    assert rows["checks_failed"].nunique() > 2
    schools = frame(state, "effects", slice="school")["checks_failed"]
    assert schools.str.contains("attendance").any()
    assert not schools.str.contains("compared").any()


@pytest.mark.parametrize("slice_name", ["place", "visitor", "group"])
def test_a_headline_fails_the_checks_that_one_of_its_months_fails(state, slice_name):
    release = TablesAsRelease(state.tables)
    measures = unlike(pooled_balance(frame(state, "balance")))["measure"]
    rows = frame(state, "effects", slice=slice_name, district_code=STATE_CODE, level=ALL_LEVELS)
    found = slice_headlines(slice_data(release, slice_name, STATE_CODE, ALL_LEVELS))
    told = 0
    for value, own in found.items():
        for headline in (own.month_after, own.six_to_nine):
            if headline.effect is None:
                continue
            months = rows[rows["event_time"].isin(headline.event_times)]
            codes = set(
                ", ".join(months.loc[rows["slice_value"] == value, "checks_failed"]).split(", ")
            )
            share = own.visited / own.visited_all
            assert set(failed_checks(measures, headline.weights_cut, headline.apart, share)) == (
                codes - {""}
            )
            told += 1
    assert told


def test_those_followed_throughout_are_the_early_visited_with_the_effect_they_have_in_all(state):
    """The effect of month 9 is of them alone anyway; earlier months are without the late."""
    last = int((state.roles["g"] + state.roles["e"]).max())
    early = state.roles[state.roles["visited"] & (state.roles["g"] + 9 <= last)]
    rows = frame(state, "effects", slice="followed")
    whole = frame(state, "effects", slice="all")
    strata = rows[rows["level"].ne(ALL_LEVELS) & rows["district_code"].ne(STATE_CODE)]
    counted = strata.groupby("event_time")["visited"].sum()
    for month in (-1, 1, 6, 9):
        assert counted[month] <= (early["e"] == month).sum()
    assert counted[-1] > 0.9 * (early["e"] == -1).sum()
    everyone = whole.groupby("event_time")["visited"].sum()
    assert counted[1] < everyone[1]
    # Other students are drawn to be compared with, so one or the other may have none here.
    assert abs(counted[9] - everyone[9]) <= 0.02 * everyone[9]
    both = strata.merge(whole, on=["district_code", "level", "event_time"], suffixes=("", "_all"))
    later = both[both["event_time"] == 9]
    n = later["visited"] / later["visited"].sum()
    assert (n * later["effect"]).sum() == pytest.approx((n * later["effect_all"]).sum(), abs=0.004)


PARTING = ("cohort_period", "place", "visitor", "language", "visits", "school")
"""Slices whose values part the visited: each student has one."""


def frame(state, name, **where):
    release = TablesAsRelease(state.tables)
    return release.table(name, where={k: [v] for k, v in where.items()}).to_pandas()


def visits(state):
    """First visits that met the family: student_id and visit_date, from the input."""
    met = pd.read_parquet(state.folder / "visits.parquet").query("contact == 'met'")
    return met.sort_values("visit_date").drop_duplicates("student_id")


def test_every_visited_student_is_counted_once_by_reason_and_period(state):
    counted = frame(state, "visited_compared")
    assert counted["students"].sum() == len(visits(state))
    assert (counted["students"] > 0).all()


def test_compared_students_are_those_with_an_effect_in_the_base_month(state):
    compared = frame(state, "visited_compared", reason="compared")
    base = frame(state, "effects", slice="cohort_period", event_time=-1)
    assert compared["students"].sum() == base["visited"].sum()


@pytest.mark.parametrize("slice_name", PARTING)
def test_the_values_of_a_slice_part_the_visited(state, slice_name):
    whole = frame(state, "effects", slice="all", event_time=1)
    parts = frame(state, "effects", slice=slice_name, event_time=1)
    parts = parts[parts["level"].ne(ALL_LEVELS) & parts["district_code"].ne(STATE_CODE)]
    keys = ["district_code", "level"]
    assert (
        whole.set_index(keys)["visited"].sort_index().to_dict()
        == parts.groupby(keys)["visited"].sum().to_dict()
    )


def test_the_rows_of_all_are_the_union_of_the_cohort_periods(state):
    data = cohort_data(TablesAsRelease(state.tables))
    rows = frame(state, "effects", slice="all")
    for (district, level), own in rows.groupby(["district_code", "level"]):
        atoms = chosen(data, [district], [level])
        student, school, schools = covariances(data, atoms)
        for row in own.itertuples():
            k = EVENTS.index(row.event_time)
            if row.event_time != BASE_EVENT_TIME:
                assert row.schools == pytest.approx(schools[k])
            n = data.measures.visited[atoms, k]
            assert row.visited == n.sum()
            union = (n * data.measures.effect[atoms, k]).sum() / n.sum()
            assert row.effect == pytest.approx(union, abs=1e-9)
            errors = np.sqrt(student[k, k]), np.sqrt(school[k, k])
            found = row.std_error_student, row.std_error_school
            np.testing.assert_allclose(found, errors, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("slice_name", ["place", "language", "group", "comparison", "followed"])
def test_districts_levels_and_the_state_are_unions_of_their_strata(state, slice_name):
    rows = frame(state, "effects", slice=slice_name)
    strata = rows[rows["level"].ne(ALL_LEVELS) & rows["district_code"].ne(STATE_CODE)]
    for by, place in (
        ([], {"district_code": STATE_CODE, "level": ALL_LEVELS}),
        (["level"], {"district_code": STATE_CODE}),
        (["district_code"], {"level": ALL_LEVELS}),
    ):
        keys = [*by, "slice_value", "event_time"]
        sums = strata.assign(
            effect=strata["effect"] * strata["visited"],
            squares=strata["visited"] ** 2 / strata["comparison_effective"],
        )
        sums = sums.groupby(keys)[
            ["visited", "visited_due", "visited_all", "effect", "squares"]
        ].sum()
        own = rows
        for column, value in place.items():
            own = own[own[column] == value]
        if "level" not in place:
            own = own[own["level"] != ALL_LEVELS]
        if "district_code" not in place:
            own = own[own["district_code"] != STATE_CODE]
        own = own.set_index(keys).sort_index()
        sums = sums.loc[own.index]
        assert (own["visited"] == sums["visited"]).all()
        np.testing.assert_allclose(own["effect"], sums["effect"] / sums["visited"], atol=1e-8)
        np.testing.assert_allclose(
            own["comparison_effective"], sums["visited"] ** 2 / sums["squares"], rtol=1e-6
        )


def test_days_after_the_visit_are_those_of_the_input(state):
    first = visits(state)
    attendance = pd.read_parquet(state.folder / "attendance.parquet")
    attendance = attendance[attendance["days_enrolled"] > 0]
    months = sorted(attendance["month"].unique())
    number = {month: k for k, month in enumerate(months)}
    began = first["visit_date"].map(
        lambda day: next(k for k, month in enumerate(months) if month >= day.replace(day=1))
    )
    t = attendance.merge(first[["student_id"]].assign(first=began), on="student_id")
    t["event_time"] = t["month"].map(number) - t["first"]
    expected = t[t["event_time"].between(1, 9)].groupby("event_time")["days_enrolled"].sum()
    for slice_name in ("all", "place", "cohort_period"):
        days = frame(state, "visited_days", slice=slice_name)
        found = days.groupby("event_time")["days_enrolled"].sum()
        pd.testing.assert_series_equal(found, expected, check_index_type=False)


def test_weights_make_the_comparison_like_the_visited(state):
    balance = frame(state, "balance")
    for measure in ("last_month", "three_months", "earlier_months"):
        rows = balance[balance["measure"] == measure]
        n = rows["visited"] / rows["visited"].sum()
        visited, before, after, sd = (
            (n * rows[name]).sum()
            for name in ("visited_mean", "comparison_before", "comparison_after", "visited_sd")
        )
        assert abs(visited - before) > 0.5 * sd
        assert abs(visited - after) < 0.3 * abs(visited - before)


def test_earlier_attendance_is_balanced_over_those_who_have_any(state):
    earlier, none = (frame(state, "balance", measure=f"{m}earlier_months") for m in ("", "no_"))
    having = (none["visited"] * (1 - none["visited_mean"])).sum()
    assert 0.9 * having < earlier["visited"].sum() < having + 0.5
    assert none[["visited_mean", "comparison_before"]].max(axis=None) > 0


def test_balance_takes_every_compared_student_in(state):
    balance = frame(state, "balance", measure="last_month")
    compared = frame(state, "visited_compared", reason="compared")
    keys = ["district_code", "level"]
    assert (
        balance.set_index(keys)["visited"].to_dict()
        == compared.groupby(keys)["students"].sum().to_dict()
    )


def test_the_difference_of_two_values_takes_what_they_share_into_account(state):
    data = slice_data(TablesAsRelease(state.tables), "place", STATE_CODE, ALL_LEVELS)
    studies = slice_studies(data)
    home, virtual = studies["home"].month_after.effect, studies["virtual"].month_after.effect
    found = difference(data, "home", "virtual", "month_after")
    assert found.effect == pytest.approx(home.effect - virtual.effect)
    a, b, k = data.values.index("home"), data.values.index("virtual"), EVENTS.index(1)
    shared = data.between[a, b][k, k]
    variance = home.std_error**2 + virtual.std_error**2 - 2 * shared
    assert found.std_error == pytest.approx(np.sqrt(variance))
    # The same students serve both in comparison, so their errors move together.
    assert shared > 0


def test_beside_all_schools_the_effect_is_that_of_the_cohort_periods_together(state):
    release = TablesAsRelease(state.tables)
    data = slice_data(release, "comparison", STATE_CODE, ALL_LEVELS)
    whole = effect_study(cohort_data(release), chosen(cohort_data(release))).table
    found = slice_studies(data)[ALL_SCHOOLS].table
    shown = whole["shown"].to_numpy()
    np.testing.assert_allclose(found["effect"][shown], whole["effect"][shown], atol=1e-8)
    assert (found["visited"] == whole["visited"]).all()


def test_the_two_comparisons_share_students_so_their_difference_is_surer_than_apart(state):
    data = slice_data(TablesAsRelease(state.tables), "comparison", STATE_CODE, ALL_LEVELS)
    studies = slice_studies(data)
    few, every = (studies[n].six_to_nine.effect for n in (FEW_VISITED_SCHOOLS, ALL_SCHOOLS))
    found = difference(data, FEW_VISITED_SCHOOLS, ALL_SCHOOLS, "six_to_nine")
    if few is None or every is None:
        assert found is None
        return
    assert found.effect == pytest.approx(few.effect - every.effect)
    assert 0 < found.std_error < np.hypot(few.std_error, every.std_error)


@pytest.mark.parametrize("slice_name", ["place", "visitor", "language", "visits", "school"])
def test_every_visited_student_is_in_a_value_with_an_effect_or_left_out(state, slice_name):
    effects = frame(state, "effects", slice=slice_name)
    keys = ["slice_value", "district_code", "level"]
    there = effects.drop_duplicates(keys)[[*keys, "visited_all"]]
    absent = frame(state, "slices_left_out", slice=slice_name)
    absent = absent.groupby(keys, as_index=False)["students"].sum()
    both = pd.concat([there, absent.rename(columns={"students": "visited_all"})])
    assert not both.duplicated(keys).any()
    strata = both[both["level"].ne(ALL_LEVELS) & both["district_code"].ne(STATE_CODE)]
    everyone = frame(state, "visited_compared").groupby(["district_code", "level"])["students"]
    found = strata.groupby(["district_code", "level"])["visited_all"]
    assert found.sum().to_dict() == everyone.sum().to_dict()


def test_never_visited_schoolmates_are_followed_by_share_visited(state):
    spillover = frame(state, "spillover")
    assert (spillover["days_attended"] <= spillover["days_enrolled"]).all()
    several = spillover["students"] > 1
    assert (spillover.loc[several, "variance_student"] > 0).all()
    assert (spillover.loc[~several, "variance_student"] == 0).all()
    assert (spillover.loc[spillover["schools"] == 1, "variance_school"] == 0).all()
    assert (spillover["schools"] <= spillover["students"]).all()
    enrollment = pd.read_parquet(state.folder / "enrollment.parquet")
    never = enrollment[~enrollment["student_id"].isin(visits(state)["student_id"])]
    years = {year: set(t["student_id"]) for year, t in never.groupby("school_year")}
    for year, before in (("2021-22", "2020-21"), ("2022-23", "2021-22")):
        both = len(years[year] & years[before])
        found = spillover.loc[spillover["school_year"] == year, "students"].sum()
        # Enrolled without a single day enrolled counts in the one, not in the other.
        assert 0.97 * both < found <= both
