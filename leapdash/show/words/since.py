"""Sentences of what changed since the release before."""

from leapdash.inference import Interval
from leapdash.show.language import _, _n
from leapdash.show.views.since import Since
from leapdash.show.words.numbers import count, month, per_cent, points


def answer(since: Since) -> str:
    """Which months came, and how much of what was there before was revised."""
    told = [
        _n(
            "Since release {release}, {n} month of attendance has come: {months}.",
            "Since release {release}, {n} months of attendance have come: {months}.",
            len(since.months),
            release=since.before.release_id,
            n=count(len(since.months)),
            months=", ".join(map(month, since.months)),
        )
        if since.months
        else _(
            "Since release {release}, no month of attendance has come.",
            release=since.before.release_id,
        )
    ]
    if not since.revised:
        told.append(_("No earlier figure was revised."))
    else:
        told.append(
            _(
                "Of {common} earlier figures of attendance, {revised} ({share}) were revised.",
                common=count(since.common),
                revised=count(since.revised),
                share=per_cent(since.revised / since.common),
            )
        )
    return " ".join(told)


def facts(since: Since) -> tuple[tuple[str, str], ...]:
    """What both releases say, by name."""
    now, before = since.now, since.before
    return (
        (_("Data through"), _both(month(now.through), month(before.through))),
        (_("Visits made or tried"), _both(count(now.visits), count(before.visits))),
        (_("Students waiting"), _both(count(now.waiting), count(before.waiting))),
        (
            _("Effect 6 to 9 months after, in points"),
            _both(_effect(now.effect), _effect(before.effect)),
        ),
    )


def _both(now: str, before: str) -> str:
    if now == before:
        return _("{now}, as before", now=now)
    return _("{now}; before: {before}", now=now, before=before)


def _effect(found: Interval | None) -> str:
    if found is None:
        return _("not told")
    return _(
        "{effect} (between {low} and {high})",
        effect=points(found.effect, signed=True),
        low=points(found.low, signed=True),
        high=points(found.high, signed=True),
    )
