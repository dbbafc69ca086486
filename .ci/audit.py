"""Known vulnerabilities in what the requirements files pin.

A vulnerability found fails. A package that nobody could be asked about doesn't, so that tests can
be run where there is no network or only a mirror of PyPI without its advisories; but then the last
line says so.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def audited() -> list[dict[str, Any]] | None:
    """What pip-audit found for each package; None where it got no answer at all."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps", "--format", "json"]
    for file in sorted(ROOT.glob("requirements*.txt")):
        command += ["-r", str(file)]
    told = subprocess.run(command, capture_output=True, text=True)
    try:
        packages: list[dict[str, Any]] = json.loads(told.stdout)["dependencies"]
    except json.JSONDecodeError:
        print(told.stderr, file=sys.stderr)
        return None
    return packages


def main() -> int:
    """Print what was found; 1 where something was."""
    packages = audited()
    if packages is None:
        print("NOT AUDITED: pip-audit got no answer; above is what it said.")
        return 0
    found = 0
    for package in packages:
        for flaw in package.get("vulns", ()):
            found += 1
            mended = ", ".join(flaw["fix_versions"]) or "no version yet"
            print(f"{package['name']} {package['version']}: {flaw['id']}, mended in {mended}")
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    if unknown:
        print(
            f"NOT AUDITED: {len(unknown)} of {len(packages)} packages are unknown to the package "
            f"index in use: {', '.join(unknown[:5])}{' …' * (len(unknown) > 5)}"
        )
    print(f"{len(packages) - len(unknown)} packages audited, {found} known vulnerabilities.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
