"""The demonstration state as a whole: made in two passes, written as the contract's tables.

First pass: attendance without visits at the published rates, visits, effects. What the visits add
to a district's rate is then known; the second pass begins that much lower, so that the recorded
rate, visits included, is the published one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from leapdash.build.demo import tables
from leapdash.build.demo.attendance import (
    Untreated,
    draw_untreated,
    make_logits,
    month_totals,
    set_levels,
)
from leapdash.build.demo.calendar import MONTHS_PER_YEAR, SCHOOL_YEARS, YEAR_OF_MONTH
from leapdash.build.demo.draws import Draws
from leapdash.build.demo.effects import (
    Finding,
    Gains,
    Visited,
    attend_with,
    findings,
    gather,
    set_gains,
)
from leapdash.build.demo.model import State
from leapdash.build.demo.places import DISTRICTS, Places, make_places
from leapdash.build.demo.students import Students, make_students
from leapdash.build.demo.visits import choose_first_visits, make_visits
from leapdash.errors import UsageError

DEFAULT_STUDENTS = 150_000
FEWEST_STUDENTS = 300

RATE_GROWTH_2022_23 = 0.002
"""How attendance without visits goes on in 2022-23: as it did for the whole state, 92.1% to 92.3%
(Connecticut Open Data, he4h-bgqh)."""

_PASSES = 2

Rates = npt.NDArray[np.float64]


@dataclass(frozen=True)
class DistrictRate:
    """A district's attendance rate of a school year: published (None: not yet) and realised."""

    school_year: str
    published: float | None
    realised: float


@dataclass(frozen=True)
class DemoSummary:
    """What was made: rows per table, students per school year, planted effects, district rates."""

    out: Path
    seed: int
    rows: dict[str, int]
    students_per_year: dict[str, int]
    visited_by_june_2022: int
    findings: tuple[Finding, ...]
    rates: tuple[DistrictRate, ...]

    def lines(self) -> list[str]:
        """The summary as lines of text: counts, then the effects, target beside realised."""
        years = ", ".join(f"{n:,} in {year}" for year, n in self.students_per_year.items())
        lines = [
            f"A synthetic state in {self.out} (seed {self.seed}).",
            f"Students enrolled: {years}.",
        ]
        lines += [f"  {name:<12}{rows:>12,} rows" for name, rows in self.rows.items()]
        lines.append(f"Students visited by June 2022: {self.visited_by_june_2022:,}.")
        worst = max(abs(r.realised - r.published) for r in self.rates if r.published is not None)
        lines.append(f"Largest distance from a published district rate: {100 * worst:.2f} points.")
        lines += [
            "",
            f"{'points of the attendance rate':<56}{'target':>8}{'realised':>10}{'students':>10}",
        ]
        for row in self.findings:
            target = "" if row.target is None else f"{100 * row.target:.1f}"
            realised = f"{100 * row.realised:.2f}" if row.students else "nobody"
            lines.append(f"{row.quantity:<56}{target:>8}{realised:>10}{row.students:>10,}")
        return lines


def simulate(students: int, seed: int, progress: Callable[[str], None]) -> State:
    """The state in memory; `make_state` writes it."""
    draws = Draws(seed)
    progress("districts and schools")
    places = make_places(students, draws)
    progress("families and students")
    people = make_students(places, draws)
    progress("lasting differences, seasons, bad spells")
    logits = make_logits(places, people, draws)
    rates = published_rates()
    gains = Gains()
    for number in range(_PASSES):
        progress(f"attendance, visits, effects: pass {number + 1} of {_PASSES}")
        levels = set_levels(places, people, logits, rates)
        untreated = draw_untreated(places, people, logits, levels, draws)
        enrolled = month_totals(people, people.half_days, people.left_half_days.astype(np.uint8))
        attended = month_totals(people, untreated.attended, untreated.left_attended)
        first, attempts = choose_first_visits(places, people, enrolled, attended, draws)
        visited = gather(places, people, first, untreated, draws)
        gains = set_gains(visited, gains)
        recorded, left_recorded = _with_visits(visited, gains, untreated)
        rates = published_rates() - uplift(places, people, untreated, recorded)
        rates[:, 2] = rates[:, 1] + RATE_GROWTH_2022_23
    return State(
        places, people, untreated, first, attempts, visited, gains, recorded, left_recorded
    )


