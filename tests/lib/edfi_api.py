"""An Ed-Fi API on this machine, as the ODS/API's documentation has it, with faults on demand."""

import base64
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Row = dict[str, Any]
KEY, SECRET = "a-key", "not-a-secret"  # pragma: allowlist secret
_DEFAULT_LIMIT, _MOST = 25, 500


@dataclass
class Asked:
    """One request: which it is (from 1), its path and query."""

    number: int
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]


Fault = Callable[[Asked], tuple[Any, ...] | None]
"""What goes wrong at a request: ("status", 500, headers), ("cut",), ("body", bytes); or nothing."""


@dataclass
class Api:
    """What the API holds and how it behaves. `asked`: every request so far."""

    version: str = "7.3"
    standard: str = "5.2.0"
    cursors: bool = True
    changes: bool = True
    snapshots: bool = False
    counted: Callable[[int], int | None] = lambda count: count
    token_life: int = 1800
    url: str = ""
    data: dict[str, dict[str, Row]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    deleted: dict[str, list[Row]] = field(default_factory=dict)
    rekeyed: dict[str, list[Row]] = field(default_factory=dict)
    newest: int = 0
    tokens: set[str] = field(default_factory=set)
    asked: list[Asked] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    snapshot: "Api | None" = None
    lock: threading.RLock = field(default_factory=threading.RLock)

    def put(self, resource: str, row: Row, one: str | None = None) -> str:
        """Add a row, or change the one with that id; the id."""
        with self.lock:
            self.newest += 1
            one = one or f"{self.newest:032x}"
            self.data.setdefault(resource, {})[one] = {**row, "id": one}
            self.versions[one] = self.newest
            return one

    def delete(self, resource: str, one: str) -> None:
        """Delete a row."""
        with self.lock:
            self.newest += 1
            del self.data[resource][one]
            self.deleted.setdefault(resource, []).append(
                {"id": one, "changeVersion": self.newest, "keyValues": {}}
            )

    def rekey(self, resource: str, row: Row, one: str) -> None:
        """Change a row's natural key."""
        with self.lock:
            self.put(resource, row, one)
            self.rekeyed.setdefault(resource, []).append(
                {"id": one, "changeVersion": self.newest, "oldKeyValues": {}, "newKeyValues": {}}
            )

    def fill(self, resources: Mapping[str, list[Row]]) -> None:
        """Add the rows of resources."""
        for name, rows in resources.items():
            self.data.setdefault(name, {})
            for row in rows:
                self.put(name, row)

    def freeze(self) -> None:
        """Make a snapshot of what there is."""
        lock, self.lock, snapshot = self.lock, threading.RLock(), self.snapshot
        self.snapshot = None
        kept = Api(
            data=deepcopy(self.data), versions=dict(self.versions), newest=self.newest, changes=True
        )
        kept.deleted, kept.rekeyed = deepcopy(self.deleted), deepcopy(self.rekeyed)
        self.lock, self.snapshot = lock, kept
        del snapshot

    def discovery(self) -> Row:
        """What the base address says."""
        return {
            "version": self.version,
            "apiMode": "SharedInstance",
            "dataModels": [{"name": "Ed-Fi", "version": self.standard}],
            "urls": {
                "oauth": f"{self.url}/oauth/token",
                "dataManagementApi": f"{self.url}/data/v3/",
            },
        }


@contextmanager
def serving(api: Api) -> Iterator[Api]:
    """The API at a free port of this machine, while the block runs; `api.url` is its address."""

    class Handler(_Handler):
        pass

    Handler.api = api
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    api.url = f"http://127.0.0.1:{server.server_port}/edfi"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    api: Api

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        body = parse_qs(self.rfile.read(size).decode())
        api = self.api
        if self._faulty({}):
            return
        expected = "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
        if self.headers.get("Authorization") != expected or body.get("grant_type") != [
            "client_credentials"
        ]:
            self._send(401, {"error": "invalid_client"})
            return
        with api.lock:
            token = f"token-{len(api.asked)}"
            api.tokens.add(token)
        self._send(
            200, {"access_token": token, "expires_in": api.token_life, "token_type": "bearer"}
        )

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if self._faulty(query):
            return
        path = parts.path.removeprefix("/edfi").rstrip("/")
        if not path:
            self._send(200, self.api.discovery())
            return
        if self.headers.get("Authorization", "").removeprefix("Bearer ") not in self.api.tokens:
            self._send(401, {"title": "Unauthorized"})
            return
        api = self.api
        if self.headers.get("Use-Snapshot") == "true":
            if not api.snapshots:
                self._send(404, {"title": "Snapshot Not Found"})
                return
            assert api.snapshot is not None
            api = api.snapshot
        with api.lock:
            self._answer(api, path, query)

    def _faulty(self, query: dict[str, str]) -> bool:
        api = self.api
        with api.lock:
            asked = Asked(
                len(api.asked) + 1, urlsplit(self.path).path, query, dict(self.headers.items())
            )
            api.asked.append(asked)
            found = next(filter(None, (fault(asked) for fault in api.faults)), None)
        if found is None:
            return False
        kind, *rest = found
        if kind == "status":
            self._send(rest[0], {"title": "fault"}, *rest[1:])
        elif kind == "body":
            self._raw(200, rest[0], {})
        else:
            # More is promised than comes.
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'[{"id": "')
            self.wfile.flush()
            self.close_connection = True
        return True

    def _answer(self, api: Api, path: str, query: dict[str, str]) -> None:
        if path == "/changeQueries/v1/availableChangeVersions":
            if not self.api.changes:
                self._send(404, {"title": "Not Found"})
                return
            self._send(200, {"oldestChangeVersion": 0, "newestChangeVersion": api.newest})
            return
        name, *more = path.removeprefix("/data/v3/ed-fi/").split("/")
        if name not in api.data or name in self.api.hidden:
            self._send(404, {"title": "Not Found"})
            return
        low = int(query.get("minChangeVersion", 0))
        high = int(query.get("maxChangeVersion", 1 << 60))
        if more and more[0] in ("deletes", "keyChanges"):
            listed = (api.deleted if more[0] == "deletes" else api.rekeyed).get(name, [])
            rows = [row for row in listed if low <= row["changeVersion"] <= high]
            self._page(rows, query)
        elif more:
            row = api.data[name].get(more[0])
            self._send(*((200, row) if row else (404, {"title": "Not Found"})))
        else:
            data = api.data[name]
            rows = [data[one] for one in sorted(data) if low <= api.versions[one] <= high]
            self._page(rows, query)

    def _page(self, rows: list[Row], query: dict[str, str]) -> None:
        headers: dict[str, str] = {}
        counted = self.api.counted(len(rows))
        if query.get("totalCount") == "true" and counted is not None:
            headers["Total-Count"] = str(counted)
        if self.api.cursors and ("pageSize" in query or "pageToken" in query):
            after = query.get("pageToken", "")
            page = [row for row in rows if row["id"] > after][: int(query["pageSize"])]
            if page:
                headers["Next-Page-Token"] = page[-1]["id"]
        else:
            limit = min(int(query.get("limit", _DEFAULT_LIMIT)), _MOST)
            offset = int(query.get("offset", 0))
            page = rows[offset : offset + limit]
        self._send(200, page, headers)

    def _send(self, status: int, content: Any, headers: Mapping[str, str] | None = None) -> None:
        self._raw(status, json.dumps(content).encode(), headers or {})

    def _raw(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
