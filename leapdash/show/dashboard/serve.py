"""`leapdash serve`: the pages and the data endpoint, by one server process."""

import os
import socket
from pathlib import Path

from streamlit.web import cli as streamlit

from leapdash.errors import UsageError
from leapdash.show.dashboard.headers import embedding
from leapdash.show.doors.nameless import UNGUARDED_VARIABLE, is_loopback
from leapdash.show.endpoint.limit import limit_asked
from leapdash.show.on_show import STORE_VARIABLE

_SCRIPT = Path(__file__).parents[3] / "app.py"

_EVERY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104


def serve(store: str | None, host: str, port: int, unguarded: bool = False) -> None:
    """Serve until it is stopped what `streamlit run app.py` would.

    `store`: whose release is shown; None for the one in LEAPDASH_STORE, or the demonstration.
    `port`: 0 for a free one; the server says which. `unguarded`: a restricted release of recorded
    data, too, without asking who reads it. Raises UsageError where the port can't be had, the pages
    aren't there, a setting of theirs can't be, or other machines would be served unguarded.
    """
    if not _SCRIPT.is_file():
        raise UsageError(
            f"{_SCRIPT}: missing.\nExpected the project's folder, with app.py and pages/ beside "
            "the package: the pages are served from there."
        )
    if unguarded and not is_loopback(host):
        raise UsageError(
            f"--unguarded with --host {host}: others could ask this machine for small numbers of "
            "real students.\nExpected --host 127.0.0.1, or sign-in (docs/doors.md)."
        )
    _check(host, port)
    embedding()
    limit_asked()
    if unguarded:
        os.environ[UNGUARDED_VARIABLE] = "1"
    if store is not None:
        os.environ[STORE_VARIABLE] = store
    # Else Streamlit asks a host on the internet what its own address is, to print it.
    told = socket.gethostname() if host in _EVERY_ADDRESS else host
    options = [
        f"--server.address={host}",
        f"--server.port={port}",
        f"--browser.serverAddress={told}",
    ]
    streamlit.main(["run", str(_SCRIPT), *options], prog_name="streamlit", standalone_mode=False)


def _check(host: str, port: int) -> None:
    """Raises UsageError where nothing can listen there."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "no name of a machine"
        raise UsageError(
            f"--host {host} --port {port}: can't be listened at ({why}).\n"
            "Expected an address of this machine and a port nobody else has; --port 0 takes any."
        ) from error
