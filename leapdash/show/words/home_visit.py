"""Words of the page for everyone: the findings in short, and what the picture shows."""

from leapdash.show.language import N_, _
from leapdash.show.published_findings import SOURCE, Finding

FINDINGS = N_("The evaluation’s findings")
_SMALLER = "smaller"


def introduction() -> str:
    """Whose findings they are, and what they are differences to."""
    return _(
        "Points of the attendance rate after the first visit, against similar students who were "
        "not visited, as reported by {source}.",
        source=_(SOURCE),
    )


def of_whom(finding: Finding) -> str:
    """When after the visit, and whose."""
    return _("{when}: {who}", when=_(finding.when), who=_(finding.who))


def reported(finding: Finding) -> str:
    """What was found, in points: about +4 points; smaller."""
    if finding.reported == _SMALLER:
        return _("a smaller effect")
    return _("{points} points", points=_(finding.reported))


def alt() -> str:
    """What the picture shows, for who can't see it."""
    return _(
        "Drawing: a way leads from a school to a house. Two visitors stand at its open door, where "
        "a parent and a child meet them."
    )
