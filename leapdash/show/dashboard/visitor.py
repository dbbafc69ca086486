"""Who reads a page, or asks the endpoint: known before anything is opened."""

from collections.abc import Mapping

import streamlit as st
from starlette.datastructures import Headers
from starlette.types import Scope

from leapdash.show.dashboard import sign_in
from leapdash.show.doors.nameless import at_home
from leapdash.show.doors.reader import Reader
from leapdash.show.seen_as import visitor


def of_page() -> Reader:
    """Who reads the page that runs. Raises UsageError where what says it can't be meant."""
    if sign_in.is_set_up():
        return sign_in.of_page()
    return visitor(_at_home(st.context.headers))


def of_request(scope: Scope) -> Reader:
    """Who makes a request. Raises ProblemError where it brings a token that doesn't hold,
    UsageError as `of_page`.
    """
    headers = Headers(scope=scope)
    return sign_in.of_request(headers) if sign_in.is_set_up() else visitor(_at_home(headers))


def _at_home(headers: Mapping[str, str]) -> bool:
    lower = {name.lower(): value for name, value in headers.items()}
    return at_home(st.get_option("server.address"), lower)
