"""The effect of a visit on attendance, for any panel: `from leapdash import event_study`.

docs/methods.md sets out the method, its sources and what proves it.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from os import PathLike, fspath
from typing import Any, Literal, TypeAlias

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from leapdash.engines import Engine, Workspace, engine_of, open_engine
from leapdash.errors import UsageError
from leapdash.estimator.cell_effects import mean_effects, solve
from leapdash.estimator.covariance import products, squares, summed, wide
from leapdash.estimator.design import Design
from leapdash.estimator.estimate import Estimate, Study, estimate, on_engine, prepare
from leapdash.estimator.input_panel import InputPanel, Names, read_panel
from leapdash.estimator.trials import at_risk, terms_of_effect

PanelLike: TypeAlias = pd.DataFrame | pa.Table | ir.Table | str | PathLike[str]
Floats = npt.NDArray[np.float64]
_DEFAULT = Design()


@dataclass(frozen=True)
class EventStudy:
    """Effects by event time, with everything needed to judge and to combine them.

    Attributes
    ----------
    effects : DataFrame, one row per event time
        `event_time`; `effect`; `std_error` (by unit); `std_error_cluster` (NaN without clusters);
        `visited` (units); `comparison` (units, each once); `comparison_effective`
        ((sum of w)^2 / sum of w^2); `visited_level` (the visited units' mean outcome);
        `naive_change` (from the month before the visit, the same units); `cut` (the share of the
        comparison's weight cut off). At a universal base, its own event time is 0 by definition.
        A 95% interval as on the pages, from `leapdash.inference`:
        `interval(effect, std_error**2, degrees_of_freedom(comparison_effective))`.
    covariance : array (event times, event times)
        Of the effects, in their order, units taken as independent.
    covariance_cluster : array or None
        The same, clusters taken as independent.
    strata : DataFrame
        The same effects by stratum, with the stratum's columns in front.
    cohorts : DataFrame or None
        By stratum, month of the visit and event time, where asked for.
    notes : tuple of str
        What was left out, and why.
    """

    effects: pd.DataFrame
    covariance: Floats
    covariance_cluster: Floats | None
    strata: pd.DataFrame
    cohorts: pd.DataFrame | None
    notes: tuple[str, ...]


def event_study(
    panel: PanelLike,
    *,
    unit: str = "student_id",
    time: str = "month",
    cohort: str = "first_visit",
    outcome: str | None = None,
    attended: str | None = None,
    enrolled: str | None = None,
    minimum_enrolled: float = 5.0,
    stratum: str | Sequence[str] = (),
    own_slopes: str | None = None,
    cluster: str | None = None,
    covariates: str | Sequence[str] = (),
    design: Design = _DEFAULT,
    event_times: Sequence[int] | None = None,
    comparison: Literal["not_yet", "never"] | None = None,
    base: Literal["universal", "varying"] | None = None,
    history: int | None = None,
    earlier: bool | None = None,
    weights: bool | None = None,
    slopes: bool | None = None,
    small_samples: bool | None = None,
    shares: Literal["fixed", "random"] | None = None,
    cohorts: bool = False,
) -> EventStudy:
    """The effect of a first visit on those visited, by months since the visit.

    A trial begins every month: units visited then are compared, within their stratum, with units
    not visited yet, weighted by the chance of a visit given past outcomes so that the comparison is
    like the visited, and for staying unvisited; what difference in past outcomes is left is
    adjusted for by slopes per event time.

    Parameters
    ----------
    panel : DataFrame, Arrow table, Ibis table, or path of a Parquet file
        One row per unit and time. An Ibis table is worked on where it is.
    unit, time, cohort : str
        Columns: who, when, and when the unit was first visited (null, NaN or infinite: never).
        Times count in order, whatever lies between them; a visit between two times belongs to the
        next one, a visit after the last counts as none yet.
    outcome : str, optional
        The outcome; null or NaN where it wasn't observed. In its place:
    attended, enrolled : str, optional
        Days attended and days enrolled; the outcome is their ratio.
    minimum_enrolled : float
        A month with fewer days enrolled is not observed; one with none is no row at all.
    stratum : str or sequence of str
        Columns; only units of the same stratum in the month a trial begins are compared.
    own_slopes : str, optional
        One of the stratum's columns: its values get slopes of their own in the propensity of a
        visit, shrunk to the common ones.
    cluster : str, optional
        Column for clustered standard errors; a unit belongs to the cluster of its first time.
    covariates : str or sequence of str
        Columns of numbers, or true and false, that units compared should be alike in as well:
        terms in the propensity of a visit and in the slopes. They count as they stand in the row of
        the time a trial begins, so they must be known before the visit. One that is the same
        everywhere, or moves with another, is left out, and a note says so.
    design : Design
        What is compared with what, whole; each of the following, where given, takes the place of
        what it says.
    event_times : sequence of int
        Times since the visit to look at; from -6 to 9 unless said.
    comparison : {"not_yet", "never"}
        Units not visited yet by the time looked at, and by the time of the visit; or never.
    base : {"universal", "varying"}
        Count changes from the time before the visit, or, before the visit, from the time before.
    history : int
        Times of recent outcome a unit must have to begin a trial, 3 unless said; 0 only without
        weights and slopes.
    earlier : bool
        Compare units alike in the mean of all earlier observed outcomes as well, and in whether
        there are any; unless said, yes.
    weights, slopes : bool
        Leave one out, or both for Callaway and Sant'Anna's unconditional estimator.
    small_samples : bool
        Enlarge residuals by what their own mean took from them.
    shares : {"fixed", "random"}
        Whether standard errors take the mix of months within a stratum as given.
    cohorts : bool
        Also give effects by month of the visit (takes another pass).

    Returns
    -------
    EventStudy

    Raises
    ------
    InputError
        A row of the panel stands in the way: two rows for one unit and time, a cohort that changes
        within a unit, an empty unit, time or stratum.
    UsageError
        A column isn't there, parameters don't go together, or there is nothing to compare: no visit
        at all, everyone visited, a single time, nobody with enough history.

    References
    ----------
    Callaway and Sant'Anna 2021 (J. Econometrics 225); Hernán and Robins, sequential trials and
    inverse-probability weighting; Imai, Kim and Wang 2023 (AJPS 67).

    Examples
    --------
    Twelve months, 600 students, a visit likelier after a bad month, which adds 5 points for good:

    >>> import numpy as np, pandas as pd
    >>> from leapdash import event_study
    >>> rng = np.random.default_rng(1)
    >>> rate = np.clip(0.85 + 0.08 * rng.normal(size=(600, 12)), 0, 1)
    >>> first = np.full(600, np.nan)
    >>> for month in range(3, 12):
    ...     likely = 0.01 + 0.1 * (rate[:, month - 1] < 0.8)
    ...     first[np.isnan(first) & (rng.random(600) < likely)] = month
    >>> months = np.arange(12)
    >>> rate = rate + 0.05 * (months >= first[:, None])
    >>> panel = pd.DataFrame(
    ...     {
    ...         "student_id": np.repeat(np.arange(600), 12),
    ...         "month": np.tile(months, 600),
    ...         "rate": rate.ravel(),
    ...         "first_visit": np.repeat(first, 12),
    ...     }
    ... )
    >>> study = event_study(panel, outcome="rate", event_times=range(-4, 5))
    >>> after = study.effects.set_index("event_time").loc[1]
    >>> bool(abs(after.effect - 0.05) < 2 * after.std_error)
    True
    >>> bool(after.naive_change > 0.09)  # visited when attendance was at its worst
    True
    """
    given: dict[str, Any] = {
        "event_times": None if event_times is None else tuple(sorted(event_times)),
        "comparison": comparison,
        "base": base,
        "history": history,
        "earlier": earlier,
        "weights": weights,
        "slopes": slopes,
        "small_samples": small_samples,
        "shares": shares,
    }
    design = replace(design, **{k: value for k, value in given.items() if value is not None})
    names = (stratum,) if isinstance(stratum, str) else tuple(stratum)
    more = (covariates,) if isinstance(covariates, str) else tuple(covariates)
    _check(design, names, own_slopes, more)
    with ExitStack() as stack:
        engine, table = _open(panel, stack)
        space = stack.enter_context(Workspace(engine))
        made = read_panel(
            space,
            space.put(table) if isinstance(table, pa.Table) else table,
            Names(
                unit=unit,
                time=time,
                cohort=cohort,
                outcome=outcome,
                attended=attended,
                enrolled=enrolled,
                minimum_enrolled=minimum_enrolled,
                strata=names,
                cluster=cluster,
                covariates=more,
            ),
        )
        design = replace(design, covariates=made.covariates)
        return _study(space, made, design, own_slopes, cohorts)


def _open(panel: PanelLike, stack: ExitStack) -> tuple[Engine, ir.Table | pa.Table]:
    """The engine to work on, and the panel: on it, or to be put there."""
    if isinstance(panel, ir.Table):
        return engine_of(panel), panel
    if isinstance(panel, str | PathLike):
        engine = stack.enter_context(open_engine())
        return engine, engine.read_parquet([fspath(panel)])
    if isinstance(panel, pd.DataFrame):
        panel = pa.Table.from_pandas(panel, preserve_index=False)
    if isinstance(panel, pa.Table):
        return stack.enter_context(open_engine()), panel
    raise UsageError(
        f"panel is a {type(panel).__name__}. Expected a pandas data frame, an Arrow table, an Ibis "
        "table, or the path of a Parquet file."
    )


def _check(
    design: Design, strata: Sequence[str], own_slopes: str | None, covariates: Sequence[str]
) -> None:
    if (design.weights or design.slopes) and design.history < 1:
        raise UsageError(
            f"history={design.history}: weights and slopes are made from recent outcomes. "
            "Expected history of at least 1, or weights=False and slopes=False."
        )
    if design.covariates:
        raise UsageError(
            f"design.covariates={design.covariates}. Expected none there: name the panel's columns "
            "in event_study(covariates=...)."
        )
    if covariates and not (design.weights or design.slopes):
        raise UsageError(
            f"covariates={list(covariates)} with weights=False and slopes=False: nothing would use "
            "them. Expected one of the two, or no covariates."
        )
    if len(set(covariates)) < len(covariates):
        raise UsageError(f"covariates={list(covariates)} names a column twice. Expected each once.")
    if not design.event_times:
        raise UsageError("event_times is empty. Expected at least one time since the visit.")
    if own_slopes is not None and own_slopes not in strata:
        raise UsageError(f"own_slopes={own_slopes!r}. Expected one of stratum: {list(strata)}.")


def _study(
    space: Workspace, panel: InputPanel, design: Design, own_slopes: str | None, cohorts: bool
) -> EventStudy:
    study = prepare(space, panel.rows, panel.groups(own_slopes), len(panel.times), design)
    found = estimate(space, study, panel.visits())
    if found.cells.empty:
        raise UsageError(_why_nothing(space, study))
    events = tuple(int(e) for e in np.unique(found.cells["e"]))
    effects = mean_effects(found.cells, ["e"])
    counts = effects["visited"].to_numpy(np.float64)
    scale = np.outer(counts, counts)
    by_unit = wide(found.influence, events, ["unit"])
    covariance = products(space, by_unit, len(events)) / scale
    clustered = None
    if panel.names.cluster is not None:
        by_cluster = summed(by_unit.join(panel.units, "unit"), len(events), ["cluster"])
        x = space.frame(by_cluster.drop("cluster")).to_numpy(np.float64)
        clustered = x.T @ x / scale
    return EventStudy(
        effects=_overall(space, effects, found, covariance, clustered),
        covariance=covariance,
        covariance_cluster=clustered,
        strata=_by_stratum(space, panel, found),
        cohorts=_by_cohort(space, panel, found, design) if cohorts else None,
        notes=panel.notes,
    )


def _overall(
    space: Workspace,
    effects: pd.DataFrame,
    found: Estimate,
    covariance: Floats,
    clustered: Floats | None,
) -> pd.DataFrame:
    served = found.influence.filter(found.influence.compared)
    compared = space.frame(served.group_by("e").agg(comparison=served.unit.nunique()))
    by_cluster = np.nan if clustered is None else np.sqrt(np.diag(clustered))
    effects = effects.merge(compared, on="e", how="left").assign(
        std_error=np.sqrt(np.diag(covariance)), std_error_cluster=by_cluster
    )
    return _shown(effects, [])


def _by_stratum(space: Workspace, panel: InputPanel, found: Estimate) -> pd.DataFrame:
    keys = ["atom", "stratum", "e"]
    clusters = panel.units if panel.names.cluster is not None else None
    sums = squares(space, found.influence, ["atom", "e"], clusters)
    t = mean_effects(found.cells, keys).merge(sums, on=["atom", "e"])
    t["std_error"] = np.sqrt(t["squares"]) / t["visited"]
    t["std_error_cluster"] = np.sqrt(t["squares_cluster"]) / t["visited"]
    return _shown(_named_strata(t, panel), list(panel.names.strata))


def _by_cohort(
    space: Workspace, panel: InputPanel, found: Estimate, design: Design
) -> pd.DataFrame:
    # Within one month of visits there is no mix of months that could be random.
    within = replace(design, shares="fixed")
    cells = solve(found.sums, found.numbering, within)
    terms = terms_of_effect(found.roles, on_engine(space, cells, found.numbering, within), within)
    sums = space.frame(terms.group_by("cell").agg(squares=(terms.x * terms.x).sum()))
    t = cells.merge(sums, on="cell")
    t["std_error"] = np.sqrt(t["squares"]) / t["visited"]
    t["cohort"] = [panel.times[g] for g in t["g"]]
    return _shown(_named_strata(t, panel), [*panel.names.strata, "cohort"])


def _named_strata(t: pd.DataFrame, panel: InputPanel) -> pd.DataFrame:
    for k, name in enumerate(panel.names.strata):
        t[name] = [panel.strata[number][k] for number in t["stratum"]]
    return t


def _shown(t: pd.DataFrame, in_front: list[str]) -> pd.DataFrame:
    """The columns EventStudy promises, under the names it promises them."""
    return pd.DataFrame(
        {
            **{name: t[name] for name in in_front},
            "event_time": t["e"].astype("int64"),
            "effect": t["effect"],
            "std_error": t["std_error"],
            **({"std_error_cluster": t["std_error_cluster"]} if "std_error_cluster" in t else {}),
            "visited": t["visited"].astype("int64"),
            "comparison": t["comparison"].astype("int64"),
            "comparison_effective": t["effective"],
            "visited_level": t["now"],
            "naive_change": t["now"] - t["before"],
            "cut": t["cut"],
        }
    )


def _why_nothing(space: Workspace, study: Study) -> str:
    """What stands in the way where no cell has visited and comparison units."""
    risk = at_risk(study.rows)
    visited = risk.filter(risk.visited)
    if not space.count(visited):
        months = study.design.history
        return (
            "No visited unit can be compared: none has an observed outcome in "
            f"{'the time' if months < 2 else f'each of the {months} times'} before its first "
            "visit. Expected visits later in the panel; history asks for fewer times."
        )
    return (
        "No visited unit can be compared: in the stratum and month of every first visit, no unit "
        "still unvisited was observed. Expected some that are visited later or never; wider strata "
        "may have them."
    )
