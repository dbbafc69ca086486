"""docs/deploy.md: its commands run, and the container and proxy files say what it says."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from leapdash.release import current_id, open_release
from tests.lib.input_files import write_csv
from tests.lib.paths import ROOT

DOCS = ROOT / "docs"
TEXT = (DOCS / "deploy.md").read_text("utf-8")
CONTAINER = (DOCS / "deploy" / "Containerfile").read_text("utf-8")
PROXY = (DOCS / "deploy" / "nginx.conf").read_text("utf-8")


def blocks() -> dict[str, list[str]]:
    """The commands of each section."""
    found: dict[str, list[str]] = {}
    for section in re.split(r"^##? ", TEXT, flags=re.M)[1:]:
        title = section.split("\n")[0]
        found[title] = [
            line
            for block in re.findall(r"```sh\n(.+?)```", section, re.S)
            for line in block.splitlines()
        ]
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Machine:
    """A folder with a state's files, in which the commands are run as they are written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports: dict[str, int] = {}
        write_csv(folder / "my-data")
        program = folder / ".venv" / "bin" / "python"
        program.parent.mkdir(parents=True)
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
        program.chmod(0o755)
        self.environment = os.environ | {"PYTHONPATH": str(ROOT)}

    def here(self, command: str) -> str:
        """The command with ports that are free on this machine."""

        def port(found: re.Match[str]) -> str:
            return str(self.ports.setdefault(found[0], free_port()))

        return re.sub(r"\b850[0-9]\b", port, command)

    def run(self, commands: list[str]) -> None:
        """Run them one after another; servers go on until all are run."""
        servers: list[subprocess.Popen[bytes]] = []
        try:
            for command in commands:
                if "leapdash serve" in command:
                    servers.append(self.served(self.here(command)))
                elif command.startswith("curl "):
                    address = re.findall(r"http\S+", self.here(command))[0]
                    assert json.loads(self.got(address))["on_show"] is True
                else:
                    done = self.shell(command)
                    assert done.returncode == 0, (command, done.stderr)
        finally:
            for server in servers:
                os.killpg(server.pid, signal.SIGTERM)
                server.wait(timeout=30)

    def shell(self, command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def served(self, command: str) -> "subprocess.Popen[bytes]":
        """A server, once it answers or has ended by itself."""
        process = subprocess.Popen(
            ["bash", "-c", command],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        below = re.findall(r"BASE_URL_PATH=(\w+)", command)
        (port,) = re.findall(r"--port (\d+)", command)
        self.got("/".join([f"http://127.0.0.1:{port}", *below, "healthz"]), process)
        return process

    def got(self, address: str, process: "subprocess.Popen[bytes] | None" = None) -> bytes:
        deadline = time.monotonic() + 90
        while True:
            try:
                with urllib.request.urlopen(address, timeout=30) as response:
                    content: bytes = response.read()
                    return content
            except OSError:
                assert process is None or process.poll() is None, address
                assert time.monotonic() < deadline, address
                time.sleep(0.1)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Where the first release was built and served."""
    made = Machine(tmp_path_factory.mktemp("machine"))
    made.run(blocks()["To serve it for others"])
    return made


def test_below_a_folder_the_server_answers_there(machine):
    machine.run(blocks()["Proxy with TLS, below a folder"])


@pytest.mark.full
def test_an_earlier_release_is_shown_again_and_a_build_moves_on(machine):
    store = machine.folder / "store"
    machine.run(blocks()["A release each month"])
    before, last = sorted(path.name for path in (store / "releases").iterdir())[-2:]
    assert current_id(store) == last
    machine.run(blocks()["Back to an earlier release"])
    assert current_id(store) == before
    assert open_release(store).manifest.release_id == before
    machine.run(blocks()["A release each month"])
    assert current_id(store) not in (before, last)


@pytest.mark.full
def test_a_backup_is_a_store_again(machine):
    machine.run(blocks()["Backup"])
    restored = machine.folder / "restored" / "store"
    assert open_release(restored).manifest == open_release(machine.folder / "store").manifest


@pytest.mark.full
def test_a_new_version_s_release_is_looked_at_beside_the_old_one(machine):
    machine.run(blocks()["Upgrade"])
    assert current_id(machine.folder / "store-new") is not None


def test_every_command_for_this_machine_is_run():
    tried = {
        "To serve it for others",
        "Proxy with TLS, below a folder",
        "A release each month",
        "Back to an earlier release",
        "Backup",
        "Upgrade",
    }
    assert {title for title, commands in blocks().items() if commands} == tried


def test_the_container_has_all_it_copies_runs_as_nobody_and_is_told_no_secret():
    copied = [word for line in re.findall(r"^COPY (.+)$", CONTAINER, re.M) for word in line.split()]
    sources = [word for word in copied if word not in (".", "./")]
    assert all((ROOT / source).exists() for source in sources)
    assert {"app.py", "pages", "leapdash", ".streamlit", "docs", "data"} <= set(sources)
    user, command = CONTAINER.index("USER leapdash"), CONTAINER.index("\nCMD ")
    assert user < command
    assert not re.search(r"^(ENV|ARG)", CONTAINER, re.M)
    run = json.loads(re.findall(r"^CMD (.+)$", CONTAINER, re.M)[0])
    assert run[:4] == ["python", "-m", "leapdash", "serve"]
    assert ":ro" in TEXT


def test_the_proxy_passes_on_what_sessions_and_the_limit_need():
    for said in (
        "proxy_set_header Upgrade $http_upgrade;",
        "proxy_set_header Host $http_host;",
        "proxy_set_header X-Forwarded-For $remote_addr;",
        "listen 443 ssl;",
        "Strict-Transport-Security",
    ):
        assert said in PROXY
    assert PROXY.count("{") == PROXY.count("}")


def test_every_setting_named_is_one():
    named = set(re.findall(r"LEAPDASH_[A-Z]+", TEXT + CONTAINER))
    assert named <= set(re.findall(r"LEAPDASH_[A-Z]+", (ROOT / "README.md").read_text("utf-8")))
