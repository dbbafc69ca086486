"""A public release: what is shown is right, what is small is withheld, and nothing withheld can be
worked out; whatever could be is not published.
"""

import json
import sys
from dataclasses import replace
from datetime import date

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from leapdash.build.disclosure.audit import (
    audited,
    disagreeing,
    tasks_of,
)
from leapdash.build.disclosure.cells import EVERYONE, GROUP_FAMILIES, PARTS, Cell
from leapdash.build.disclosure.occasions import ATTENDANCE, parts_of
from leapdash.build.disclosure.protect import protected
from leapdash.build.disclosure.publish import _facts, audit, publish_public, told
from leapdash.build.disclosure.rules import STATE_RULES, Rules
from leapdash.build.disclosure.sections import Section, cells_in, sections_of
from leapdash.build.disclosure.tables import public_tables, sources_of
from leapdash.contract import ALL, GROUPS, LEAP, OTHER, PUBLIC_TABLES, STATE_CODE
from leapdash.errors import ContractError, ReleaseError, UsageError
from leapdash.progress import SILENT, Progress
from leapdash.release import BuildFacts, SourceFact, open_release, publish
from leapdash.show.words.about import source_facts
from tests.lib.by_hand import rows_of
from tests.lib.paths import DEMO
from tests.lib.small_release import DISTRICTS, HARTFORD, make, small_tables
from tests.lib.small_release import LEAP as TAKING_PART
from tests.lib.spoilt import run_for_both

MONTHS = [date(2021, 9, 1), date(2021, 10, 1), date(2021, 11, 1)]
LARGE = "6-8"
MEASURES = ("students", "days_enrolled", "days_attended", "chronic_base", "chronically_absent")


def of_months(name):
    table = small_tables()[name]
    return table.filter(pc.is_in(table["month"], pa.array(MONTHS, pa.date32()))).to_pandas()


@pytest.fixture(scope="module")
def restricted(tmp_path_factory):
    """The small state in the first three months of a school year."""
    names = ("attendance", "attendance_by_group", "chronic_to_date")
    monthly = {name: of_months(name) for name in names}
    # In the first month one student has nearly all days of a large cell: of attendance it tells too
    # much, and of absence to date it wouldn't.
    rows = monthly["attendance_by_group"]
    own = (rows["month"] == MONTHS[0]) & (rows["district_code"] == HARTFORD)
    own &= (rows["level"] == LARGE) & (rows["group"] == ALL) & (rows["participation"] == "other")
    rows.loc[own, "largest_student_days"] = rows.loc[own, "days_enrolled"]
    return make(tmp_path_factory.mktemp("restricted"), changed=monthly)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return tmp_path_factory.mktemp("report") / "withheld.csv"


@pytest.fixture(scope="module")
def public(restricted, report, tmp_path_factory):
    store = restricted.folder.local.parents[1]
    return publish_public(store, tmp_path_factory.mktemp("public"), report=report)


def districts_in(area):
    if area == LEAP:
        return set(TAKING_PART)
    if area == OTHER:
        return set(DISTRICTS) - set(TAKING_PART)
    return set(DISTRICTS) if area == STATE_CODE else {area}


def recounted(restricted, name, row):
    """The rows of the restricted release that a public row is the sum of."""
    levels = {row["level"]} if row["level"] != ALL else {"PK-5", "6-8", "9-12"}
    source = "attendance" if name == "attendance" else "attendance_by_group"
    return [
        r
        for r in rows_of(restricted, source)
        if r["month"] == row["month"]
        and r["level"] in levels
        and r["district_code"] in districts_in(row["district_code"])
        and r.get("group", ALL) == row.get("group", ALL)
        and row.get("participation", ALL) in (ALL, r["participation"])
        and row.get("school_code") in (None, r.get("school_code"))
    ]


