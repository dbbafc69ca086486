"""How long it takes to make a public release of a large state, how much memory, and what is shown.

`python -m benchmarks.publication [--districts N] [--years N] [--time-limit MINUTES]` makes a state
of the demonstration's districts, each several times under other codes, and of its two full school
years in turn, begun at another year in every copy; publishes it with `leapdash publish`, which
withholds and then attacks what it withheld, in processes of its own; and prints seconds, by the
clock and of the processor, the memory all its processes hold together (MB, resident), and of every
table the cells and the share shown.
"""

import argparse
import resource
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leapdash.contract import school_year_of, tables_of
from leapdash.release import BuildFacts, Release, arrow_schema, open_release, publish
from tests.lib.paths import DEMO

MONTHLY = ("attendance", "attendance_by_group", "chronic_to_date")
FULL_YEARS = ("2021-22", "2022-23")
FIRST_YEAR = 2013


def recoded(codes: pd.Series, copy: int, numbers: dict[str, int]) -> pd.Series:
    """The codes of a copy's districts or schools; `numbers`: of what the codes begin with."""
    apart = copy * len(numbers)
    new = {c: f"{numbers[c[:3]] + apart:03d}{c[3:]}" for c in codes.dropna().unique()}
    return codes.map(new)


def copied(rows: pd.DataFrame, copy: int, numbers: dict[str, int]) -> pd.DataFrame:
    """The rows of a copy's districts and schools."""
    own = rows.copy()
    for name in {"district_code", "school_code"} & set(rows):
        own[name] = recoded(rows[name], copy, numbers)
    return own


def large_state(store: Path, districts: int, years: int) -> Release:
    """Publish a restricted release of so many districts and school years."""
    demo = open_release(DEMO)
    schools = demo.table("schools").to_pandas()
    codes = sorted(schools["district_code"].unique())
    begins = {c[:3] for name in ("district_code", "school_code") for c in schools[name]}
    numbers = {begin: number for number, begin in enumerate(sorted(begins))}
    wanted = [(n // len(codes), codes[n % len(codes)]) for n in range(districts)]
    own = {copy: {code for c, code in wanted if c == copy} for copy, _code in wanted}
    frames = {
        "schools": [
            copied(schools[schools["district_code"].isin(c)], k, numbers) for k, c in own.items()
        ]
    }
    # Who takes part does so all along: only full years are told of.
    for frame in frames["schools"]:
        frame["leap_from"] = frame["leap_from"].where(frame["leap_from"].isna(), date(2013, 7, 1))
        frame["leap_until"] = None
    for name in MONTHLY:
        rows = demo.table(name).to_pandas()
        year_of = rows["month"].map(school_year_of)
        frames[name] = []
        for copy, codes_of_copy in own.items():
            mine = rows["district_code"].isin(codes_of_copy)
            for number in range(years):
                source = FULL_YEARS[(number + copy) % len(FULL_YEARS)]
                apart = FIRST_YEAR + number - int(source[:4])
                some = copied(rows[mine & (year_of == source)], copy, numbers)
                some["month"] = [m.replace(year=m.year + apart) for m in some["month"]]
                frames[name].append(some)
    tables = {name: pd.concat(own, ignore_index=True) for name, own in frames.items()}
    made = {}
    for name, table in tables_of("restricted").items():
        if name in tables:
            schema = arrow_schema(table, set(tables[name]))
            made[name] = pa.Table.from_pandas(tables[name], schema, preserve_index=False)
        elif not table.optional:
            made[name] = demo.table(name).slice(0, 0)
    return publish(store, made, BuildFacts(synthetic=True, half_day="state", sources=()))


def run(store: Path, out: Path, limit: float | None) -> tuple[float, float, float, str]:
    """Seconds that `leapdash publish` takes by the clock and of the processor, the most memory
    (MB), and what it says.
    """
    command = [sys.executable, "-m", "leapdash", "publish", str(store), "--out", str(out)]
    command += [] if limit is None else ["--time-limit", str(limit)]
    said = out.parent / "said"
    began, most = time.perf_counter(), 0.0
    with said.open("w") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file)
        while process.poll() is None:
            most = max(most, held_by(process.pid))
            time.sleep(0.5)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - began, used.ru_utime + used.ru_stime, most, said.read_text()


def held_by(process: int) -> float:
    """MB of memory a process holds together with those it started."""
    command = ["ps", "-eo", "pid=,ppid=,rss="]
    said = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    held, own = 0, {process}
    for pid, parent, rss in sorted(tuple(map(int, line.split())) for line in said.splitlines()):
        if pid in own or parent in own:
            own.add(pid)
            held += rss
    return held / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--districts", type=int, default=200)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--time-limit", type=float)
    chosen = parser.parse_args()
    with TemporaryDirectory() as folder:
        store, out = Path(folder) / "store", Path(folder) / "public"
        release = large_state(store, chosen.districts, chosen.years)
        schools = release.table("schools")
        print(
            f"{len(pc.unique(schools['district_code']))} districts, {schools.num_rows} schools, "
            f"{len(release.manifest.school_years)} school years"
        )
        seconds, of_processor, most, said = run(store, out, chosen.time_limit)
        print(f"{seconds:,.0f} s, {of_processor:,.0f} s of processor, {most:,.0f} MB\n{said}")


if __name__ == "__main__":
    main()
