"""Asks what is known against the packages that Clapper runs on, in the versions that are installed here.

A weakness that a newer version mends fails the check; one that nothing mends yet is told. Where nobody can be asked, as on a machine
without the internet, that is told too: silence is not a clean bill.
"""

import json
import re
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, distribution

from packaging.requirements import Requirement

EXTRAS = ("llm", "otel", "postgres")
PATIENCE = 120


def pinned(name: str, extras: tuple[str, ...] = ("",)) -> dict[str, str]:
    """Name -> version of everything a package needs here, the package itself left out."""
    found: dict[str, str] = {}
    waiting = [(name, extras)]
    while waiting:
        wanted, asked = waiting.pop()
        try:
            package = distribution(wanted)
        except PackageNotFoundError:
            continue  # an extra that is not installed, or not meant for this machine
        for line in package.requires or ():
            need = Requirement(line)
            if need.marker is not None and not any(need.marker.evaluate({"extra": extra}) for extra in asked):
                continue
            key = re.sub(r"[-_.]+", "-", need.name).lower()
            if key not in found:
                try:
                    found[key] = distribution(need.name).version
                except PackageNotFoundError:
                    continue
                waiting.append((need.name, ("", *need.extras)))
    return found


def asked(packages: dict[str, str]) -> tuple[list[dict], str]:
    """What pip-audit says of each package, and why nothing where it could not ask."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed:
        listed.write("".join(f"{name}=={version}\n" for name, version in sorted(packages.items())))
        listed.flush()
        command = [sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip", "--progress-spinner", "off"]
        try:
            done = subprocess.run(
                [*command, "-f", "json", "-r", listed.name],
                capture_output=True,
                text=True,
                check=False,
                timeout=PATIENCE,
            )
        except subprocess.TimeoutExpired:
            return [], f"no answer within {PATIENCE} s"
    try:
        return json.loads(done.stdout)["dependencies"], ""
    except ValueError:
        return [], (done.stderr.strip().splitlines() or ["no answer"])[-1]


def main() -> int:
    packages = pinned("clapper", ("", *EXTRAS))
    answers, why = asked(packages)
    known = [one for one in answers if "skip_reason" not in one]
    weak = [(one, flaw) for one in known for flaw in one["vulns"]]
    mended = [(one, flaw) for one, flaw in weak if flaw["fix_versions"]]
    for one, flaw in weak:
        mend = f"mended in {', '.join(flaw['fix_versions'])}" if flaw["fix_versions"] else "nothing mends it yet"
        print(f"{one['name']} {one['version']}: {flaw['id']}, {mend}")
    told = f": {why}" if why else ""
    print(f"audit: {len(known)} of {len(packages)} packages asked about, {len(weak)} weaknesses known{told}")
    return 1 if mended else 0


if __name__ == "__main__":
    sys.exit(main())
