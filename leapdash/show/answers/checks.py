"""The checks of an effect: four plain lines, the evidence of each made when its line is opened."""

from functools import partial

import pandas as pd

from leapdash.show.answers.model import Check, Figure, Part, Table, Text
from leapdash.show.answers.tables import led_by, paths_first
from leapdash.show.charts import checks as charts
from leapdash.show.charts.effects import effect_paths
from leapdash.show.choice import Choice
from leapdash.show.effects.recent import RecentStudy
from leapdash.show.effects.studies import EffectStudy
from leapdash.show.language import _
from leapdash.show.views import checks as views
from leapdash.show.words import checks as words
from leapdash.show.words import recent as recent_words
from leapdash.show.words import schoolmates as mates_words
from leapdash.show.words.effect_paths import alt_paths


def checks_of(choice: Choice, study: EffectStudy, left_out: pd.DataFrame) -> tuple[Check, ...]:
    """The four checks of a study with an effect to show. `left_out`: the view of that name."""
    balance = views.balance(choice)
    recent = views.recent(choice)
    spillover, beside = views.spillover(choice), views.beside_few_visited(choice)
    return (
        Check("recent", recent_words.recent_line(recent, study), partial(_recent, recent, study)),
        Check(
            "alike", words.alike_line(balance, study), partial(_were_alike, choice, balance, study)
        ),
        Check(
            "schoolmates",
            mates_words.schoolmates_line(spillover, beside),
            partial(_schoolmates, choice, spillover, beside),
        ),
        left_out_check(left_out),
    )


def left_out_check(table: pd.DataFrame) -> Check:
    """Who could not be compared: the one check that can be made where no effect can be shown."""
    return Check("left-out", words.left_out_line(table), partial(_left_out, table))


def _recent(recent: RecentStudy | None, study: EffectStudy) -> tuple[Part, ...]:
    told = Text(recent_words.recent_evidence(recent, study))
    if recent is None:
        return (told,)
    before = recent.table[recent.table["shown"]]
    title = _("Visited less compared before the visit, alike in three months only")
    return (
        Figure(
            "effect-before",
            title,
            partial(charts.differences_before, before),
            led_by(before, "event_time", "effect", "low", "high"),
            words.alt_effects(title, before),
        ),
        told,
    )


def _were_alike(choice: Choice, balance: pd.DataFrame, study: EffectStudy) -> tuple[Part, ...]:
    apart, who = _("How far apart, before and after weighting"), _("Who is still observed")
    observed = views.still_observed(study)
    return (
        Figure(
            "effect-balance",
            apart,
            partial(charts.balance_rows, balance),
            led_by(balance, "series", "difference_before", "difference_after"),
            words.alt_balance(apart, balance),
            (_(words.AREAS),),
        ),
        Figure(
            "effect-observed",
            who,
            partial(charts.observed_lines, observed),
            led_by(observed, "event_time", "visited_observed", "comparison_observed"),
            words.alt_observed(who, observed),
        ),
        *_followed(choice),
        Text(words.alike_evidence(study)),
    )


def _followed(choice: Choice) -> tuple[Part, ...]:
    study = views.followed(choice)
    if study is None or not study.table["shown"].any():
        return ()
    title = words.followed_title()
    return (
        Figure(
            "effect-followed",
            title,
            partial(effect_paths, study.table, study.six_to_nine),
            paths_first(study),
            f"{title}. {alt_paths(study)}",
            (words.followed_note(study, choice),),
        ),
    )


def _schoolmates(
    choice: Choice, spillover: views.Spillover, beside: views.Beside
) -> tuple[Part, ...]:
    table = views.schoolmates(choice)
    title = _("Unvisited students, by how many of their school were visited")
    return (
        Figure(
            "effect-schoolmates",
            title,
            partial(charts.schoolmates_lines, table),
            led_by(table, "school_year", "share_visited", "change"),
            mates_words.alt_schoolmates(title, table),
            (_(words.AREAS),),
        ),
        Table(
            "effect-beside",
            _("The effect beside all unvisited, and beside few visited schoolmates"),
            views.beside_table(beside),
        ),
        Text(mates_words.schoolmates_evidence(spillover, beside, choice)),
    )


def _left_out(table: pd.DataFrame) -> tuple[Part, ...]:
    title = _("Visited students, by whether they could be compared")
    told = table.rename(columns={"reason": "code"})
    return (Table("effect-left-out", title, told), Text(words.left_out_note()))
