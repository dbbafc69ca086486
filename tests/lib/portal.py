"""A server that speaks as an open data portal (Socrata) does, on this machine, with faults."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

Rows = list[list[str]]


@dataclass
class Portal:
    """`datasets`: header and rows, by id. `faults`: what to answer before the right answer, by the
    beginning of a path: a status, `cut`, `html`. `asked`: every request's path with its status.
    `changes`: what to do to a dataset's rows after so many pages of it.
    """

    datasets: dict[str, Rows]
    faults: dict[str, list[int | str]] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)
    changes: dict[int, Rows] = field(default_factory=dict)
    url: str = ""

    def pages_read(self) -> Counter[str]:
        """How many pages were sent of each dataset, by its id."""
        paths = (path for path, status in self.asked if status == 200 and path.endswith(".csv"))
        return Counter(path.split("/")[-1][:-4] for path in paths)


def field_name(name: str) -> str:
    """A column's name as the portal's pages have it."""
    plain = "".join(c if c.isalnum() else "_" for c in name.lower())
    while "__" in plain:
        plain = plain.replace("__", "_")
    return f"_{plain}" if plain[0].isdigit() else plain


@contextmanager
def serving(portal: Portal) -> Iterator[Portal]:
    """The portal at `url`, while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_said: object) -> None:
            """Nothing on the console."""

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            for begin, faults in portal.faults.items():
                if parts.path.startswith(begin) and faults:
                    self.fault(parts.path, faults.pop(0))
                    return
            dataset = parts.path.split("/")[-1].split(".")[0]
            if dataset not in portal.datasets:
                self.send(parts.path, 404, b"{}", {})
                return
            header, *rows = portal.datasets[dataset]
            if parts.path.startswith("/api/views/"):
                columns = [{"name": name, "fieldName": field_name(name)} for name in header]
                self.send(parts.path, 200, json.dumps({"columns": columns}).encode(), {})
            elif "$select" in query:
                self.send(parts.path, 200, json.dumps([{"rows": len(rows)}]).encode(), {})
            else:
                offset, limit = int(query["$offset"]), int(query["$limit"])
                self.page(parts.path, header, rows[offset : offset + limit])
                if change := portal.changes.pop(sum(portal.pages_read().values()), None):
                    portal.datasets[dataset] = change

        def page(self, path: str, header: list[str], rows: Rows) -> None:
            text = io.StringIO(newline="")
            csv.writer(text, quoting=csv.QUOTE_ALL).writerows([map(field_name, header), *rows])
            body = text.getvalue().encode()
            etag = f'W/"{md5(body, usedforsecurity=False).hexdigest()}"'
            as_before = self.headers.get("If-None-Match") == etag
            self.send(path, 304 if as_before else 200, b"" if as_before else body, {"ETag": etag})

        def fault(self, path: str, fault: int | str) -> None:
            if fault == "cut":
                self.send(path, 200, b"half of", {}, length=1_000)
                self.close_connection = True
            elif fault == "html":
                self.send(path, 200, b"<!doctype html><title>Sign in</title>", {})
            elif fault == 302:
                self.send(path, 302, b"", {"Location": "https://elsewhere.example/"})
            else:
                self.send(path, int(fault), b"{}", {"Retry-After": "0"})

        def send(
            self,
            path: str,
            status: int,
            body: bytes,
            headers: Mapping[str, str],
            length: int | None = None,
        ) -> None:
            portal.asked.append((path, status))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body) if length is None else length))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    portal.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield portal
    finally:
        server.shutdown()
        server.server_close()
