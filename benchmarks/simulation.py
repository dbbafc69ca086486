"""The estimator on simulated states, beside a plain before-and-after and other estimators.

    python -m benchmarks.simulation --runs 2000 --peers 50

Every run is a row per estimator, appended to a file as it is done; the same command again goes on
where it stopped. At the end four tables; the first three for 0, 1, 3 and 6 months after the visit
and for the headline, the mean of months 6 to 9: what each estimator is off by; how often 95%
intervals and the simultaneous band over all months from 0 on held the truth; and how far estimates
spread beside their mean standard error. The truth is the mean true effect on that run's estimated
students. The last: how often the test before the visit and other checks rang.
"""

import argparse
import csv
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from math import inf, lgamma, log
from pathlib import Path
from time import perf_counter
from typing import Any

# One process is one run: linear algebra on several threads would only get in the others' way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import ibis
import numpy as np
import pandas as pd

from benchmarks import dense
from benchmarks.states import DESIGNS, LAST_YEAR, SHARES, State, draw
from leapdash import event_study
from leapdash.contract.thresholds import HEADLINES, MUCH_CUT, POWER, STAYED_ALIKE
from leapdash.estimator.event_study import EventStudy
from leapdash.inference import (
    degrees_of_freedom,
    interval,
    joint_test,
    mean_effect,
    simultaneous_factor,
    smallest_found,
)

EVENTS = (0, 1, 3, 6)
LATER = "6 to 9"
WHEN: Mapping[int | str, tuple[int, ...]] = {
    **{e: (e,) for e in EVENTS},
    LATER: HEADLINES["six_to_nine"],
}
"""What is looked at: an event time, or the mean of several."""
BEFORE = (-6, -5, -4)
RESULTS = Path(__file__).parent / "results" / "simulation.csv"
OURS, DISTRICT = "leapdash", "leapdash, one district"
ALONE, RECENT = "leapdash, attendance alone", "leapdash, three months"
COVARIATES = (*SHARES, "school_last", "school_mean", *LAST_YEAR)
OPTIONS: Mapping[str, Mapping[str, Any]] = {
    OURS: {"covariates": COVARIATES},
    ALONE: {},
    RECENT: {"earlier": False},
}
"""Our estimator as the pipeline uses it; without student groups and the school's attendance; and
from the last three months alone."""
BEFORE_AND_AFTER = "before and after"
PLAIN, ROBUST = "diff-diff", "diff-diff doubly robust"
PEERS = (PLAIN, ROBUST)
CHECKED = 50
"""Every so many runs, `event_study` itself is run beside its numbers in `benchmarks.dense`."""
COLUMNS = (
    *("design", "run", "estimator", "seconds", "visited"),
    *(f"{name}_{when}" for when in WHEN for name in ("effect", "error", "truth")),
    *("band_t", "band_factor", "before_p", "smallest", "smallest_p"),
    *(f"effective_{when}" for when in WHEN),
    *("cut", "apart"),
)
"""`before_p`: of the test before the visit; `smallest`: the departure, the same in its months, that
it says it would have found; `smallest_p`: of one so large. `effective`: how many equally weighted
comparison students those of the run are worth. `cut`, `apart`: see `dense.Effects`, the largest of
the later months and of all from 0 on."""


Job = tuple[str, int, str]
"""A design, the number of the state, and an estimator."""


def one_run(design: str, run: int, estimator: str) -> dict[str, object]:
    """One estimator on one state, as a row of COLUMNS."""
    state = draw(DESIGNS[design], seed=(list(DESIGNS).index(design), run))
    began = perf_counter()
    who = None
    if estimator in OPTIONS:
        found = ours(state, run % CHECKED == 0, **OPTIONS[estimator])
    elif estimator == DISTRICT:
        who = state.district == run % DESIGNS[design].districts
        found = in_district(state, run % DESIGNS[design].districts)
    else:
        found = _PEERS[estimator](state)
    row: dict[str, object] = {"design": design, "run": run, "estimator": estimator}
    row["seconds"] = round(perf_counter() - began, 2)
    row["visited"] = state.true_effect(0, who)[0]
    for when, events in WHEN.items():
        row[f"truth_{when}"] = round(_mean([state.true_effect(e, who)[1] for e in events]), 6)
    return row | found


