"""The floor for `benchmarks.effects`: the same two passes over the students as DuckDB SQL by hand.

    python -m benchmarks.effects floor STATE.parquet

No checks, no names of the caller's own, no options: the regression for the propensity and the
arithmetic on sums by cell are leapdash's, everything over students is written here.
"""

from itertools import combinations_with_replacement
from math import factorial, prod
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from leapdash.estimator.cell_effects import mean_effects, solve
from leapdash.estimator.design import Design
from leapdash.estimator.numbering import Numbering
from leapdash.estimator.propensity import Counts, coefficient_columns, fit_propensity, powers

Floats = npt.NDArray[np.float64]

DESIGN = Design()
MEASURES = DESIGN.measures

_HISTORY = """
CREATE MACRO square(x, more) AS (x * x + more) % 2147483647;
CREATE MACRO lot(unit, t, draw) AS square(
    (square((unit::BIGINT * 1500450271 + (t + draw)::BIGINT * 2038074743) % 2147483647, 2038074743)
     * 1103515249 + (t + draw)::BIGINT * 1299709001) % 2147483647,
    1299709001
);

CREATE TEMP TABLE area AS
SELECT district, level, (row_number() OVER (ORDER BY district, level) - 1)::INTEGER AS stratum
FROM (SELECT DISTINCT district, level FROM '{state}');

CREATE TEMP TABLE history AS
SELECT unit, t, y, stratum, first, last, mean, coalesce(before, 0) AS earlier,
       (before IS NULL)::DOUBLE AS none,
       mean IS NOT NULL AND (first IS NULL OR first >= t) AS at_risk
FROM (
    SELECT unit, t, y, stratum, first,
           CASE WHEN lag(t) OVER w = t - 1 THEN lag(y) OVER w END AS last,
           CASE WHEN lag(t, 3) OVER w = t - 3
                THEN (lag(y, 3) OVER w + lag(y, 2) OVER w + lag(y) OVER w) / 3 END AS mean,
           avg(y) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 4 PRECEDING) AS before
    FROM (
        SELECT student_id::INTEGER AS unit, month::SMALLINT AS t, stratum,
               first_visit::SMALLINT AS first,
               CASE WHEN enrolled >= 5 THEN attended / enrolled END AS y
        FROM '{state}' JOIN area USING (district, level) WHERE enrolled > 0
    )
    WINDOW w AS (PARTITION BY unit ORDER BY t)
);
"""

_CLASSES = ", ".join(f"class_{x}" for x in DESIGN.past)
_DRAWN = f"""
WITH risk AS (
    SELECT *, coalesce(first = t, false) AS visited,
           {", ".join(f"floor({x} / 0.1 + 1e-7)::INTEGER AS class_{x}" for x in DESIGN.past)}
    FROM history WHERE at_risk
    AND (stratum, t) IN (SELECT (stratum, t) FROM history WHERE at_risk AND first = t)
)
SELECT stratum, t, {", ".join(MEASURES)}, visited,
       CASE WHEN visited THEN 1 ELSE greatest(1, waiting / wanted) END AS weight
FROM risk JOIN (
    SELECT {_CLASSES}, 10 * (count(*) FILTER (visited) + 1) AS wanted,
           count(*) FILTER (NOT visited) AS waiting
    FROM risk GROUP BY ALL
) USING ({_CLASSES})
WHERE visited OR lot(unit, t, 1) * waiting < wanted * 2147483647
ORDER BY stratum, t, unit
"""

