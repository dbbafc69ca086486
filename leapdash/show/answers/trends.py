"""How have attendance and chronic absence moved, by district, level, participation or group?"""

from leapdash.show.answers.lines import lines_of
from leapdash.show.answers.model import Answer, nothing
from leapdash.show.choice import Choice
from leapdash.show.language import N_, _
from leapdash.show.measures import CHRONIC_ABSENCE
from leapdash.show.views import attendance as views
from leapdash.show.words import attendance as words

QUESTION = N_("How have attendance and chronic absence moved?")


def answer(choice: Choice) -> Answer:
    """Attendance and chronic absence over time, a line for every series of the choice."""
    attendance, chronic = views.attendance_trend(choice), views.chronic_trend(choice)
    if not len(attendance):
        return nothing(choice, _(QUESTION))
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
                notes=(words.hollow_note(attendance["students"]),),
            ),
            lines_of(
                choice,
                "trends-chronic",
                _("Chronic absence by school year")
                if yearly
                else _("Chronic absence in the school year to date"),
                chronic,
                CHRONIC_ABSENCE,
                notes=(
                    words.chronic_note(choice.grain),
                    words.hollow_note(chronic["chronic_base"]),
                ),
            ),
        ),
        warnings=(_(words.MEMBERS_CHANGE),) if choice.by == "participation" else (),
    )
