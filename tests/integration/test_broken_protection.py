"""Ways to break the protection of a public release: each is found by the audit of the files, or
refused before there are any.
"""

from collections.abc import Callable
from datetime import date

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from leapdash.build.disclosure import elimination, protect, tables
from leapdash.build.disclosure.publish import _facts, audit
from leapdash.build.disclosure.rules import STATE_RULES, Rules
from leapdash.build.disclosure.tables import public_tables
from leapdash.contract import ALL, LEAP, STATE_CODE
from leapdash.errors import ContractError
from leapdash.progress import SILENT
from leapdash.release import publish
from tests.lib.small_release import AVON, HARTFORD, make, small_tables

MONTHS = [date(2021, 9, 1), date(2021, 10, 1), date(2021, 11, 1)]
GROUPS = "attendance_by_group"
FIGURES = ("students", "days_enrolled", "days_attended", "chronic_base", "chronically_absent")
PLACE = ["month", "district_code", "level", "participation", "group"]
Frames = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def restricted(tmp_path_factory):
    """The small state in the first three months of a school year."""
    names = ("attendance", GROUPS, "chronic_to_date")
    months = pa.array(MONTHS, pa.date32())
    monthly = {name: small_tables()[name] for name in names}
    monthly = {n: t.filter(pc.is_in(t["month"], months)).to_pandas() for n, t in monthly.items()}
    return make(tmp_path_factory.mktemp("restricted"), changed=monthly)


@pytest.fixture(scope="module")
def whole(restricted):
    """What nothing is withheld of, by table."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "protected", nothing_withheld)
        made = public_tables(restricted, STATE_RULES, SILENT)
    return {name: table.to_pandas() for name, table in made.tables.items()}


@pytest.fixture(scope="module")
def made(restricted):
    """The tables as they should be."""
    return public_tables(restricted, STATE_RULES, SILENT).tables


def nothing_withheld(lattices, _rules, _limit):
    return [[set() for _occasion in lattice.occasions] for lattice in lattices]


def small_withheld(lattices, _rules, _limit):
    return [[set(o.small.nonzero()[0]) for o in lattice.occasions] for lattice in lattices]


def found_in(restricted, folder, made, changed: Frames = {}, before=None):  # noqa: B006
    """What the audit finds of these tables, some of them changed."""
    new = {
        name: pa.Table.from_pandas(frame, made[name].schema, preserve_index=False)
        for name, frame in changed.items()
    }
    release = publish(folder, {**made, **new}, _facts(restricted, STATE_RULES))
    return {finding.found for finding in audit(release, before=before, workers=1).findings}


def test_the_tables_as_they_should_be_withstand(restricted, made, tmp_path):
    assert found_in(restricted, tmp_path, made) == set()


# --- files that were changed ---------------------------------------------------------------------


def shown(rows: pd.DataFrame, whole: pd.DataFrame, which: pd.Series) -> pd.DataFrame:
    """The rows with the figures of some of them put back."""
    keys = [name for name in rows if name not in (*FIGURES, "status")]
    true = rows[keys].merge(whole, on=keys, how="left")
    rows = rows.copy()
    for name in (*FIGURES, "status"):
        if name in rows:
            rows.loc[which, name] = true[name][which]
    return rows


def is_small(whole: pd.DataFrame) -> pd.Series:
    """The state's rule."""
    base, absent = whole["chronic_base"], whole["chronically_absent"]
    few = (base < 20) | (absent < 6) | (base - absent < 6)
    return (whole["students"] < 20) | (few & (base > 0))


def beside(rows: pd.DataFrame, whole: pd.DataFrame) -> pd.Series:
    keys = [name for name in rows if name not in (*FIGURES, "status")]
    true = rows[keys].merge(whole, on=keys, how="left")
    return (rows["status"] == "c") & ~is_small(true)


def one_of(which: pd.Series) -> pd.Series:
    """Only the first of some rows."""
    assert which.any()
    return which & (which.cumsum() == 1)


def one_beside(*groups: str) -> Callable[[Frames, Frames], Frames]:
    """A cell withheld beside a small one of a family is shown, in one month."""

    def broken(public: Frames, whole: Frames) -> Frames:
        rows = public[GROUPS]
        which = beside(rows, whole[GROUPS]) & rows["group"].isin(groups)
        return {GROUPS: shown(rows, whole[GROUPS], one_of(which))}

    return broken


def all_beside(public, whole):
    return {
        name: shown(public[name], whole[name], beside(public[name], whole[name]))
        for name in (GROUPS,)
    }


def totals(public, whole):
    rows = public[GROUPS]
    which = (rows["status"] == "c") & (rows["group"] == ALL) & (rows["participation"] == ALL)
    return {GROUPS: shown(rows, whole[GROUPS], which)}


