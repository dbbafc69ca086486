"""A visitor of the dashboard without a browser: it speaks Streamlit's protocol over a websocket."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ButtonGroup_pb2 import ButtonGroup
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

CHOOSABLE = ("multiselect", "button_group", "selectbox", "radio")


@dataclass
class Visitor:
    """One session: what it was shown last, and what it has chosen."""

    connection: ClientConnection
    widgets: dict[str, Element] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, WidgetState] = field(default_factory=dict)
    page: str = ""
    seen: dict[str, ForwardMsg] = field(default_factory=dict)

    def open(self, page: str, query: str = "") -> None:
        """Go to a page by its address (`""` for the first); what was chosen on another goes."""
        self.page, self.chosen = self.pages.get(page, ""), {}
        self._run(query)

    def change(self, random: Random) -> None:
        """Choose something else on one of the page's controls."""
        element = random.choice(list(self.widgets.values()))
        state = _choice(element, random)
        self.chosen[state.id] = state
        self._run()

    def _run(self, query: str = "") -> None:
        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.page_script_hash = self.page
        # Of controls no longer on the page the browser sends nothing.
        states = [state for name, state in self.chosen.items() if name in self.widgets]
        message.rerun_script.widget_states.widgets.extend(states)
        self.connection.send(message.SerializeToString())
        self.widgets = {}
        while True:
            data = self.connection.recv(timeout=60)
            if not isinstance(data, bytes):
                raise RuntimeError(f"the server sent text: {data}")
            answer = ForwardMsg.FromString(data)
            if answer.WhichOneof("type") == "ref_hash":
                answer = self.seen[answer.ref_hash]
            elif answer.metadata.cacheable:
                self.seen[answer.hash] = answer
            if self._note(answer):
                return

    def _note(self, answer: ForwardMsg) -> bool:
        """Remember what is on the page; whether the run is over."""
        kind = answer.WhichOneof("type")
        if kind == "navigation":
            self.pages = {
                page.url_pathname: page.page_script_hash for page in answer.navigation.app_pages
            }
        elif kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
            element = answer.delta.new_element
            shown = element.WhichOneof("type")
            if shown == "exception":
                raise RuntimeError(f"the page failed: {element.exception.message}")
            if shown in CHOOSABLE and getattr(element, shown).options:
                self.widgets[getattr(element, shown).id] = element
        rerun = ForwardMsg.FINISHED_EARLY_FOR_RERUN
        return kind == "script_finished" and answer.script_finished != rerun


def _choice(element: Element, random: Random) -> WidgetState:
    """Another state of a control, as the browser would tell it."""
    kind = element.WhichOneof("type")
    assert kind is not None
    control = getattr(element, kind)
    state = WidgetState(id=control.id)
    if kind in ("selectbox", "radio"):
        state.string_value = random.choice(control.options)
        return state
    options = list(control.options)
    if kind == "button_group":
        options = [option.content for option in options]
    single = kind == "button_group" and control.click_mode == ButtonGroup.SINGLE_SELECT
    count = 1 if single else random.randint(0, min(3, len(options)))
    state.string_array_value.data.extend(random.sample(options, count))
    return state


@contextmanager
def visiting(address: str) -> Iterator[Visitor]:
    """A visitor of the server at this address, with the first page open."""
    url = address.replace("http", "ws", 1) + "/_stcore/stream"
    protocols = [Subprotocol("streamlit")]
    with connect(url, subprotocols=protocols, origin=Origin(address), max_size=None) as connection:
        visitor = Visitor(connection)
        visitor.open("")
        yield visitor
