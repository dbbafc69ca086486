"""How long effects and their standard errors take, beside other estimators and a floor.

    python -m benchmarks.effects [--students N …] [--seconds N] [--runs N]

Draws states of 30 school months (`states.draw`, by turns of students and visits as in the
simulation) and estimates the effect of visits on each, from a Parquet file, each estimator in a
process of its own: leapdash as the pipeline uses it and without weights and slopes; the same as
DuckDB SQL by hand (`effects_floor.py`), whose effects and errors must be leapdash's to 1e-9;
diff-diff and csdid, plain and doubly robust with the same past attendance (last month, three
months, all before these). leapdash's plain effects must be those of the plain peers to 1e-8.

Seconds are those from the file to effects and errors, the best of the runs; loading the libraries
is left out. Peak memory is the process's, libraries included. leapdash gives months -6 to 9; the
others can only be asked for every pair of cohort and month, so leapdash is also measured with all.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

# Only what is light: a child's peak memory starts from its parent's.

MONTHS = 30
MEMORY = 20 * 2**30
"""What a process may take before it counts as out of memory."""

OURS, ALL, PLAIN, FLOOR = "leapdash", "leapdash, all months", "leapdash plain", "floor"
PEERS_PLAIN = ("diff-diff", "csdid")
PEERS_ROBUST = ("diff-diff doubly robust", "csdid doubly robust")
PAST = ["last", "three", "earlier"]
Found = tuple[Mapping[int, float], Mapping[int, float]]


@dataclass(frozen=True)
class Run:
    """What one process took: seconds on the clock and of processor from file to result, peak MB;
    effects and errors by event time; or `failed`, why there is none.
    """

    wall: float = float("nan")
    cpu: float = float("nan")
    peak: float = float("nan")
    effects: Mapping[int, float] | None = None
    errors: Mapping[int, float] | None = None
    failed: str = ""


# --- in a process of their own --------------------------------------------------------------------


def make_state(path: Path, students: int) -> None:
    """Write one state."""
    import pyarrow.parquet as pq

    from benchmarks.states import DESIGNS, draw

    design = replace(DESIGNS["history"], students=students, months=MONTHS)
    pq.write_table(draw(design, seed=1).table(), path)


def _leapdash(path: Path, **options: object) -> Callable[[], Found]:
    from leapdash.estimator.event_study import event_study

    def run() -> Found:
        study = event_study(path, attended="attended", enrolled="enrolled", **options)
        t = study.effects.set_index("event_time")
        events = [int(e) for e in t.index]
        effects, errors = t["effect"].tolist(), t["std_error"].tolist()
        return dict(zip(events, effects, strict=True)), dict(zip(events, errors, strict=True))

    return run


def _as_pipeline(path: Path, **options: object) -> Callable[[], Found]:
    return _leapdash(path, stratum=["district", "level"], own_slopes="district", **options)


def _as_peers(path: Path) -> Callable[[], Found]:
    return _leapdash(
        path, weights=False, slopes=False, history=0, shares="random", small_samples=False
    )


def _floor(path: Path) -> Callable[[], Found]:
    from benchmarks.effects_floor import floor

    def run() -> Found:
        effects, errors = floor(path)
        events = [int(e) for e in effects["e"]]
        return (
            dict(zip(events, effects["effect"].tolist(), strict=True)),
            dict(zip(events, errors.tolist(), strict=True)),
        )

    return run


def _frame(path: Path) -> "pd.DataFrame":
    """The state as the peers take it: rate, first_treat, and past attendance, which they read in
    the base month; so `last` is last month's, `three` that of the three months before, `earlier` of
    all months before these.
    """
    import pandas as pd

    t = pd.read_parquet(path)
    by_student = ["student_id", "month"]
    t = t.sort_values(by_student, ignore_index=True)
    t["rate"] = t["attended"] / t["enrolled"]
    t["last"] = t["rate"]
    rate = t.groupby("student_id")["rate"]
    t["three"] = (t["rate"] + rate.shift(1) + rate.shift(2)) / 3
    # Before the third month there is no history; nobody is visited then either.
    t["three"] = t["three"].fillna(t["rate"])
    so_far = rate.cumsum() - (t["rate"] + rate.shift(1) + rate.shift(2))
    t["earlier"] = (so_far / (t["month"] - 2)).where(t["month"] > 2, t["three"])
    t["first_treat"] = t["first_visit"].fillna(-1).astype(int) + 1
    t["month"] += 1
    return t[["student_id", "month", "first_treat", "rate", *PAST]]


def _diff_diff(path: Path, method: str, covariates: list[str] | None) -> Callable[[], Found]:
    from diff_diff import CallawaySantAnna

    def run() -> Found:
        estimator = CallawaySantAnna(
            control_group="not_yet_treated",
            base_period="universal",
            estimation_method=method,
            cband=False,
        )
        result = estimator.fit(
            _frame(path),
            outcome="rate",
            unit="student_id",
            time="month",
            first_treat="first_treat",
            covariates=covariates,
            aggregate="event_study",
        )
        cells = result.event_study_effects
        return (
            {int(e): float(cell["effect"]) for e, cell in cells.items()},
            {int(e): float(cell["se"]) for e, cell in cells.items()},
        )

    return run


def _csdid(path: Path, method: str, covariates: str | None) -> Callable[[], Found]:
    from csdid.att_gt import ATTgt

    def run() -> Found:
        estimator = ATTgt(
            yname="rate",
            tname="month",
            idname="student_id",
            gname="first_treat",
            data=_frame(path),
            control_group="notyettreated",
            xformla=covariates,
        )
        fitted = estimator.fit(est_method=method, base_period="universal", bstrap=False)
        # In the first months covariates are one number, and csdid has no estimate.
        found = fitted.aggte(typec="dynamic", bstrap=False, cband=False, na_rm=True).atte
        events = [int(e) for e in found["egt"]]
        return (
            dict(zip(events, map(float, found["att_egt"]), strict=True)),
            dict(zip(events, map(float, found["se_egt"]), strict=True)),
        )

    return run


ESTIMATORS: Mapping[str, Callable[[Path], Callable[[], Found]]] = {
    OURS: _as_pipeline,
    FLOOR: _floor,
    ALL: lambda path: _as_pipeline(path, event_times=tuple(range(-MONTHS, MONTHS))),
    PLAIN: _as_peers,
    "diff-diff": lambda path: _diff_diff(path, "reg", None),
    "csdid": lambda path: _csdid(path, "reg", None),
    "diff-diff doubly robust": lambda path: _diff_diff(path, "dr", PAST),
    "csdid doubly robust": lambda path: _csdid(path, "dr", f"rate ~ {' + '.join(PAST)}"),
}


def child(estimator: str, path: Path) -> None:
    """Run one estimator within the limits and print what it took and found."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    run = ESTIMATORS[estimator](path)
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        effects, errors = run()
    except MemoryError:
        print(json.dumps({"failed": "out of memory"}))
        return
    taken = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({"wall": taken[0], "cpu": taken[1], "effects": effects, "errors": errors}))