def is_small(rows):
    """The state's rule, and that of days, for restricted rows together."""
    students, base, absent, some = (
        sum(r[n] for r in rows)
        for n in ("students", "chronic_base", "chronically_absent", "students_absent")
    )
    days = sum(r["days_enrolled"] for r in rows)
    largest = max((r["largest_student_days"] for r in rows), default=0)
    return (
        students < 20
        or (base > 0 and (base < 20 or absent < 6 or base - absent < 6))
        or some < 6
        or largest > 0.15 * days
    )


@pytest.mark.parametrize("name", ["attendance", "attendance_by_group"])
def test_shown_cells_are_sums_by_hand_and_small_ones_are_withheld(restricted, public, name):
    rows = rows_of(public, name)
    assert {row["status"] for row in rows} == {"shown", "c"}
    for row in rows[::3]:
        own = recounted(restricted, name, row)
        if row["status"] == "c":
            assert all(row[measure] is None for measure in MEASURES)
        else:
            assert [row[m] for m in MEASURES] == [sum(r[m] for r in own) for m in MEASURES]
            assert not is_small(own)


def test_every_cell_there_could_be_is_there_shown_or_not(public):
    rows = rows_of(public, "attendance_by_group")
    groups = {row["group"] for row in rows}
    assert groups == set(GROUPS)
    areas = {row["district_code"] for row in rows if row["group"] == ALL}
    assert areas == {*DISTRICTS, LEAP, OTHER, STATE_CODE}
    assert {row["participation"] for row in rows if row["group"] != ALL} == {ALL}
    parted = {row["district_code"] for row in rows if row["participation"] != ALL}
    assert parted == {LEAP, *TAKING_PART}
    assert {row["district_code"] for row in rows if row["group"] == "male"} == {
        *(LEAP, OTHER, STATE_CODE)
    }


def test_chronic_absence_of_a_year_is_that_of_its_last_month(public):
    to_date = [r for r in rows_of(public, "chronic_to_date") if r["month"] == MONTHS[-1]]
    years = rows_of(public, "chronic_absence")
    assert {row["school_year"] for row in years} == {"2021-22"}
    keys = ("geography", "district_code", "school_code", "level", "participation", "group")
    kept = {tuple(r[k] for k in keys): r for r in to_date}
    assert len(kept) == len(years)
    for row in years:
        other = kept[tuple(row[k] for k in keys)]
        assert all(row[n] == other[n] for n in ("chronic_base", "chronically_absent", "status"))


def test_a_cell_withheld_in_one_table_of_a_month_is_in_both(public):
    """Who counts in the month is nearly who counts to date."""
    keys = ("month", "district_code", "level", "group")
    month = {
        tuple(r[k] for k in keys): r["status"]
        for r in rows_of(public, "attendance_by_group")
        if r["participation"] == ALL
    }
    to_date = {
        tuple(r[k] for k in keys): r["status"]
        for r in rows_of(public, "chronic_to_date")
        if r["geography"] != "school"
    }
    assert to_date == month
    assert month[MONTHS[0], HARTFORD, LARGE, ALL] == "c"


def test_only_what_the_contract_lists_goes_out(public):
    """Without the effects, which are the pages' to work out, and what the small state hasn't."""
    absent = ("effects", "effects_headlines", "published_chronic_absence")
    without = [table for table in PUBLIC_TABLES if table.name not in absent]
    known = {table.name: list(table.column_names) for table in without}
    assert set(public.manifest.tables) == set(known)
    for name, columns in known.items():
        optional = {"leap_until", "latitude", "longitude"} if name == "schools" else set()
        assert set(public.table(name).column_names) | optional == set(columns) | optional
    assert public.manifest.tier == "public"
    assert "fewer than 20 students" in public.manifest.rules["suppression"]


