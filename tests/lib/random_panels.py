"""Random panels of a few dozen students, for the estimator and its oracle."""

import numpy as np
import pandas as pd

from tests.lib.effects_oracle import Panel


def random_panel(
    seed,
    students=40,
    months=9,
    strata=2,
    hole=0.08,
    kinds=1,
    parts=1,
    visits=0.12,
    covariates=(),
):
    """A panel with gaps, months not observed, students who change stratum, visits likelier after
    poor months, and students visited without enough history. `covariates`: names; the first is 0
    or 1 for a student, as a rule for good; the others change from month to month.
    """
    rng = np.random.default_rng(seed)
    panel = Panel(months, {}, {}, {})
    for i in range(students):
        level, stratum = rng.normal(0.8, 0.1), int(rng.integers(strata))
        y, where, first = {}, {}, None
        for t in range(months):
            if strata > 1 and rng.random() < 0.04:
                stratum = int(rng.integers(strata))
            days = int(rng.integers(8, 21))
            attended = int(np.clip(round(days * (level + rng.normal(0, 0.12))), 0, days))
            recent = [y.get(t - k) for k in (1, 2, 3)]
            poor = np.mean([1 - value for value in recent if value is not None] or [0.2])
            if first is None and rng.random() < visits * 4 * poor:
                first = t
            if rng.random() < hole:
                continue
            y[t] = None if rng.random() < hole / 2 else attended / days
            where[t] = stratum
        panel.y[i], panel.stratum[i], panel.first[i] = y, where, first
        if first is not None:
            panel.kind[i], panel.part[i] = int(rng.integers(kinds)), int(rng.integers(parts))
        if covariates:
            group, *rest = rng.random(len(covariates))
            panel.covariates[i] = {
                t: (float((group < 0.4) ^ (rng.random() < 0.1)), *(x + rng.random() for x in rest))
                for t in y
            }
    return panel


def as_frame(panel, covariates=()):
    """The panel as `event_study` takes it: student_id, month, rate, stratum, first_visit, and its
    covariates under these names.
    """
    rows = [
        (
            *(i, t, panel.y[i][t], panel.stratum[i][t], panel.first[i]),
            *(panel.covariates[i][t] if covariates else ()),
        )
        for i in panel.y
        for t in panel.y[i]
    ]
    columns = ["student_id", "month", "rate", "stratum", "first_visit", *covariates]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"rate": "float64", "first_visit": "float64"})