# --- beside each other ----------------------------------------------------------------------------


def measure(estimator: str, path: Path, seconds: float) -> Run:
    """One estimator on the state, as a process of its own."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.effects", "--one", estimator]
    process = subprocess.Popen(
        [*command, str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    late = Timer(seconds, process.kill)
    late.start()
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    finished = late.is_alive()
    late.cancel()
    peak = usage.ru_maxrss / 1024
    if not finished:
        return Run(peak=peak, failed=f"not finished in {seconds:.0f} s")
    if status:
        return Run(peak=peak, failed=_why(process.returncode))
    found = json.loads(said.splitlines()[-1])
    if "failed" in found:
        return Run(peak=peak, failed=found["failed"])
    effects, errors = (
        {int(e): value for e, value in found[name].items()} for name in ("effects", "errors")
    )
    return Run(found["wall"], found["cpu"], peak, effects, errors)


def _why(code: int) -> str:
    killed = -9
    return "out of memory" if code == killed else f"failed with exit code {code}"


def best(runs: Sequence[Run]) -> Run:
    """The least seconds and memory of several runs; the first that failed, if any."""
    for run in runs:
        if run.failed:
            return run
    least = {name: min(getattr(run, name) for run in runs) for name in ("wall", "cpu", "peak")}
    return replace(runs[0], **least)


def apart(one: Run, other: Run) -> float:
    """The largest difference of effects or errors, over the event times both have."""
    both = (one.effects, other.effects), (one.errors, other.errors)
    return max(
        abs(a[e] - b[e])
        for a, b in both
        if a is not None and b is not None
        for e in set(a) & set(b)
        if a[e] == a[e] and b[e] == b[e]
    )


def row(name: str, run: Run, ours: Run) -> str:
    if run.failed:
        return f"  {name:<26}{run.failed}; {run.peak:,.0f} MB by then"
    return (
        f"  {name:<26}{run.wall:>8.1f}{run.cpu:>10.1f}{run.peak:>9,.0f}"
        f"{run.wall / ours.wall:>9.2f}{run.peak / ours.peak:>9.2f}"
    )


def compare(students: int, seconds: float, times: int, only: Sequence[str]) -> Run:
    """Print the table for one size; returns leapdash's run."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.parquet"
        subprocess.run(
            [sys.executable, "-m", "benchmarks.effects", "--draw", str(students), str(path)],
            check=True,
        )
        found: dict[str, list[Run]] = {name: [] for name in only}
        # In turn, so that a slow minute of the machine doesn't fall on one of them.
        for _ in range(times):
            for name in only:
                if not (found[name] and found[name][0].failed):
                    found[name].append(measure(name, path, seconds))
    runs = {name: best(found[name]) for name in only}
    ours = runs[OURS]
    print(f"{students:,} students x {MONTHS} months, best of {times}")
    print(f"  {'':<26}{'seconds':>8}{'processor':>10}{'MB':>9}{'x time':>9}{'x MB':>9}")
    for name, run in runs.items():
        print(row(name, run, ours), flush=True)
    for name, other, limit in (
        (OURS, FLOOR, 1e-9),
        (OURS, ALL, 1e-9),
        *((PLAIN, peer, 1e-8) for peer in PEERS_PLAIN),
    ):
        if name in runs and other in runs and not (runs[name].failed or runs[other].failed):
            difference = apart(runs[name], runs[other])
            print(f"  {name} and {other}: at most {difference:.1e} apart")
            if difference > limit:
                raise SystemExit(f"Expected at most {limit:.0e}.")
    goals(runs)
    print(flush=True)
    return ours


