"""The demonstration state's planted effects beside their estimates, over many seeds.

    python -m benchmarks.planted --seeds 20

Every state's truth is drawn with it: days attended with and without the visit, from the same random
numbers. By kind of visited student, in points: the mean true effect on the very students an
estimate is about, what the estimate and a plain before-and-after of the same students are off by,
and how often the 95% interval held the truth. Who those students are is worked out here anew, from
the input files.
"""

import argparse
import tempfile
from collections.abc import Sequence
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
from leapdash.contract import STATE_CODE
from leapdash.engines import Workspace, open_engine
from leapdash.progress import SILENT
from leapdash.show.effects.arrays import cohort_data, slice_data
from leapdash.show.effects.studies import Headline, effect_study, slice_studies
from leapdash.show.effects.unions import chosen
from tests.lib.effect_state import TablesAsRelease

RESULTS = Path(__file__).parent / "results" / "planted.csv"
_LANGUAGES = {"en": "family speaks English", "es": "Spanish", "other": "another language"}

_TRUTH = """
create table compared as
  select student_id from student_months
  where event_time between -3 and -1 and days_enrolled >= 5
  group by student_id having count(*) = 3
  intersect select student_id from student_months where event_time = 0;
create table followed as
  select m.event_time,
    case when grade in ('PK', 'K', '1', '2', '3', '4', '5') then 'PK-5'
      when grade in ('6', '7', '8') then '6-8' else '9-12' end as level,
    district_name,
    case when in_summer then 'summer ' || year(visit_date)
      else school_year || '-' || ((school_year + 1) % 100) end as period,
    case when language in ('en', 'es') then language else 'other' end as language,
    attended / days_enrolled as rate, (attended - without) / days_enrolled as effect
  from student_months m join compared using (student_id)
  where days_enrolled >= 5 and event_time between 0 and 9;
"""


def one_state(seed: int, students: int) -> pd.DataFrame:
    """A row by kind of visited student and months: effect, error, naive, truth (fractions)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_state(folder, students=students, seed=seed)
        with open_engine(memory_limit="4GB") as engine, Workspace(engine) as space:
            inputs = read_inputs(space, open_folder(folder).tables, "state", SILENT)
            panel = make_panel(space, inputs, SILENT)
            tables = TablesAsRelease(effect_tables(space, panel, slices=["language"]))
        truth = duckdb.connect()
        truth.execute(STUDENT_MONTHS.format(state=folder))
        truth.execute(_TRUTH)
        rows = []
        codes = dict(
            truth.execute("select distinct district_name, district_code from schools").fetchall()
        )
    cohorts = cohort_data(tables)
    studies = {
        "all visited students": (effect_study(cohorts, chosen(cohorts)), "true"),
        **{
            f"first visit in {'' if 'summer' in period else 'school year '}{period}": (
                effect_study(cohorts, chosen(cohorts, periods=[period])),
                f"period = '{period}'",
            )
            for period in dict.fromkeys(cohorts.periods)
        },
        **{
            level: (effect_study(cohorts, chosen(cohorts, levels=[level])), f"level = '{level}'")
            for level in ("PK-5", "6-8", "9-12")
        },
        **{
            _named(district): (
                effect_study(cohorts, chosen(cohorts, [codes[district.name]])),
                f"district_name = '{district.name}'",
            )
            for district in DISTRICTS
            if codes.get(district.name) in cohorts.districts
        },
        **{
            _LANGUAGES[value]: (study, f"language = '{value}'")
            for value, study in slice_studies(
                slice_data(tables, "language", STATE_CODE, "all")
            ).items()
        },
    }
    for kind, (study, condition) in studies.items():
        for months, headline in (("1", study.month_after), ("6 to 9", study.six_to_nine)):
            rows.append(_row(seed, kind, months, headline, condition, truth))
    return pd.DataFrame(rows)


def _named(district: District) -> str:
    """The district's name, and in what it chooses otherwise than the rest."""
    if district.canvasses:
        return f"{district.name} (canvasses)"
    if district.learners_first:
        return f"{district.name} (English learners first)"
    return district.name


def _row(
    seed: int,
    kind: str,
    months: str,
    headline: Headline,
    condition: str,
    truth: duckdb.DuckDBPyConnection,
) -> dict[str, object]:
    times = ", ".join(str(e) for e in headline.event_times)
    found = truth.execute(
        f"""select avg(effect), min(students) from (select avg(effect) as effect,
        count(*) as students from followed where event_time in ({times}) and {condition}
        group by event_time)"""
    ).fetchone()
    assert found is not None
    row: dict[str, object] = {"seed": seed, "kind": kind, "months": months, "truth": found[0]}
    row |= {"students": found[1], "visited": headline.visited, "naive": headline.naive}
    if headline.effect is not None:
        row |= {"effect": headline.effect.effect, "error": headline.effect.std_error}
        row["holds"] = headline.effect.low <= found[0] <= headline.effect.high
    return row


def summary(rows: pd.DataFrame) -> str:
    """A Markdown table over the seeds; p is the exact binomial test of 95% (each row by itself)."""
    lines = [
        "| visited students | school months after | students | true effect | estimate off by "
        "| plain change off by | interval held the truth |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for (kind, months), t in rows.groupby(["kind", "months"], sort=False):
        done = t.dropna(subset=["effect"])
        if done.empty:
            continue
        off = 100 * (done["effect"] - done["truth"])
        plain = 100 * (done["naive"] - done["truth"])
        held = int(done["holds"].sum())
        spread = off.std(ddof=1) / sqrt(len(off)) if len(off) > 1 else float("nan")
        lines.append(
            f"| {kind} | {months} | {done['students'].mean():,.0f} "
            f"| {100 * done['truth'].mean():+.1f} "
            f"| {off.mean():+.2f} ± {spread:.2f} | {plain.mean():+.1f} "
            f"| {held} of {len(done)} (p = {binomial_p(held, len(done), 0.95):.2f}) |"
        )
    return "\n".join(lines)


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
