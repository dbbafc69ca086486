"""The floor for `benchmarks.effects`: the same two passes over the students as DuckDB SQL by hand.

    python -m benchmarks.effects floor STATE.parquet

No checks, no names of the caller's own, no options: the regression for the propensity and the
arithmetic on sums by cell are leapdash's, everything over students is written here.
"""

from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from leapdash.estimator.cell_effects import mean_effects, solve
from leapdash.estimator.design import Design
from leapdash.estimator.numbering import Numbering
from leapdash.estimator.propensity import POWERS, Counts, coefficient_columns, fit_propensity

Floats = npt.NDArray[np.float64]

_HISTORY = """
CREATE TEMP TABLE area AS
SELECT district, level, (row_number() OVER (ORDER BY district, level) - 1)::INTEGER AS stratum
FROM (SELECT DISTINCT district, level FROM '{state}');

CREATE TEMP TABLE history AS
SELECT unit, t, y, stratum, first, last, mean,
       mean IS NOT NULL AND (first IS NULL OR first >= t) AS at_risk
FROM (
    SELECT unit, t, y, stratum, first,
           CASE WHEN lag(t) OVER w = t - 1 THEN lag(y) OVER w END AS last,
           CASE WHEN lag(t, 3) OVER w = t - 3
                THEN (lag(y, 3) OVER w + lag(y, 2) OVER w + lag(y) OVER w) / 3 END AS mean
    FROM (
        SELECT student_id::INTEGER AS unit, month::SMALLINT AS t, stratum,
               first_visit::SMALLINT AS first,
               CASE WHEN enrolled >= 5 THEN attended / enrolled END AS y
        FROM '{state}' JOIN area USING (district, level) WHERE enrolled > 0
    )
    WINDOW w AS (PARTITION BY unit ORDER BY t)
);
"""

_COUNTS = """
SELECT stratum, t, avg(last) AS last, avg(mean) AS mean, count(*) AS students,
       count(*) FILTER (first = t) AS visited
FROM history
WHERE at_risk AND (stratum, t) IN (SELECT (stratum, t) FROM history WHERE at_risk AND first = t)
GROUP BY stratum, t, floor(last / {width})::INTEGER, floor(mean / {width})::INTEGER
ORDER BY ALL
"""

_TRIALS = """
CREATE TEMP TABLE months AS
SELECT unit, t, y, first, last, mean, stratum, at_risk, h,
       sum(coalesce(-ln(1 - h), 0)) OVER (PARTITION BY unit ORDER BY t) AS leaving
FROM (
    SELECT history.*, CASE WHEN at_risk THEN
        coalesce(least(1 / (1 + exp(-({index}))), 0.9), 0) END AS h
    FROM history LEFT JOIN coefficients USING (stratum, t)
);
DROP TABLE history;

CREATE TEMP TABLE trial AS
SELECT unit, (stratum * {months} + t) * 19 + 6 - t AS before_first,
       coalesce(first = t, false) AS visited,
       (t - 6)::SMALLINT AS earliest,
       CASE WHEN first > t THEN least(t + 12, first - 1) ELSE t + 12 END::SMALLINT AS latest, last,
       mean, CASE WHEN first = t THEN 1.0 ELSE h / (1 - h) END AS odds, leaving
FROM months
WHERE at_risk AND (stratum, t) IN (SELECT (stratum, t) FROM months WHERE at_risk AND first = t);

CREATE VIEW role AS
SELECT unit, cell, visited, last, mean, y, change, odds, odds * left_by AS uncut,
       odds * least(left_by, 20.0) AS w
FROM (
    SELECT trial.unit, before_first + t AS cell, visited, trial.last, trial.mean, y, odds,
           y - trial.last AS change, exp(greatest(months.leaving - trial.leaving, 0)) AS left_by
    FROM trial JOIN months ON trial.unit = months.unit AND t >= earliest AND t <= latest
    WHERE y IS NOT NULL
);
"""