def goals(runs: Mapping[str, Run]) -> None:
    """Print how leapdash stands beside the best of the others that finished."""
    ours = runs[OURS]
    done = {name: run for name, run in runs.items() if not run.failed}
    if ours.failed:
        return
    for what, names in (("doubly robust", PEERS_ROBUST), ("plain", PEERS_PLAIN)):
        others = [done[name] for name in names if name in done]
        if others:
            wall, cpu = (min(getattr(run, name) for run in others) for name in ("wall", "cpu"))
            print(
                f"  the fastest {what} takes {wall / ours.wall:.1f} x leapdash's time "
                f"({cpu / ours.cpu:.1f} x of processor)"
            )
    peers = [done[name].peak for name in (*PEERS_PLAIN, *PEERS_ROBUST) if name in done]
    if peers:
        print(f"  leapdash takes {ours.peak / min(peers):.2f} x the leanest one's memory")
    if FLOOR in done:
        floor = done[FLOOR]
        print(
            f"  and {ours.wall / floor.wall:.2f} x the floor's time "
            f"({ours.cpu / floor.cpu:.2f} x of processor)"
        )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, nargs="+", default=[20_000, 150_000, 500_000])
    parser.add_argument("--seconds", type=float, default=300, help="limit of one process")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--only", nargs="+", default=list(ESTIMATORS), choices=list(ESTIMATORS))
    parser.add_argument("--one", nargs=2, metavar=("ESTIMATOR", "STATE"))
    parser.add_argument("--draw", nargs=2, metavar=("STUDENTS", "STATE"))
    asked = parser.parse_args()
    if asked.one:
        return child(asked.one[0], Path(asked.one[1]))
    if asked.draw:
        return make_state(Path(asked.draw[1]), int(asked.draw[0]))
    print(f"{os.cpu_count()} cores; a process may take {asked.seconds:.0f} s and 20 GB")
    before: tuple[int, Run] | None = None
    for students in sorted(asked.students):
        ours = compare(students, asked.seconds, asked.runs, asked.only)
        if before is not None and not ours.failed:
            growth = ours.wall / before[1].wall
            print(f"leapdash: {students / before[0]:.2f} x the students, {growth:.2f} x the time")
        before = students, ours
    return None


if __name__ == "__main__":
    main()
