"""Two public releases one after the other: who subtracts them learns nothing of few students."""

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from leapdash.build.disclosure.publish import audit, public_before, publish_public
from leapdash.build.disclosure.revisions import changes
from leapdash.build.disclosure.rules import STATE_RULES, Rules
from leapdash.contract import ALL, STATE_CODE
from leapdash.errors import UsageError
from leapdash.release import BuildFacts, publish
from tests.lib.small_release import HARTFORD, make, small_tables

MONTHS = [date(2021, 9, 1), date(2021, 10, 1), date(2021, 11, 1)]
MONTHLY = ("attendance", "attendance_by_group", "chronic_to_date")
KEYS = ("district_code", "school_code", "level", "participation", "group")
MEASURES = ("students", "days_enrolled", "days_attended", "chronic_base", "chronically_absent")
COUNTS = ("students", "chronic_base", "chronically_absent")


def state(store, months, late=None):
    """The small state in some months; `late` puts its rows right, table by table."""
    tables = {}
    for name in MONTHLY:
        table = small_tables()[name]
        rows = table.filter(pc.is_in(table["month"], pa.array(months, pa.date32()))).to_pandas()
        tables[name] = late(name, rows) if late else rows
    make(store, changed=tables)
    return store


def three_more(name, rows):
    """Three students of Hartford that were forgotten in September, one of them often absent."""
    own = (rows["district_code"] == HARTFORD) & (rows["level"] == "6-8")
    own &= (rows["month"] == MONTHS[0]) & (rows["participation"] == "other")
    own &= (rows["group"] == ALL) if "group" in rows else True
    own &= (rows["geography"] == "district") if "geography" in rows else True
    one = rows.index[own][0]
    if name == "chronic_to_date":
        more = {"chronic_base": 3, "absent_10_to_20": 1}
    else:
        more = {"students": 3, "chronic_base": 3, "chronically_absent": 1}
        more |= {"days_enrolled": 60, "days_attended": 50}
    for measure, number in more.items():
        rows.loc[one, measure] += number
    return rows


def figures(release):
    """Every figure that is shown, by table, month and cell."""
    found = {}
    for name in MONTHLY:
        for row in release.table(name).to_pylist():
            if row["status"] == "shown":
                key = (name, row["month"], *(row.get(k) for k in KEYS))
                found[key] = {m: row[m] for m in (*COUNTS, "days_enrolled") if m in row}
    return found