def test_files_tell_nothing_by_their_order_or_statistics(public):
    for table in PUBLIC_TABLES:
        if "status" not in table.column_names or not public.has(table.name):
            continue
        rows = public.table(table.name)
        order = list(dict.fromkeys(["district_code", *table.key]))
        assert rows.equals(rows.sort_by([(name, "ascending") for name in order]))
        shown = rows.filter(pc.equal(rows["status"], "shown"))
        about = pq.read_metadata(public.path / f"{table.name}.parquet")
        assert about.num_row_groups == 1
        for place in range(about.num_columns):
            column = about.row_group(0).column(place)
            if column.path_in_schema in MEASURES:
                ends = pc.min_max(shown[column.path_in_schema]).as_py()
                assert (column.statistics.min, column.statistics.max) == tuple(ends.values())


def test_the_finished_files_withstand_the_audit(public):
    verdict = audit(public)
    assert verdict.attacked > 1000
    assert verdict.findings == ()
    assert told(verdict).endswith("none could be worked out.")


def test_the_report_says_of_every_withheld_cell_why(restricted, public, report):
    found = pd.read_csv(report, dtype={"area": str})
    withheld = sum(
        row["status"] == "c"
        for name in ("attendance", "attendance_by_group", "chronic_to_date")
        for row in rows_of(public, name)
    )
    assert len(found) == withheld
    assert set(found["reason"]) == {"small", "beside"}
    few = found[(found["reason"] == "small") & (found["table"] == "month")]
    assert (few["students_inside"] < 20).any()


# --- attacks: what an audit must find ------------------------------------------------------------


@pytest.fixture(scope="module")
def month(demo):
    """A month of the demonstration: what every cell has inside, and as the audit reads it."""
    day = date(2022, 9, 1)
    (source,) = (
        s
        for s in sources_of(open_release(DEMO))["2022-23"]
        if s.month == day and s.measured is ATTENDANCE
    )
    lattices = [part.lattice for part in parts_of([source], STATE_RULES).values()]
    inside, shown = {}, {}
    for lattice, (hidden,) in zip(lattices, protected(lattices, STATE_RULES), strict=True):
        (occasion,) = lattice.occasions
        for number, cell in enumerate(lattice.cells):
            if cell.named and cell not in inside:
                inside[cell] = tuple(int(counts[number]) for counts in occasion.counts)
                shown[cell] = None if number in hidden else inside[cell]
    leap = frozenset(demo.known.leap)
    return inside, Section("attendance_by_group", day, leap, shown)


def findings_of(*sections):
    """All that an audit finds in some sections."""
    verdicts = [audited(*task, STATE_RULES) for task in tasks_of(sections)]
    return tuple(finding for verdict in verdicts for finding in verdict.findings)


def changed(section, cells):
    return Section(section.table, section.month, section.leap, section.counts | cells)


def withheld_beside(month, family=None):
    """The withheld cells that aren't small, with what they have inside."""
    inside, section = month
    return {
        cell: inside[cell]
        for cell, counts in section.counts.items()
        if counts is None and family in (None, cell.family) and not is_small_cell(*inside[cell])
    }


def is_small_cell(students, base, absent):
    """The state's rule."""
    return students < 20 or (base > 0 and (base < 20 or absent < 6 or base - absent < 6))


def test_a_month_as_it_is_tells_nothing(month):
    assert findings_of(month[1]) == ()


@pytest.mark.parametrize("family", [PARTS, "race", "meals", "english_learner", "homeless"])
def test_a_cell_withheld_beside_a_small_one_can_t_be_shown(month, family):
    """Each by itself: the small one it protects could then be worked out, or nearly."""
    beside = withheld_beside(month, family)
    assert beside
    section = month[1]
    own = {c: counts for c, counts in section.counts.items() if c.family in (EVERYONE, family)}
    section = Section(section.table, section.month, section.leap, own)
    fell = {
        cell: findings_of(changed(section, {cell: values}))
        for cell, values in list(beside.items())[:12]
    }
    assert [cell for cell, found in fell.items() if not found] == []


def test_exact_totals_beside_small_parts_are_found(month):
    """Only the small cells withheld, and every total shown."""
    found = findings_of(changed(month[1], withheld_beside(month)))
    assert len(found) > 20
    assert {"follows from figures shown"} & {finding.found for finding in found}


