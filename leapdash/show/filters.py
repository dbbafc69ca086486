"""The filter state: one frozen value for all pages, from the address, and what it means.

An address carries English words whatever language is on show (`?districts=Hartford&levels=6-8`), so
that it says the same to every reader; codes are understood too, and so are words in any case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from leapdash.contract import ALL, GROUPS, LEAP, LEVELS, OTHER, PARTICIPATION
from leapdash.show.language import DEFAULT, N_, _, speaking

ALL_STUDENTS = ALL

DISTRICT_SETS: Mapping[str, str] = {LEAP: N_("LEAP districts"), OTHER: N_("Other districts")}
PARTICIPATION_LABELS: Mapping[str, str] = {
    "visited": N_("Visited"),
    "eligible": N_("Eligible"),
    "other": N_("Neither"),
}
FILTER_LABELS: Mapping[str, str] = {
    "districts": N_("Districts"),
    "levels": N_("Levels"),
    "participation": N_("Participation"),
    "years": N_("School years"),
    "group": N_("Student group"),
}

_VISITED_AS_A_WHOLE = N_("this page is about visited students, whom the release keeps as a whole.")
_SCHOOLS_AS_A_WHOLE = N_("schools are compared for all their students. Trends tells them apart.")
_EVERY_GROUP = N_("every group is set beside all others, whatever visits they had.")
_VISITS_OF_ALL = N_("visits are counted for all students. Groups tells whom they reach.")
_TWO_SIDES = N_("A and B are chosen below, each for itself; until A is, it begins with this.")
_BOTH_SIDES = N_("both sides are compared for all their students.")
_WHOLE_RELEASE = N_("this page describes the whole release.")
_WORDS = N_("words mean the same for every choice.")
_WHOLE_STATE = N_("this page is about the whole state.")
# Why a filter doesn't apply on a page; what isn't listed applies.
_OFF: Mapping[str, Mapping[str, str]] = {
    "start": dict.fromkeys(FILTER_LABELS, _WHOLE_STATE),
    "impact": dict.fromkeys(("participation", "group"), _VISITED_AS_A_WHOLE),
    "district": dict.fromkeys(("participation", "group"), _SCHOOLS_AS_A_WHOLE),
    "school": dict.fromkeys(("participation", "group"), _SCHOOLS_AS_A_WHOLE)
    | {"levels": N_("a school is looked at at its own level.")},
    "groups": dict.fromkeys(("participation", "group"), _EVERY_GROUP),
    "visits": dict.fromkeys(("participation", "group"), _VISITS_OF_ALL),
    "compare": dict.fromkeys(("districts", "levels", "years"), _TWO_SIDES)
    | dict.fromkeys(("participation", "group"), _BOTH_SIDES),
    "before_after": dict.fromkeys(("participation", "group"), _VISITED_AS_A_WHOLE),
    "home_visit": dict.fromkeys(FILTER_LABELS, _WHOLE_STATE),
    "glossary": dict.fromkeys(FILTER_LABELS, _WORDS),
    "about": dict.fromkeys(FILTER_LABELS, _WHOLE_RELEASE),
}
_ALL_YEARS = N_("effects are told for all school years of visits together.")
_OFF_IN_PUBLIC: Mapping[str, Mapping[str, str]] = {"impact": {"years": _ALL_YEARS}}


@dataclass(frozen=True)
class School:
    """A school's name, and the code of its district."""

    name: str
    district: str


@dataclass(frozen=True)
class Known:
    """What can be chosen: a release's districts (code to name, by name), LEAP ones, years, and
    schools (by code, in the order of their names). `own`: the code of the one district that the
    release is cut for; empty where it is for no single one. `public`: what is hidden can't be
    chosen.
    """

    districts: Mapping[str, str]
    leap: frozenset[str]
    years: tuple[str, ...]
    schools: Mapping[str, School] = field(default_factory=dict)
    public: bool = False
    own: str = ""

    def school_label(self, code: str) -> str:
        """A school's name with its district's, by which it is found: Elm School, Hartford."""
        school = self.schools[code]
        return f"{school.name}, {self.districts[school.district]}"

    def label(self, item: str) -> str:
        """The words for a district code, or for `leap` and `other`."""
        return _(DISTRICT_SETS[item]) if item in DISTRICT_SETS else self.districts[item]

    def codes(self, item: str) -> tuple[str, ...]:
        """The district codes an item of the district filter stands for."""
        if item in DISTRICT_SETS:
            return tuple(c for c in self.districts if (c in self.leap) == (item == LEAP))
        return (item,)


