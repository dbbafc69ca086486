"""The build's panel as the estimator takes it: one row per student and school month."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from leapdash.build.panel.panel import Panel, has_minimum, is_chronic
from leapdash.build.panel.student_groups import in_needs
from leapdash.contract import (
    LANGUAGES,
    LEVELS,
    NEEDS,
    PLACES,
    VISIT_COUNTS,
    VISITORS,
    order_in_time,
)
from leapdash.contract.thresholds import OBSERVED_MINIMUM_DAYS
from leapdash.engines import Workspace

MINIMUM_HALF_DAYS = 2 * OBSERVED_MINIMUM_DAYS
"""A month with fewer half-days enrolled is no observation of attendance."""

ELSEWHERE = -1
"""The stratum of student-months in a district and level where nobody was ever visited."""

KINDS: Mapping[str, tuple[str, ...]] = {
    "place": tuple(PLACES),
    "visitor": tuple(VISITORS),
    "language": tuple(LANGUAGES),
    "visits": tuple(VISIT_COUNTS),
}
"""The slices that part the visited by a property of the first visit, or by how many there were."""

LAST_YEAR = ("last_year", "no_last_year")
SCHOOLS_PAST = ("school_last", "school_mean")
COVARIATES = (*LAST_YEAR, *NEEDS, *SCHOOLS_PAST)
"""What students compared are alike in beside their attendance of the months before: that of last
school year and whether they have one, the needs the record has, and their school's attendance last
month and over three months.
"""

SCHOOLS = 1 << 31
"""More schools than there are: so a rank goes by days enrolled first, then by school."""


@dataclass(frozen=True)
class EffectPanel:
    """The panel for the effects of visits: tables on the engine, and what their numbers stand for.

    `months`: unit, t, y (attendance rate; null below MINIMUM_HALF_DAYS), stratum (ELSEWHERE where
    nobody was ever visited), first, group_set, enrolled (half-days), chronic (1 where absent for a
    tenth or more, else 0; null below the days that chronic absence asks for), absent (half-days),
    COVARIATES; students never in a stratum with visits are left out. `visited`: one row per student
    visited: unit, first, school, stratum, group_set (of the visit), summer (0 or 1), and by number
    in their lists period and each of KINDS. `clusters`: unit, cluster (the school of the student's
    first month). `strata`: by number, district (its number) and level (likewise). By their numbers:
    `areas`, district code and level of each stratum; `schools`, their codes; `periods`, the cohort
    periods.
    """

    months: ir.Table
    visited: ir.Table
    clusters: ir.Table
    strata: tuple[tuple[int, int], ...]
    areas: tuple[tuple[str, str], ...]
    schools: tuple[str, ...]
    periods: tuple[str, ...]

    def districts(self) -> tuple[int, ...]:
        """By stratum, its district's number."""
        return tuple(district for district, _ in self.strata)


def effect_panel(space: Workspace, panel: Panel) -> EffectPanel:
    """The panel for the effects of visits.

    A student with several schools in a month counts once: days added up, at the school with most
    days enrolled, then the smallest code. Stratum: that school's district, and the level there.
    """
    first = panel.visits.filter(panel.visits["first"])
    first = first.join(panel.schools.select("school", "district"), "school")
    found = space.arrow(first.select("district", "level", "cohort_period").distinct()).to_pylist()
    strata = tuple(sorted({(row["district"], row["level"]) for row in found}))
    periods = tuple(sorted({row["cohort_period"] for row in found}, key=order_in_time))
    codes = panel.schools.select("school", "school_code", "district", "district_code")
    schools = space.arrow(codes.order_by("school")).to_pylist()
    districts = {row["district"]: row["district_code"] for row in schools}
    levels = tuple(LEVELS)
    numbers = space.put(
        pa.table(
            {
                "district": pa.array([district for district, _ in strata], pa.int16()),
                "level": pa.array([level for _, level in strata], pa.int8()),
                "stratum": pa.array(range(len(strata)), pa.int32()),
            }
        )
    )
    months = space.keep(_months(panel))
    months = _with_last_year(_with_schools_attendance(months), panel.months)
    months = months.left_join(numbers, ["district", "level"])
    months = months.mutate(
        stratum=months.stratum.fill_null(ELSEWHERE), **in_needs(months.group_set)
    )
    visited = _visited(panel, first.join(numbers, ["district", "level"]), periods)
    months = months.left_join(visited.select("unit", "first"), "unit")
    observed = ("school", "y", "chronic", "stratum", "first", "group_set", "enrolled", "absent")
    months = space.keep(months.select("unit", "t", *observed, *COVARIATES))
    visited = space.keep(_with_groups(visited, months))
    clusters = months.group_by("unit").agg(cluster=months.school.argmin(months.t))
    inside = months.filter(months.stratum != ELSEWHERE).select("unit").distinct()
    return EffectPanel(
        months.semi_join(inside, "unit"),
        visited,
        space.keep(clusters),
        strata,
        tuple((districts[district], levels[level]) for district, level in strata),
        tuple(row["school_code"] for row in schools),
        periods,
    )


