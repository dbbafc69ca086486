"""Any panel, whatever its columns are called, in the numbers the estimator works with."""

import math
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from leapdash.engines import Workspace
from leapdash.engines.functions import all_different, power_of_two
from leapdash.errors import InputError, UsageError
from leapdash.estimator.estimate import VisitKinds

# So few that a unit may have many thousand rows before the sum of its bits is too large.
_MOST_BITS = 48
_SAME = 1 - 1e-9


@dataclass(frozen=True)
class Names:
    """What the caller calls the panel's columns: `outcome`, or `attended` and `enrolled`."""

    unit: str
    time: str
    cohort: str
    outcome: str | None
    attended: str | None
    enrolled: str | None
    minimum_enrolled: float
    strata: tuple[str, ...]
    cluster: str | None
    covariates: tuple[str, ...] = ()


@dataclass(frozen=True)
class InputPanel:
    """A panel in numbers, on the engine.

    `rows`: unit, t, y, stratum, first, and `covariates`. `units`: unit, first (null for never),
    cluster where there are clusters. `times`: what t counts. `strata`: by number, the values of the
    stratum's columns.
    `notes`: what the caller should know.
    """

    rows: ir.Table
    units: ir.Table
    names: Names
    times: tuple[Any, ...]
    strata: tuple[tuple[Any, ...], ...]
    notes: tuple[str, ...]
    covariates: tuple[str, ...] = ()

    def visits(self) -> VisitKinds:
        """All units visited, as visits of one kind."""
        zero = ibis.literal(0, "int32")
        visited = self.units.filter(self.units["first"].notnull())
        return VisitKinds(visited.select("unit", value=zero, part=zero))

    def groups(self, column: str | None) -> tuple[int, ...]:
        """By stratum, the number of its value in `column`; 0 for all where that is None."""
        if column is None:
            return (0,) * len(self.strata)
        at = self.names.strata.index(column)
        numbers = {value: k for k, value in enumerate(dict.fromkeys(s[at] for s in self.strata))}
        return tuple(numbers[s[at]] for s in self.strata)


def read_panel(space: Workspace, table: ir.Table, names: Names) -> InputPanel:
    """The panel in numbers.

    Raises UsageError where a column is missing or there is nothing to work on, InputError where a
    row stands in the way.
    """
    t = _renamed(table, names)
    _no_nulls(space, t, names)
    times = _ordered(space, t.time_value, names.time)
    if len(times) < 2:
        raise UsageError(
            f"Column {names.time} has {len(times)} different value(s). Expected at least two: an "
            "effect is a change from one time to another."
        )
    firsts, notes = _first_times(space, t, times, names)
    numbers = pa.table({"time_value": times, "t": pa.array(range(len(times)), pa.int16())})
    t = t.join(space.put(numbers), "time_value")
    t = t.left_join(firsts, "cohort_value")
    t, strata = _with_stratum(space, t, names)
    t = _with_unit(space, t)
    covariates, left_out = _telling(space, t, names)
    columns = ["unit", "t", "y", "stratum", "first", *covariates]
    more = ["cluster_value"] if names.cluster else []
    panel = t.select(*columns, *more)
    units = _units(space, panel, names, times)
    return InputPanel(
        panel.select(*columns),
        units,
        names,
        tuple(times.to_pylist()),
        strata,
        (*notes, *left_out),
        covariates,
    )