@dataclass(frozen=True)
class Filters:
    """What the reader chose; an empty tuple means everything.

    `districts`: district codes, `leap`, `other`. `years`: school years; on pages about visits,
    those of the first visit. `group`: one student group, `all` for all students.
    """

    districts: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    participation: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    group: str = ALL_STUDENTS

    def __post_init__(self) -> None:
        """Years run in the order of time, in whatever order they were chosen; to choose all levels,
        or every kind of participation, is to choose none.
        """
        object.__setattr__(self, "years", tuple(sorted(self.years)))
        for name, every in (("levels", LEVELS), ("participation", PARTICIPATION)):
            if set(getattr(self, name)) >= set(every):
                object.__setattr__(self, name, ())

    @classmethod
    def from_query(
        cls, query: Mapping[str, Sequence[str]], known: Known
    ) -> tuple["Filters", list[str]]:
        """The filters an address asks for, and a plain note for each filter it got wrong.

        Unknown values fall away; the notes never repeat them, as an address can hold anything.
        """
        notes: list[str] = []

        def pick(name: str) -> tuple[str, ...]:
            found, all_known = understood(query.get(name, ()), in_english(name, known))
            if not all_known:
                notes.append(left_out(FILTER_LABELS[name]))
            return found

        groups = pick("group")
        filters = cls(
            districts=pick("districts"),
            levels=pick("levels"),
            participation=pick("participation"),
            years=pick("years"),
            group=groups[0] if groups else ALL_STUDENTS,
        )
        return filters, notes

    def of_own(self, known: Known) -> "Filters":
        """The filters with the one district that a release is cut for, where it is for one: all
        its rows are that district's, and must not be told as all districts'.
        """
        return replace(self, districts=(known.own,)) if known.own else self

    def meant_on(self, page: str, public: bool = False) -> "Filters":
        """The filters as the page takes them: one without a meaning there means everything.
        `public`: in a public release.
        """
        off = _off(page, public)
        return Filters(
            districts=() if "districts" in off else self.districts,
            levels=() if "levels" in off else self.levels,
            participation=() if "participation" in off else self.participation,
            years=() if "years" in off else self.years,
            group=ALL_STUDENTS if "group" in off else self.group,
        )

    def values(self, name: str) -> tuple[str, ...]:
        """What one filter narrows to, as codes; empty where it narrows nothing."""
        if name == "group":
            return () if self.group == ALL_STUDENTS else (self.group,)
        values: tuple[str, ...] = getattr(self, name)
        return values

    def active(self) -> tuple[str, ...]:
        """The names of the filters that narrow something."""
        return tuple(name for name in FILTER_LABELS if self.values(name))

    def in_address(self, known: Known) -> dict[str, list[str]]:
        """The filters as an address carries them, in words."""
        words = {name: in_english(name, known) for name in self.active()}
        return {name: [words[name][v] for v in self.values(name)] for name in self.active()}

    def still_in(self, known: Known) -> "Filters":
        """The filters without what a release doesn't have."""
        codes = {name: self.values(name) for name in self.active()}
        return Filters.from_query(codes, known)[0]


def understood(asked: Sequence[str], words: Mapping[str, str]) -> tuple[tuple[str, ...], bool]:
    """The values an address asks for by word or code, in any case, each once; and whether it asks
    for nothing else.
    """
    value_of = {word.casefold(): value for value, word in words.items()}
    value_of |= {value.casefold(): value for value in words}
    known = [word.casefold() for word in asked if word.casefold() in value_of]
    return tuple(dict.fromkeys(value_of[word] for word in known)), len(known) == len(asked)


def left_out(label: str) -> str:
    """The note on something an address asked for in vain; it never repeats what that was."""
    return _(
        "The address asked for something under “{label}” that isn’t there to choose; it was left "
        "out.",
        label=_(label),
    )


def labels(name: str, known: Known) -> Mapping[str, str]:
    """Every value of one filter with the words shown for it, in the order shown."""
    match name:
        case "districts":
            sets = {} if known.own else DISTRICT_SETS
            return {**{part: _(label) for part, label in sets.items()}, **known.districts}
        case "levels":
            return {level: level for level in LEVELS}
        case "participation":
            return {value: _(PARTICIPATION_LABELS[value]) for value in PARTICIPATION}
        case "years":
            return {year: year for year in known.years}
        case "group":
            return {group: _(label) for group, label in GROUPS.items()}
    raise KeyError(name)


def in_english(name: str, known: Known) -> Mapping[str, str]:
    """The same with the words that stand for a value in an address."""
    with speaking(DEFAULT):
        return labels(name, known)


def reason_off(page: str, name: str, public: bool = False) -> str | None:
    """Why a filter doesn't apply on a page; None where it does. `public`: in a public release."""
    reason = _off(page, public).get(name)
    return None if reason is None else _(reason)


def _off(page: str, public: bool) -> Mapping[str, str]:
    off = _OFF.get(page, {})
    return {**off, **_OFF_IN_PUBLIC.get(page, {})} if public else off


def codes_of(filters: Filters, known: Known) -> tuple[str, ...] | None:
    """The district codes chosen, each once; None where all districts are meant."""
    if not filters.districts or {LEAP, OTHER} <= set(filters.districts):
        return None
    return tuple(dict.fromkeys(c for item in filters.districts for c in known.codes(item)))
