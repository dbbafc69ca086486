"""What of other districts a search looks for, in a file or a server's memory."""

import math
from collections.abc import Iterable

import pyarrow as pa


def fractions(tables: Iterable[pa.Table]) -> set[float]:
    """Every number with a fraction in some tables: so long that two are alike only if one is a copy
    of the other."""
    return {
        value
        for table in tables
        for column in table.columns
        if pa.types.is_floating(column.type)
        for value in column.to_pylist()
        if value is not None and math.isfinite(value) and len(repr(value)) > 12
    }


def names_of(schools: pa.Table, code: str) -> set[str]:
    """Codes and names of districts and schools but one district's."""
    others = [row for row in schools.to_pylist() if row["district_code"] != code]
    names = ("school_code", "school_name", "district_code", "district_name")
    mine = {r[n] for r in schools.to_pylist() if r["district_code"] == code for n in names}
    return {row[name] for row in others for name in names} - mine
