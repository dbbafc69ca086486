"""Which release of those a reader may see a page is about."""

from dataclasses import replace

from leapdash.show.doors.reader import Reader

OF_ONE_DISTRICT = frozenset(
    {"district", "school", "groups", "visits", "compare", "trends", "before_after"}
)
"""The pages that a district's own release answers; the others are about the whole state."""


def on_page(page: str, one: Reader) -> Reader:
    """Who reads a page: to one about the state, a district's reader comes as everyone does."""
    if one.tier != "district" or page in OF_ONE_DISTRICT:
        return one
    return replace(one, tier="public")
