"""The tables of a public release: what may be known of a cell, or that it is withheld.

A public table has the name of the restricted one it is made from, and of its columns those named
here; what isn't named here never goes out. Besides single districts, levels and groups it has rows
for several together, so that nothing has to be added up from parts that are withheld.
"""

from collections.abc import Mapping
from dataclasses import replace

from leapdash.contract.codes import (
    ALL,
    CHECKS,
    CODE_PATTERN,
    GEOGRAPHIES,
    LEAP,
    LEVELS,
    OTHER,
    PARTICIPATION,
    PUBLISHED,
    STATE_CODE,
    STATUSES,
)
from leapdash.contract.columns import EVENT_TIME, GROUP, MONTH, SCHOOL, YEAR, count
from leapdash.contract.model import Column, Table
from leapdash.contract.summaries import SUMMARY_TABLES

_RESTRICTED: Mapping[str, Table] = {table.name: table for table in SUMMARY_TABLES}
_AREA = Column(
    "district_code",
    "text",
    f"the district; `{LEAP}` and `{OTHER}` for those that take part in home visits by then and for "
    f"the others, {STATE_CODE} for all",
    pattern=f"{CODE_PATTERN}|{LEAP}|{OTHER}",
)
_LEVEL = Column(
    "level",
    "text",
    "school level, by the student's grade",
    codes={**LEVELS, ALL: "all levels together"},
)
_PARTICIPATION = Column(
    "participation",
    "text",
    "the student's part in home visits as of the month; other than `all` only where home visits "
    "are made, and for all student groups together",
    codes={**PARTICIPATION, ALL: "all students"},
)
_ALL_STUDENTS = Column(
    "participation",
    "text",
    "always `all`: absence to date isn't offered by part",
    codes={ALL: "all"},
)
_GEOGRAPHY = Column(
    "geography",
    "text",
    "what the row covers",
    codes={**GEOGRAPHIES, "districts": "several districts"},
)
_STATUS = Column("status", "text", "whether the row's figures are shown", codes=STATUSES)
_MAYBE_SCHOOL = Column(
    "school_code",
    "text",
    "the school; empty for districts and the state",
    pattern=CODE_PATTERN,
    nullable=True,
)
_CHRONIC = (
    count("chronic_base", "students whose share of days missed counts", nullable=True),
    count("chronically_absent", "of those, chronically absent", nullable=True),
)


def _public(
    name: str, keys: tuple[Column, ...], measures: tuple[Column, ...], meaning: str = ""
) -> Table:
    table = _RESTRICTED[name]
    return replace(
        table,
        meaning=meaning or table.meaning,
        grain=" x ".join(column.name.removesuffix("_code") for column in keys),
        columns=(*keys, *(replace(m, nullable=True) for m in measures), _STATUS),
        key=tuple(column.name for column in keys),
        references=(),
    )


def _measures(name: str) -> tuple[Column, ...]:
    names = ("students", "days_enrolled", "days_attended", "chronic_base", "chronically_absent")
    return tuple(_RESTRICTED[name].column(measure) for measure in names)


_EFFECT_AREA = Column(
    "district_code",
    "text",
    f"the district; {STATE_CODE} for all",
    pattern=CODE_PATTERN,
)
_EFFECT_LEVEL = replace(_LEVEL, meaning="school level at the first visit")
_TENTH = "to a tenth of a point"


def _estimate(name: str, meaning: str) -> Column:
    return Column(name, "number", f"{meaning}, {_TENTH}", unit="fraction", nullable=True)


_ENDS = (
    _estimate("effect", "mean effect on the visited"),
    _estimate("low", "lower end of its 95% interval"),
    _estimate("high", "upper end of its 95% interval"),
)
_TO_TEN = "to the nearest ten"
_EFFECT_COUNTS = (
    count("visited", f"visited students the effect is estimated on, {_TO_TEN}", nullable=True),
    Column(
        "comparison_effective",
        "number",
        "how many equally weighted comparison students would be worth as much, " + _TO_TEN,
        unit="students",
        minimum=0,
        nullable=True,
    ),
)
_PUBLIC_EFFECTS: tuple[Table, ...] = (
    Table(
        "effects",
        "district x level x months since first visit",
        "What the visit changed for the visited students, for the state and single districts, by "
        "level and together. A cell has all its months or none.",
        (
            _EFFECT_AREA,
            _EFFECT_LEVEL,
            EVENT_TIME,
            *_ENDS,
            _estimate("band_low", "lower end of the band that covers months 0 to 9 at once"),
            _estimate("band_high", "upper end of that band"),
            *_EFFECT_COUNTS,
            _estimate("visited_rate", "mean attendance rate of the visited students"),
            _estimate("naive_change", "the same students' change since the month before the visit"),
            _STATUS,
        ),
        key=("district_code", "level", "event_time"),
        optional=True,
    ),
    Table(
        "effects_headlines",
        "district x level x headline",
        "The effects in the month after the visit, and six to nine school months after together.",
        (
            _EFFECT_AREA,
            _EFFECT_LEVEL,
            Column(
                "headline",
                "text",
                "which months are taken together",
                codes={
                    "month_after": "the school month after the first visit",
                    "six_to_nine": "the mean of school months 6 to 9 after it",
                },
            ),
            *_ENDS,
            Column(
                "std_error",
                "number",
                "standard error of the effect, to two digits",
                unit="fraction",
                minimum=0,
                nullable=True,
            ),
            _estimate("naive_change", "the same students' change since the month before the visit"),
            *_EFFECT_COUNTS,
            count("compared", f"visited students who could be compared, {_TO_TEN}", nullable=True),
            count("visited_all", f"all visited students, {_TO_TEN}", nullable=True),
            Column(
                "checks_failed",
                "text",
                "which checks the comparison fails, one after the other; see table `effects` of a "
                "restricted release",
                pattern=f"(({'|'.join(CHECKS)})(, ({'|'.join(CHECKS)}))*)?",
                nullable=True,
            ),
            _STATUS,
        ),
        key=("district_code", "level", "headline"),
        optional=True,
    ),
)

PUBLIC_TABLES: tuple[Table, ...] = (
    _public(
        "attendance",
        (MONTH, replace(_AREA, meaning="the district", pattern=CODE_PATTERN), SCHOOL, _LEVEL),
        _measures("attendance"),
    ),
    _public(
        "attendance_by_group",
        (MONTH, _AREA, _LEVEL, _PARTICIPATION, GROUP),
        _measures("attendance_by_group"),
    ),
    *(
        _public(
            name,
            (period, _GEOGRAPHY, _AREA, _MAYBE_SCHOOL, _LEVEL, _ALL_STUDENTS, GROUP),
            _CHRONIC,
            f"Students chronically absent in the school year{so_far}. A student's days are pooled "
            "within the school or district first; a student of two districts counts in both, also "
            "where districts are taken together. Pre-kindergarten is left out. Schools have the "
            "group `all` only.",
        )
        for name, period, so_far in (
            ("chronic_absence", YEAR, ""),
            ("chronic_to_date", MONTH, " so far, to the end of the month"),
        )
    ),
    *_PUBLIC_EFFECTS,
    _RESTRICTED["schools"],
    *(_RESTRICTED[name] for name in PUBLISHED),
)
