"""What changed since the release before."""

from leapdash.show.answers.model import Facts, Part, Text
from leapdash.show.choice import Choice
from leapdash.show.language import N_, _
from leapdash.show.views.since import since_last
from leapdash.show.words import since as words

SINCE = N_("Since the last release")


def since(choice: Choice) -> tuple[Part, ...]:
    """What came and what was revised, and what both releases say."""
    found = since_last(choice)
    if found is None:
        return (Text(_("The release before can’t be read, or there was none.")),)
    return (Text(words.answer(found)), Facts(words.facts(found), _(SINCE)))
