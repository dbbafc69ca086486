"""The demonstration state's planted effects beside their estimates, over many seeds.

    python -m benchmarks.planted --seeds 20

Every state's truth is drawn with it: days attended with and without the visit, from the same random
numbers. By kind of visited student, in points: the mean true effect on the very students an
estimate is about, what the estimate and a plain before-and-after of the same students are off by,
and how often the 95% interval held the truth; for attendance and for both kinds of chronic absence.
Who those students are is worked out here anew, from the input files.
"""

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from math import sqrt
from pathlib import Path

import duckdb
import pandas as pd

from benchmarks.misleading import STUDENT_MONTHS
from benchmarks.simulation import binomial_p
from leapdash.build.demo import make_state
from leapdash.build.demo.places import DISTRICTS, District
from leapdash.build.effects.tables import effect_tables
from leapdash.build.panel.inputs import read_inputs
from leapdash.build.panel.make import make_panel
from leapdash.build.sources.folder import open_folder
from leapdash.contract import CHRONIC, LEVELS, PLACES, STATE_CODE, TO_JUNE, VISITORS
from leapdash.engines import Workspace, open_engine
from leapdash.progress import SILENT
from leapdash.show.effects.arrays import CohortData, Flags, cohort_data, slice_data
from leapdash.show.effects.studies import Headline, effect_to_june, headlines, slice_headlines
from leapdash.show.effects.unions import chosen
from tests.lib.effect_state import TablesAsRelease

RESULTS = Path(__file__).parent / "results" / "planted.csv"
OUTCOMES = {"": "attendance", CHRONIC: "absent 10% of a month", TO_JUNE: "absent 10% to June"}
SLICES: Mapping[str, Mapping[str, str]] = {
    "language": {
        "en": "language = 'en'",
        "es": "language = 'es'",
        "other": "language not in ('en', 'es')",
    },
    "place": {place: f"place = '{place}'" for place in PLACES},
    "visitor": {visitor: f"visitor = '{visitor}'" for visitor in VISITORS},
    "visits": {"1": "met = 1", "2": "met = 2", "3 or more": "met >= 3"},
    "group": {
        **{need: need for need in ("english_learner", "disability", "homeless")},
        **{f"not_{need}": f"not {need}" for need in ("english_learner", "disability", "homeless")},
        "free_or_reduced_meals": "meal_eligibility <> 'none'",
        "not_free_or_reduced_meals": "meal_eligibility = 'none'",
        **{race: f"race_ethnicity = '{race}'" for race in ("black", "hispanic", "white")},
        "female": "gender = 'F'",
        "male": "gender = 'M'",
    },
}
"""Slices and their values, and whom of `student_months` each is about."""

_TRUTH = """
create table compared as
  select student_id from student_months
  where event_time between -3 and -1 and days_enrolled >= 5
  group by student_id having count(*) = 3
  intersect select student_id from student_months where event_time = 0;
create table told as
  select m.*,
    case when grade in ('PK', 'K', '1', '2', '3', '4', '5') then 'PK-5'
      when grade in ('6', '7', '8') then '6-8' else '9-12' end as level,
    case when in_summer then 'summer ' || year(visit_date)
      else school_year || '-' || ((school_year + 1) % 100) end as period,
    year(month) - (month(month) < 7)::int as in_year
  from student_months m join compared using (student_id);
create table followed as
  select *, (attended - without) / days_enrolled as effect
  from told where days_enrolled >= 5 and event_time between 0 and 9;
create table chronic_followed as
  select *, (10 * (days_enrolled - attended) >= days_enrolled)::int
    - (10 * (days_enrolled - without) >= days_enrolled)::int as effect
  from told where days_enrolled >= 10 and event_time between 0 and 9
  and student_id in (select student_id from told where event_time = -1 and days_enrolled >= 10);
create table to_june_followed as
  select began.*, (10 * (days - sums.attended) >= days)::int
    - (10 * (days - sums.without) >= days)::int as effect
  from (select * from told where event_time = 0) began join (
    select student_id, in_year, sum(days_enrolled) as days, sum(attended) as attended,
      sum(without) as without
    from told where event_time >= 0 group by student_id, in_year
  ) sums using (student_id, in_year) where days >= 10;
"""
"""The visited who can be compared, month by month, with the true effect on each outcome."""


