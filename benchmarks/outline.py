"""What stands on a page for a choice, as plain data: its widgets, charts and tables.

`outline_of` runs a page of the dashboard in-process and notes each element; `draw` puts the same
elements on a page again without reading or computing anything. That is the floor the pages are
measured against: what Streamlit, Plotly and the browser need by themselves.
"""

import json
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from streamlit.proto.Block_pb2 import Block
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[1]
HORIZONTAL = Block.FlexContainer.Direction.HORIZONTAL
Element = dict[str, Any]


def outline_of(page: str, **query: list[str]) -> list[Element]:
    """The elements of a page (`impact`, say), nested as they stand, for an address's query."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    app.switch_page(f"pages/{page}.py")
    app.query_params.update(query)
    app.run()
    if broken := [*app.exception, *app.error]:
        raise RuntimeError(f"{page}: {broken[0].value}")
    return [_note(child) for child in app.main.children.values()]


def _note(node: Any) -> Element:
    noted: Element
    if node.type == "plotly_chart":
        return {"type": "plotly_chart", "spec": json.loads(node.proto.spec)}
    if hasattr(node, "children"):
        within = [_note(child) for child in node.children.values()]
        noted = {"type": node.type, "within": within}
        if node.type == "flex_container":
            noted["horizontal"] = node.proto.flex_container.direction == HORIZONTAL
            noted["border"] = node.proto.flex_container.border
        elif node.type == "column":
            noted["weight"] = node.proto.weight
        elif node.type == "popover":
            noted["label"] = node.proto.popover.label
        elif node.type in ("expander", "tab"):
            noted["label"] = node.proto.label
            noted["icon"] = getattr(node.proto, "icon", "")
        return noted
    noted = {"type": node.type}
    match node.type:
        case "multiselect" | "selectbox":
            noted |= {"label": node.label, "options": list(node.options), "key": node.key}
            if node.type == "multiselect":
                noted["value"] = [node.format_func(value) for value in node.value]
        case "button_group":
            noted |= {
                "label": node.proto.label,
                "options": [option.content for option in node.proto.options],
                "multi": node.proto.click_mode == 1,
                "pills": node.proto.style == 1,
                "key": node.key,
            }
        case "toggle" | "button" | "download_button":
            noted |= {"label": node.proto.label, "key": getattr(node, "key", None)}
        case "metric":
            noted |= {"label": node.label, "value": node.value, "delta": node.delta}
        case "arrow_data_frame" | "arrow_table" | "table":
            noted |= {"rows": json.loads(node.value.to_json(orient="split"))}
        case "code":
            noted |= {"text": node.value}
        case _:
            noted |= {"text": getattr(node, "value", "") or ""}
    return noted


def draw(elements: list[Element], path: str = "floor") -> None:
    """Put the elements on the page."""
    columns: list[Any] = []
    for number, element in enumerate(elements):
        here = f"{path}-{number}"
        if element["type"] == "column":
            if not columns:
                weights = [e["weight"] for e in elements if e["type"] == "column"]
                columns = list(st.columns(weights, gap="medium"))
            with columns.pop(0):
                draw(element["within"], here)
        elif element["type"] == "expander":
            icon = element["icon"] or None
            st.expander(element["label"], icon=icon, key=here, on_change="rerun")
        elif element["type"] == "tab_container":
            tabs = st.tabs([tab["label"] for tab in element["within"]], key=here, on_change="rerun")
            for place, tab in zip(tabs, element["within"], strict=True):
                with place:
                    draw(tab["within"], f"{here}-{tab['label']}")
        elif element["type"] == "popover":
            with st.popover(element["label"], type="tertiary", key=here):
                draw(element["within"], here)
        elif "within" in element:
            with st.container(horizontal=element["horizontal"], border=element["border"], key=here):
                draw(element["within"], here)
        else:
            _draw_one(element, here)


def _draw_one(element: Element, here: str) -> None:
    import pandas as pd

    key = element.get("key") or here
    match element["type"]:
        case "plotly_chart":
            figure = go.Figure(element["spec"], skip_invalid=True)
            st.plotly_chart(figure, theme=None, key=here, config={"displaylogo": False})
        case "multiselect":
            st.session_state.setdefault(key, element["value"])
            st.multiselect(element["label"], element["options"], key=key, select_all=False)
        case "selectbox":
            st.selectbox(element["label"], element["options"], key=key)
        case "button_group":
            group: Any = st.pills if element["pills"] else st.segmented_control
            mode = "multi" if element["multi"] else "single"
            group(element["label"], element["options"], selection_mode=mode, key=key)
        case "toggle":
            st.toggle(element["label"], key=key, on_change="ignore", width="stretch")
        case "button":
            st.button(element["label"], key=key)
        case "download_button":
            st.download_button(element["label"], b"constant", key=key, on_click="ignore")
        case "metric":
            st.metric(element["label"], element["value"], element["delta"], border=True)
        case "arrow_data_frame":
            st.dataframe(pd.DataFrame(**element["rows"]), hide_index=True)
        case "arrow_table" | "table":
            st.table(pd.DataFrame(**element["rows"]))
        case "title":
            st.title(element["text"], anchor=False)
        case "header":
            st.header(element["text"], anchor=False)
        case "subheader":
            st.subheader(element["text"], anchor=False)
        case "caption":
            st.caption(element["text"])
        case "code":
            st.code(element["text"])
        case "html":
            st.html(element["text"])
        case _:
            st.markdown(element["text"])