def test_a_complement_is_found_where_a_group_is_shown_without_its_rest():
    """All but 3 students have high needs: those without follow from all less those with."""
    everyone, level = Cell("0010011", "6-8", EVERYONE, ALL), "6-8"
    needs, others = (Cell("0010011", level, "high_needs", p) for p in GROUP_FAMILIES["high_needs"])
    section = of_one_month({everyone: (100, 100, 30), needs: (97, 97, 28), others: None})
    (found,) = findings_of(section)
    assert (found.cell, found.found) == (others, "follows from figures shown")


def test_two_cells_that_share_few_students_are_found_though_neither_follows():
    """Black and white together have 4 absent: whichever is whose, neither has more."""
    cells = {part: Cell("0010011", "6-8", "race", part) for part in GROUP_FAMILIES["race"]}
    section = of_one_month(
        {
            Cell("0010011", "6-8", EVERYONE, ALL): (300, 300, 60),
            cells["black"]: None,
            cells["white"]: None,
            cells["hispanic"]: (120, 120, 40),
            cells["other_races"]: (80, 80, 16),
        }
    )
    found = findings_of(section)
    assert {finding.cell for finding in found} == {cells["black"], cells["white"]}
    assert all("0 to 4 absent" in finding.found for finding in found)


def test_a_district_that_knows_its_own_is_taken_into_account():
    """The state's figure less the known district's is the other district's."""
    one, two = (Cell(code, "6-8", "high_needs", "high_needs") for code in ("0010011", "0020011"))
    rest = {c: Cell(c, "6-8", "high_needs", "not_high_needs") for c in ("0010011", "0020011")}
    section = of_one_month(
        {
            Cell(STATE_CODE, "6-8", EVERYONE, ALL): (1000, 1000, 300),
            Cell(STATE_CODE, "6-8", "high_needs", "high_needs"): (520, 520, 160),
            Cell("0010011", "6-8", EVERYONE, ALL): None,
            Cell("0020011", "6-8", EVERYONE, ALL): None,
            **dict.fromkeys((one, two, *rest.values())),
        }
    )
    found = {(f.cell, f.found) for f in findings_of(section)}
    assert (two, "follows from figures shown and those of 0010011") in found


def test_a_total_withheld_in_one_family_must_not_follow_from_another():
    """All students of a level are withheld; races tell them, and so the ones without high needs."""
    place = ("0010011", "6-8")
    race = {Cell(*place, "race", part): (50, 50, 10) for part in GROUP_FAMILIES["race"]}
    needs, others = (Cell(*place, "high_needs", p) for p in GROUP_FAMILIES["high_needs"])
    section = of_one_month(
        {Cell(*place, EVERYONE, ALL): None, **race, needs: (190, 190, 36), others: None}
    )
    found = {f.cell: f.found for f in findings_of(section)}
    assert found[others] == "follows from figures shown of several families"


def of_one_month(counts):
    return Section("attendance_by_group", MONTHS[0], frozenset(), counts)


def test_what_doesn_t_withstand_the_audit_is_not_published(restricted, tmp_path, monkeypatch):
    """Without the step that withholds beside, and with the former release still on show."""
    store, out = restricted.folder.local.parents[1], tmp_path / "public"
    make_public(restricted, out)
    before = open_release(out).manifest.release_id
    monkeypatch.setattr(
        "leapdash.build.disclosure.tables.protected",
        lambda lattices, _rules, _limit: [
            [set(occasion.small.nonzero()[0]) for occasion in lattice.occasions]
            for lattice in lattices
        ],
    )
    with pytest.raises(ContractError, match=r"withheld figures attacked: [\d,]+ fell") as error:
        publish_public(store, out, revise=True)
    assert f"release {before} stays on show" in str(error.value)
    assert open_release(out).manifest.release_id == before


