"""Words of the opening page: where its ways lead, and older students beside younger ones."""

from leapdash.inference import Interval
from leapdash.show.language import N_, _
from leapdash.show.words.effects import between, too_small_to_tell
from leapdash.show.words.numbers import points

STATE = (
    N_("The state"),
    N_("What visits changed in all districts together, by level and district, and whom they met."),
)
DISTRICT = (
    N_("A district"),
    N_("How it stands beside the state, what visits changed there, its schools, and who waits."),
)
PUBLIC = (
    N_("What a home visit is"),
    N_("Who comes, what happens, and what it was found to do: one page, in plain words."),
)


def beside_younger(found: Interval | None, younger: str) -> str:
    """How much larger the effect is on older students than on those of grades `younger`; empty
    where that can't be told.
    """
    if found is None:
        return ""
    if too_small_to_tell(found):
        return _("The two effects can’t be told apart ({between} points).", between=between(found))
    low, high = sorted((abs(found.low), abs(found.high)))
    own = {
        "effect": points(found.effect),
        "younger": younger,
        "low": points(low),
        "high": points(high),
    }
    if found.effect > 0:
        return _(
            "The effect is {effect} points larger than in grades {younger} (between {low} and "
            "{high}).",
            **own,
        )
    return _(
        "The effect is {effect} points smaller than in grades {younger} (between {low} and "
        "{high}).",
        **own,
    )
