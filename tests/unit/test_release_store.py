"""A store under way: several builds at once, builds that were killed, and `current` gone wrong."""

import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyarrow import fs

from leapdash.errors import ReleaseError, StoreError, UsageError
from leapdash.release import Release, current_id, on_show, open_release, publish, store
from leapdash.release.files import LONG_AGO, Folder
from tests.lib.bare_tables import FACTS, tables
from tests.lib.paths import ROOT

STUCK = """
import sys
from leapdash.release import publish, store
from tests.lib.bare_tables import FACTS, tables

def stop(folder, *_):
    print(folder, flush=True)
    sys.stdin.read()

setattr(store, sys.argv[2], stop)
publish(sys.argv[1], tables(), FACTS)
"""


def releases(store: Path) -> list[str]:
    return sorted(path.name for path in (store / "releases").iterdir())


def stuck_build(store: Path, at: str) -> subprocess.Popen[str]:
    """A build in another process that has come as far as the function `at`, and stays there."""
    command = [sys.executable, "-c", STUCK, str(store), at]
    build = subprocess.Popen(
        command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert build.stdout is not None
    assert build.stdout.readline().strip()
    return build


def end(build: subprocess.Popen[str]) -> None:
    build.send_signal(signal.SIGKILL)
    build.communicate()


def test_builds_that_publish_at_once_all_succeed_and_the_store_stays_whole(tmp_path):
    together = threading.Barrier(6)

    def build(number: int) -> list[str]:
        together.wait()
        return [
            publish(tmp_path, tables(20 + number), FACTS, keep=2).manifest.release_id
            for _ in range(4)
        ]

    with ThreadPoolExecutor(6) as pool:
        ids = [one for found in pool.map(build, range(6)) for one in found]
    assert len(set(ids)) == 24
    shown = open_release(tmp_path)
    assert shown.manifest.release_id in ids
    last = publish(tmp_path, tables(), FACTS, keep=2).manifest.release_id
    assert len(releases(tmp_path)) == 2
    assert last in releases(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["current", "releases"]


def test_whoever_reads_while_others_publish_sees_whole_releases(tmp_path):
    publish(tmp_path, tables(), FACTS)
    done = threading.Event()

    def read() -> int:
        seen = 0
        while not done.is_set() or not seen:
            seen += open_release(tmp_path).has("attendance")
        return seen

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        builds = [pool.submit(publish, tmp_path, tables(n), FACTS, 1) for n in (21, 22, 23, 24)]
        for build in builds:
            build.result()
        done.set()
        assert all(reader.result() > 0 for reader in readers)


@pytest.mark.parametrize("at", ["_write_table", "_open"])
def test_what_a_build_is_writing_stays_and_what_a_killed_one_left_is_cleaned(tmp_path, at):
    first = publish(tmp_path, tables(), FACTS)
    build = stuck_build(tmp_path, at)
    try:
        (theirs,) = set(releases(tmp_path)) - {first.manifest.release_id}
        mine = publish(tmp_path, tables(21), FACTS, keep=1)
        assert theirs in releases(tmp_path)
        assert open_release(tmp_path) == mine
    finally:
        end(build)
    last = publish(tmp_path, tables(22), FACTS, keep=1)
    assert releases(tmp_path) == [last.manifest.release_id]


def test_leftovers_of_other_kinds_are_cleaned_and_what_is_no_release_s_stays(tmp_path):
    shown = publish(tmp_path, tables(), FACTS)
    (tmp_path / "releases" / ".writing-0123456789ab").mkdir()
    (tmp_path / "releases" / ".writing-0123456789ab" / "attendance.parquet").write_bytes(b"PAR1")
    (tmp_path / ".current-0123456789ab").write_text("2026")
    (tmp_path / "notes").mkdir()
    (tmp_path / "releases" / "notes").mkdir()
    second = publish(tmp_path, tables(), FACTS)
    ids = [shown.manifest.release_id, second.manifest.release_id]
    assert releases(tmp_path) == [*ids, "notes"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["current", "notes", "releases"]


def test_a_release_on_show_stays_though_others_are_newer(tmp_path, monkeypatch):
    """The build that began first finishes last, and shows what has the older id."""
    reached, go_on = threading.Event(), threading.Event()
    opened = store._open

    def slowly(folder: Folder, of: Folder) -> Release:
        monkeypatch.setattr(store, "_open", opened)
        reached.set()
        go_on.wait()
        return opened(folder, of)

    monkeypatch.setattr(store, "_open", slowly)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(publish, tmp_path, tables(20), FACTS, 1)
        reached.wait()
        quick = publish(tmp_path, tables(21), FACTS, keep=1)
        go_on.set()
        assert slow.result().manifest.release_id < quick.manifest.release_id
    assert open_release(tmp_path) == slow.result()


def faulty(store: Path, fault: str) -> Path:
    """The `current` of a store with a release, made faulty."""
    publish(store, tables(), FACTS)
    current = store / "current"
    match fault:
        case "a folder":
            current.unlink()
            current.mkdir()
        case "not UTF-8":
            current.write_bytes(b"\xff\xfe2\x000\x00")
        case "no id":
            current.write_text("../elsewhere")
    return current


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("a folder", "current: a folder stands in its place"),
        ("not UTF-8", "current: no text in UTF-8"),
        ("no id", "current: '../elsewhere' is no release id"),
    ],
)
def test_a_faulty_current_is_named_with_its_remedy_by_readers_and_builds(tmp_path, fault, message):
    current = faulty(tmp_path, fault)
    before = releases(tmp_path)
    for act in (open_release, current_id, lambda store: publish(store, tables(), FACTS)):
        with pytest.raises(ReleaseError, match=f"{message}(.|\n)*Expected(.|\n)*build") as error:
            act(tmp_path)
        assert error.value.exit_code == 2
    assert releases(tmp_path) == before
    assert on_show(tmp_path) == "Nothing was published; what the store shows can't be read."
    current.rmdir() if fault == "a folder" else current.unlink()
    assert publish(tmp_path, tables(), FACTS) == open_release(tmp_path)


@pytest.mark.parametrize("file", ["current", "manifest.json", "attendance.parquet"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, monkeypatch, file):
    publish(tmp_path, tables(), FACTS)
    monkeypatch.setattr(Folder, "read", forbidden(Folder.read, file))
    monkeypatch.setattr(Folder, "sha256", forbidden(Folder.sha256, file))
    with pytest.raises(ReleaseError, match="Permission denied") as error:
        open_release(tmp_path)
    assert error.value.exit_code == 2


def forbidden(method: Callable[[Folder, str], Any], file: str) -> Callable[[Folder, str], Any]:
    """The method, but for one file this user may not read."""

    def call(folder: Folder, name: str) -> Any:
        if name == file:
            raise PermissionError(errno.EACCES, "no")
        return method(folder, name)

    return call


def test_a_manifest_that_is_a_folder_is_refused(tmp_path):
    release = publish(tmp_path, tables(), FACTS)
    (release.path / "manifest.json").unlink()
    (release.path / "manifest.json").mkdir()
    with pytest.raises(ReleaseError, match=r"can't be read \(a folder stands in its place"):
        open_release(tmp_path)


# --- other file systems --------------------------------------------------------------------------


def elsewhere(folder: Path) -> Folder:
    """A store on a file system that is not this machine's, as far as leapdash can tell."""
    return Folder(fs.SubTreeFileSystem(str(folder), fs.LocalFileSystem()), "store", "mem://store")


def test_a_store_may_be_named_by_a_uri(tmp_path):
    uri = (tmp_path / "my store").as_uri()
    published = publish(uri, tables(), FACTS)
    assert current_id(uri) == published.manifest.release_id
    assert open_release(uri) == published == open_release(tmp_path / "my store")
    assert published.table("attendance").num_rows == 2
    assert current_id(uri) in on_show(uri)


def test_an_address_nobody_can_read_is_named_without_what_is_secret_in_it():
    with pytest.raises(UsageError, match=r"^ftp://there/store: not an address") as error:
        open_release("ftp://me:secret@there/store?token=secret")  # pragma: allowlist secret
    assert "secret" not in str(error.value)
    store_there = Folder.at("s3://me:secret@there/store?region=us-east-1")
    assert str(store_there / "current") == "s3://there/store/current"


@pytest.mark.parametrize("kind", ["sub", "mock"])
def test_a_store_on_another_file_system_is_published_and_opened(tmp_path, kind):
    there = (
        elsewhere(tmp_path)
        if kind == "sub"
        else Folder(fs._MockFileSystem(datetime.now(UTC)), "bucket/store", "mock://bucket/store")
    )
    assert current_id(there) is None
    with pytest.raises(ReleaseError, match="holds no release"):
        open_release(there)
    first, second = (publish(there, tables(n), FACTS) for n in (20, 21))
    assert open_release(there) == second
    assert open_release(there, first.manifest.release_id) == first
    assert second.table("attendance", ["students"]).to_pylist() == [
        {"students": 12},
        {"students": 21},
    ]
    with pytest.raises(ReleaseError, match="is not on this machine"):
        _ = second.path


def test_without_locks_age_tells_what_may_go(tmp_path):
    there = elsewhere(tmp_path)
    ids = [publish(there, tables(n), FACTS, keep=1).manifest.release_id for n in (20, 21, 22)]
    folder = tmp_path / "store" / "releases"
    (folder / ids[1] / "manifest.json").unlink()
    (tmp_path / "store" / ".current-1").write_text("2026")
    assert sorted(path.name for path in folder.iterdir()) == sorted(ids)
    long_ago = (datetime.now(UTC) - 2 * LONG_AGO).timestamp()
    for path in (*folder.rglob("*"), tmp_path / "store" / ".current-1"):
        os.utime(path, (long_ago, long_ago))
    last = publish(there, tables(23), FACTS, keep=1)
    assert [path.name for path in folder.iterdir()] == [last.manifest.release_id]
    assert sorted(path.name for path in (tmp_path / "store").iterdir()) == ["current", "releases"]
    assert open_release(there) == last


def test_a_failed_build_leaves_nothing_on_another_file_system(tmp_path, monkeypatch):
    there = elsewhere(tmp_path)
    first = publish(there, tables(), FACTS)

    def broken(folder: Folder, name: str, data: bytes) -> None:
        raise ConnectionResetError(errno.ECONNRESET, "gone")

    monkeypatch.setattr(Folder, "replace", broken)
    with pytest.raises(StoreError, match=f"Connection reset(.|\n)*{first.manifest.release_id}"):
        publish(there, tables(), FACTS)
    assert open_release(there) == first
    assert releases(tmp_path / "store") == [first.manifest.release_id]
