"""The filters chosen, in words."""

from collections.abc import Sequence

from babel.lists import format_list

from leapdash.contract import GROUPS
from leapdash.show.choice import Choice
from leapdash.show.filters import ALL_STUDENTS, PARTICIPATION_LABELS, labels
from leapdash.show.language import N_, _, _n, locale
from leapdash.show.views.base import districts_in_words

_TAKING_PART = {
    "visited": N_("visited"),
    "eligible": N_("eligible and not visited"),
    "other": N_("neither visited nor eligible"),
}


def chosen(choice: Choice) -> str:
    """The filters that narrow something, in words: Hartford · 6-8 · 2021-22. Empty for none."""
    filters, parts = choice.filters, []
    for name in filters.active():
        told = [labels(name, choice.known)[value] for value in filters.values(name)]
        parts.append(", ".join(told) if len(told) <= 2 else _number_of(name, len(told)))
    return " · ".join(parts)


def whom(choice: Choice, series: str = "") -> str:
    """Whom a sentence about the choice is about: Hartford, grades 6-8, English learners.

    `series`: of a table of lines, the name of the one it is about, in place of what lines are
    drawn by.
    """
    filters = choice.filters
    told = {
        "district": districts_in_words(choice),
        "level": _grades(filters.levels) if filters.levels else "",
        "participation": _any_of([_(_TAKING_PART[part]) for part in filters.participation]),
        "group": "" if filters.group == ALL_STUDENTS else _(GROUPS[filters.group]),
    }
    if series and choice.by in told:
        told[choice.by] = series_in_words(choice, series)
    return ", ".join(part for part in told.values() if part)


def series_in_words(choice: Choice, series: str) -> str:
    """The name of a line within a sentence: grades 6-8, neither visited nor eligible; of all
    students, who needn't be named, nothing.
    """
    if choice.by == "group" and series == _(GROUPS[ALL_STUDENTS]):
        return ""
    if choice.by == "level":
        return _grades((series,))
    words = {_(PARTICIPATION_LABELS[part]): _(told) for part, told in _TAKING_PART.items()}
    return words.get(series, series) if choice.by == "participation" else series


def whose_visits(choice: Choice) -> str:
    """Whose effect a sentence about the choice is about: Hartford, grades 9-12, first visited in
    2021-22.
    """
    years = choice.filters.years
    if not years:
        return whom(choice)
    return _("{whom}, first visited in {years}", whom=whom(choice), years=years_in_words(years))


def years_in_words(years: Sequence[str]) -> str:
    """School years in a row as a range, others one by one: 2020-21 to 2022-23; 2020-21 and
    2022-23.
    """
    starts = [int(year[:4]) for year in years]
    if len(years) > 1 and starts[-1] - starts[0] == len(years) - 1:
        return _("{first} to {last}", first=years[0], last=years[-1])
    return _all_of(years)


def subject(choice: Choice) -> str:
    """What a figure is of, in words, for whoever has it without its page: every name, no counts."""
    if choice.sides:
        one, other = map(subject, choice.sides)
        return _("{one} beside {other}", one=one, other=other)
    filters, known = choice.filters, choice.known
    years = ", ".join(filters.years) or _("all school years")
    if choice.school:
        return f"{known.school_label(choice.school)} · {years}"
    parts = [
        ", ".join(known.label(item) for item in filters.districts) or _("All districts"),
        _levels(filters.levels),
        years,
    ]
    if filters.participation:
        parts.append(", ".join(_(PARTICIPATION_LABELS[part]) for part in filters.participation))
    if filters.group != ALL_STUDENTS:
        parts.append(_(GROUPS[filters.group]))
    return " · ".join(parts)


def nothing_behind(choice: Choice) -> str:
    """Why there is nothing to show: the choice, in words."""
    what = chosen(choice) or _("everything")
    return _("No student stands behind this choice: {choice}.", choice=what)


def _levels(levels: Sequence[str]) -> str:
    if not levels:
        return _("all levels")
    return _n("level {levels}", "levels {levels}", len(levels), levels=", ".join(levels))


def _grades(levels: Sequence[str]) -> str:
    return _("grades {levels}", levels=_all_of(levels))


def _all_of(names: Sequence[str]) -> str:
    """Names joined by and."""
    return (
        format_list(list(names), "standard", locale())
        if len(names) != 2
        else _("{one} and {other}", one=names[0], other=names[1])
    )


def _any_of(names: Sequence[str]) -> str:
    """Names joined by or."""
    return (
        _("{one} or {other}", one=names[0], other=names[1]) if len(names) == 2 else "".join(names)
    )


def _number_of(name: str, number: int) -> str:
    """So many values of a filter, more than two."""
    many = {
        "districts": N_("{n} districts"),
        "levels": N_("{n} levels"),
        "participation": N_("{n} kinds of participation"),
        "years": N_("{n} school years"),
        "group": N_("{n} student groups"),
    }
    return _(many[name], n=number)
