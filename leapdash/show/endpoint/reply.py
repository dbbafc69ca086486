"""What goes back: an answer, or what was asked in vain and what is allowed, as RFC 9457 has it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

API = "/api/v1"
JSON = "application/json"
CSV = "text/csv; charset=utf-8"
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Reply:
    """What goes back to whoever asked."""

    status: int
    body: bytes
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


class ProblemError(Exception):
    """A request that can't be answered.

    `detail`: why, in words of ours: text of the request is never repeated. `parameter`: by whose
    name it went wrong; `allowed`: what could have stood there; `reference`: to the log.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        parameter: str = "",
        allowed: Iterable[str] | None = None,
        reference: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.body = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
        }
        if parameter:
            self.body["parameter"] = parameter
        if allowed is not None:
            self.body["allowed"] = list(allowed)
        if reference:
            self.body["reference"] = reference
        self._headers = {"Cache-Control": "no-store", **(headers or {})}

    def reply(self) -> Reply:
        """The problem as it is told."""
        return Reply(self.status, json.dumps(self.body).encode(), PROBLEM, self._headers)
