"""Words of the evaluation's findings beside this release's effects."""

from leapdash.show.choice import Choice
from leapdash.show.language import N_, _
from leapdash.show.published_findings import SOURCE

TITLE = N_("The evaluation’s findings, and the nearest here")
_INVENTED = N_(
    "These data are simulated: the students are invented, and their effects were planted to "
    "resemble the findings. That the two agree says that the estimate finds what was planted, and "
    "nothing about the findings."
)
_RECORDED = N_(
    "The two need not agree: the evaluation had other data, of fewer months, and another "
    "comparison. That they do, or don’t, proves neither."
)
_APART = N_(
    "Months: the evaluation’s are since the visit as it counts them; here school months, in which "
    "summers don’t count. “Six months and more” has here months 6 to 9, “nine months” month 9. The "
    "language families speak isn’t known here; the language of the visit is."
)
NOTHING = N_("This release has no effect that could stand beside one of the evaluation’s findings.")


def introduction() -> str:
    """What the table sets beside each other, and where the findings are from."""
    return _(
        "What the programme’s evaluation found, in points of the attendance rate, against similar "
        "students who were not visited, as reported: {source}. Beside it the nearest effect in "
        "this release, of all districts, levels and school years: filters don’t change this table.",
        source=_(SOURCE),
    )


def notes(choice: Choice) -> str:
    """Why the two need not agree."""
    data = _INVENTED if choice.release.manifest.synthetic else _RECORDED
    return f"{_(data)} {_(_APART)}"