def _renamed(table: ir.Table, names: Names) -> ir.Table:
    """The columns asked for, under names of our own."""
    given = [name is not None for name in (names.outcome, names.attended, names.enrolled)]
    if given not in ([True, False, False], [False, True, True]):
        raise UsageError("Expected either outcome, or both attended and enrolled.")
    wanted = (
        *(names.unit, names.time, names.cohort, *names.strata),
        *(names.outcome, names.attended, names.enrolled, names.cluster),
        *names.covariates,
    )
    for name in wanted:
        if name is not None and name not in table.columns:
            raise UsageError(
                f"The panel has no column {name!r}. Its columns: {', '.join(table.columns)}."
            )
    nothing = ibis.null("float64")
    if names.enrolled is not None and names.attended is not None:
        table = table.filter(table[names.enrolled] > 0)
        days = table[names.enrolled].cast("float64")
        rate = table[names.attended].cast("float64") / days
        y = ibis.ifelse(days >= names.minimum_enrolled, rate, nothing)
    else:
        y = table[names.outcome].cast("float64")
    more = {f"stratum_{k}": table[name] for k, name in enumerate(names.strata)}
    if names.cluster is not None:
        more["cluster_value"] = table[names.cluster]
    for column, name in zip(_numbered(names), names.covariates, strict=True):
        value = table[name]
        if not (value.type().is_numeric() or value.type().is_boolean()):
            raise UsageError(
                f"Column {name}: a covariate of type {value.type()}. Expected numbers, or true and "
                "false; make one such column for each group of a text column."
            )
        number = value.cast("float64")
        more[column] = ibis.ifelse(number.isnan() | number.isinf(), nothing, number)
    return table.select(
        unit_value=table[names.unit],
        time_value=table[names.time],
        cohort_value=table[names.cohort],
        y=ibis.ifelse(y.isnan() | y.isinf(), nothing, y),
        **more,
    )


def _no_nulls(space: Workspace, t: ir.Table, names: Names) -> None:
    columns = {"unit_value": names.unit, "time_value": names.time}
    columns.update({f"stratum_{k}": name for k, name in enumerate(names.strata)})
    if names.cluster is not None:
        columns["cluster_value"] = names.cluster
    columns.update(zip(_numbered(names), names.covariates, strict=True))
    found = space.row(t.agg(rows=t.count(), **{c: t[c].isnull().sum() for c in columns}))
    if not found["rows"]:
        raise UsageError(
            "The panel has no rows (with days enrolled). Expected one per unit and time."
        )
    for column, name in columns.items():
        if found[column]:
            raise InputError(
                f"Column {name}: {found[column]:,} of {found['rows']:,} rows are empty. Expected a "
                "value in every row; leave out the rows or fill them."
            )


def _numbered(names: Names) -> tuple[str, ...]:
    return tuple(f"covariate_{k}" for k in range(len(names.covariates)))


def _telling(space: Workspace, t: ir.Table, names: Names) -> tuple[tuple[str, ...], list[str]]:
    """The covariates that tell units apart, and notes on those left out: one that is the same
    everywhere, or always moves with one before it.
    """
    columns = _numbered(names)
    if not columns:
        return (), []
    found = space.row(
        t.agg(
            **{f"least_{c}": t[c].min() for c in columns},
            **{f"most_{c}": t[c].max() for c in columns},
            **{
                f"{a} {b}": t[a].corr(t[b], how="pop")
                for k, b in enumerate(columns)
                for a in columns[:k]
            },
        )
    )
    kept: list[str] = []
    notes = []
    called = dict(zip(columns, names.covariates, strict=True))
    for column, name in called.items():
        if found[f"least_{column}"] == found[f"most_{column}"]:
            notes.append(f"{name} is left out: it is {found[f'least_{column}']:g} in every row.")
            continue
        same = [a for a in kept if abs(found[f"{a} {column}"] or 0.0) > _SAME]
        if same:
            notes.append(f"{name} is left out: it says the same as {called[same[0]]}.")
            continue
        kept.append(column)
    return tuple(kept), notes


def _ordered(space: Workspace, column: ir.Column, name: str) -> pa.Array:
    distinct = column.name("value").as_table().distinct().order_by("value")
    values = space.arrow(distinct)["value"]
    if pa.types.is_floating(values.type) and any(math.isnan(v) for v in values.to_pylist()):
        raise InputError(f"Column {name}: some rows are NaN. Expected a time in every row.")
    return values.combine_chunks()


