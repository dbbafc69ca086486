"""How much of a public release is hidden, by kind of figure."""

import pandas as pd

from leapdash.contract import ALL, LEAP, OTHER, STATE_CODE
from leapdash.show.choice import Choice, kept
from leapdash.show.language import _
from leapdash.show.views.cells import WITHHELD

_SEVERAL = (STATE_CODE, LEAP, OTHER)


@kept()
def hidden_share(choice: Choice) -> pd.DataFrame:
    """Columns: series (the kind of figure), cells (how many there are), hidden, share (of them)."""
    release = choice.release
    columns = ["district_code", "participation", "group", "status"]
    table = release.table("attendance_by_group", columns).to_pandas()
    single = ~table["district_code"].isin(_SEVERAL)
    everybody = (table["group"] == ALL) & (table["participation"] == ALL)
    kinds = {
        _("Attendance by month: the state, and districts together"): table[~single],
        _("Attendance by month: all students of a district"): table[single & everybody],
        _("Attendance by month: student groups of a district"): table[
            single & (table["group"] != ALL)
        ],
        _("Attendance by month: visited, waiting and others of a district"): table[
            single & (table["participation"] != ALL)
        ],
        _("Attendance by month: schools"): release.table("attendance", ["status"]).to_pandas(),
        _("Chronic absence"): release.table("chronic_absence", ["status"]).to_pandas(),
    }
    if release.has_effects:
        kinds[_("Effects of visits")] = release.table("effects_headlines", ["status"]).to_pandas()
    rows = [
        {"series": name, "cells": len(cells), "hidden": int((cells["status"] == WITHHELD).sum())}
        for name, cells in kinds.items()
        if len(cells)
    ]
    frame = pd.DataFrame(rows)
    frame["share"] = frame["hidden"] / frame["cells"]
    return frame