_SUMS = """
SELECT 2 * cell + visited::INTEGER AS side, count(*) AS units, sum(y) AS now,
       sum(odds) AS odds, sum(uncut) AS uncut,
       sum(w) AS w, sum(w * w) AS w2, sum(w * change) AS wc, sum(w * last) AS wl,
       sum(w * mean) AS wm, sum(w * last * last) AS wll, sum(w * last * mean) AS wlm,
       sum(w * mean * mean) AS wmm, sum(w * last * change) AS wlc, sum(w * mean * change) AS wmc
FROM role GROUP BY cell, visited
"""

_INFLUENCE = """
SELECT {sums} FROM (
    SELECT unit, e, sum(factor * w * (change - slope_last * last - slope_mean * mean - centre)
                        / (1 - least(w * share, 0.9))) AS x
    FROM role JOIN side USING (cell, visited) GROUP BY unit, e
) GROUP BY unit
"""


def floor(state: Path) -> tuple[pd.DataFrame, Floats]:
    """Effects by event time (e, effect, visited, …) and their standard errors."""
    design = Design()
    con = duckdb.connect()
    con.execute(_HISTORY.format(state=state))
    ((strata, months),) = con.execute("SELECT max(stratum) + 1, max(t) + 1 FROM history").fetchall()
    counts = con.execute(_COUNTS.format(width=design.width)).df()
    slots = counts[["stratum", "t"]].drop_duplicates(ignore_index=True)
    districts = con.execute("SELECT district FROM area ORDER BY stratum").df()["district"]
    names = ("last", "mean", "students", "visited")
    last, mean, students, visited = (counts[name].to_numpy(np.float64) for name in names)
    fitted = fit_propensity(
        Counts(
            counts.groupby(["stratum", "t"], sort=False).ngroup().to_numpy(),
            last,
            mean,
            students,
            visited,
            pd.factorize(districts)[0][slots["stratum"]],
        )
    )
    con.register("coefficients", slots.assign(**coefficient_columns(fitted)))
    con.execute(_TRIALS.format(months=months, index=_index(fitted.centre, fitted.scale)))

    numbering = Numbering.of(strata, months, 1, design.event_times)
    cells = solve(con.execute(_SUMS).df(), numbering, design)
    con.register("side", _sides(cells))
    effects = mean_effects(cells, ["e"])
    each = (f"sum(CASE WHEN e = {e} THEN x ELSE 0 END)" for e in effects["e"])
    found = con.execute(_INFLUENCE.format(sums=", ".join(each))).fetchnumpy()
    x = np.stack([found[name] for name in found])
    count = effects["visited"].to_numpy(np.float64)
    covariance = x @ x.T / np.outer(count, count)
    con.close()
    return effects, np.sqrt(np.diag(covariance))


def _sides(cells: pd.DataFrame) -> pd.DataFrame:
    """By cell, and whether visited: what a residual is taken from and counts with."""
    common = cells[["cell", "slope_last", "slope_mean"]].assign(e=cells["e"].astype("int8"))
    visited = common.assign(
        visited=True, centre=cells["visited_centre"], factor=cells["visited_factor"], share=0.0
    )
    others = common.assign(
        visited=False,
        centre=cells["comparison_centre"],
        factor=-cells["visited_here"] / cells["weight"],
        share=1 / cells["weight"],
    )
    return pd.concat([visited, others])


def _index(centre: Floats, scale: Floats) -> str:
    """The regression's index in SQL."""
    u, v = (
        f"(({name} - {c!r}) / {s!r})"
        for name, c, s in zip(("last", "mean"), centre.tolist(), scale.tolist(), strict=True)
    )
    factorial = (1, 1, 2, 6)
    terms = ["intercept"]
    for k, (a, b) in enumerate(POWERS):
        factors = [f"slope_{k} / {factorial[a] * factorial[b]}.0", *[u] * a, *[v] * b]
        terms.append(" * ".join(factors))
    return " + ".join(terms)
