"""A page whose figures a public release doesn't hold."""

from leapdash.show.answers.model import Answer
from leapdash.show.choice import Choice
from leapdash.show.language import _
from leapdash.show.words.hidden import NOT_HERE


def not_here(choice: Choice, question: str) -> Answer:
    """That the page isn't part of a public release, and why."""
    return Answer(choice, question, _(NOT_HERE), empty=True, widen=False)
