"""The effects of visits as summary tables: every slice, with what makes any union of them exact.

Effects, errors and rates are fractions of the days enrolled. The method: docs/methods.md.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa
from ibis.backends.duckdb import Backend

from leapdash.build.effects import checks
from leapdash.build.effects.by_place import EVENTS, Effects, atoms, effects_by_row, with_unions
from leapdash.build.effects.panel import KINDS, EffectPanel, effect_panel
from leapdash.build.panel.panel import Panel
from leapdash.build.panel.student_groups import memberships
from leapdash.build.panel.to_contract import labelled
from leapdash.contract import (
    BASE_EVENT_TIME,
    FEW_VISITED_SCHOOLS,
    GROUPS,
    HEADLINES,
    LEVELS,
    SLICES,
    summary_table,
)
from leapdash.contract.thresholds import COVARIANCE_PRECISION, MANY_VISITED, MINIMUM_VISITED
from leapdash.estimator.covariance import Floats, pair_products
from leapdash.estimator.design import Rules
from leapdash.estimator.estimate import Estimate, Study, Visits, estimate, prepare
from leapdash.estimator.workspace import Workspace
from leapdash.inference import serving_matrix
from leapdash.progress import SILENT, Progress
from leapdash.release import arrow_schema

_ESTIMATED = [k for k, e in enumerate(EVENTS) if e != BASE_EVENT_TIME]
_HEADLINE = [k for k, e in enumerate(EVENTS) if any(e in times for times in HEADLINES.values())]
_KEYS = ["slice", "slice_value", "district_code", "level"]
# What is left of a number by rounding, so that it takes half the room in the file: standard errors
# of any union stay exact to 1e-6 of their size.
_SCHOOL_PRECISION = 1e-7
_FINENESS = 2.0**-34
_FINE = [c.name for c in summary_table("effects").columns if c.unit == "fraction"]


def effect_tables(
    engine: Backend,
    panel: Panel,
    progress: Progress = SILENT,
    slices: Collection[str] = tuple(SLICES),
) -> dict[str, pa.Table]:
    """The contract's tables of effects, by name; none where nobody was ever visited.

    `slices`: which to estimate; `all` and `cohort_period` are always there.
    """
    visited = int(panel.visits["first"].sum().to_pyarrow().as_py() or 0)
    if not visited:
        return {}
    with Workspace(engine) as space:
        with progress.step("visited and comparison students") as step:
            made = effect_panel(space, panel)
            step.rows = visited
        with progress.step("chances of a visit"):
            panel_of_study = made.months.select("unit", "t", "y", "stratum", "first")
            months = int(panel.months.month_no.max().to_pyarrow().as_py()) + 1
            study = prepare(
                space, panel_of_study, made.districts(), months, Rules(event_times=EVENTS)
            )
        return _Tables(space, panel, made, study, progress, slices).all()


class _Tables:
    """The work in its order; `effects` and `covariance` gather the frames of one slice each."""

    def __init__(
        self,
        space: Workspace,
        panel: Panel,
        made: EffectPanel,
        study: Study,
        progress: Progress,
        slices: Collection[str],
    ) -> None:
        self.space, self.panel, self.made, self.study = space, panel, made, study
        self.progress, self.slices = progress, slices
        codes = panel.schools.select("school", "district", "school_code", "district_code")
        known = codes.order_by("school").to_pyarrow().to_pylist()
        self.schools = [row["school_code"] for row in known]
        districts = {row["district"]: row["district_code"] for row in known}
        levels = tuple(LEVELS)
        self.strata = [(districts[district], levels[level]) for district, level in made.strata]
        groups = space.put(memberships())
        self.groups = space.keep(made.months.join(groups, "group_set").select("unit", "t", "group"))
        self.effects: list[pd.DataFrame] = []
        self.covariance: list[pd.DataFrame] = []

    def all(self) -> dict[str, pa.Table]:
        visited = self.made.visited
        with self._step("effects by cohort period"):
            found = self._estimate(
                Visits(
                    visited.select("unit", value="summer", part="period"),
                    values=2,
                    parts=len(self.made.periods),
                )
            )
            frames = self._checks(found)
            if found.cells.empty:
                # Nobody can be compared with anybody: the tables say who was visited, and why not.
                return {name: _arrow(name, frame) for name, frame in frames.items()}
            frames["effects_schools"] = self._cohorts(found)
        if visited.count().to_pyarrow().as_py() >= MINIMUM_VISITED:
            self._other_slices()
        frames["effects"] = pd.concat(self.effects, ignore_index=True)
        frames["effects_covariance"] = pd.concat(self.covariance, ignore_index=True)
        return {name: _arrow(name, frame) for name, frame in frames.items()}

    def _other_slices(self) -> None:
        makers: dict[str, tuple[str, Callable[[], None]]] = {
            **{kind: (f"effects by {kind}", partial(self._kind, kind)) for kind in KINDS},
            "group": ("effects by student group", self._groups),
            "school": ("effects by school", self._schools),
            "comparison": ("effects beside few visited schoolmates", self._few_visited_schools),
        }
        for name, (step, make) in makers.items():
            if name in self.slices:
                with self._step(step):
                    make()

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        """A step with room of its own on the engine, given back at its end."""
        outer = self.space
        try:
            with self.progress.step(name), Workspace(outer.engine) as self.space:
                yield
        finally:
            self.space = outer

    def _estimate(self, visits: Visits, events: Sequence[int] = EVENTS) -> Estimate:
        return estimate(self.space, self.study, visits, Rules(event_times=tuple(events)))

    def _by_row(self, found: Estimate, rows: pd.DataFrame) -> Effects:
        return effects_by_row(self.space, found, rows, self.made.homes)

    # --- slices ----------------------------------------------------------------------------------

    def _cohorts(self, found: Estimate) -> pd.DataFrame:
        """The slices `all` and `cohort_period`; returns the rows of `effects_schools`."""
        periods = self.made.periods
        by_period = atoms("cohort_period", self.strata, periods)
        everyone = by_period.assign(slice="all", slice_value="all")
        effects = self._by_row(found, pd.concat([by_period, everyone], ignore_index=True))
        visited = self.made.visited
        counted = visited.select("unit", "stratum", part="period")
        self._add_effects(effects, pd.concat([by_period, everyone]), counted, len(periods))
        own = effects.rows[effects.rows["slice"] == "cohort_period"]
        wanted = self.space.put(pa.table({"row": pa.array(own["row"], pa.int32())}))
        pairs, sums = pair_products(
            effects.by_unit.semi_join(wanted, "row"), _ESTIMATED, "unit", "row"
        )
        self._add_pairs(effects, pairs, sums, _ESTIMATED, {})
        return self._school_sums(effects, effects.by_school.semi_join(wanted, "row"))

    def _slice(self, name: str, values: Sequence[str], visits: Visits, counted: ir.Table) -> None:
        """A slice also by district, level and state. `counted`: unit, part."""
        found = self._estimate(visits)
        rows = with_unions(atoms(name, self.strata, values))
        effects = self._by_row(found, rows)
        counted = counted.join(self.made.visited.select("unit", "stratum"), "unit")
        self._add_effects(effects, rows, counted, len(values))
        self._add_covariance(effects)

    def _kind(self, kind: str) -> None:
        values = KINDS[kind]
        of_kind = self.made.visited.select("unit", value=kind, part=kind)
        self._slice(kind, values, Visits(of_kind, len(values), len(values)), of_kind)

    def _groups(self) -> None:
        values = [group for group in GROUPS if group != "all"]
        number = ibis.cases(*((self.groups.group == g, k) for k, g in enumerate(values)))
        members = self.groups.mutate(value=number.cast("int32"))
        members = members.filter(members["value"].notnull()).select("unit", "t", "value")
        of_sets = self.space.put(memberships())
        sets = of_sets.mutate(
            value=ibis.cases(*((of_sets.group == g, k) for k, g in enumerate(values))).cast("int32")
        )
        own = self.made.visited.join(sets.filter(sets["value"].notnull()), "group_set")
        visits = own.select("unit", value="value", part="value")
        n = len(values)
        self._slice("group", values, Visits(visits, n, n, self.space.keep(members)), visits)

    def _schools(self) -> None:
        """By school and level of the first visit, in the months of the headlines; compared with
        the district's students of the level, weighted as for everyone.
        """
        visited = self.made.visited
        by_school = visited.select("unit", value="summer", part=visited.school.cast("int32"))
        visits = Visits(by_school, values=2, parts=len(self.schools))
        found = self._estimate(visits, [EVENTS[k] for k in _HEADLINE])
        rows = atoms("school", self.strata, self.schools)
        effects = self._by_row(found, rows)
        counted = visited.select("unit", "stratum", part="school")
        self._add_effects(effects, rows, counted, len(self.schools))
        self._add_covariance(effects, compared=False)

    def _few_visited_schools(self) -> None:
        """Everyone visited, compared only with students of schools where few were visited."""
        months, visited = self.made.months, self.made.visited
        students = months.select("unit", "school", "first").distinct()
        share = students.group_by("school").agg(
            share=students["first"].notnull().cast("float64").mean()
        )
        few = share.filter(share.share < MANY_VISITED).select("school")
        comparable = self.space.keep(months.semi_join(few, "school").select("unit", "t"))
        zero = ibis.literal(0, "int32")
        visits = Visits(
            visited.select("unit", value="summer", part=zero), values=2, comparable=comparable
        )
        self._slice("comparison", [FEW_VISITED_SCHOOLS], visits, visited.select("unit", part=zero))

    # --- frames ----------------------------------------------------------------------------------

    def _add_effects(
        self, effects: Effects, rows: pd.DataFrame, counted: ir.Table, parts: int
    ) -> None:
        """`counted`: unit, stratum, part of all visited, whether they could be compared or not."""
        counts = counted.group_by("stratum", "part").agg(visited_all=counted.count()).to_pandas()
        counts["atom"] = counts["stratum"] * parts + counts["part"]
        everyone = rows.merge(counts[["atom", "visited_all"]], on="atom")
        everyone = everyone.groupby(_KEYS, as_index=False)[["visited_all"]].sum()
        t = effects.table.merge(effects.rows, on="row").merge(everyone, on=_KEYS)
        t = t.rename(
            columns={
                "e": "event_time",
                "effective": "comparison_effective",
                "cut": "weights_cut",
                "now": "visited_rate",
            }
        )
        t["naive_change"] = t["visited_rate"] - t["before"]
        for name in _FINE:
            t[name] = np.round(t[name] / _FINENESS) * _FINENESS
        self.effects.append(t[list(summary_table("effects").column_names)])

    def _add_covariance(self, effects: Effects, compared: bool = True) -> None:
        """The covariances within each area, by the matrix that serves there; `compared`: also those
        between its values, so that one can be set beside another.
        """
        rows, visited = effects.rows, effects.visited()
        serves = _serving(effects)
        chosen = np.where(
            (rows["place"].map(serves) == "school").to_numpy()[:, None, None],
            effects.school,
            effects.student,
        )
        enough = rows[visited.max(axis=1) >= MINIMUM_VISITED]
        at = enough["row"].to_numpy()
        pairs = np.stack([at, at], axis=1)
        inside = chosen[np.ix_(at, _ESTIMATED, _ESTIMATED)]
        scale = visited[np.ix_(at, _ESTIMATED)]
        self._add_pairs(
            effects, pairs, inside * scale[:, :, None] * scale[:, None, :], _ESTIMATED, serves
        )
        for matrix, table, unit in (
            ("student", effects.by_unit, "unit"),
            ("school", effects.by_school, "cluster"),
        ):
            some = enough[enough["place"].map(serves) == matrix]
            if not compared or len(some) < 2:
                continue
            wanted = self.space.put(pa.table({"row": pa.array(some["row"], pa.int32())}))
            between, sums = pair_products(
                table.semi_join(wanted, "row"), _HEADLINE, unit, "row", ["place"]
            )
            other = between[:, 0] != between[:, 1]
            self._add_pairs(effects, between[other], sums[other], _HEADLINE, serves)

    def _add_pairs(
        self,
        effects: Effects,
        pairs: np.ndarray,
        sums: Floats,
        at: Sequence[int],
        serves: Mapping[int, str],
    ) -> None:
        """`sums`: by pair of rows and of event times at `at`, of products of influence times the
        visited; a row with itself gives each pair of event times once.
        """
        events = np.array([EVENTS[k] for k in at])
        visited = effects.visited()[:, at]
        errors = np.sqrt(np.einsum("rii->ri", effects.student))[:, at]
        first, second = pairs[:, 0], pairs[:, 1]
        visited = np.where(visited > 0, visited, np.inf)
        covariance = sums / (visited[first][:, :, None] * visited[second][:, None, :])
        scale = errors[first][:, :, None] * errors[second][:, None, :]
        covariance = _rounded(covariance, COVARIANCE_PRECISION * scale)
        once = (first != second)[:, None, None] | np.tri(len(at), dtype=bool)
        pair, i, j = np.nonzero(once & (covariance != 0))
        rows = effects.rows.set_index("row")
        a, b = rows.loc[first[pair]], rows.loc[second[pair]]
        self.covariance.append(
            pd.DataFrame(
                {
                    "slice": a["slice"].to_numpy(),
                    "slice_value": a["slice_value"].to_numpy(),
                    "district_code": a["district_code"].to_numpy(),
                    "level": a["level"].to_numpy(),
                    "event_time": events[i],
                    "slice_value_2": b["slice_value"].to_numpy(),
                    "district_code_2": b["district_code"].to_numpy(),
                    "level_2": b["level"].to_numpy(),
                    "event_time_2": events[j],
                    "matrix": [serves.get(place, "student") for place in a["place"]],
                    "covariance": covariance[pair, i, j],
                }
            )
        )

    def _school_sums(self, effects: Effects, by_school: ir.Table) -> pd.DataFrame:
        names = [f"x_{k}" for k in _ESTIMATED]
        found = by_school.select("cluster", "row", *names).order_by("cluster", "row").to_pandas()
        row = found["row"].to_numpy(np.int64)
        visited = effects.visited()[:, _ESTIMATED]
        influence = found[names].to_numpy(np.float64) / np.where(visited > 0, visited, np.inf)[row]
        errors = np.sqrt(np.einsum("rii->ri", effects.school))[:, _ESTIMATED]
        influence = _rounded(influence, _SCHOOL_PRECISION * errors[row])
        at, k = np.nonzero(influence)
        rows = effects.rows.set_index("row").loc[row[at]]
        schools = np.array(self.schools, dtype=object)
        return pd.DataFrame(
            {
                "school_code": schools[found["cluster"].to_numpy(np.int64)[at]],
                "district_code": rows["district_code"].to_numpy(),
                "level": rows["level"].to_numpy(),
                "cohort_period": rows["slice_value"].to_numpy(),
                "event_time": np.array(EVENTS)[_ESTIMATED][k],
                "influence": influence[at, k],
            }
        )

    # --- checks ----------------------------------------------------------------------------------

    def _checks(self, found: Estimate) -> dict[str, pd.DataFrame | pa.Table]:
        visited = self.made.visited
        codes = {**KINDS, "cohort_period": self.made.periods, "school": self.schools}
        numbers = {**{kind: kind for kind in KINDS}, "cohort_period": "period", "school": "school"}
        slices = [("all", visited.select("unit", slice_value=ibis.literal("all")))]
        for name, column in numbers.items():
            value = ibis.cases(*((visited[column] == k, c) for k, c in enumerate(codes[name])))
            slices.append((name, visited.select("unit", slice_value=value)))
        sets = self.space.put(memberships())
        own = visited.join(sets.filter(sets.group != "all"), "group_set")
        slices.append(("group", own.select("unit", slice_value="group")))
        years = self.panel.months.select("month_no", "year").rename(t="month_no")
        days = labelled(checks.visited_days(self.made, slices, years), self.panel)
        groups = self.groups.filter(self.groups.group != "all")
        spillover = labelled(checks.spillover(self.panel), self.panel)
        return {
            "balance": self._placed(checks.balance(found, groups)),
            "visited_days": self._placed(self._with_period(days.to_pandas())),
            "visited_compared": self._placed(
                self._with_period(checks.compared(self.made, self.study, found))
            ),
            "spillover": spillover.to_pandas(),
        }

    def _placed(self, frame: pd.DataFrame) -> pd.DataFrame:
        districts, levels = zip(*self.strata, strict=True)
        stratum = frame["stratum"].to_numpy(np.int64)
        return frame.assign(
            district_code=np.array(districts, dtype=object)[stratum],
            level=np.array(levels, dtype=object)[stratum],
        )

    def _with_period(self, frame: pd.DataFrame) -> pd.DataFrame:
        periods = np.array(self.made.periods, dtype=object)
        return frame.assign(cohort_period=periods[frame["period"].to_numpy(np.int64)])


def _serving(effects: Effects) -> dict[int, str]:
    """By place, the matrix that serves all its values, so that two of them can be compared."""
    schools = effects.table.groupby("row")["schools"].first().to_numpy()
    places = effects.rows["place"].to_numpy(np.int64)
    return {
        int(place): serving_matrix(
            effects.student[places == place].sum(axis=0),
            effects.school[places == place].sum(axis=0),
            int(schools[places == place].max()),
            EVENTS,
        )
        for place in np.unique(places)
    }


def _rounded(values: Floats, step: Floats) -> Floats:
    """Rounded to the power of two at or below the step; 0 where that is 0."""
    with np.errstate(divide="ignore"):
        step = np.exp2(np.floor(np.log2(step)))
    return np.where(step > 0, np.round(values / np.where(step > 0, step, 1.0)) * step, 0.0)


def _arrow(name: str, frame: pd.DataFrame) -> pa.Table:
    table = summary_table(name)
    columns = frame[list(table.column_names)]
    return pa.Table.from_pandas(columns, arrow_schema(table), preserve_index=False)
