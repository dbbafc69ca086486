"""An effect is never shown as certain because its variance is missing from the release."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from leapdash.errors import ReleaseError
from leapdash.release import Release
from leapdash.show.effects import unions
from leapdash.show.effects.arrays import EVENTS, cohort_data, recent_data, slice_data
from leapdash.show.effects.studies import effect_study, slice_headlines, slice_studies
from leapdash.show.effects.unions import chosen
from tests.lib.bare_tables import COVARIANCE, EFFECT, rows

HARTFORD = "0640011"


@dataclass(frozen=True)
class Changed:
    """A release with some tables in place of its own."""

    release: Release
    tables: Mapping[str, pa.Table]

    def table(
        self,
        name: str,
        columns: Collection[str] | None = None,
        where: Mapping[str, Collection[Any]] | None = None,
    ) -> pa.Table:
        if name not in self.tables:
            return self.release.table(name, columns, where)
        table = self.tables[name]
        for column, values in (where or {}).items():
            table = table.filter(pc.is_in(table[column], pa.array(list(values))))
        return table if columns is None else table.select(list(columns))


def without(release: Release, name: str, **values: Any) -> Changed:
    """The release without the rows of a table that hold these values."""
    table = release.table(name)
    gone = pa.array([True] * table.num_rows)
    for column, value in values.items():
        gone = pc.and_(gone, pc.equal(table[column], value))
    assert pc.any(gone).as_py()
    return Changed(release, {name: table.filter(pc.invert(gone))})


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("effects_covariance", {"slice": "cohort_period", "event_time": 3, "event_time_2": 3}),
        ("effects_schools", {"event_time": 3}),
    ],
)
def test_a_cohort_without_its_variance_is_refused_by_name(release, table, row):
    with pytest.raises(ReleaseError, match=rf"`{table}` lacks .*cohort_period.*month 3 since"):
        cohort_data(without(release, table, **row))


def test_a_recent_effect_without_its_variance_is_refused_by_name(release):
    row = {"event_time": -4, "event_time_2": -4}
    with pytest.raises(ReleaseError, match=r"`effects_recent_covariance` lacks .*month -4 since"):
        recent_data(without(release, "effects_recent_covariance", **row))


def test_a_value_without_its_variance_is_refused_by_name(release):
    area = {"district_code": HARTFORD, "level": "all"}
    broken = without(release, "effects_covariance", slice="place", slice_value="home", **area)
    data = slice_data(broken, "place", HARTFORD, "all")
    for shown in (slice_studies, slice_headlines):
        with pytest.raises(ReleaseError, match=f"lacks .*place, home, {HARTFORD}, all, month -6"):
            shown(data)


def test_the_variances_a_build_leaves_out_are_missed_only_where_the_effect_would_be_shown(
    demo, monkeypatch
):
    """Values of fewer visited students than are shown have none in the release."""
    data = slice_data(demo, "visits", "9990011", "6-8")
    assert data.unknown.any()
    assert slice_studies(data)
    monkeypatch.setattr(unions, "MINIMUM_VISITED", 1)
    with pytest.raises(ReleaseError, match="Table `effects_covariance` lacks the variance"):
        slice_studies(data)


@pytest.mark.parametrize("school_error", [0.0, 5e-6])
def test_an_error_the_build_rounded_to_zero_is_none(release, school_error):
    """Students of one school: with schools independent hardly anything varies."""
    effect = EFFECT | {"district_code": HARTFORD, "std_error_school": school_error}
    other = COVARIANCE | {"district_code": HARTFORD, "district_code_2": HARTFORD}
    other |= {"slice_value": "community partner", "slice_value_2": "community partner"}
    tables = {
        "effects": rows("effects", effect, effect | {"slice_value": "community partner"}),
        "effects_covariance": rows("effects_covariance", other | {"matrix": "school"}),
    }
    data = slice_data(Changed(release, tables), "visitor", HARTFORD, "6-8")
    assert data.matrix == "school"
    assert not data.unknown.any()
    assert slice_studies(data)["school staff"].month_after.effect.std_error == 0


def test_a_covariance_of_an_effect_there_is_not_is_refused_by_name(release):
    broken = without(release, "effects", slice="place", slice_value="home")
    with pytest.raises(ReleaseError, match=r"no effect of home, though another table"):
        slice_data(broken, "place", HARTFORD, "all")


def test_every_month_shown_of_the_demonstration_has_an_error(demo):
    study = effect_study(demo.cohorts, chosen(demo.cohorts))
    shown = study.table[study.table["shown"] & (study.table["event_time"] != -1)]
    assert len(shown) == len(EVENTS) - 1
    assert ((shown["high"] - shown["low"]) > 0).all()
