"""What an Ed-Fi system's own codes stand for, and how its days are counted: `edfi.toml`."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from leapdash.build.sources.about import About
from leapdash.build.sources.edfi.defaults import (
    ANY,
    AS_LONG_AS_IT_LASTED,
    DEFAULTS,
    ENGLISH_LEARNER,
    HOMELESS,
    LEFT,
    LEFT_OUT,
    MISSING,
    NEVER_CAME,
    NOTHING,
    Value,
)
from leapdash.build.sources.toml_files import read_toml
from leapdash.contract import (
    CODE_PATTERN,
    CONTACTS,
    GENDERS,
    GRADES,
    MEALS,
    PLACES,
    RACES,
    VISITORS,
)
from leapdash.errors import InputError, shortened

_CODE = re.compile(CODE_PATTERN)
_LANGUAGE = re.compile(r"[a-z]{2,3}")

EXPECTED: Mapping[str, str] = {
    "attendance": 'the share of the day a student was absent, 0 to 1, or "duration": as much as '
    "eventDuration says, else present",
    "calendar": "true for a school day, false for none",
    "exits": f'"{NEVER_CAME}" or "{LEFT}"',
    "grades": f'one of {", ".join(GRADES)}, or "{LEFT_OUT}"',
    "races": f"one of {', '.join(RACES)}",
    "sexes": f"one of {', '.join(GENDERS)}",
    "languages": "the ISO 639 code of a language, two or three small letters",
    "meals": f"one of {', '.join(MEALS)}",
    "disabilities": "true or false: whether it stands for an individualised education programme",
    "english_learners": "true or false",
    "characteristics": f'"{HOMELESS}", "{ENGLISH_LEARNER}" or "{NOTHING}"',
    "contacts": f"one of {', '.join(CONTACTS)}",
    "places": f"one of {', '.join(PLACES)}",
}
"""What each table of codes maps to."""

EXAMPLES: Mapping[str, str] = {
    "attendance": "1",
    "calendar": "false",
    "exits": f'"{LEFT}"',
    "grades": '"5"',
    "races": '"white"',
    "sexes": '"X"',
    "languages": '"en"',
    "meals": '"none"',
    "disabilities": "true",
    "english_learners": "false",
    "characteristics": f'"{NOTHING}"',
    "contacts": '"met"',
    "places": '"home"',
}
"""A value that each may have, for the line that a message proposes."""

_NO_REST = ("attendance", "calendar")
"""Tables that must name every code: what is unknown there would become present."""

_ALLOWED: Mapping[str, Collection[Value]] = {
    "exits": (NEVER_CAME, LEFT),
    "grades": (*GRADES, LEFT_OUT),
    "races": tuple(RACES),
    "sexes": tuple(GENDERS),
    "meals": tuple(MEALS),
    "characteristics": (HOMELESS, ENGLISH_LEARNER, NOTHING),
    "contacts": tuple(CONTACTS),
    "places": tuple(PLACES),
}
_YES_NO = ("calendar", "disabilities", "english_learners")


SILENT_DAYS = 15
"""As many school days in a row without any event of a school are noted: three weeks. Where one in
twenty is absent on a day, even ten students are all there for so long once in 2,000 times.
"""


@dataclass(frozen=True)
class Takes:
    """From when and until when a district takes part in LEAP."""

    begin: date
    end: date | None = None


@dataclass(frozen=True)
class VisitRules:
    """Which intervention events are home visits, and what is true of them all.

    `interventions`: their identification codes; without any, those that say "home visit".
    `programmes`: the codes of types of programmes that are home visits, whose begin counts as a
    visit that met the family; none unless named.
    """

    interventions: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    visitor: str = "school staff"
    language: str = "en"


@dataclass(frozen=True)
class Configuration:
    """Everything `edfi.toml` may say. `name`: what messages call the file. `silent_schools`: those
    that may be without an event on most of their days.
    """

    name: str = "edfi.toml"
    codes: Mapping[str, Mapping[str, Value]] = field(default_factory=lambda: DEFAULTS)
    about: About | None = None
    leap: Mapping[str, Takes] = field(default_factory=dict)
    organisation_system: str = "SEA"
    school_codes: Mapping[str, str] = field(default_factory=dict)
    district_codes: Mapping[str, str] = field(default_factory=dict)
    student_system: str = ""
    exit_date_counts: bool = True
    silent_days: int = SILENT_DAYS
    off_calendar: frozenset[tuple[str, date]] = frozenset()
    silent_schools: frozenset[str] = frozenset()
    visits: VisitRules = VisitRules()

    def meaning(self, table: str, descriptor: str | None) -> Value | None:
        """What a descriptor stands for by a table of codes; None where nothing maps it.

        The whole descriptor comes first, then its code after `#`, then the table's `*`.
        """
        codes = self.codes[table]
        if not descriptor:
            return codes.get(MISSING)
        code = code_of(descriptor)
        for key in (descriptor, code, ANY):
            if key in codes:
                return codes[key]
        if table == "languages" and _LANGUAGE.fullmatch(code):
            return code
        return None


def code_of(descriptor: str) -> str:
    """The code at the end of a descriptor, `uri://ed-fi.org/SexDescriptor#Female`."""
    return descriptor.rsplit("#", 1)[-1]


def read_configuration(path: Path | None) -> Configuration:
    """The configuration in a file; Ed-Fi's own codes alone without one.

    Raises InputError that lists everything wrong with it.
    """
    if path is None:
        return Configuration()
    remedy = "lines as docs/recipes/from-ed-fi.md has them. Correct the file."
    said = read_toml(path, "a TOML file, as docs/recipes/from-ed-fi.md", remedy)
    return _Reader(path.name, said).configuration()


class _Reader:
    """Takes what a file says apart, and keeps what is wrong with it."""

    def __init__(self, name: str, said: Mapping[str, Any]) -> None:
        self._name = name
        self._said = dict(said)
        self._problems: list[str] = []

    def configuration(self) -> Configuration:
        """The whole. Raises InputError."""
        codes = {name: self._codes(name) for name in DEFAULTS}
        about = self._about()
        leap = self._leap()
        days = self._section("days", exit_date_counts=True, silent_days=SILENT_DAYS)
        organisations = self._section("organisations", system="SEA", schools={}, districts={})
        students = self._section("students", system="")
        exceptions = self._section("exceptions", off_calendar=[], silent_schools=[])
        visits = self._section(
            "visits", interventions=[], programmes=[], visitor="school staff", language="en"
        )
        self._one_of("visits.visitor", visits["visitor"], VISITORS)
        if not _LANGUAGE.fullmatch(visits["language"]):
            self._wrong("visits.language", visits["language"], EXPECTED["languages"])
        if days["silent_days"] < 1:
            self._wrong("days.silent_days", days["silent_days"], "1 or more")
        off_calendar = self._off_calendar(exceptions["off_calendar"])
        silent_schools = self._schools("exceptions.silent_schools", exceptions["silent_schools"])
        for name in self._said:
            known = (*DEFAULTS, "about", "leap", "days", "organisations", "students", "exceptions")
            self._wrong(name, "a table that isn't known", _one_of(name, (*known, "visits")))
        if self._problems:
            raise InputError("\n".join(self._problems))
        return Configuration(
            name=self._name,
            codes=codes,
            about=about,
            leap=leap,
            organisation_system=organisations["system"],
            school_codes=self._state_codes("schools", organisations["schools"]),
            district_codes=self._state_codes("districts", organisations["districts"]),
            student_system=students["system"],
            exit_date_counts=days["exit_date_counts"],
            silent_days=days["silent_days"],
            off_calendar=off_calendar,
            silent_schools=silent_schools,
            visits=VisitRules(
                self._texts("visits.interventions", visits["interventions"]),
                self._texts("visits.programmes", visits["programmes"]),
                visits["visitor"],
                visits["language"],
            ),
        )

    def _wrong(self, where: str, found: Any, expected: str) -> None:
        self._problems.append(
            f"{self._name}, {where}: {shortened(str(found))}.\nExpected {expected}. Correct it."
        )

    def _codes(self, name: str) -> dict[str, Value]:
        found = self._said.pop(name, {})
        if not isinstance(found, dict):
            self._wrong(name, repr(found), f'a table of codes, "CODE" = {EXAMPLES[name]}')
            return {}
        for code, meant in found.items():
            if not _is_meaning(name, meant):
                self._wrong(f'{name}, "{shortened(code)}"', repr(meant), EXPECTED[name])
            elif code in (ANY, MISSING) and name in _NO_REST:
                self._wrong(
                    f'{name}, "{code}"', "stands for every other code", "each code by its name"
                )
        return {**DEFAULTS[name], **found}

    def _section(self, name: str, **defaults: Any) -> dict[str, Any]:
        """A table of settings, each of the kind of its default."""
        found = self._said.pop(name, {})
        if not isinstance(found, dict):
            self._wrong(name, repr(found), f"a table with {', '.join(defaults)}")
            return defaults
        settled = dict(defaults)
        for key, said in found.items():
            if key not in defaults:
                self._wrong(f"{name}.{key}", "not known", _one_of(key, defaults))
            elif type(said) is not type(defaults[key]):
                kind = type(defaults[key]).__name__
                named = {
                    "str": "text",
                    "bool": "true or false",
                    "int": "a whole number",
                    "list": "a list",
                    "dict": "a table",
                }
                self._wrong(f"{name}.{key}", repr(said), named[kind])
            else:
                settled[key] = said
        return settled

    def _one_of(self, where: str, said: str, known: Collection[str]) -> None:
        if said not in known:
            self._wrong(where, repr(said), f"one of {', '.join(known)}")

    def _texts(self, where: str, said: list[Any]) -> tuple[str, ...]:
        if not all(isinstance(one, str) for one in said):
            raise InputError(f"{self._name}, {where}: not only texts.\nExpected a list of codes.")
        return tuple(said)

    def _schools(self, where: str, said: list[Any]) -> frozenset[str]:
        for one in said:
            if type(one) not in (int, str):
                self._wrong(where, repr(one), "a list of schools' schoolId, [255901001]")
        return frozenset(map(str, said))

    def _about(self) -> About | None:
        if "about" not in self._said:
            return None
        settled = self._section("about", origin="not stated", licence="not stated", synthetic=False)
        for key in ("origin", "licence"):
            if not settled[key].isprintable():
                self._wrong(f"about.{key}", repr(settled[key]), "text in one line")
        return About(**settled)

    def _leap(self) -> dict[str, Takes]:
        found = self._said.pop("leap", {})
        expected = '"DISTRICT" = { from = 2021-04-01 }, with or without until = 2023-06-30'
        if not isinstance(found, dict):
            self._wrong("leap", repr(found), expected)
            return {}
        takes = {}
        for district, said in found.items():
            one = said if isinstance(said, dict) else {}
            begin, end = one.get("from"), one.get("until")
            if (
                type(begin) is not date
                or not (end is None or (type(end) is date and end >= begin))
                or set(one) - {"from", "until"}
            ):
                self._wrong(f"leap, {shortened(district)}", repr(said), expected)
            else:
                takes[district] = Takes(begin, end)
        return takes

    def _state_codes(self, name: str, said: Mapping[str, Any]) -> dict[str, str]:
        for one, code in said.items():
            if not isinstance(code, str) or not _CODE.fullmatch(code):
                raise InputError(
                    f"{self._name}, organisations.{name}, {shortened(one)}: "
                    f"{shortened(repr(code))}.\nExpected the state's code, seven characters as "
                    '"0640111". Correct it.'
                )
        return dict(said)

    def _off_calendar(self, said: list[Any]) -> frozenset[tuple[str, date]]:
        days = set()
        for one in said:
            entry = one if isinstance(one, dict) else {}
            school, day = entry.get("school"), entry.get("date")
            right = type(school) in (int, str) and set(entry) == {"school", "date"}
            if right and type(day) is date:
                days.add((str(school), day))
            else:
                self._wrong(
                    "exceptions.off_calendar",
                    repr(one),
                    "{ school = 255901001, date = 2021-11-25 }",
                )
        return frozenset(days)


def _one_of(name: str, known: Iterable[str]) -> str:
    """What messages expect instead of a name that isn't known, and which of them looks like it."""
    names = list(known)
    near = get_close_matches(name, names, n=1)
    return f"one of {', '.join(names)}" + (f" ({near[0]} looks like it)" if near else "")


def _is_meaning(name: str, meant: Any) -> bool:
    if name in _YES_NO:
        return isinstance(meant, bool)
    if name == "attendance":
        if meant == AS_LONG_AS_IT_LASTED:
            return True
        return type(meant) in (int, float) and 0 <= meant <= 1
    if name == "languages":
        return isinstance(meant, str) and _LANGUAGE.fullmatch(meant) is not None
    return isinstance(meant, str) and meant in _ALLOWED[name]
