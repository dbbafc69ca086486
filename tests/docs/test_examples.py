"""The examples in the docs run, and say what they promise."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from benchmarks.states import DESIGNS, draw
from tests.lib.paths import ROOT


def test_the_readme_s_example_estimates_effects_from_a_file(tmp_path, monkeypatch):
    (code,) = re.findall(r"```python\n(.+?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    state = draw(replace(DESIGNS["history"], students=2_000), seed=5)
    names = {"attended": "days_attended", "enrolled": "days_enrolled"}
    table = state.table()
    table = table.rename_columns([names.get(name, name) for name in table.column_names])
    pq.write_table(table, tmp_path / "panel.parquet")
    monkeypatch.chdir(tmp_path)
    found: dict[str, Any] = {}
    exec(code, found)
    effects = found["study"].effects.set_index("event_time")
    assert abs(effects.loc[6, "effect"] - state.true_effect(6)[1]) < 3 * effects.loc[6, "std_error"]
    np.testing.assert_allclose(np.sqrt(np.diag(found["study"].covariance)), effects["std_error"])