def one_small(public, whole):
    rows = public[GROUPS]
    which = (rows["status"] == "c") & ~beside(rows, whole[GROUPS])
    return {GROUPS: shown(rows, whole[GROUPS], one_of(which))}


def one_by_participation(public, whole):
    rows = public[GROUPS]
    which = (rows["status"] == "c") & (rows["participation"] != ALL)
    return {GROUPS: shown(rows, whole[GROUPS], one_of(which))}


def one_school(public, whole):
    rows = public["attendance"]
    return {
        "attendance": shown(rows, whole["attendance"], one_of(rows["status"] == "c")),
    }


def left_under_the_mark(*names: str) -> Callable[[Frames, Frames], Frames]:
    def broken(public: Frames, whole: Frames) -> Frames:
        rows = public[GROUPS].copy()
        which = one_of(rows["status"] == "c")
        true = rows[PLACE].merge(whole[GROUPS], on=PLACE, how="left")
        for name in names:
            rows.loc[which, name] = true[name][which]
        return {GROUPS: rows}

    return broken


def no_figures_though_shown(public, _whole):
    rows = public[GROUPS].copy()
    rows.loc[one_of(rows["status"] == "shown"), "chronic_base"] = None
    return {GROUPS: rows}


def a_row_of(**values: str) -> Callable[[Frames, Frames], Frames]:
    """Somebody's row under another name, that isn't offered."""

    def broken(public: Frames, _whole: Frames) -> Frames:
        rows = public[GROUPS]
        which = (rows["status"] == "shown") & (rows["group"] == ALL) & (rows["level"] == ALL)
        which &= rows["district_code"] == values.get("district_code", HARTFORD)
        which &= rows["participation"] == ALL
        return {GROUPS: pd.concat([rows, rows[one_of(which)].assign(**values)])}

    return broken


def shown_in_the_other_table(public, _whole):
    rows = public[GROUPS].copy()
    which = (rows["status"] == "shown") & (rows["district_code"] == STATE_CODE)
    rows.loc[one_of(which & (rows["group"] != ALL)), [*FIGURES]] = None
    rows.loc[rows["students"].isna(), "status"] = "c"
    return {GROUPS: rows}


def shown_for_the_year(public, whole):
    rows = public["chronic_absence"]
    name = "chronic_absence"
    return {name: shown(rows, whole[name], one_of(rows["status"] == "c"))}


def another_figure_for_the_year(public, _whole):
    rows = public["chronic_absence"].copy()
    rows.loc[one_of(rows["status"] == "shown"), "chronically_absent"] += 1
    return {"chronic_absence": rows}


def one_student_more(public, _whole):
    rows = public[GROUPS].copy()
    which = (rows["district_code"] == STATE_CODE) & (rows["group"] == ALL)
    rows.loc[one_of(which & (rows["level"] == "6-8")), "students"] += 1
    return {GROUPS: rows}


def another_pattern_in_one_month(public, whole):
    """In one month a place's races are withheld but for one that is withheld in the others."""
    rows, true = public[GROUPS], whole[GROUPS]
    races = rows["group"].isin(["black", "hispanic", "white", "other_races"])
    month = rows["month"] == MONTHS[1]
    one = rows[one_of(races & month & beside(rows, true))].iloc[0]
    place = (rows["district_code"] == one["district_code"]) & (rows["level"] == one["level"])
    which = races & month & place
    rows = shown(rows, true, which & (rows["group"] == one["group"]))
    rows.loc[which & (rows["group"] != one["group"]), [*FIGURES]] = None
    rows.loc[which & (rows["group"] != one["group"]), "status"] = "c"
    return {GROUPS: rows}


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(one_beside("black", "hispanic", "white", "other_races"), id="one race"),
        pytest.param(one_beside("free_meals", "reduced_meals"), id="one of meals"),
        pytest.param(one_beside("high_needs", "not_high_needs"), id="a complement"),
        pytest.param(one_beside(ALL), id="one total"),
        pytest.param(one_by_participation, id="one part in home visits"),
        pytest.param(all_beside, id="all that is withheld beside"),
        pytest.param(totals, id="exact totals"),
        pytest.param(one_small, id="a small cell"),
        pytest.param(one_school, id="one school"),
        pytest.param(left_under_the_mark("students"), id="students under the mark"),
        pytest.param(left_under_the_mark("days_enrolled"), id="days under the mark"),
        pytest.param(left_under_the_mark(*FIGURES), id="all figures under the mark"),
        pytest.param(no_figures_though_shown, id="no figures though shown"),
        pytest.param(a_row_of(group="female"), id="a district by gender"),
        pytest.param(
            a_row_of(group="black", participation="visited"), id="a group by participation"
        ),
        pytest.param(
            a_row_of(district_code=AVON, participation="other"), id="a district without visits"
        ),
        pytest.param(shown_in_the_other_table, id="withheld in one table only"),
        pytest.param(shown_for_the_year, id="shown for the year"),
        pytest.param(another_figure_for_the_year, id="another figure for the year"),
        pytest.param(one_student_more, id="one student more in the state"),
        pytest.param(another_pattern_in_one_month, id="one month with another pattern"),
    ],
)
def test_a_changed_file_is_found(restricted, made, whole, tmp_path, broken):
    public = {name: table.to_pandas() for name, table in made.items()}
    assert found_in(restricted, tmp_path, made, broken(public, whole))


