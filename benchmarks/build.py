"""How long a build takes, and how much memory, beside the same summaries as hand-written SQL.

`python -m benchmarks.build [--students N] [--runs N] [--input DIR]` makes a demonstration state,
builds it with leapdash (without effects) and with `build_floor.py` in turn, each in a process of
its own, checks that both give the same tables, and prints the best of the runs. leapdash also
checks every row and writes checksums and a manifest; the floor doesn't.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table as RichTable

from leapdash.contract import summary_table
from leapdash.release import open_release


@dataclass(frozen=True)
class Cost:
    """What one process took: seconds on the clock, seconds of processor, peak memory in MB."""

    wall: float
    cpu: float
    peak: float


def cost_of(*arguments: str) -> Cost:
    """Run a Python module as a process of its own. Raises CalledProcessError where it fails."""
    command = [sys.executable, "-m", *arguments]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    if status:
        raise subprocess.CalledProcessError(os.waitstatus_to_exitcode(status), command)
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def least(costs: list[Cost]) -> Cost:
    """The least of each over several runs: what the work takes with the least disturbance."""
    return Cost(*(min(getattr(c, name) for c in costs) for name in ("wall", "cpu", "peak")))


def differences(store: Path, floor: Path) -> list[str]:
    """The summary tables in which the release and the floor's files differ."""
    release = open_release(store)
    different = []
    for name in release.manifest.tables:
        theirs = pq.read_table(floor / f"{name}.parquet")
        # An optional column that the input lacks is empty in the release, and no column there.
        ours = release.table(name).select(theirs.column_names)
        order = [(column, "ascending") for column in summary_table(name).key]
        if not sorted_rows(ours, order).equals(sorted_rows(theirs.cast(ours.schema), order)):
            different.append(name)
    return different


def sorted_rows(table: pa.Table, order: list[tuple[str, str]]) -> pa.Table:
    """The table in that order, as one chunk without metadata."""
    return table.replace_schema_metadata(None).sort_by(order).combine_chunks()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--students", type=int, default=150_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--input", type=Path, help="a state made before")
    parser.add_argument("--memory-limit", default="2GB")
    parser.add_argument("--threads", default="2")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        source: Path = options.input or folder / "state"
        rows: list[tuple[str, Cost]] = []
        if options.input is None:
            arguments = ("--out", str(source), "--students", str(options.students))
            rows.append(("demonstration state", cost_of("leapdash", "demo", *arguments)))
        limits = (options.memory_limit, options.threads)
        builds, floors = [], []
        for _ in range(options.runs):
            builds.append(
                cost_of(
                    *("leapdash", "build", "--input", str(source), "--out", str(folder / "store")),
                    *("--memory-limit", limits[0], "--threads", limits[1], "--no-effects"),
                )
            )
            floors.append(
                cost_of("benchmarks.build_floor", str(source), str(folder / "f"), *limits)
            )
        rows += [("leapdash build", least(builds)), ("the same in DuckDB SQL", least(floors))]
        different = differences(folder / "store", folder / "f")
        attendance = pq.read_metadata(source / "attendance.parquet").num_rows
    console = Console()
    console.print(f"{attendance:,} attendance rows, best of {options.runs}, {limits[1]} threads")
    table = RichTable("", "seconds", "processor seconds", "peak MB", box=None)
    for name, cost in rows:
        table.add_row(name, f"{cost.wall:.1f}", f"{cost.cpu:.1f}", f"{cost.peak:,.0f}")
    ours, floor = rows[-2][1], rows[-1][1]
    table.add_row(
        "ratio",
        f"{ours.wall / floor.wall:.2f}",
        f"{ours.cpu / floor.cpu:.2f}",
        f"{ours.peak / floor.peak:.2f}",
    )
    console.print(table)
    if different:
        console.print(f"The two differ in: {', '.join(different)}")
        sys.exit(1)
    console.print("Both give the same tables.")


if __name__ == "__main__":
    main()
