"""The evaluation's findings beside the nearest effects: each from its own visits, or not there."""

from dataclasses import replace

import pytest

from leapdash.release import Manifest, open_release
from leapdash.show.choice import Choice
from leapdash.show.filters import Filters
from leapdash.show.opened import OpenedRelease
from leapdash.show.published_findings import FINDINGS, SOURCE
from leapdash.show.views.evaluation import findings_beside
from leapdash.show.words import evaluation as words
from tests.lib.paths import DEMO

HARTFORD = "0640011"
LATER = (6, 7, 8, 9)


def mean_effect(release, keep, events):
    """The mean over months of the effect on the visited `keep` holds of, weighted by visited."""
    rows = release.table("effects", where={"slice": ("cohort_period",)}).to_pylist()
    means = []
    for event in events:
        own = [row for row in rows if row["event_time"] == event and keep(row)]
        visited = sum(row["visited"] for row in own)
        means.append(sum(row["visited"] * row["effect"] for row in own) / visited)
    return sum(means) / len(means)


def test_each_finding_has_beside_it_the_effect_on_those_it_is_about(choose_demo, demo):
    table = findings_beside(choose_demo())
    assert table["reported"].tolist() == [finding.reported for finding in FINDINGS]
    expected = (
        (lambda row: True, (1,)),
        (lambda row: row["slice_value"] == "summer 2021", LATER),
        (lambda row: row["slice_value"] == "2021-22", LATER),
        (lambda row: row["level"] == "PK-5", (9,)),
        (lambda row: row["level"] != "PK-5", (9,)),
        (lambda row: row["district_code"] == HARTFORD, LATER),
    )
    for (keep, events), effect in zip(expected, table["effect"], strict=False):
        assert effect == pytest.approx(mean_effect(demo, keep, events), abs=1e-9)
    for row in table.itertuples():
        assert row.low < row.effect < row.high


def test_visits_in_spanish_are_told_less_visits_in_english(choose_demo, demo):
    where = {"slice": ("language",), "district_code": ("00000CT",), "level": ("all",)}
    rows = demo.table("effects", where=where).to_pandas()
    rows = rows[rows["event_time"].isin(LATER)].groupby("slice_value")["effect"].mean()
    last = findings_beside(choose_demo()).iloc[-1]
    assert last["reported"] == "smaller"
    assert last["effect"] == pytest.approx(rows["es"] - rows["en"], abs=1e-9)
    assert "less visited in English" in last["nearest"]


def test_filters_do_not_change_what_stands_beside_a_finding(choose_demo):
    filters = Filters((HARTFORD,), ("6-8",), years=("2022-23",))
    assert findings_beside(choose_demo(filters)).equals(findings_beside(choose_demo()))


def test_a_finding_without_an_effect_to_show_beside_it_is_left_out(choose):
    table = findings_beside(choose())
    told = table["finding"].str.split(", ", n=1).str[1].tolist()
    assert "all visited" in told
    assert len(told) < len(FINDINGS)
    assert table["effect"].notna().all()


class Elsewhere(OpenedRelease):
    """The demonstration release, of a state without a Hartford."""

    @property
    def known(self):
        known = super().known
        names = {c: n.replace("Hartford", "Elsewhere") for c, n in known.districts.items()}
        return replace(known, districts=names)


def test_a_state_without_hartford_has_nothing_beside_its_finding():
    table = findings_beside(Choice(Elsewhere(open_release(DEMO))))
    assert len(table) == len(FINDINGS) - 1
    assert not table["finding"].str.contains("Hartford").any()


def test_simulated_data_are_said_to_have_their_effects_planted_and_recorded_ones_not(small):
    assert "planted" in words.notes(Choice(small))
    assert SOURCE in words.introduction()

    class Recorded(OpenedRelease):
        @property
        def manifest(self) -> Manifest:
            return replace(super().manifest, synthetic=False)

    told = words.notes(Choice(Recorded(small._release)))
    assert "planted" not in told
    assert "need not agree" in told