def make_state(
    out: Path,
    students: int = DEFAULT_STUDENTS,
    seed: int = 1,
    progress: Callable[[str], None] | None = None,
    daily: bool = False,
) -> DemoSummary:
    """Writes a synthetic state to the folder `out` and says what it holds.

    Writes `schools`, `enrollment`, `attendance`, `visits` and `programme` as Parquet, by the
    contract, and beside them `truth.parquet`: student_id, month, days_enrolled,
    days_attended_with_visit, days_attended_without_visit, one row for each student and month with a
    record; days over all schools of the month; the two are the same where no visit came before.
    `students`: enrolled per school year, at least 300; the effects are held to their targets at the
    default size, and come near them from some 20,000. `progress` is told each step. `daily`: write
    `attendance_daily` in place of `attendance`.

    The same `students` and `seed` give the same tables everywhere, and the same bytes with the
    same pyarrow. Raises UsageError for a size, seed or folder that can't be used, StoreError where
    `out` can't be written.
    """
    if students < FEWEST_STUDENTS:
        raise UsageError(
            f"--students {students}: expected {FEWEST_STUDENTS} or more, so that every district "
            f"has students. The default is {DEFAULT_STUDENTS:,}."
        )
    if seed < 0:
        raise UsageError(f"--seed {seed}: expected a whole number from 0 on.")
    tables.prepare(out)
    tell = progress if progress is not None else _quietly
    state = simulate(students, seed, tell)
    visits = make_visits(state.places, state.students, state.first, state.attempts, Draws(seed))
    tell("writing")
    rows = {}
    for name, parts in tables.all_tables(state, visits, Draws(seed) if daily else None):
        rows[name] = tables.write(parts, out / f"{name}.parquet")
        tell(f"{name}: {rows[name]:,} rows")
    return DemoSummary(
        out=out,
        seed=seed,
        rows=rows,
        students_per_year=_students_per_year(state.students),
        visited_by_june_2022=int((state.visited.occasion < 2).sum()),
        findings=findings(state.visited, state.gains),
        rates=_district_rates(state),
    )


def _quietly(step: str) -> None:
    """For who wants no progress."""


def published_rates() -> Rates:
    """Attendance rate by district and school year (D x 3); 2022-23: 0.2 points above 2021-22."""
    return np.array(
        [(d.rate_2020_21, d.rate_2021_22, d.rate_2021_22 + RATE_GROWTH_2022_23) for d in DISTRICTS]
    )


def _with_visits(
    visited: Visited, gains: Gains, untreated: Untreated
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Half-days attended as recorded (N x M), and at schools left."""
    recorded, left_recorded = untreated.attended.copy(), untreated.left_attended.copy()
    main, left = attend_with(visited, gains)
    row, event = np.nonzero(visited.half_days)
    recorded[visited.student[row], visited.first_month[row] + event] = main[row, event]
    left_recorded[visited.left] = left
    return recorded, left_recorded


def uplift(
    places: Places, students: Students, untreated: Untreated, recorded: npt.NDArray[np.uint8]
) -> Rates:
    """What the visits add to the attendance rate, by district and school year (D x 3)."""
    return _rates(places, students, recorded) - _rates(places, students, untreated.attended)


def _rates(places: Places, students: Students, attended: npt.NDArray[np.uint8]) -> Rates:
    rates = np.zeros((len(DISTRICTS), len(SCHOOL_YEARS)))
    for year in range(len(SCHOOL_YEARS)):
        months = slice(year * MONTHS_PER_YEAR, (year + 1) * MONTHS_PER_YEAR)
        at = np.nonzero(students.half_days[:, months])
        district = places.school_district[students.school[:, months][at]]
        # sums of whole numbers, exact in any order
        days = np.bincount(district, students.half_days[:, months][at], len(DISTRICTS))
        present = np.bincount(district, attended[:, months][at], len(DISTRICTS))
        rates[:, year] = present / np.maximum(days, 1)
    return rates


def _students_per_year(students: Students) -> dict[str, int]:
    enrolled = students.school >= 0
    return {
        name: int(enrolled[:, year == YEAR_OF_MONTH].any(axis=1).sum())
        for year, name in enumerate(SCHOOL_YEARS)
    }


def _district_rates(state: State) -> tuple[DistrictRate, ...]:
    realised = _rates(state.places, state.students, state.recorded)
    published = published_rates()
    return tuple(
        DistrictRate(
            name,
            None if year == 2 else float(published[number, year]),
            float(realised[number, year]),
        )
        for number in range(len(DISTRICTS))
        for year, name in enumerate(SCHOOL_YEARS)
    )
