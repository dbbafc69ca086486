"""What are these data: real or simulated, from when, by which definitions, under which licence?"""

import pandas as pd
import streamlit as st

from leapdash import words
from leapdash.contract import GROUPS, LEVELS, PARTICIPATION, summary_table
from leapdash.dashboard import frame, store

manifest = store.release().manifest
frame.answer(words.about_answer(manifest))

left, right = st.columns(2, gap="large")
with left:
    st.subheader("Where the figures come from", anchor=False)
    for source in manifest.sources:
        st.markdown(
            f"**{frame.escape(source.name)}** · {words.count(source.rows)} rows  \n"
            f"{frame.escape(source.origin)}  \nLicence: {frame.escape(source.licence)}"
        )
    st.subheader("What the words mean", anchor=False)
    st.table(pd.DataFrame(words.DEFINITIONS, columns=["Word", "Meaning"]), border="horizontal")
    st.table(
        pd.DataFrame(
            [("Level " + level, meaning) for level, meaning in LEVELS.items()]
            + [(part.capitalize(), meaning) for part, meaning in PARTICIPATION.items()],
            columns=["Choice", "Meaning"],
        ),
        border="horizontal",
    )
with right:
    st.subheader("This release", anchor=False)
    st.table(
        pd.DataFrame(words.release_facts(manifest), columns=["", "This release"]),
        border="horizontal",
    )
    st.subheader("What it holds", anchor=False)
    st.table(
        pd.DataFrame(
            [
                (summary_table(name).meaning, summary_table(name).grain, words.count(facts.rows))
                for name, facts in manifest.tables.items()
            ],
            columns=["Table", "A row for every", "Rows"],
        ),
        border="horizontal",
    )
    st.caption("Student groups: " + ", ".join(GROUPS.values()) + ".")
    with st.expander("The manifest, as it stands in the release"):
        st.code(manifest.to_json(), language="json")
