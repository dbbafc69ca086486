"""Schools and districts, and the codes by which the state knows them."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from leapdash.build.sources.edfi.configuration import code_of
from leapdash.build.sources.edfi.reading import Reading
from leapdash.build.sources.edfi.resources import LOCAL_EDUCATION_AGENCIES, SCHOOLS, Resource
from leapdash.contract import CODE_PATTERN, STATE_CODE
from leapdash.errors import shortened

_CODE = re.compile(CODE_PATTERN)
_MOST_NAMED = 3


def places(reading: Reading) -> pa.Table:
    """The contract's `schools`, and beside it school (its schoolId) and agency.

    A school's code is the one the configuration names; else the state's among its identification
    codes; else its schoolId, where seven digits hold it. Districts likewise.
    """
    agencies = _rows(reading, LOCAL_EDUCATION_AGENCIES)
    schools = _rows(reading, SCHOOLS)
    settings = reading.configuration
    district_codes = _codes(
        reading, LOCAL_EDUCATION_AGENCIES, agencies, "agency", settings.district_codes, "districts"
    )
    school_codes = _codes(reading, SCHOOLS, schools, "school", settings.school_codes, "schools")
    ids = [row["school"] for row in schools]
    for setting, named in (
        ("off_calendar", [school for school, _ in settings.off_calendar]),
        ("silent_schools", settings.silent_schools),
    ):
        _check_there(reading, f"exceptions.{setting}", named, SCHOOLS, ids)
    names = {row["agency"]: row["agency_name"] for row in agencies}
    unknown = sorted({row["agency"] for row in schools} - set(names))
    if unknown and agencies:
        place = reading.places(SCHOOLS, agency=unknown)
        reading.problems.append(
            f"{place}, field localEducationAgencyReference: {shortened(unknown[0])}, which is in "
            f"no localEducationAgencies; {len(unknown):,} agencies like this.\n"
            "Expected the district of every school. Fetch localEducationAgencies again."
        )
    _check_leap(reading, {code: names.get(agency, "") for agency, code in district_codes.items()})
    rows = [
        _school(reading, row, school_codes, district_codes, names)
        for row in schools
        if row["school"] in school_codes and row["agency"] in district_codes
    ]
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("school", "agency")),
        *((name, pa.string()) for name in ("school_code", "school_name")),
        *((name, pa.string()) for name in ("district_code", "district_name")),
        *((name, pa.date32()) for name in ("leap_from", "leap_until")),
        *((name, pa.float64()) for name in ("latitude", "longitude")),
    ]
)


def _school(
    reading: Reading,
    row: Mapping[str, Any],
    school_codes: Mapping[str, str],
    district_codes: Mapping[str, str],
    names: Mapping[str, str],
) -> dict[str, Any]:
    district = district_codes[row["agency"]]
    takes = reading.configuration.leap.get(district)
    where = [a for a in row["addresses"] or () if a and a["latitude"] and a["longitude"]]
    return {
        "school": row["school"],
        "agency": row["agency"],
        "school_code": school_codes[row["school"]],
        "school_name": row["school_name"],
        "district_code": district,
        "district_name": names[row["agency"]],
        "leap_from": takes.begin if takes else None,
        "leap_until": takes.end if takes else None,
        "latitude": float(where[0]["latitude"]) if where else None,
        "longitude": float(where[0]["longitude"]) if where else None,
    }


def _rows(reading: Reading, resource: Resource) -> list[dict[str, Any]]:
    """The resource's rows, each key once: one that comes twice alike counts once."""
    table: ir.Table = reading.table(resource)
    rows = reading.space.arrow(table.order_by(table.columns[:3])).to_pylist()
    (key,) = resource.key
    by_key: dict[str, dict[str, Any]] = {}
    different = [row[key] for row in rows if by_key.setdefault(row[key], row) != row]
    if different:
        place = reading.places(resource, **{key: different[:1]})
        reading.problems.append(
            f"{place}: {resource.column(key).path} {shortened(different[0])} stands there more "
            f"than once, and not alike; {len(different):,} like this.\n"
            "Expected each once. Fetch the resource again."
        )
    return list(by_key.values())


def _codes(
    reading: Reading,
    resource: Resource,
    rows: Iterable[Mapping[str, Any]],
    key: str,
    stated: Mapping[str, str],
    table: str,
) -> dict[str, str]:
    """The state's code of each, by its own id; what has none, or shares one, is a problem."""
    system = reading.configuration.organisation_system
    codes: dict[str, str] = {}
    without = []
    for row in rows:
        said = [
            str(one["identificationCode"]).upper()
            for one in row["codes"] or ()
            if one
            and system
            in (
                one["educationOrganizationIdentificationSystemDescriptor"],
                code_of(one["educationOrganizationIdentificationSystemDescriptor"]),
            )
        ]
        own = row[key].zfill(7) if row[key].isdigit() and len(row[key]) <= 7 else ""
        code = stated.get(row[key]) or next(filter(_is_code, said), "") or own
        if _is_code(code):
            codes[row[key]] = code
        else:
            without.append(row[key])
    if without:
        place = reading.places(resource, **{key: without[:1]})
        reading.problems.append(
            f"{place}: no code by which the state knows {shortened(without[0])}; {len(without):,} "
            f"{table} like this.\nExpected one of seven characters, as 0640111, among "
            f"identificationCodes ({system}), or in {reading.configuration.name}:\n"
            f'[organisations.{table}]\n"{shortened(without[0])}" = "0640111"'
        )
    _check_there(reading, f"organisations.{table}", stated, resource, [row[key] for row in rows])
    owners: dict[str, list[str]] = {}
    for own_id, code in codes.items():
        owners.setdefault(code, []).append(own_id)
    shared = [f"{code} ({', '.join(ids)})" for code, ids in owners.items() if len(ids) > 1]
    if shared:
        reading.problems.append(
            f"{resource.name}: {len(shared):,} codes of the state stand for several {table}: "
            f"{shortened(', '.join(shared[:_MOST_NAMED]), 300)}.\n"
            f"Expected one each. Correct the codes, or name them in [organisations.{table}] of "
            f"{reading.configuration.name}."
        )
    return codes


def _check_there(
    reading: Reading, where: str, named: Iterable[str], resource: Resource, there: Collection[str]
) -> None:
    """A problem where the configuration names, at a place, what a resource doesn't hold."""
    unknown = sorted(set(named) - set(there))
    if unknown and there:
        (key,) = resource.key
        known = ", ".join(sorted(there))
        reading.problems.append(
            f"{reading.configuration.name}, {where}: {shortened(', '.join(unknown))}, which "
            f"{resource.name} doesn't hold.\nExpected {resource.column(key).path} as it stands "
            f"there: {shortened(known, 300)}. Correct it, or take it out."
        )


def _is_code(code: str) -> bool:
    return _CODE.fullmatch(code) is not None and code != STATE_CODE


def _check_leap(reading: Reading, districts: Mapping[str, str]) -> None:
    unknown = sorted(set(reading.configuration.leap) - set(districts))
    if unknown and districts:
        known = ", ".join(f"{code} ({name})" for code, name in sorted(districts.items()))
        reading.problems.append(
            f"{reading.configuration.name}, leap: no district {shortened(', '.join(unknown))}.\n"
            f"Expected the state's codes of districts in localEducationAgencies: "
            f"{shortened(known, 300)}."
        )
    if not reading.configuration.leap:
        reading.notes.append(
            f"no district takes part in LEAP: {reading.configuration.name} names none under [leap]"
        )
