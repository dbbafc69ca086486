"""How have attendance and chronic absence moved, by district, level, participation or group?"""

import pandas as pd

from leapdash.show.answers.lines import lines_of
from leapdash.show.answers.model import Answer, Part, Withheld, nothing
from leapdash.show.choice import Choice
from leapdash.show.language import N_, _
from leapdash.show.measures import CHRONIC_ABSENCE
from leapdash.show.views import attendance as views
from leapdash.show.views.cells import gender_left_out, not_offered, partly_offered, where_offered
from leapdash.show.words import attendance as words
from leapdash.show.words import hidden

QUESTION = N_("How have attendance and chronic absence moved?")


def answer(choice: Choice) -> Answer:
    """Attendance and chronic absence over time, a line for every series of the choice."""
    reason = ""
    if choice.release.public:
        choice = where_offered(choice)
        reason = not_offered(choice) or ("not yet" if partly_offered(choice) else "")
    attendance, chronic = views.attendance_trend(choice), views.chronic_trend(choice)
    if reason and (reason != "not yet" or not len(attendance)):
        return nothing(choice, _(QUESTION), _(hidden.NOT_OFFERED[reason]))
    if not len(attendance):
        return nothing(choice, _(QUESTION))
    if not attendance["attendance_rate"].notna().any():
        return nothing(choice, _(QUESTION), hidden.why_hidden(choice))
    yearly = choice.grain == "year"
    return Answer(
        choice,
        _(QUESTION),
        words.trends_answer(attendance, chronic, choice),
        figures=(
            lines_of(
                choice,
                "trends-attendance",
                _("Attendance by school year") if yearly else _("Attendance by month"),
                attendance,
                published=views.published_beside(choice) if yearly else None,
                notes=(
                    words.hollow_note(attendance["students"]),
                    hidden.hidden_note(attendance, choice.grain),
                    _(hidden.NOT_OFFERED["gender in districts"]) if gender_left_out(choice) else "",
                ),
            ),
            _chronic(choice, chronic),
        ),
        warnings=(_(words.MEMBERS_CHANGE),) if choice.by == "participation" else (),
    )


def _chronic(choice: Choice, chronic: pd.DataFrame) -> Part:
    yearly = choice.grain == "year"
    title = (
        _("Chronic absence by school year")
        if yearly
        else _("Chronic absence in the school year to date")
    )
    if choice.release.public:
        if reason := not_offered(choice, chronic=True):
            return Withheld(_(hidden.NOT_OFFERED[reason]), title, widen=False)
        if not chronic["chronic_share"].notna().any():
            return Withheld(hidden.why_hidden(choice), title)
    notes = (
        words.chronic_note(choice.grain),
        words.hollow_note(chronic["chronic_base"]),
        hidden.hidden_note(chronic, choice.grain),
    )
    return lines_of(choice, "trends-chronic", title, chronic, CHRONIC_ABSENCE, notes=notes)
