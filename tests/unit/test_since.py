"""What changed since the release before: told for two releases of one state, and for none."""

import pandas as pd
import pyarrow as pa
import pytest

from leapdash.release import BuildFacts, id_before, open_release, publish
from leapdash.show.answers import impact
from leapdash.show.answers.since import SINCE, since
from leapdash.show.choice import Choice
from leapdash.show.filters import Filters
from leapdash.show.opened import OpenedRelease, _before
from leapdash.show.views.since import since_last
from leapdash.show.words import since as words
from tests.lib.small_release import AVON, HARTFORD, MONTHS, make

REVISED = 3


@pytest.fixture(scope="module")
def two(tmp_path_factory) -> OpenedRelease:
    """The small release; before it, the same without its last month, three of its figures lower."""
    store = tmp_path_factory.mktemp("store")
    now = make(store / "made")
    tables = {name: now.table(name) for name in now.manifest.tables}
    months = pa.array(MONTHS[:-1], pa.date32())
    earlier = {}
    for name, table in tables.items():
        has_month = "month" in table.column_names
        kept = table.filter(pa.compute.is_in(table["month"], months)) if has_month else table
        earlier[name] = kept
    rows: pd.DataFrame = earlier["attendance"].to_pandas()
    own = rows.index[rows["district_code"] == HARTFORD][:REVISED]
    rows.loc[own, "days_attended"] -= 0.5
    earlier["attendance"] = pa.Table.from_pandas(
        rows, schema=earlier["attendance"].schema, preserve_index=False
    )
    facts = BuildFacts(True, "state", now.manifest.sources)
    first = publish(store, earlier, facts).manifest.release_id
    second = publish(store, tables, facts).manifest.release_id
    assert id_before(store, second) == first
    return OpenedRelease(
        open_release(store), lambda: _before(str(store), open_release(store).manifest)
    )


def test_months_that_came_and_figures_revised_are_counted(two):
    found = since_last(Choice(two))
    assert found.months == (MONTHS[-1],)
    assert found.revised == REVISED
    earlier = two.before.table("attendance")
    assert found.common == len(earlier)
    assert (found.before.through, found.now.through) == (MONTHS[-2], MONTHS[-1])
    told = words.answer(found)
    assert "1 month of attendance has come: June 2023." in told
    assert f"{REVISED} (" in told


def test_only_the_choice_s_own_figures_count(two):
    found = since_last(Choice(two, Filters((AVON,))))
    assert found.revised == 0
    assert words.answer(found).endswith("No earlier figure was revised.")
    assert since_last(Choice(two, Filters((HARTFORD,)))).revised == REVISED


def test_both_releases_figures_stand_beside_each_other(two):
    facts = dict(words.facts(since_last(Choice(two))))
    assert facts["Data through"] == "June 2023; before: May 2023"
    assert facts["Effect 6 to 9 months after, in points"].endswith(", as before")


def test_impact_tells_it_where_there_is_a_release_before(two, small):
    titles = [section.title for section in impact.answer(Choice(two)).sections]
    assert titles[-1] == SINCE
    assert small.before is None
    assert SINCE not in [section.title for section in impact.answer(Choice(small)).sections]
    assert "can’t be read" in since(Choice(small))[0].words


def test_a_release_before_that_can_t_be_read_is_as_none(tmp_path):
    store = tmp_path / "store"
    now = make(store)
    old = store / "releases" / "2020-01-01T000000"
    old.mkdir()
    assert id_before(store, now.manifest.release_id) is None
    (old / "manifest.json").write_text("{}")
    assert id_before(store, now.manifest.release_id) == "2020-01-01T000000"
    assert _before(str(store), now.manifest) is None
    assert id_before(tmp_path / "nowhere", "2026-01-01T000000") is None