def ours(
    state: State,
    checked: bool = True,
    earlier: bool = True,
    covariates: Sequence[str] = (),
) -> dict[str, object]:
    """`event_study` as the pipeline uses it: strata are districts and levels. See OPTIONS.

    Worked out by `benchmarks.dense`, twice as fast; where `checked` also by `event_study`,
    and an AssertionError where the two differ.
    """
    found = dense.effects(state, earlier, covariates)
    row: dict[str, object] = {}
    if checked:
        _same(found, state, earlier, covariates)
    truths = [state.true_effect(e) for e in dense.EVENTS]
    if [seen for seen, _ in truths] != found.visited.tolist():
        raise AssertionError(f"{truths} students followed, {found.visited}")
    errors = np.sqrt(np.diag(found.covariance))
    for when, events in WHEN.items():
        at = [dense.EVENTS.index(e) for e in events]
        mean = mean_effect(found.effect[at], found.covariance[np.ix_(at, at)])
        row[f"effect_{when}"] = round(mean.effect, 6)
        row[f"error_{when}"] = round(mean.std_error, 6)
        row[f"effective_{when}"] = round(float(found.effective[at].min()), 1)
    misses = np.abs(found.effect - [truth for _, truth in truths])
    times = np.array(dense.EVENTS)
    after, before = np.flatnonzero(times >= 0), np.flatnonzero(np.isin(times, BEFORE))
    row["band_t"] = round(float((misses[after] / errors[after]).max()), 6)
    degrees = degrees_of_freedom(float(found.effective[after].min()))
    factor = simultaneous_factor(found.covariance[np.ix_(after, after)], degrees)
    row["band_factor"] = round(factor, 6)
    early = found.covariance[np.ix_(before, before)]
    test, smallest = joint_test(found.effect[before], early), smallest_found(early)
    row["before_p"] = round(test.p_value, 6) if test else ""
    if smallest is not None and (with_it := joint_test(found.effect[before] + smallest, early)):
        row |= {"smallest": round(smallest, 6), "smallest_p": round(with_it.p_value, 6)}
    later = np.isin(times, WHEN[LATER])
    row["cut"] = round(float(found.cut[later].max()), 6)
    row["apart"] = round(float(found.apart[after].max()), 6)
    return row


def in_district(state: State, district: int) -> dict[str, object]:
    """`event_study`'s effects in one district, both levels together; of the headline without a
    standard error. Nobody moves, so the levels' errors are independent.
    """
    strata = _study(state, covariates=COVARIATES).strata
    own = strata[strata["district"] == district]
    visited = own["visited"].to_numpy(np.float64)
    own = own.assign(
        total=visited * own["effect"],
        squares=(visited * own["std_error"]) ** 2,
        shares=visited**2 / own["comparison_effective"],
    )
    sums = own.groupby("event_time")[["visited", "total", "squares", "shares"]].sum()
    effects = pd.DataFrame(
        {
            "effect": sums["total"] / sums["visited"],
            "std_error": np.sqrt(sums["squares"]) / sums["visited"],
            "comparison_effective": sums["visited"] ** 2 / sums["shares"],
        }
    )
    row = _effective(effects)
    who = state.district == district
    for when, events in WHEN.items():
        followed = [state.true_effect(e, who)[0] for e in events]
        if sums.loc[list(events), "visited"].tolist() != followed:
            raise AssertionError(f"{followed} students followed, {sums['visited']}")
        row[f"effect_{when}"] = round(_mean(effects.loc[list(events), "effect"].tolist()), 6)
    for e in EVENTS:
        row[f"error_{e}"] = round(float(effects.loc[e, "std_error"]), 6)
    return row


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _effective(effects: pd.DataFrame) -> dict[str, object]:
    """How many students the comparison is worth. `effects`: by event time."""
    worth = effects["comparison_effective"]
    return {f"effective_{w}": round(worth.loc[list(events)].min(), 1) for w, events in WHEN.items()}


def _same(
    found: dense.Effects, state: State, earlier: bool, covariates: Sequence[str]
) -> pd.DataFrame:
    """`event_study`'s effects, by event time; an AssertionError where `found` differs."""
    study = _study(state, earlier, covariates)
    effects = study.effects
    same = (
        tuple(effects["event_time"]) == dense.EVENTS
        and np.array_equal(effects["visited"], found.visited)
        and np.allclose(effects["effect"], found.effect, rtol=0, atol=1e-10)
        and np.allclose(study.covariance, found.covariance, rtol=0, atol=1e-12)
        and np.allclose(effects["cut"], found.cut, rtol=0, atol=1e-10)
    )
    if not same:
        raise AssertionError("event_study and benchmarks.dense differ")
    return effects.set_index("event_time")


def _study(state: State, earlier: bool = True, covariates: Sequence[str] = ()) -> EventStudy:
    engine = ibis.duckdb.connect(threads=1)
    try:
        panel = engine.create_table("panel", ibis.memtable(state.table(covariates)))
        return event_study(
            panel,
            attended="attended",
            enrolled="enrolled",
            stratum=["district", "level"],
            own_slopes="district",
            earlier=earlier,
            covariates=covariates,
        )
    finally:
        engine.disconnect()


