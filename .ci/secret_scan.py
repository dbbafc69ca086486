"""Keys and passwords in the files that are kept: told by place and kind, never by what they are.

A line that only looks like one says so: `# pragma: allowlist secret`. Asks no host.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Nothing of them is written by hand: pictures, and releases, whose manifests are full of checksums.
_PICTURES, _RELEASES = (".png", ".svg"), "data/"


def kept(folder: Path) -> list[str]:
    """The files of a folder that Git keeps, but for pictures and releases."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=folder, capture_output=True, check=True)
    names = listed.stdout.decode().split("\0")
    return [n for n in names if n and not n.endswith(_PICTURES) and not n.startswith(_RELEASES)]


def found(folder: Path, names: list[str]) -> list[str]:
    """Where something that looks like a key stands in the files of those names, and which kind."""
    command = [sys.executable, "-m", "detect_secrets", "scan", "--no-verify", *names]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    results = json.loads(told.stdout)["results"]
    return [
        f"{name}, line {one['line_number']}: {one['type']}"
        for name, places in sorted(results.items())
        for one in places
    ]


def main() -> int:
    """Print what was found; 1 where something was."""
    names = kept(ROOT)
    places = found(ROOT, names)
    for place in places:
        print(place)
    print(f"{len(names)} files searched, {len(places)} keys or passwords found.")
    return 1 if places else 0


if __name__ == "__main__":
    sys.exit(main())