def differences(before, after):
    """The figures learnt by subtracting one release from the other: of fewer than six students."""
    one, other = figures(before), figures(after)
    return [
        (key, name)
        for key in one.keys() & other.keys()
        for name, value in one[key].items()
        if 0 < abs(other[key][name] - value) < (6 if name in COUNTS else 6 * 20)
    ]


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A public store with the first two months, and what it showed."""
    folder = tmp_path_factory.mktemp("first")
    return publish_public(state(folder / "store", MONTHS[:2]), folder / "public")


@pytest.fixture
def published(first, tmp_path):
    """The same in a store of its own."""
    tables = {name: first.table(name) for name in first.manifest.tables}
    return publish(tmp_path / "public", tables, facts_of(first)), tmp_path / "public"


def facts_of(release):
    manifest = release.manifest
    return BuildFacts(
        synthetic=manifest.synthetic,
        half_day=manifest.rules["half_day"],
        sources=manifest.sources,
        tier="public",
        suppression=manifest.rules["suppression"],
    )


def of_months(release, months):
    return {k: v for k, v in figures(release).items() if k[1] in months}


def test_months_once_published_stay_and_new_ones_come_beside_them(published, tmp_path):
    before, out = published
    after = publish_public(state(tmp_path / "store", MONTHS, three_more), out)
    assert of_months(after, MONTHS[:2]) == figures(before)
    assert of_months(after, MONTHS[2:])
    assert set(after.table("chronic_absence")["school_year"].to_pylist()) == {"2021-22"}
    assert differences(before, after) == []
    assert audit(after, before=before).findings == ()


def test_without_a_new_month_nothing_changes_though_data_did(published, tmp_path):
    before, out = published
    after = publish_public(state(tmp_path / "store", MONTHS[:2], three_more), out)
    assert figures(after) == figures(before)
    assert len(after.table("chronic_absence")) == len(before.table("chronic_absence"))


def test_a_month_made_anew_doesn_t_show_what_changed_by_a_few(published, tmp_path):
    before, out = published
    after = publish_public(state(tmp_path / "store", MONTHS, three_more), out, revise=True)
    assert differences(before, after) == []
    changed = ("attendance_by_group", MONTHS[0], HARTFORD, None, "6-8", ALL, ALL)
    assert changed in figures(before)
    assert changed not in figures(after)
    assert public_before(out, after).manifest.release_id == before.manifest.release_id
    assert audit(after, before=before).findings == ()


def test_a_figure_that_differs_by_a_few_from_the_release_before_is_found(first, tmp_path):
    rows = first.table("attendance_by_group").to_pandas()
    one = rows.index[(rows["status"] == "shown") & (rows["group"] == ALL)][0]
    rows.loc[one, "students"] += 4
    after = altered(first, tmp_path, attendance_by_group=rows)
    found = {f.found for f in audit(after, before=first).findings}
    assert f"differs by few students from release {first.manifest.release_id}" in found
    ((table, month, _cell),) = changes(after, first, STATE_RULES)
    assert (table, month) == ("attendance", rows.loc[one, "month"])


def test_a_rest_that_changed_by_a_few_is_found_though_it_has_no_row(first, tmp_path):
    """All students stay as they were; English learners are six fewer, the rest six more."""
    rows = first.table("attendance_by_group").to_pandas()
    own = (rows["district_code"] == STATE_CODE) & (rows["month"] == MONTHS[0])
    own &= (rows["level"] == ALL) & (rows["participation"] == ALL)
    (everyone,) = rows.index[own & (rows["group"] == ALL)]
    (learners,) = rows.index[own & (rows["group"] == "english_learner")]
    assert rows.loc[everyone, "status"] == "shown"
    rows.loc[learners, "status"] = "shown"
    rows.loc[learners, list(MEASURES)] = rows.loc[everyone, list(MEASURES)] // 2
    before = altered(first, tmp_path / "before", attendance_by_group=rows)
    for fewer, found in ((6, set()), (5, {"english_learner", "rest"})):
        changed = rows.copy()
        changed.loc[learners, "students"] -= fewer
        after = altered(first, tmp_path / str(fewer), attendance_by_group=changed)
        assert {cell.part for _t, _m, cell in changes(after, before, STATE_RULES)} == found


def test_a_cell_shown_anew_doesn_t_tell_one_withheld_all_along(first, tmp_path):
    """In one release one cell beside a small one is withheld, in the other another: together they
    show all but the small one.
    """
    rows = first.table("attendance_by_group").to_pandas()
    race = rows["group"].isin(["black", "hispanic", "white", "other_races"])
    own = rows[race & (rows["status"] == "c") & (rows["month"] == MONTHS[0])]
    assert len(own)
    other = rows.copy()
    first_withheld = own.index[0]
    place = own.loc[first_withheld, ["district_code", "level"]]
    beside = own.index[(own[["district_code", "level"]] == place).all(axis=1)]
    assert len(beside) >= 2
    for index in beside[1:]:
        other.loc[index, ["students", "chronic_base", "chronically_absent"]] = (50, 50, 20)
        other.loc[index, ["days_enrolled", "days_attended"]] = (900.0, 800.0)
        other.loc[index, "status"] = "shown"
    before = altered(first, tmp_path / "before", attendance_by_group=other)
    found = {finding.found for finding in audit(first, before=before).findings}
    assert any("shown in any month of the year" in one for one in found)


def altered(release, folder, **frames):
    """The release with some tables as given."""
    tables = {name: release.table(name) for name in release.manifest.tables}
    for name, frame in frames.items():
        tables[name] = pa.Table.from_pandas(frame, tables[name].schema, preserve_index=False)
    return publish(folder, tables, facts_of(release))


def test_months_under_another_rule_aren_t_kept_unasked(published, tmp_path):
    _before, out = published
    store = state(tmp_path / "store", MONTHS)
    strict = Rules(least_students=30)
    with pytest.raises(UsageError, match="shows months under another rule"):
        publish_public(store, out, rules=strict)
    after = publish_public(store, out, rules=strict, revise=True)
    assert "fewer than 30 students" in after.manifest.rules["suppression"]


def test_where_the_time_is_up_nothing_is_published(published, tmp_path):
    before, out = published
    with pytest.raises(UsageError, match="--time-limit 0: a lattice too large"):
        publish_public(state(tmp_path / "store", MONTHS), out, time_limit=0)
    assert (out / "current").read_text().strip() == before.manifest.release_id
