"""Random states on both engines: every count and day equal, every effect to 1e-9; and twice on one
thread: every digit.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leapdash import event_study
from leapdash.build.effects.tables import effect_tables
from leapdash.build.panel.inputs import read_inputs
from leapdash.build.panel.make import make_panel
from leapdash.build.sources.folder import open_folder
from leapdash.build.summaries.summarise import summarise
from leapdash.contract import SLICES, summary_table
from leapdash.engines import Workspace, open_engine
from leapdash.progress import SILENT
from leapdash.remote import input_path
from tests.lib import examples
from tests.lib.input_formats import FORMATS
from tests.lib.random_panels import as_frame, random_panel
from tests.lib.random_programmes import random_programme
from tests.lib.random_states import State, memory_tables, states

SOME_FORMATS = ("gzipped CSV", "CSV of other systems", "loosely typed Parquet")
SEEDS = st.integers(0, 2**32 - 1)
SPARSE = (
    *("effects_covariance", "effects_schools", "effects_recent_covariance"),
    *("chronic_effects_covariance", "chronic_effects_schools"),
    *("to_june_effects_covariance", "to_june_effects_schools"),
)
"""Tables in which a number that isn't there is 0."""


def tables_on(
    engine: str, state: State, effects: bool = True, slices: Collection[str] = tuple(SLICES)
) -> dict[str, pa.Table]:
    with open_engine(engine, threads=1) as opened, Workspace(opened) as space:
        inputs = read_inputs(space, memory_tables(state), "state", SILENT)
        panel = make_panel(space, inputs, SILENT)
        tables = summarise(space, panel, inputs.programme, SILENT)
        return tables | (effect_tables(space, panel, slices=slices) if effects else {})


def furthest_apart(one: dict[str, pa.Table], other: dict[str, pa.Table]) -> float:
    """The largest difference of two numbers; everything but numbers must be equal."""
    assert set(one) == set(other)
    return max(_apart(name, one[name].to_pandas(), other[name].to_pandas()) for name in one)


def _sorted(table: pa.Table) -> pa.Table:
    return table.sort_by([(name, "ascending") for name in table.column_names])


def _apart(name: str, one: pd.DataFrame, other: pd.DataFrame) -> float:
    key, columns = list(summary_table(name).key), list(one.columns)
    assert list(other.columns) == columns
    if one.empty and other.empty:  # pandas 3 can't merge two tables without rows.
        return 0.0
    both = one.merge(other, on=key, how="outer", suffixes=("", " too"), indicator="where")
    if name not in SPARSE:
        assert (both["where"] == "both").all(), name
    largest = 0.0
    for column in columns:
        if column in key:
            continue
        mine, theirs = both[column], both[f"{column} too"]
        if summary_table(name).column(column).unit.startswith(("fraction", "students")) and (
            pd.api.types.is_float_dtype(one[column])
        ):
            mine, theirs = (x.fillna(0.0) if name in SPARSE else x for x in (mine, theirs))
            np.testing.assert_array_equal(mine.isna(), theirs.isna(), f"{name}.{column}")
            largest = max(largest, float((mine - theirs).abs().max() or 0.0))
        elif name not in SPARSE:
            pd.testing.assert_series_equal(mine, theirs, check_names=False, check_dtype=False)
    return 0.0 if np.isnan(largest) else largest


@pytest.mark.parametrize("form", FORMATS if examples.FULL else SOME_FORMATS)
def test_files_are_read_alike_by_both_engines(spark, tmp_path, form):
    FORMATS[form](tmp_path / "my input")
    given = input_path((tmp_path / "my input").as_uri())
    read = []
    for name in ("duckdb", "spark"):
        with open_engine(name, threads=1) as engine, Workspace(engine) as space:
            tables = open_folder(given).tables.values()
            read.append([_sorted(space.arrow(table.read(engine))) for table in tables])
    assert read[0] == read[1]
    assert len(read[0]) == 5


@pytest.mark.full
def test_one_thread_gives_the_same_digits_every_time():
    once, again = (tables_on("duckdb", random_programme(3), slices=()) for _ in range(2))
    assert once["effects"].num_rows > 100
    assert once == again


@examples.slow(1, 20)
@given(state=states())
def test_counts_and_days_of_small_states_are_equal_on_both_engines(spark, state):
    assert furthest_apart(*(tables_on(e, state, effects=False) for e in ("duckdb", "spark"))) == 0


@pytest.mark.full
@examples.slow(1, 10)
@given(seed=SEEDS)
def test_every_table_is_equal_on_both_engines_and_every_effect_to_the_ninth_digit(spark, seed):
    on_duckdb, on_spark = (tables_on(e, random_programme(seed)) for e in ("duckdb", "spark"))
    assert on_duckdb["effects"].num_rows > 100
    assert furthest_apart(on_duckdb, on_spark) < 1e-9


@examples.slow(1, 10)
@given(seed=SEEDS)
def test_the_event_study_of_a_table_on_spark_is_that_of_the_frame(spark, seed):
    import ibis

    frame = as_frame(random_panel(seed, students=80))
    spark.createDataFrame(pa.Table.from_pandas(frame)).createOrReplaceTempView("theirs")
    options = {"outcome": "rate", "stratum": "stratum", "own_slopes": "stratum", "cohorts": True}
    here = event_study(frame, **options)
    there = event_study(ibis.pyspark.connect(spark).table("theirs"), **options)
    for name in ("effects", "strata", "cohorts"):
        pd.testing.assert_frame_equal(
            getattr(here, name), getattr(there, name), rtol=1e-9, atol=1e-12
        )
    np.testing.assert_allclose(here.covariance, there.covariance, atol=1e-12)
    assert [view.viewName for view in spark.sql("SHOW VIEWS").collect()] == ["theirs"]
