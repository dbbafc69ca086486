"""The data endpoint asked in-process, without the pages beside it."""

from starlette.applications import Starlette
from starlette.testclient import TestClient

from leapdash.show.answers.model import Answer, Check, Figure, Section, Table
from leapdash.show.dashboard.visitor import of_request
from leapdash.show.endpoint.routes import routes

API = "/api/v1"
DATA = (
    f"{API}/pages",
    f"{API}/release",
    f"{API}/answers/impact",
    f"{API}/tables/impact/impact-reach.json",
    f"{API}/tables/impact/impact-reach.csv",
    "/openapi.json",
)
"""An address of every route that answers from the release on show."""


def client(below: str = "") -> TestClient:
    """Asks the endpoint about the release on show."""
    return TestClient(Starlette(routes=routes(of_request, below)), follow_redirects=False)


def tables_of(answer: Answer) -> dict[str, Figure | Table]:
    """Every figure and table of an answer, by name."""
    places: tuple[Section | Check, ...] = (*answer.sections, *answer.checks)
    parts = (*answer.figures, *(part for place in places for part in place.make()))
    return {part.name: part for part in parts if isinstance(part, Figure | Table)}
