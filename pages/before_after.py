"""What did the first visit change, beside what would have happened without it?"""

import streamlit as st

from leapdash import charts, views, words
from leapdash.dashboard import figure, frame, store
from leapdash.dashboard.cards import Card, show_cards
from leapdash.dashboard.checks import show_checks
from leapdash.formats import count, points

BY = {
    "all": "One line",
    "district": "Districts",
    "level": "Levels",
    "period": "Time of first visit",
    "language": "Language of visit",
}

release, known, filters = frame.begin("before_after")
cohorts = store.cohorts()
left_out = None
if release.has("visited_compared"):
    left_out = store.view(views.left_out, release, known, filters)
everyone = 0 if left_out is None else int(left_out["students"].sum())
if cohorts is None or left_out is None or everyone == 0:
    if filters.active():
        frame.nothing_here(filters, known)
    else:
        frame.withheld(words.why_nothing(None, left_out))
    st.stop()

study = store.view(views.effect_on, cohorts, known, filters)
shown = study.table["shown"].any()
with st.container(key="lead"):
    if shown:
        frame.answer(words.effect_answer(study))
        st.caption(words.based_on(study, everyone))
        soon, later = study.month_after, study.six_to_nine
        plain = later if later.effect else soon
        cards = [
            Card(
                name,
                points(headline.effect.effect, signed=True) if headline.effect else "–",
                words.between(headline.effect) if headline.effect else "too few students",
                headline.withheld or "The effect, in points of the attendance rate.",
            )
            for name, headline in (("Month after", soon), ("Months 6 to 9", later))
        ]
        cards.append(
            Card(
                "Plain before-and-after",
                points(plain.naive, signed=True),
                "months 6 to 9" if later.effect else "month after",
                "The same students’ change since the month before the visit. Not the effect.",
            )
        )
        cards.append(Card("Visited compared", count(study.visited), f"of {count(everyone)}"))
        show_cards(cards)
    left, right = st.columns([5, 3], gap="medium")
with left:
    if shown:
        title = "Attendance of visited students, and what it would have been"
        figure.show_figure(
            "effect",
            title,
            charts.effect_paths(study.table, later, figure.palette(), figure.stamp()),
            study.table,
            words.alt_paths(study),
            filters,
            words.path_notes(study),
        )
    else:
        frame.withheld(words.why_nothing(study, left_out))
with right:
    plain_chart = st.container()
    by = st.selectbox(
        "Draw its lines by",
        list(BY),
        format_func=lambda value: BY[value],
        key="compare",
        bind="query-params",
    )
with plain_chart:
    paths = store.view(views.paths, release, known, filters, by)
    title = "The plain before-and-after"
    figure.show_figure(
        "before-after",
        title,
        charts.event_lines(paths, None, figure.palette(), figure.stamp(), 300),
        paths,
        words.alt_lines(title, paths, "attendance_rate", "months since the first visit"),
        filters,
        words.naive_sentence(study.six_to_nine) or words.NOT_THE_EFFECT,
    )
if shown:
    show_checks(release, cohorts, known, filters, study, left_out)
    st.header("What it rests on, and does not remove", anchor=False)
    for sentence in (words.RESTS_ON, words.NEVER_VISITED, words.independence_note(study)):
        st.markdown(f"- {sentence}")
