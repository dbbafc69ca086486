"""What are these data: real or simulated, from when, by which definitions, under which licence?

And how is the effect of a visit found: the one page everyone can read, from docs/.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from leapdash.contract import summary_table
from leapdash.show import words
from leapdash.show.dashboard import frame
from leapdash.show.words.numbers import count

_ONE_PAGE = Path(__file__).parents[1] / "docs" / "effect-in-one-page.md"


def facts_table(facts: Sequence[tuple[str, str]], alt: str) -> None:
    """Pairs of a word and what it means, as a table without a header."""
    rows = pd.DataFrame(facts, columns=["Word", "Meaning"])
    st.table(rows, border="horizontal", hide_header=True, alt=alt)


release, _, _ = frame.begin("about")
manifest = release.manifest
frame.answer(words.about_answer(manifest))

left, right = st.columns([3, 2], gap="large")
with left:
    heading, text = _ONE_PAGE.read_text("utf-8").removeprefix("# ").split("\n", maxsplit=1)
    st.header(heading, anchor=False)
    st.markdown(text)
with right:
    st.header("This release", anchor=False)
    facts_table(words.release_facts(manifest), "Facts about this release")

st.header("What the words mean", anchor=False)
facts_table(words.DEFINITIONS, "Words and their meaning")

st.header("Where the figures come from", anchor=False)
sources = [
    (s.name, f"{s.origin}. Licence: {s.licence}. {count(s.rows)} rows.") for s in manifest.sources
]
facts_table(sources, "Sources of this release")
st.header("What it holds", anchor=False)
tables = []
for name, facts in manifest.tables.items():
    table = summary_table(name)
    tables.append((name, f"{table.meaning} Grain: {table.grain}; {count(facts.rows)} rows."))
facts_table(tables, "Tables of this release")
with st.expander("The manifest, as it stands in the release"):
    st.code(manifest.to_json(), language="json")
