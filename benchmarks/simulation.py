"""The estimator on simulated states, beside a plain before-and-after and other estimators.

    python -m benchmarks.simulation --runs 2000 --peers 50

Every run is a row per estimator, appended to a file as it is done; the same command again goes on
where it stopped. At the end two tables: what each estimator is off by at 0, 1, 3 and 6 months after
the visit; and how often 95% intervals and the simultaneous band over months 0 to 9 held the truth,
and how often the test before the visit raised a false alarm at 5%. The truth is the mean true
effect on that run's estimated students.
"""

import argparse
import csv
import os
import warnings
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from math import inf, lgamma, log
from pathlib import Path
from time import perf_counter

# One process is one run: linear algebra on several threads would only get in the others' way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import ibis
import numpy as np
import pandas as pd

from benchmarks import dense
from benchmarks.states import DESIGNS, State, draw
from leapdash import event_study
from leapdash.inference import (
    degrees_of_freedom,
    joint_test,
    mean_effect,
    simultaneous_factor,
    t_factor,
)

EVENTS = (0, 1, 3, 6)
LATER = (6, 7, 8, 9)
BEFORE = (-6, -5, -4)
RESULTS = Path(__file__).parent / "results" / "simulation.csv"
OURS, RECENT, BEFORE_AND_AFTER = "leapdash", "leapdash, three months", "before and after"
PLAIN, ROBUST = "diff-diff", "diff-diff doubly robust"
PEERS = (PLAIN, ROBUST)
CHECKED = 10
"""Every so many runs, `event_study` itself is run beside its numbers in `benchmarks.dense`."""
COLUMNS = (
    *("design", "run", "estimator", "seconds", "visited"),
    *(f"{name}_{e}" for e in EVENTS for name in ("effect", "error", "truth")),
    *(f"degrees_{e}" for e in EVENTS),
    *("effect_later", "error_later", "truth_later", "degrees_later"),
    *("band_t", "band_factor", "before_p"),
)

Job = tuple[str, int, str]
"""A design, the number of the state, and an estimator."""


def one_run(design: str, run: int, estimator: str) -> dict[str, object]:
    """One estimator on one state, as a row of COLUMNS."""
    state = draw(DESIGNS[design], seed=(list(DESIGNS).index(design), run))
    began = perf_counter()
    if estimator in (OURS, RECENT):
        found = ours(state, run % CHECKED == 0, estimator == OURS)
    else:
        found = _PEERS[estimator](state)
    row: dict[str, object] = {"design": design, "run": run, "estimator": estimator}
    row["seconds"] = round(perf_counter() - began, 2)
    for e in reversed(EVENTS):
        row["visited"], truth = state.true_effect(e)
        row[f"truth_{e}"] = round(truth, 6)
    return row | found


def ours(state: State, checked: bool = True, earlier: bool = True) -> dict[str, object]:
    """`event_study` as the pipeline uses it: strata are districts and levels; without `earlier`,
    from the last three months alone.

    Worked out by `benchmarks.dense`, twice as fast; where `checked` also by `event_study`,
    and an AssertionError where the two differ.
    """
    found = dense.effects(state, earlier)
    if checked:
        _same(found, state, earlier)
    row: dict[str, object] = {}
    truths = [state.true_effect(e) for e in dense.EVENTS]
    if [seen for seen, _ in truths] != found.visited.tolist():
        raise AssertionError(f"{truths} students followed, {found.visited}")
    errors = np.sqrt(np.diag(found.covariance))
    for k, e in enumerate(dense.EVENTS):
        if e in EVENTS:
            row[f"effect_{e}"] = round(float(found.effect[k]), 6)
            row[f"error_{e}"] = round(float(errors[k]), 6)
            row[f"degrees_{e}"] = round(degrees_of_freedom(float(found.effective[k])), 2)
    true = np.array([truth for _, truth in truths])
    misses = np.abs(found.effect - true)
    times = np.array(dense.EVENTS)
    later = np.isin(times, LATER)
    mean = mean_effect(found.effect[later], found.covariance[np.ix_(later, later)])
    row["effect_later"], row["error_later"] = round(mean.effect, 6), round(mean.std_error, 6)
    row["truth_later"] = round(float(true[later].mean()), 6)
    row["degrees_later"] = round(degrees_of_freedom(float(found.effective[later].min())), 2)
    after, before = np.flatnonzero(times >= 0), np.flatnonzero(np.isin(times, BEFORE))
    row["band_t"] = round(float((misses[after] / errors[after]).max()), 6)
    degrees = degrees_of_freedom(float(found.effective[after].min()))
    factor = simultaneous_factor(found.covariance[np.ix_(after, after)], degrees)
    row["band_factor"] = round(factor, 6)
    test = joint_test(found.effect[before], found.covariance[np.ix_(before, before)])
    row["before_p"] = round(test.p_value, 6) if test else ""
    return row


