"""Runs the long tests and keeps what they found in ``docs/soak.md``.

Tests marked ``soak`` run only here; property tests draw as many examples as the soak profile of
``tests/conftest.py`` says.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "docs" / "soak.md"
XML = ROOT / ".run" / "soak.xml"


def rows() -> list[tuple[str, str, float]]:
    """(test, outcome, seconds) of the last run."""
    found = []
    for case in ElementTree.parse(XML).getroot().iter("testcase"):
        bad = next((part.tag for part in case if part.tag in ("failure", "error", "skipped")), None)
        name = f"{case.get('classname', '')}.{case.get('name', '')}".removeprefix("tests.")
        found.append((name, bad or "passed", float(case.get("time") or 0)))
    return sorted(found)


def commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "unknown"


def main(args: list[str]) -> int:
    XML.parent.mkdir(exist_ok=True)
    begun = time.monotonic()
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-m", "soak or property", "-n", "auto"),
            *("--dist", "worksteal", f"--junitxml={XML}", *args),
        ],
        cwd=ROOT,
        env={**os.environ, "SOAK": "1"},
        check=False,
    )
    minutes = (time.monotonic() - begun) / 60
    held = rows() if XML.exists() else []
    lines = [
        "# Soak",
        "",
        (
            f"{dt.date.today():%Y-%m-%d} · {commit()} · Python {platform.python_version()} · "
            f"{os.cpu_count()} cores · {minutes:.1f} min · exit {done.returncode}"
        ),
        "",
        "| Test | Outcome | Seconds |",
        "|---|---|---:|",
        *(f"| {name} | {outcome} | {seconds:.1f} |" for name, outcome, seconds in held),
    ]
    RESULT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(held)} tests, {RESULT.relative_to(ROOT)}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
