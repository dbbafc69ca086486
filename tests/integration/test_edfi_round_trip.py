"""A state written as Ed-Fi's daily resources and read back gives the state's own release."""

import shutil

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leapdash.build.build import build
from leapdash.build.demo import make_state
from tests.lib import edfi

STUDENTS = 2000
TABLES = ("schools", "enrollment", "attendance", "visits", "programme")


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """A demonstration state whose days enrolled are whole, and its tables' rows."""
    folder = tmp_path_factory.mktemp("state")
    make_state(folder, students=STUDENTS)
    (folder / "truth.parquet").unlink()
    tables = {name: pq.read_table(folder / f"{name}.parquet") for name in TABLES}
    rows = {name: table.to_pylist() for name, table in tables.items()}
    rows["attendance"] = edfi.whole_days(rows["attendance"])
    whole = pa.Table.from_pylist(rows["attendance"], schema=tables["attendance"].schema)
    pq.write_table(whole, folder / "attendance.parquet")
    return folder, rows


def _as_edfi(folder, state, standard):
    plain, rows = state
    edfi.write(folder, edfi.from_state(rows, standard), ".jsonl")
    for name in ("visits", "programme"):
        shutil.copy(plain / f"{name}.parquet", folder)
    districts = sorted({row["district_code"] for row in rows["schools"] if row["leap_from"]})
    lines = [f'"{code}" = {{ from = 2021-04-01 }}' for code in districts]
    (folder / "edfi.toml").write_text("\n".join(["[leap]", *lines]))
    return folder


@pytest.fixture(scope="module")
def released(state, tmp_path_factory):
    """The release of the state itself, without effects."""
    return build(state[0], tmp_path_factory.mktemp("store"), half_day="fraction", effects=False)


@pytest.mark.parametrize("standard", [5, 6])
def test_the_release_is_equal_table_by_table(state, released, tmp_path, standard):
    folder = _as_edfi(tmp_path / "edfi", state, standard)
    found = build(folder, tmp_path / "store", half_day="fraction", effects=False)
    assert set(found.manifest.tables) == set(released.manifest.tables)
    for name in found.manifest.tables:
        assert found.table(name).equals(released.table(name)), name
    assert "added up" in str(found.manifest.rules)


@pytest.mark.full
@pytest.mark.parametrize("standard", [5, 6])
def test_the_effects_are_equal_to_nine_digits(state, tmp_path, standard):
    plain = build(state[0], tmp_path / "plain", half_day="fraction")
    folder = _as_edfi(tmp_path / "edfi", state, standard)
    found = build(folder, tmp_path / "store", half_day="fraction")
    assert set(found.manifest.tables) == set(plain.manifest.tables)
    for name in found.manifest.tables:
        ours, theirs = found.table(name), plain.table(name)
        assert ours.schema == theirs.schema
        assert ours.num_rows == theirs.num_rows, name
        for column in ours.column_names:
            if pa.types.is_floating(ours[column].type):
                np.testing.assert_allclose(
                    ours[column].to_numpy(), theirs[column].to_numpy(), rtol=1e-9, atol=1e-9
                )
            else:
                assert ours[column].equals(theirs[column]), (name, column)