def _first_times(
    space: Workspace, t: ir.Table, times: pa.Array, names: Names
) -> tuple[ir.Table, tuple[str, ...]]:
    """cohort_value and first, for every value that is a visit by the last time; notes."""
    values = space.arrow(t.select("cohort_value").distinct())
    distinct = values["cohort_value"].combine_chunks()
    order = times.to_pylist()
    kept, firsts, late = [], [], 0
    for at, value in enumerate(distinct.to_pylist()):
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            continue
        try:
            first = next((k for k, time in enumerate(order) if time >= value), None)
        except TypeError as error:
            raise UsageError(
                f"Columns {names.time} and {names.cohort} can't be compared: {order[0]!r} and "
                f"{value!r}. Expected both of one kind."
            ) from error
        if first is None:
            late += 1
            continue
        kept.append(at)
        firsts.append(first)
    notes = []
    if late:
        notes.append(
            f"{late} value(s) of {names.cohort} lie after the last {names.time} ({order[-1]}): "
            "those units count as not visited yet."
        )
    table = pa.table(
        {
            "cohort_value": distinct.take(pa.array(kept, pa.int64())),
            "first": pa.array(firsts, pa.int16()),
        }
    )
    if not kept:
        raise UsageError(
            f"Nobody was visited: column {names.cohort} has no value up to the last {names.time} "
            f"({order[-1]}). Without a visit there is no effect to estimate."
        )
    return space.put(table), tuple(notes)


def _with_stratum(
    space: Workspace, t: ir.Table, names: Names
) -> tuple[ir.Table, tuple[tuple[Any, ...], ...]]:
    keys = [f"stratum_{k}" for k in range(len(names.strata))]
    if not keys:
        return t.mutate(stratum=ibis.literal(0, "int32")), ((),)
    found = space.arrow(t.select(*keys).distinct().order_by(keys))
    numbers = found.append_column("stratum", pa.array(range(found.num_rows), pa.int32()))
    strata = tuple(tuple(row.values()) for row in found.to_pylist())
    return t.join(space.put(numbers), keys), strata


def _with_unit(space: Workspace, t: ir.Table) -> ir.Table:
    if t.unit_value.type().is_integer():
        return t.mutate(unit=t.unit_value.cast("int64"))
    units = t.select("unit_value").distinct()
    numbers = units.mutate(unit=ibis.row_number().over(order_by=units.unit_value))
    return t.join(space.keep(numbers), "unit_value")


def _units(space: Workspace, panel: ir.Table, names: Names, times: pa.Array) -> ir.Table:
    never = len(times)
    since = panel["first"].fill_null(never)
    facts = {"earliest": since.min(), "latest": since.max(), "rows": panel.count()}
    if never <= _MOST_BITS:
        facts["each_once"] = all_different(power_of_two(panel.t))
    else:
        facts["each_once"] = panel.t.nunique() == panel.count()
    if names.cluster is not None:
        facts["cluster"] = panel.cluster_value.argmin(panel.t)
    units = space.keep(panel.group_by("unit").agg(**facts))
    problems = units.agg(
        twice=(~units.each_once).sum(), changing=(units.earliest != units.latest).sum()
    )
    found = space.row(problems)
    if found["twice"]:
        raise InputError(
            f"{found['twice']:,} unit(s) have two rows for one {names.time}. Expected one row per "
            f"{names.unit} and {names.time}; add up or choose before."
        )
    if found["changing"]:
        raise InputError(
            f"Column {names.cohort} changes within {found['changing']:,} unit(s). Expected the "
            "time of the first visit in every row of a unit, or none in all of them."
        )
    first = ibis.ifelse(units.earliest < never, units.earliest, ibis.null("int16"))
    columns = ["cluster"] if names.cluster is not None else []
    return units.select("unit", *columns, first=first.cast("int16"))