def test_a_figure_that_changed_by_a_few_is_found_beside_the_release_before(
    restricted, made, tmp_path
):
    before = publish(tmp_path / "before", made, _facts(restricted, STATE_RULES))
    rows = made[GROUPS].to_pandas()
    which = (rows["district_code"] == LEAP) & (rows["level"] == ALL) & (rows["status"] == "shown")
    rows.loc[one_of(which), "days_attended"] -= 3
    found = found_in(restricted, tmp_path / "after", made, {GROUPS: rows}, before)
    assert any("differs by few students" in one for one in found)


# --- steps left out ------------------------------------------------------------------------------


def nobody(*_arguments):
    return iter(())


def small_by_absence(_rules, _students, counted, of):
    return (of > 0) & ((counted < 6) | (of - counted < 6))


@pytest.mark.parametrize(
    ("module", "name", "instead"),
    [
        pytest.param(tables, "protected", nothing_withheld, id="nothing is withheld"),
        pytest.param(tables, "protected", small_withheld, id="only what is small"),
        pytest.param(protect._Family, "widen", lambda *_all: False, id="no ranges"),
        pytest.param(Rules, "small", small_by_absence, id="cells of few students are shown"),
    ],
)
def test_a_step_left_out_is_found(restricted, tmp_path, monkeypatch, module, name, instead):
    with monkeypatch.context() as patch:
        patch.setattr(module, name, instead)
        made = public_tables(restricted, STATE_RULES, SILENT).tables
    assert found_in(restricted, tmp_path, made)


def test_without_what_districts_know_it_is_found(restricted, tmp_path, monkeypatch):
    """Neither by combination nor by range: each of the two makes up for most of the other."""
    with monkeypatch.context() as patch:
        patch.setattr(elimination, "_told_owners", nobody)
        patch.setattr(protect._Family, "_narrow_to_owners", nobody)
        made = public_tables(restricted, STATE_RULES, SILENT).tables
    assert any("those of" in found for found in found_in(restricted, tmp_path, made))


def test_without_elimination_too_little_is_left_to_withhold(restricted, monkeypatch):
    """Ranges alone don't find what else must be withheld, and say so."""
    monkeypatch.setattr(elimination, "_offer", nobody)
    with pytest.raises(ContractError, match="nothing is left to withhold beside it"):
        public_tables(restricted, STATE_RULES, SILENT)


def test_a_column_that_tells_what_is_inside_is_refused(restricted, made, tmp_path):
    inside = pa.array([1] * len(made[GROUPS]))
    more = {**made, GROUPS: made[GROUPS].append_column("students_inside", inside)}
    with pytest.raises(ContractError, match="students_inside"):
        publish(tmp_path, more, _facts(restricted, STATE_RULES))


@pytest.mark.parametrize("how", ["sorted by what is hidden", "shown and withheld apart"])
def test_order_and_statistics_that_tell_are_found(restricted, made, whole, tmp_path, how):
    """The check of the files as they are written: rows in the order of their keys, in one group."""
    release = publish(tmp_path, made, _facts(restricted, STATE_RULES))
    file = release.path / f"{GROUPS}.parquet"
    assert in_order(file)
    rows = pq.read_table(file)
    if how == "shown and withheld apart":
        rows = rows.sort_by([("status", "ascending")])
        pq.write_table(rows, file, row_group_size=rows.num_rows // 2)
    else:
        frame = rows.to_pandas()
        inside = frame[PLACE].merge(whole[GROUPS], on=PLACE)["students"]
        pq.write_table(rows.take(inside.sort_values().index.to_numpy()), file)
    assert not in_order(file)


def in_order(file):
    """Whether a table's rows stand in the order of their keys, and in one group."""
    rows = pq.read_table(file)
    order = [(name, "ascending") for name in ("district_code", *PLACE) if name in rows.schema.names]
    return rows.equals(rows.sort_by(list(dict(order).items()))) and (
        pq.read_metadata(file).num_row_groups == 1
    )