def make_public(restricted, out):
    """A public release of nobody, whatever it says."""
    made = public_tables(restricted, Rules(10**6, 10**6), SILENT)
    return publish(out, made.tables, _facts(restricted, STATE_RULES))


def test_rows_that_are_wrong_in_themselves_are_found(public):
    """A figure left under its mark, a small cell shown, one not offered, one in two rows."""
    rows = public.table("attendance_by_group").to_pandas()
    rows = rows[rows["month"] == MONTHS[1]].reset_index(drop=True)
    withheld = rows.index[rows["status"] == "c"][0]
    shown = rows.index[(rows["status"] == "shown") & (rows["district_code"] == HARTFORD)][0]
    other = rows.loc[[shown]].assign(district_code=HARTFORD, group="male", participation=ALL)
    rows.loc[withheld, "students"] = 3
    rows.loc[shown, list(MEASURES[3:])] = (100, 2)
    rows = pd.concat([rows, other, rows.loc[[shown]]])
    measures = ("students", "chronic_base", "chronically_absent")
    counts, faults = cells_in(rows, measures)
    section = Section("attendance_by_group", MONTHS[1], frozenset(TAKING_PART), counts, faults)
    found = {finding.found for finding in findings_of(section)}
    assert found >= {
        "has figures though withheld, or none though shown",
        "is small, and shown",
        "isn't offered",
        "stands in two rows, or is of a group's part",
    }


def test_a_year_is_attacked_and_may_not_show_what_its_last_month_withholds(public):
    sections = list(sections_of(public))
    (year,) = (section for section in sections if section.table == "chronic_absence")
    assert year.month == MONTHS[-1]
    one = next(cell for cell, counts in year.counts.items() if counts is None)
    other = Section(year.table, year.month, year.leap, year.counts | {one: (50, 50, 20)})
    found = {f.table for f in disagreeing([*(s for s in sections if s is not year), other])}
    assert found == {"attendance_by_group", "chronic_to_date", "chronic_absence"}


def test_a_year_says_what_its_last_month_says(public):
    sections = list(sections_of(public))
    (year,) = (section for section in sections if section.table == "chronic_absence")
    one = next(cell for cell, counts in year.counts.items() if counts is not None)
    more = tuple(count + 1 for count in year.counts[one])
    other = Section(year.table, year.month, year.leap, year.counts | {one: more})
    (found,) = disagreeing([*(s for s in sections if s is not year), other])
    assert (found.cell, found.table) == (one, "chronic_absence")


def test_a_cell_shown_in_one_table_and_withheld_in_the_other_is_found(month):
    section = month[1]
    one = next(cell for cell, counts in section.counts.items() if counts is not None)
    other = Section("chronic_to_date", section.month, section.leap, section.counts | {one: None})
    (found,) = disagreeing([section, other])
    assert (found.cell, found.found) == (one, "is shown in attendance_by_group")


# --- what can't be asked -------------------------------------------------------------------------


def test_weaker_rules_are_refused_unless_wanted_and_then_told(restricted, tmp_path):
    store = restricted.folder.local.parents[1]
    weak = Rules(least_students=10, least_counted=6)
    with pytest.raises(UsageError, match="least_students: weaker than the state's rule"):
        publish_public(store, tmp_path, rules=weak)
    release = publish_public(store, tmp_path, rules=weak, weaker=True)
    assert "weaker than the state's rule: least_students" in release.manifest.rules["suppression"]


def test_recorded_data_are_published_for_the_state_to_judge(restricted, tmp_path, capsys):
    """And how many rows their tables have isn't told: one more than before is one student."""
    tables = {name: restricted.table(name) for name in restricted.manifest.tables}
    source = SourceFact("enrollment.csv", 48_611, "a state", "for the state's use")
    recorded = BuildFacts(synthetic=False, half_day="state", sources=(source,))
    publish(tmp_path / "recorded", tables, recorded)
    progress = Progress(Console(file=sys.stdout, width=200))
    release = publish_public(tmp_path / "recorded", tmp_path / "public", progress=progress)
    assert (
        "recorded data: whether it may go out is your state's to judge" in capsys.readouterr().out
    )
    assert not release.manifest.synthetic
    assert release.manifest.sources == (replace(source, rows=None),)
    assert "48611" not in release.folder.read("manifest.json").decode()
    facts = source_facts(release.manifest)
    assert facts == (("enrollment.csv", "a state. Licence: for the state's use."),)


