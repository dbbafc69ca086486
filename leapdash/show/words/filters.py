"""The filters chosen, in words."""

from leapdash.show.choice import Choice
from leapdash.show.filters import FILTER_LABELS, labels


def chosen(choice: Choice) -> str:
    """The filters that narrow something, in words: Hartford · 6-8 · 2021-22. Empty for none."""
    filters, parts = choice.filters, []
    for name in filters.active():
        values = (filters.group,) if name == "group" else getattr(filters, name)
        told = [labels(name, choice.known)[value] for value in values]
        parts.append(", ".join(told) if len(told) <= 2 else f"{len(told)} {_plural(name)}")
    return " · ".join(parts)


def nothing_behind(choice: Choice) -> str:
    """Why there is nothing to show: the choice, in words."""
    return f"No student stands behind this choice: {chosen(choice) or 'everything'}."


def _plural(name: str) -> str:
    return FILTER_LABELS[name].lower() if name != "participation" else "kinds of participation"