def _months(panel: Panel) -> ir.Table:
    """The students' months, once each: unit, t, y, chronic, enrolled, absent, and the main school's
    properties.
    """
    columns = ["student", "month_no", "school", "district", "level", "group_set", "enrolled"]
    single = panel.rows.filter(~panel.rows.several).select(*columns, "absent")
    t = panel.rows.filter(panel.rows.several)
    rank = t.enrolled.cast("int64") * SCHOOLS - t.school
    main = {name: t[name].argmax(rank) for name in ("school", "district", "level", "group_set")}
    pooled = t.group_by("student", "month_no").agg(
        **main, enrolled=t.enrolled.sum(), absent=t.absent.sum()
    )
    every = single.union(pooled.select(*single.columns).cast(dict(single.schema().items())))
    every = every.rename(unit="student", t="month_no")
    enough = every.enrolled >= MINIMUM_HALF_DAYS
    attended = (every.enrolled - every.absent).cast("float64")
    rate = ibis.ifelse(enough, attended / every.enrolled.cast("float64"), ibis.null("float64"))
    names = ("unit", "t", "school", "district", "level", "group_set", "enrolled", "absent")
    absent = is_chronic(every).cast("float64")
    chronic = ibis.ifelse(has_minimum(every), absent, ibis.null("float64"))
    return every.select(*names, y=rate, chronic=chronic)


def _with_schools_attendance(months: ir.Table) -> ir.Table:
    """The months with school_last, the attendance rate of the whole school the month before, and
    school_mean, the mean of its rates of the three months before.

    Where the school hasn't all three: those of the district and level, else of the state; 0 where
    the state hasn't.
    """
    last, mean = [], []
    for number, keys in enumerate((("school",), ("district", "level"), ())):
        recent = _recent_rates(months, keys).rename(
            {f"last_{number}": "last", f"mean_{number}": "mean"}
        )
        joined = months.left_join(recent, [*keys, "t"])
        months = joined.select(*months.columns, f"last_{number}", f"mean_{number}")
        last.append(f"last_{number}")
        mean.append(f"mean_{number}")
    return months.mutate(
        school_last=ibis.coalesce(*(months[name] for name in last), 0.0),
        school_mean=ibis.coalesce(*(months[name] for name in mean), 0.0),
    )


def _with_last_year(months: ir.Table, calendar: ir.Table) -> ir.Table:
    """The months with last_year, the student's attendance rate of the school year before, and
    no_last_year, 1 for who was enrolled in it for less than the days of an observed month: for them
    the mean of all others and years stands in, or 0.
    """
    t = months.join(calendar.select("year", t="month_no"), "t")
    sums = t.group_by("unit", "year").agg(
        days=t.enrolled.cast("int64").sum(), absent=t.absent.cast("int64").sum()
    )
    sums = sums.filter(sums.days >= MINIMUM_HALF_DAYS)
    before = sums.select(
        "unit",
        year=(sums.year + 1).cast(sums.year.type()),
        rate=1 - sums.absent.cast("float64") / sums.days.cast("float64"),
    )
    t = t.left_join(before, ["unit", "year"]).select(*t.columns, "rate")
    t = t.cross_join(before.agg(typical=before.rate.mean()))
    return t.mutate(
        last_year=ibis.coalesce(t.rate, t.typical, 0.0), no_last_year=t.rate.isnull().cast("int8")
    ).drop("rate", "typical", "year")


def _recent_rates(months: ir.Table, keys: Sequence[str]) -> ir.Table:
    """Of all students with the same keys: keys, t, last and mean, their attendance rate of the
    month before and the mean of those of the three before; only where all three are there.
    """
    rates = months.group_by(*keys, "t").agg(
        rate=1 - months.absent.sum().cast("float64") / months.enrolled.sum().cast("float64")
    )
    found = [
        rates.select(*keys, t=(rates.t + back).cast(rates.t.type()), **{f"rate_{back}": rates.rate})
        for back in (1, 2, 3)
    ]
    t = found[0].join(found[1], [*keys, "t"]).join(found[2], [*keys, "t"])
    return t.select(*keys, "t", last=t.rate_1, mean=(t.rate_3 + t.rate_2 + t.rate_1) / 3)


def _visited(panel: Panel, first: ir.Table, periods: tuple[str, ...]) -> ir.Table:
    met = panel.visits.filter(panel.visits.contact == "met")
    counts = met.group_by("student").agg(met=met.count())
    t = first.join(counts, "student")
    language = ibis.ifelse(t.language.isin(KINDS["language"][:-1]), t.language, "other")
    number = ibis.cases((t.met == 1, "1"), (t.met == 2, "2"), else_="3 or more")
    values = {"place": t.place, "visitor": t.visitor, "language": language, "visits": number}
    return t.select(
        "school",
        "stratum",
        unit="student",
        first="month_no",
        summer=t.cohort_period.startswith("summer").cast("int32"),
        period=_number(t.cohort_period, periods),
        **{name: _number(values[name], codes) for name, codes in KINDS.items()},
    )


def _number(value: ir.StringValue, codes: Iterable[str]) -> ir.IntegerValue:
    return ibis.cases(*((value == code, number) for number, code in enumerate(codes))).cast("int32")


def _with_groups(visited: ir.Table, months: ir.Table) -> ir.Table:
    """The visited with the group set of the visit's month, else the latest before, else the next;
    null without any attendance.
    """
    t = visited.select("unit", "first").join(months.select("unit", "t", "group_set"), "unit")
    nearness = ibis.row_number().over(
        group_by=t.unit, order_by=[t.t > t["first"], (t.t - t["first"]).abs()]
    )
    nearest = t.mutate(nearness=nearness)
    nearest = nearest.filter(nearest.nearness == 0).select("unit", "group_set")
    return visited.left_join(nearest, "unit").select(*visited.columns, "group_set")