def test_a_store_of_restricted_releases_takes_no_public_one(restricted):
    store = restricted.folder.local.parents[1]
    with pytest.raises(UsageError, match="Expected another store"):
        publish_public(store, store)


def test_a_public_release_is_no_source_and_a_restricted_one_is_not_audited(
    restricted, public, tmp_path
):
    with pytest.raises(UsageError, match="is a public release"):
        publish_public(public.folder.local.parents[1], tmp_path)
    with pytest.raises(ReleaseError, match="restricted release: nothing of it is withheld"):
        audit(restricted)


@pytest.mark.parametrize("tier", ["restricted", "secret"])
def test_a_public_release_under_another_manifest_is_not_opened(restricted, tmp_path, tier):
    release = make_public(restricted, tmp_path)
    file = release.path / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"tier": tier}), "utf-8")
    if tier == "secret":
        with pytest.raises(ReleaseError, match="not a manifest leapdash wrote"):
            open_release(tmp_path)
    else:
        with pytest.raises(ReleaseError, match="columns that aren't for it: status"):
            open_release(tmp_path)


def test_figures_that_contradict_each_other_are_found(month):
    """One student more in the state than in its parts: somebody changed the file."""
    section = month[1]
    everyone = Cell(STATE_CODE, "6-8", EVERYONE, ALL)
    students, base, absent = section.counts[everyone]
    found = findings_of(changed(section, {everyone: (students + 1, base, absent)}))
    assert any("no counts agree" in finding.found for finding in found)


@pytest.mark.parametrize("place", ["inside the public store", "no folder", "a folder"])
def test_a_report_has_its_place(restricted, tmp_path, place):
    store, out = restricted.folder.local.parents[1], tmp_path / "public"
    out.mkdir()
    report = {
        "inside the public store": out / "report.csv",
        "no folder": tmp_path / "nowhere" / "report.csv",
        "a folder": tmp_path,
    }[place]
    with pytest.raises(UsageError, match="--report"):
        publish_public(store, out, report=report)
    assert list(out.iterdir()) == []


# --- the command line ----------------------------------------------------------------------------


def test_the_command_line_publishes_and_attacks(restricted, public, tmp_path, capsys, monkeypatch):
    store, out = restricted.folder.local.parents[1], tmp_path / "public"
    code, said, error = run_for_both(capsys, monkeypatch, "publish", store, "--out", out)
    release = open_release(out)
    assert code == 0
    assert said.splitlines() == [
        f"Public release {release.manifest.release_id} is on show in {out}."
    ]
    assert "attendance_by_group" in error
    assert "cells shown" in error
    code, said, _error = run_for_both(capsys, monkeypatch, "audit", out)
    assert code == 0
    assert "withheld figures attacked: none could be worked out." in said
    code, _said, error = run_for_both(capsys, monkeypatch, "audit", store)
    assert code == 2
    assert "nothing of it is withheld" in error


def test_a_release_that_falls_is_told_with_the_first_of_what_fell_and_fails(
    restricted, tmp_path, capsys, monkeypatch
):
    """Everything of ten students or more is shown: the state's rule finds fault."""
    store = restricted.folder.local.parents[1]
    publish_public(store, tmp_path, rules=Rules(3, 1, narrowest=1), weaker=True)
    code, said, _error = run_for_both(capsys, monkeypatch, "audit", tmp_path)
    assert code == 1
    assert "fell." in said
    assert "and " in said.splitlines()[-1]