def before_and_after(state: State) -> dict[str, object]:
    """The visited students' plain change since the month before the visit; no standard error."""
    return {
        f"effect_{when}": round(_mean([state.naive_change(e) for e in events]), 6)
        for when, events in WHEN.items()
    }


def diff_diff(state: State, covariates: list[str] | None, method: str) -> dict[str, object]:
    """diff-diff's Callaway and Sant'Anna estimator, not yet treated, universal base; of the
    headline without a standard error.
    """
    from diff_diff import CallawaySantAnna

    frame = state.table().to_pandas()
    frame["rate"] = np.where(frame["enrolled"] >= 5, frame["attended"] / frame["enrolled"], np.nan)
    by_student = frame.groupby("student_id")["rate"]
    # Covariates are read in the base month, so these are last month's and three months' attendance.
    frame["last"] = frame["rate"]
    frame["three"] = by_student.transform(lambda rate: rate.rolling(3, min_periods=1).mean())
    frame["first_treat"] = frame["first_visit"].fillna(-1).astype(int) + 1
    frame["month"] += 1
    frame = frame.dropna(subset=["rate"])
    estimator = CallawaySantAnna(
        control_group="not_yet_treated",
        base_period="universal",
        estimation_method=method,
        cband=False,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = estimator.fit(
            frame,
            outcome="rate",
            unit="student_id",
            time="month",
            first_treat="first_treat",
            covariates=covariates,
            aggregate="event_study",
        )
    found: dict[str, object] = {}
    by_event = result.event_study_effects
    for when, events in WHEN.items():
        found[f"effect_{when}"] = round(_mean([float(by_event[e]["effect"]) for e in events]), 6)
    for e in EVENTS:
        found[f"error_{e}"] = round(float(by_event[e]["se"]), 6)
    return found


_PEERS = {
    BEFORE_AND_AFTER: before_and_after,
    PLAIN: lambda state: diff_diff(state, None, "reg"),
    ROBUST: lambda state: diff_diff(state, ["last", "three"], "dr"),
}


def binomial_p(hits: int, runs: int, chance: float) -> float:
    """The exact two-sided binomial test: the chance of a count no likelier than this one."""
    counts = np.arange(runs + 1)
    logs = np.array([-lgamma(k + 1) - lgamma(runs - k + 1) for k in counts]) + lgamma(runs + 1)
    logs += counts * log(chance) + (runs - counts) * log(1 - chance)
    return float(min(1.0, np.exp(logs[logs <= logs[hits] + 1e-9]).sum()))


def held(done: pd.DataFrame, when: int | str) -> int:
    """In how many runs the interval held the truth; normal ones where no degrees are known."""
    worth = done[f"effective_{when}"].astype(float)
    months = len(WHEN[when])
    factors = [
        interval(0.0, 1.0, degrees_of_freedom(n) if n > 0 else inf, months).high for n in worth
    ]
    off = (done[f"effect_{when}"] - done[f"truth_{when}"]).abs()
    return int((off <= factors * done[f"error_{when}"]).sum())


def summary(results: pd.DataFrame) -> str:
    """Four Markdown tables: what each estimator is off by, in points of the attendance rate;
    coverage, with the p-value of the exact two-sided binomial test; the spread of what it is off by
    over the mean standard error, with how many equally weighted students its comparison is worth at
    6 months; and how often checks ring.
    """
    months, columns = " | ".join(str(when) for when in WHEN), "---:|" * len(WHEN)
    off = [f"| design | estimator | runs | {months} |", f"|---|---|---:|{columns}"]
    coverage = [
        f"| design | estimator | {months} | 0 to {dense.EVENTS[-1]} at once |",
        f"|---|---|{columns}---:|",
    ]
    ratios = [
        f"| design | estimator | {months} | comparison at 6, effective |",
        f"|---|---|{columns}---:|",
    ]
    checks = [
        "| design | estimator | months before differ | what it says it would find | and then finds "
        "| weight cut off | shares still observed |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for design in dict.fromkeys(results["design"]):
        own = results[results["design"] == design]
        whole = own[own["estimator"] != DISTRICT]
        truth = " | ".join(f"{100 * whole[f'truth_{when}'].mean():.2f}" for when in WHEN)
        off.append(f"| {design} | *true effect* | | {truth} |")
        for estimator in (*OPTIONS, DISTRICT, *_PEERS):
            done = own[own["estimator"] == estimator].dropna(subset=["effect_0"])
            if done.empty:
                continue
            misses = {w: 100 * (done[f"effect_{w}"] - done[f"truth_{w}"]) for w in WHEN}
            errors = {w: 100 * done[f"error_{w}"] for w in WHEN}
            cells = " | ".join(
                f"{x.mean():+.2f} ± {x.std(ddof=1) / len(x) ** 0.5:.2f}" for x in misses.values()
            )
            off.append(f"| {design} | {estimator} | {len(done):,} | {cells} |")
            if errors[0].isna().all():
                continue
            hits, spread = [], []
            for when, x in misses.items():
                known = errors[when].notna()
                if not known.any():
                    hits.append("")
                    spread.append("")
                    continue
                hits.append(_share(held(done[known], when), int(known.sum()), 0.95))
                spread.append(f"{x[known].std(ddof=1) / errors[when].mean():.2f}")
            if estimator in OPTIONS:
                together = int((done["band_t"] <= done["band_factor"]).sum())
                hits.append(_share(together, len(done), 0.95))
                checks.append(f"| {design} | {estimator} | {' | '.join(_checks(done))} |")
            else:
                hits.append("")
            coverage.append(f"| {design} | {estimator} | {' | '.join(hits)} |")
            effective = done["effective_6"].mean()
            spread.append("" if np.isnan(effective) else f"{effective:,.0f}")
            ratios.append(f"| {design} | {estimator} | {' | '.join(spread)} |")
    return "\n".join([*off, "", *coverage, "", *ratios, "", *checks])


def _checks(done: pd.DataFrame) -> list[str]:
    """How often the test before the visit rang, the departure it says it would have found 80% of
    the time, how often it found one so large, and how often two checks rang.
    """
    return [
        _share(int((done["before_p"] < 0.05).sum()), len(done), 0.05),
        f"{100 * done['smallest'].mean():.1f} points",
        _share(int((done["smallest_p"] < 0.05).sum()), len(done), POWER),
        f"{(done['cut'] > MUCH_CUT).mean():.0%}",
        f"{(done['apart'] > STAYED_ALIKE).mean():.0%}",
    ]


def _share(hits: int, runs: int, expected: float) -> str:
    p = binomial_p(hits, runs, expected)
    return f"{100 * hits / runs:.1f}% (p {'< 0.001' if p < 0.001 else f'= {p:.3f}'})"


def _wanted(designs: list[str], limits: dict[str, int], done: set[Job]) -> Iterator[Job]:
    for run in range(max(limits.values())):
        for design in designs:
            for estimator, limit in limits.items():
                if run < limit and (design, run, estimator) not in done:
                    yield design, run, estimator


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=2000, help="of ours, in each design")
    parser.add_argument(
        "--peers", type=int, default=0, help="of each other estimator; needs diff-diff"
    )
    parser.add_argument(
        "--recent", type=int, default=0, help="of ours with the last three months alone"
    )
    parser.add_argument(
        "--alone", type=int, default=0, help="of ours without student groups and schools"
    )
    parser.add_argument("--district", type=int, default=0, help="of ours in one district of each")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="start none after")
    parser.add_argument("--designs", nargs="+", default=list(DESIGNS), choices=list(DESIGNS))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--results", type=Path, default=RESULTS)
    args = parser.parse_args()

    args.results.parent.mkdir(parents=True, exist_ok=True)
    if not args.results.exists():
        args.results.write_text(",".join(COLUMNS) + "\n")
    known = pd.read_csv(args.results)
    if tuple(known.columns) != COLUMNS:
        parser.error(
            f"{args.results} has other columns than this version writes. Expected a file of this "
            "version, or none: move it away, or name another with --results."
        )
    done = set(zip(known["design"], known["run"], known["estimator"], strict=True))
    limits = {OURS: args.runs, ALONE: args.alone, RECENT: args.recent, DISTRICT: args.district}
    limits[BEFORE_AND_AFTER] = args.runs
    jobs = _wanted(args.designs, limits | dict.fromkeys(PEERS, args.peers), done)
    began = perf_counter()
    with (
        ProcessPoolExecutor(args.workers) as pool,
        args.results.open("a", newline="") as file,
    ):
        writer = csv.DictWriter(file, COLUMNS)
        waiting: set[Future[dict[str, object]]] = set()
        more = True
        while more or waiting:
            while more and len(waiting) < 2 * args.workers:
                job = next(jobs, None)
                if job is None or perf_counter() - began >= args.seconds:
                    more = False
                else:
                    waiting.add(pool.submit(one_run, *job))
            finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in finished:
                writer.writerow(future.result())
                file.flush()
    print(summary(pd.read_csv(args.results)))


if __name__ == "__main__":
    main()
