"""The filters chosen, in words."""

from collections.abc import Sequence

from leapdash.contract import GROUPS
from leapdash.show.choice import Choice
from leapdash.show.filters import ALL_STUDENTS, FILTER_LABELS, PARTICIPATION_LABELS, labels
from leapdash.show.views.base import districts_in_words

_TAKING_PART = {
    "visited": "visited",
    "eligible": "eligible and not visited",
    "other": "neither visited nor eligible",
}


def chosen(choice: Choice) -> str:
    """The filters that narrow something, in words: Hartford · 6-8 · 2021-22. Empty for none."""
    filters, parts = choice.filters, []
    for name in filters.active():
        told = [labels(name, choice.known)[value] for value in filters.values(name)]
        parts.append(", ".join(told) if len(told) <= 2 else f"{len(told)} {_plural(name)}")
    return " · ".join(parts)


def whom(choice: Choice, series: str = "") -> str:
    """Whom a sentence about the choice is about: Hartford, grades 6-8, English learners.

    `series`: of a table of lines, the name of the one it is about, in place of what lines are
    drawn by.
    """
    filters = choice.filters
    told = {
        "district": districts_in_words(choice),
        "level": f"grades {' and '.join(filters.levels)}" if filters.levels else "",
        "participation": " or ".join(_TAKING_PART[part] for part in filters.participation),
        "group": "" if filters.group == ALL_STUDENTS else GROUPS[filters.group],
    }
    if series and choice.by in told:
        told[choice.by] = series_in_words(choice, series)
    return ", ".join(part for part in told.values() if part)


def series_in_words(choice: Choice, series: str) -> str:
    """The name of a line within a sentence: grades 6-8, neither visited nor eligible; of all
    students, who needn't be named, nothing.
    """
    if choice.by == "group" and series == GROUPS[ALL_STUDENTS]:
        return ""
    if choice.by == "level":
        return f"grades {series}"
    words = {PARTICIPATION_LABELS[part]: told for part, told in _TAKING_PART.items()}
    return words.get(series, series) if choice.by == "participation" else series


def whose_visits(choice: Choice) -> str:
    """Whose effect a sentence about the choice is about: Hartford, grades 9-12, first visited in
    2021-22.
    """
    years = choice.filters.years
    visited = f", first visited in {years_in_words(years)}" if years else ""
    return f"{whom(choice)}{visited}"


def years_in_words(years: Sequence[str]) -> str:
    """School years in a row as a range, others one by one: 2020-21 to 2022-23; 2020-21 and
    2022-23.
    """
    starts = [int(year[:4]) for year in years]
    if len(years) > 1 and starts[-1] - starts[0] == len(years) - 1:
        return f"{years[0]} to {years[-1]}"
    return " and ".join(years)


def subject(choice: Choice) -> str:
    """What a figure is of, in words, for whoever has it without its page: every name, no counts."""
    filters, known = choice.filters, choice.known
    years = ", ".join(filters.years) or "all school years"
    if choice.school:
        return f"{known.school_label(choice.school)} · {years}"
    parts = [
        ", ".join(known.label(item) for item in filters.districts) or "All districts",
        _levels(filters.levels),
        years,
    ]
    if filters.participation:
        parts.append(", ".join(PARTICIPATION_LABELS[part] for part in filters.participation))
    if filters.group != ALL_STUDENTS:
        parts.append(GROUPS[filters.group])
    return " · ".join(parts)


def nothing_behind(choice: Choice) -> str:
    """Why there is nothing to show: the choice, in words."""
    return f"No student stands behind this choice: {chosen(choice) or 'everything'}."


def _levels(levels: Sequence[str]) -> str:
    if not levels:
        return "all levels"
    return f"{'level' if len(levels) == 1 else 'levels'} {', '.join(levels)}"


def _plural(name: str) -> str:
    return FILTER_LABELS[name].lower() if name != "participation" else "kinds of participation"
