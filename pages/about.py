"""What are these data: real or simulated, from when, by which definitions, under which licence?"""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from leapdash import words
from leapdash.contract import summary_table
from leapdash.dashboard import frame
from leapdash.formats import count


def facts_table(facts: Sequence[tuple[str, str]], alt: str) -> None:
    """Pairs of a word and what it means, as a table without a header."""
    rows = pd.DataFrame(facts, columns=["Word", "Meaning"])
    st.table(rows, border="horizontal", hide_header=True, alt=alt)


release, _, _ = frame.begin("about")
manifest = release.manifest
frame.answer(words.about_answer(manifest))

left, right = st.columns(2, gap="large")
with left:
    st.header("What the words mean", anchor=False)
    facts_table(words.DEFINITIONS, "Words and their meaning")
with right:
    st.header("This release", anchor=False)
    facts_table(words.release_facts(manifest), "Facts about this release")

st.header("Where the figures come from", anchor=False)
st.table(
    pd.DataFrame(
        [(s.name, s.origin, s.licence, count(s.rows)) for s in manifest.sources],
        columns=["Source", "Origin", "Licence", "Rows"],
    ),
    border="horizontal",
)
st.header("What it holds", anchor=False)
st.table(
    pd.DataFrame(
        [
            (name, table.meaning, table.grain, count(manifest.tables[name].rows))
            for name, table in ((name, summary_table(name)) for name in manifest.tables)
        ],
        columns=["Table", "What it is", "A row for every", "Rows"],
    ),
    border="horizontal",
)
with st.expander("The manifest, as it stands in the release"):
    st.code(manifest.to_json(), language="json")