_TRIALS = """
CREATE TEMP TABLE months AS
SELECT unit, t, y, first, last, mean, earlier, none, stratum, at_risk, h,
       sum(coalesce(-ln(1 - h), 0)) OVER (PARTITION BY unit ORDER BY t) AS leaving
FROM (
    SELECT history.*, CASE WHEN at_risk THEN
        least(coalesce(1 / (1 + exp(-({index}))), 0), 0.9) END AS h
    FROM history LEFT JOIN coefficients USING (stratum, t)
);
DROP TABLE history;

CREATE TEMP TABLE trial AS
SELECT unit, (stratum * {months} + t) * 16 + 6 - t AS before_first, visited,
       (t - 6)::SMALLINT AS earliest,
       CASE WHEN first > t THEN least(t + 9, first - 1) ELSE t + 9 END::SMALLINT AS latest, last,
       mean, earlier, none, CASE WHEN visited THEN 1.0 ELSE greatest(odds, 1 / 50) END AS odds,
       leaving
FROM (
    SELECT *, coalesce(first = t, false) AS visited, h / (1 - h) AS odds FROM months
    WHERE at_risk
    AND (stratum, t) IN (SELECT (stratum, t) FROM months WHERE at_risk AND first = t)
)
WHERE visited OR lot(unit, t, 2) < 50 * odds * 2147483647.0;

CREATE VIEW role AS
SELECT unit, cell, visited, last, mean, earlier, none, y, change, odds, odds * left_by AS uncut,
       odds * least(left_by, 50.0) AS w
FROM (
    SELECT trial.unit, before_first + t AS cell, visited, trial.last, trial.mean, trial.earlier,
           trial.none, y, odds, y - trial.last AS change,
           exp(greatest(months.leaving - trial.leaving, 0)) AS left_by
    FROM trial JOIN months ON trial.unit = months.unit AND t >= earliest AND t <= latest
    WHERE y IS NOT NULL
);
"""

_PRODUCTS = (
    *((name,) for name in ("change", *MEASURES)),
    *((name, "change") for name in MEASURES),
    *combinations_with_replacement(MEASURES, 2),
)

_SUMS = f"""
SELECT 2 * cell + visited::INTEGER AS side, count(*) AS units, sum(y) AS now,
       sum(odds) AS odds, sum(uncut) AS uncut, sum(w) AS w, sum(w * w) AS w2,
       {", ".join(f'sum(w * {" * ".join(x)}) AS "w {" ".join(x)}"' for x in _PRODUCTS)}
FROM role GROUP BY cell, visited
"""

_INFLUENCE = f"""
SELECT {{sums}} FROM (
    SELECT unit, e, sum(factor * w * (change - {" - ".join(f"slope_{x} * {x}" for x in MEASURES)}
                                      - centre) / (1 - least(w * share, 0.9))) AS x
    FROM role JOIN side USING (cell, visited) GROUP BY unit, e
) GROUP BY unit
"""


def floor(state: Path) -> tuple[pd.DataFrame, Floats]:
    """Effects by event time (e, effect, visited, …) and their standard errors."""
    con = duckdb.connect()
    con.execute(_HISTORY.format(state=state))
    ((strata, months),) = con.execute("SELECT max(stratum) + 1, max(t) + 1 FROM history").fetchall()
    students = con.execute(_DRAWN).df()
    slots = students[["stratum", "t"]].drop_duplicates(ignore_index=True)
    slot = students.groupby(["stratum", "t"], sort=False).ngroup().to_numpy()
    districts = con.execute("SELECT district FROM area ORDER BY stratum").df()["district"]
    fitted = fit_propensity(
        Counts(
            slot,
            students[list(MEASURES)].to_numpy(),
            students["weight"].to_numpy(),
            students["visited"].to_numpy(np.float64),
            pd.factorize(districts)[0][slots["stratum"]],
        )
    )
    con.register("coefficients", slots.assign(**coefficient_columns(fitted, MEASURES)))
    con.execute(_TRIALS.format(months=months, index=_index(fitted.centre, fitted.scale)))

    numbering = Numbering.of(strata, months, 1, DESIGN.event_times)
    cells = solve(con.execute(_SUMS).df(), numbering, DESIGN)
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
    slopes = [f"slope_{name}" for name in MEASURES]
    common = cells[["cell", *slopes]].assign(e=cells["e"].astype("int8"))
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
    standard = [
        f"(({name} - {c!r}) / {s!r})"
        for name, c, s in zip(MEASURES, centre.tolist(), scale.tolist(), strict=True)
    ]
    standard[2] = f"(1 - none) * {standard[2]}"
    terms = ["intercept"]
    for k, term in enumerate(powers(len(MEASURES))):
        factors = [x for x, power in zip(standard, term, strict=True) for _ in range(power)]
        terms.append(" * ".join([f"slope_{k} / {prod(map(factorial, term))}.0", *factors]))
    return " + ".join(terms)
