"""Known vulnerabilities of what requirements.lock installs, as pip-audit finds them: `make audit`.

Exit code 0: all packages were looked up, and none is known to be vulnerable; 1: some are; 2: not all could be looked
up, as without a way to the database. pip-audit itself takes a package that it could not look up for a good one.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PIP_AUDIT = "pip-audit==2.10.1"  # in an environment of its own, which uv makes: its needs are not the project's
OPTIONS = ("--disable-pip", "--require-hashes", "--timeout", "15", "--progress-spinner", "off", "--format", "json")


def main() -> int:
    """Print what was found, a line a vulnerability, and give the exit code."""
    command = ["uv", "tool", "run", "--from", PIP_AUDIT, "pip-audit", "-r", "requirements.lock", *OPTIONS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except ValueError:
        why = (done.stderr.strip().splitlines() or ["no answer"])[-1].strip()
        print(f"audit: nothing was looked up, the database can't be reached ({why[:150]})")
        return 2
    return told(packages)


def told(packages: list[dict]) -> int:
    """Print what pip-audit found about packages, and give the exit code."""
    found = [(package, vulnerability) for package in packages for vulnerability in package.get("vulns", [])]
    for package, vulnerability in found:
        fixed = ", ".join(vulnerability["fix_versions"]) or "no version yet"
        print(f"audit: {package['name']} {package['version']}: {vulnerability['id']}, fixed in {fixed}")
    lost = [package["name"] for package in packages if "skip_reason" in package]
    if lost:
        names = f"{', '.join(lost[:3])}{', ...' if len(lost) > 3 else ''}"
        print(
            f"audit: {len(lost)} of {len(packages)} packages could not be looked up ({names}): "
            "the database can't be reached, or does not know them"
        )
    if not found and not lost:
        print(f"audit: {len(packages)} packages, none known to be vulnerable")
    return 1 if found else 2 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