def _same(found: dense.Effects, state: State, earlier: bool) -> None:
    engine = ibis.duckdb.connect(threads=1)
    try:
        panel = engine.create_table("panel", ibis.memtable(state.table()))
        study = event_study(
            panel,
            attended="attended",
            enrolled="enrolled",
            stratum=["district", "level"],
            own_slopes="district",
            earlier=earlier,
        )
    finally:
        engine.disconnect()
    effects = study.effects
    same = (
        tuple(effects["event_time"]) == dense.EVENTS
        and np.array_equal(effects["visited"], found.visited)
        and np.allclose(effects["effect"], found.effect, rtol=0, atol=1e-10)
        and np.allclose(study.covariance, found.covariance, rtol=0, atol=1e-12)
    )
    if not same:
        raise AssertionError("event_study and benchmarks.dense differ")


def before_and_after(state: State) -> dict[str, object]:
    """The visited students' plain change since the month before the visit; no standard error."""
    return {f"effect_{e}": round(state.naive_change(e), 6) for e in EVENTS}


def diff_diff(state: State, covariates: list[str] | None, method: str) -> dict[str, object]:
    """diff-diff's Callaway and Sant'Anna estimator, not yet treated, universal base."""
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
    for e in EVENTS:
        found[f"effect_{e}"] = round(float(result.event_study_effects[e]["effect"]), 6)
        found[f"error_{e}"] = round(float(result.event_study_effects[e]["se"]), 6)
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


def held(done: pd.DataFrame, name: str) -> int:
    """In how many runs the interval held the truth; normal ones where no degrees are known."""
    factors = [t_factor(n if n > 0 else inf) for n in done[f"degrees_{name}"].astype(float)]
    off = (done[f"effect_{name}"] - done[f"truth_{name}"]).abs()
    return int((off <= factors * done[f"error_{name}"]).sum())


def summary(results: pd.DataFrame) -> str:
    """Two Markdown tables, in points of the attendance rate: what each estimator is off by; and
    coverage and alarms, each with the p-value of the exact two-sided binomial test.
    """
    months = " | ".join(str(e) for e in EVENTS)
    off = [
        f"| design | estimator | runs | {months} |",
        "|---|---|---:|" + "---:|" * len(EVENTS),
    ]
    coverage = [
        f"| design | estimator | {months} | 6 to 9 | 0 to 9 at once | alarms before |",
        "|---|---|" + "---:|" * (len(EVENTS) + 3),
    ]
    for design in dict.fromkeys(results["design"]):
        own = results[results["design"] == design]
        truth = " | ".join(f"{100 * own[f'truth_{e}'].mean():.2f}" for e in EVENTS)
        off.append(f"| {design} | *true effect* | | {truth} |")
        for estimator in (OURS, RECENT, *_PEERS):
            done = own[own["estimator"] == estimator].dropna(subset=["effect_0"])
            if done.empty:
                continue
            errors = {e: 100 * (done[f"effect_{e}"] - done[f"truth_{e}"]) for e in EVENTS}
            cells = " | ".join(
                f"{x.mean():+.2f} ± {x.std(ddof=1) / len(x) ** 0.5:.2f}" for x in errors.values()
            )
            off.append(f"| {design} | {estimator} | {len(done):,} | {cells} |")
            if done["error_0"].isna().all():
                continue
            hits = [_share(held(done, str(e)), len(done), 0.95) for e in EVENTS]
            if estimator in (OURS, RECENT):
                hits.append(_share(held(done, "later"), len(done), 0.95))
                together = int((done["band_t"] <= done["band_factor"]).sum())
                hits.append(_share(together, len(done), 0.95))
                hits.append(_share(int((done["before_p"] < 0.05).sum()), len(done), 0.05))
            else:
                hits += ["", "", ""]
            coverage.append(f"| {design} | {estimator} | {' | '.join(hits)} |")
    return "\n".join([*off, "", *coverage])


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
    parser.add_argument("--seconds", type=float, default=float("inf"), help="start none after")
    parser.add_argument("--designs", nargs="+", default=list(DESIGNS), choices=list(DESIGNS))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--results", type=Path, default=RESULTS)
    args = parser.parse_args()

    args.results.parent.mkdir(parents=True, exist_ok=True)
    if not args.results.exists():
        args.results.write_text(",".join(COLUMNS) + "\n")
    known = pd.read_csv(args.results)
    done = set(zip(known["design"], known["run"], known["estimator"], strict=True))
    limits = {OURS: args.runs, RECENT: args.recent, BEFORE_AND_AFTER: args.runs}
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
