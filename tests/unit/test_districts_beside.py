"""Districts side by side: need, reach and effect of each, as counted by hand, with intervals."""

from datetime import date
from itertools import pairwise

import pytest

from leapdash.show.answers import impact
from leapdash.show.charts.base import Look
from leapdash.show.charts.districts import districts_rows
from leapdash.show.charts.palette import LIGHT
from leapdash.show.choice import Choice
from leapdash.show.filters import Filters
from leapdash.show.opened import OpenedRelease
from leapdash.show.views.districts import districts_beside
from leapdash.show.views.effect_rows import district_rows
from leapdash.show.words.districts import PANELS
from tests.lib.by_hand import rows_of, total
from tests.lib.small_release import AVON, EFFECT_TABLES, HARTFORD, NEW_HAVEN, make

CHOICES = [Filters(), Filters(levels=("6-8",)), Filters(years=("2021-22",))]


def wilson(part, whole):
    """Wilson's interval from its quadratic equation: |p - q| = z sqrt(q (1 - q) / n)."""
    z, p = 1.959963984540054, part / whole
    a, b, c = whole + z**2, -(2 * part + z**2), whole * p**2
    root = (b**2 - 4 * a * c) ** 0.5
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


@pytest.mark.parametrize("filters", CHOICES)
def test_each_district_has_its_counts_over_its_counts_and_its_effect(choose, release, filters):
    choice = choose(filters)
    table = districts_beside(choice)
    assert set(table["district_code"]) == choice.known.leap
    assert table["chronic_share"].is_monotonic_decreasing
    year = (filters.years or ("2022-23",))[-1]
    effects = district_rows(choice).set_index("code")
    for row in table.to_dict("records"):

        def own(r, row=row):
            level = not filters.levels or r["level"] in filters.levels
            return r["district_code"] == row["district_code"] and r["group"] == "all" and level

        counted = [
            r
            for r in rows_of(release, "chronic_absence")
            if own(r) and r["school_year"] == year and r["geography"] == "district"
        ]
        base = total(counted, "chronic_base")
        absent = total(counted, "absent_10_to_20") + total(counted, "absent_20_or_more")
        assert row["chronic_base"] == base
        assert row["chronic_share"] == pytest.approx(absent / base)
        ends = row["chronic_low"], row["chronic_high"]
        assert ends == pytest.approx(wilson(absent, base))
        last = date(2000 + int(year[-2:]), 6, 1)
        reach = [r for r in rows_of(release, "reach") if own(r) and r["month"] == last]
        eligible, met = (total(reach, n) for n in ("ever_eligible", "ever_eligible_visited"))
        assert (row["ever_eligible"], row["waiting"]) == (eligible, total(reach, "waiting"))
        if eligible:
            assert row["reached"] == pytest.approx(met / eligible)
            ends = row["reached_low"], row["reached_high"]
            assert ends == pytest.approx(wilson(met, eligible), abs=1e-9)
        told = effects.loc[row["district_code"]]
        assert [row[n] for n in ("effect", "low", "high")] == pytest.approx(
            told[["effect", "low", "high"]].tolist(), nan_ok=True
        )


def section_of(choice):
    return [s for s in impact.answer(choice).sections if s.heading == "Side by side"]


def test_the_section_is_there_for_two_districts_that_take_part(choose):
    assert section_of(choose())
    assert section_of(choose(Filters((HARTFORD, NEW_HAVEN))))
    assert not section_of(choose(Filters((HARTFORD,))))
    assert not section_of(choose(Filters((HARTFORD, AVON))))


def test_the_chart_draws_every_figure_in_its_panel_and_rings_what_can_t_be_told(choose):
    (section,) = section_of(choose())
    (figure,) = section.make()
    chart = figure.chart(Look(LIGHT, impact.answer(choose()).stamp))
    drawn = {trace.name: trace for trace in chart.data}
    assert set(drawn) == {name + end for name in PANELS for end in ("", " ranges")}
    table = figure.table
    assert list(drawn["need"].x) == pytest.approx(table["chronic_share"].round(5).tolist())
    shown = [None if value != value else round(100 * value, 3) for value in table["effect"]]
    assert list(drawn["effect"].x) == shown
    unsure = [
        bool(row.checks_failed) or not (row.low > 0 or row.high < 0) for row in table.itertuples()
    ]
    assert [c == LIGHT.ground for c in drawn["effect"].marker.color] == unsure
    domains = [chart.layout[name].domain for name in ("xaxis", "xaxis2", "xaxis3")]
    assert all(one[1] < other[0] for one, other in pairwise(domains))


def test_an_effect_that_fails_a_check_is_a_ring_however_large_it_is(choose):
    table = districts_beside(choose()).assign(checks_failed="", low=0.01, effect=0.02, high=0.03)
    table.loc[0, "checks_failed"] = "weights"
    chart = districts_rows(table, ["effect"], Look(LIGHT, impact.answer(choose()).stamp))
    (effects,) = (trace for trace in chart.data if trace.name == "effect")
    rings = [color == LIGHT.ground for color in effects.marker.color]
    assert rings == [True, *[False] * (len(table) - 1)]


def test_without_effects_need_and_reach_stand_beside_each_other_and_nothing_speaks_of_effects(
    tmp_path,
):
    bare = OpenedRelease(make(tmp_path, without=EFFECT_TABLES))
    answer = impact.answer(Choice(bare))
    (section,) = section_of(Choice(bare))
    (figure,) = section.make()
    chart = figure.chart(Look(LIGHT, answer.stamp))
    drawn = {trace.name for trace in chart.data}
    assert drawn == {name + end for name in ("need", "reach") for end in ("", " ranges")}
    assert not {"effect", "low", "high"} & set(figure.table)
    told = (figure.title, figure.alt, *figure.notes, *(n.text for n in chart.layout.annotations))
    assert not any("effect" in text.lower() for text in told)
    assert chart.layout.xaxis2.domain[1] == pytest.approx(1)