def one_state(seed: int, students: int) -> pd.DataFrame:
    """A row by kind of visited student and months: effect, error, naive, truth (fractions)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_state(folder, students=students, seed=seed)
        with open_engine(memory_limit="4GB") as engine, Workspace(engine) as space:
            inputs = read_inputs(space, open_folder(folder).tables, "state", SILENT)
            panel = make_panel(space, inputs, SILENT)
            tables = TablesAsRelease(effect_tables(space, panel, slices=list(SLICES)))
        truth = duckdb.connect()
        truth.execute(STUDENT_MONTHS.format(state=folder))
        truth.execute(_TRUTH)
        codes = dict(
            truth.execute("select distinct district_name, district_code from schools").fetchall()
        )
    rows = []
    for outcome in OUTCOMES:
        data = cohort_data(tables, outcome)
        for kind, (which, condition) in _choices(data, codes).items():
            if outcome == TO_JUNE:
                own = {"to June": effect_to_june(data, which).headline}
            else:
                study = headlines(data, which)
                own = {"1": study.month_after, "6 to 9": study.six_to_nine}
            for months, headline in own.items():
                rows.append(_row(seed, outcome, kind, months, headline, condition, truth))
    for name, values in SLICES.items():
        found = slice_headlines(slice_data(tables, name, STATE_CODE, "all"))
        for value, condition in values.items():
            if value in found:
                own = {"1": found[value].month_after, "6 to 9": found[value].six_to_nine}
                for months, headline in own.items():
                    kind = f"{name}: {value}"
                    rows.append(_row(seed, "", kind, months, headline, condition, truth))
    return pd.DataFrame(rows)


def _choices(data: CohortData, codes: Mapping[str, str]) -> Mapping[str, tuple[Flags, str]]:
    """Kinds of visited students: their atoms, and whom of the truth's tables they are."""
    return {
        "all visited students": (chosen(data), "true"),
        **{
            f"first visit in {'' if 'summer' in period else 'school year '}{period}": (
                chosen(data, periods=[period]),
                f"period = '{period}'",
            )
            for period in sorted(set(data.periods))
        },
        **{level: (chosen(data, levels=[level]), f"level = '{level}'") for level in LEVELS},
        **{
            _named(district): (
                chosen(data, [codes[district.name]]),
                f"district_name = '{district.name}'",
            )
            for district in DISTRICTS
            if codes.get(district.name) in data.districts
        },
    }


def _named(district: District) -> str:
    """The district's name, and in what it chooses otherwise than the rest."""
    if district.canvasses:
        return f"{district.name} (canvasses)"
    if district.learners_first:
        return f"{district.name} (English learners first)"
    return district.name


def _row(
    seed: int,
    outcome: str,
    kind: str,
    months: str,
    headline: Headline,
    condition: str,
    truth: duckdb.DuckDBPyConnection,
) -> dict[str, object]:
    times = ", ".join(str(e) for e in headline.event_times)
    found = truth.execute(
        f"""select avg(effect), min(students) from (select avg(effect) as effect,
        count(*) as students from {outcome}followed where event_time in ({times}) and {condition}
        group by event_time)"""
    ).fetchone()
    assert found is not None
    row: dict[str, object] = {"seed": seed, "outcome": OUTCOMES[outcome], "kind": kind}
    row |= {"months": months, "truth": found[0]}
    row |= {"students": found[1], "visited": headline.visited, "naive": headline.naive}
    if headline.effect is not None:
        row |= {"effect": headline.effect.effect, "error": headline.effect.std_error}
        row["holds"] = headline.effect.low <= found[0] <= headline.effect.high
    return row


def summary(rows: pd.DataFrame) -> str:
    """A Markdown table over the seeds; p is the exact binomial test of 95% (each row by itself)."""
    lines = [
        "| outcome | visited students | school months after | students | true effect "
        "| estimate off by | plain change off by | interval held the truth |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for (outcome, kind, months), t in rows.groupby(["outcome", "kind", "months"], sort=False):
        done = t.dropna(subset=["effect"])
        if done.empty:
            continue
        off = 100 * (done["effect"] - done["truth"])
        plain = "" if months == "to June" else f"{_points(done['naive'] - done['truth']):+.1f}"
        held = int(done["holds"].sum())
        spread = off.std(ddof=1) / sqrt(len(off)) if len(off) > 1 else float("nan")
        lines.append(
            f"| {outcome} | {kind} | {months} | {done['students'].mean():,.0f} "
            f"| {100 * done['truth'].mean():+.1f} "
            f"| {off.mean():+.2f} ± {spread:.2f} | {plain} "
            f"| {held} of {len(done)} (p = {binomial_p(held, len(done), 0.95):.2f}) |"
        )
    return "\n".join(lines)


def _points(differences: pd.Series) -> float:
    return 100 * float(differences.mean())


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--students", type=int, default=150_000)
    parser.add_argument("--results", type=Path, default=RESULTS)
    args = parser.parse_args(arguments)
    args.results.parent.mkdir(parents=True, exist_ok=True)
    done = pd.read_csv(args.results) if args.results.exists() else pd.DataFrame()
    for seed in range(1, args.seeds + 1):
        if not len(done) or seed not in set(done["seed"]):
            done = pd.concat([done, one_state(seed, args.students)], ignore_index=True)
            done.to_csv(args.results, index=False)
    print(summary(done))


if __name__ == "__main__":
    main()
