"""Runs the long tests, in parts that can be taken up again, and keeps what they found.

``./dev soak`` runs all; ``./dev soak machine oracle --minutes 10`` runs two of them for at most ten
minutes on each engine, and the next call goes on where this one stopped. What is done is kept in
``.run/soak.json``, one entry for each part with its commit; ``docs/soak.md`` is written from it.
Another commit starts anew, since a part says nothing of code that it has not run.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "docs" / "soak.md"
STATE = ROOT / ".run" / "soak.json"
XML = ROOT / ".run" / "soak.xml"
ENGINES = ("sqlite", "postgresql")
#: what pytest ends with when a test failed; anything else says nothing of the program
FAILED = 1


@dataclass(frozen=True)
class Job:
    """A long test in parts: each is one run of a test, told its number by the environment."""

    name: str
    title: str
    test: str
    #: how many parts make the whole, and how many things of what kind one part goes through
    parts: int
    size: int
    unit: str


JOBS = {
    job.name: job
    for job in (
        Job(
            "machine", "State machine of the chain (P1–P4)",
            "tests/pipeline/test_machine.py::test_many_lives", 400, 50, "lives × 100 steps",
        ),
        Job(
            "oracle", "Rules against the plain-Python oracle",
            "tests/criteria/test_oracle.py::test_engine_and_oracle_agree_on_many", 5, 4_000,
            "firms × 4 dates",
        ),
    )
}  # fmt: skip


def commit() -> str:
    """The commit that runs, marked when something was changed since; the results do not count."""
    done = subprocess.run(
        ["git", "status", "--porcelain", "--", ".", ":!docs/soak.md"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    name = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    ).stdout.strip()  # fmt: skip
    return f"{name or 'unknown'}{'-dirty' if done.stdout.strip() else ''}"


def load() -> dict[str, Any]:
    held: dict[str, Any] = json.loads(STATE.read_text()) if STATE.exists() else {}
    return held


def keep(held: dict[str, Any]) -> None:
    STATE.parent.mkdir(exist_ok=True)
    STATE.write_text(json.dumps(held, indent=1, ensure_ascii=False))
    RESULT.write_text("\n".join(report(held)) + "\n", encoding="utf-8")


def key(job: Job, engine: str, at: str) -> str:
    return f"{job.name} {engine} {at}"


def run_part(job: Job, engine: str, part: int) -> tuple[bool, str]:
    """Whether it held, and what was said where it did not."""
    given = {"SOAK": "1", "SOAK_PART": str(part), "SOAK_SIZE": str(job.size)}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", job.test, "-k", engine],
        cwd=ROOT, env={**os.environ, **given}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode == 0:
        return True, ""
    if done.returncode != FAILED:
        said = done.stdout[-2_000:] + done.stderr[-2_000:]
        sys.exit(f"{job.name} {engine}, part {part} did not run to its end:\n{said}")
    told = [line for line in done.stdout.splitlines() if not line.startswith("E ") or told_of(line)]
    return False, "\n".join(told)[-6_000:]


def told_of(line: str) -> bool:
    """Whether a line of a life says what was done or what went wrong, not what was drawn."""
    return not line[1:].strip().startswith(("Draw ", "state."))


def go_on(job: Job, engine: str, minutes: float | None) -> bool:
    """Run the parts that are left until the minutes are over; False once one did not hold."""
    begun, at, held = time.monotonic(), commit(), True
    while minutes is None or time.monotonic() - begun < minutes * 60:
        state = load()
        entry = state.setdefault(key(job, engine, at), {})
        part = next((n for n in range(job.parts) if str(n) not in entry), None)
        if part is None:
            return held
        since = time.monotonic()
        good, said = run_part(job, engine, part)
        held = held and good
        entry[str(part)] = {
            "day": dt.date.today().isoformat(), "ok": good, "said": said,
            "seconds": round(time.monotonic() - since, 1),
        }  # fmt: skip
        keep(state)
        print(f"{job.name} {engine}: part {part + 1} of {job.parts} {'held' if good else said}")
    return held


def marked(args: list[str]) -> int:
    """All tests marked `soak` or `property` but the jobs, spread over the cores."""
    XML.parent.mkdir(exist_ok=True)
    begun, names = time.monotonic(), (job.test.split("::")[1] for job in JOBS.values())
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-m", "soak or property", "-n", "auto"),
            *("-k", " and ".join(f"not {name}" for name in names)),
            *("--dist", "worksteal", f"--junitxml={XML}", *args),
        ],
        cwd=ROOT, env={**os.environ, "SOAK": "1"}, check=False,
    )  # fmt: skip
    state = load()
    state["tests"] = {
        "day": dt.date.today().isoformat(), "commit": commit(), "exit": done.returncode,
        "minutes": round((time.monotonic() - begun) / 60, 1),
        "rows": list(cases()) if XML.exists() else [],
    }  # fmt: skip
    keep(state)
    return done.returncode


def cases() -> Iterator[tuple[str, str, float]]:
    """(test, outcome, seconds) of the last run of the marked tests."""
    for case in ElementTree.parse(XML).getroot().iter("testcase"):
        bad = next((part.tag for part in case if part.tag in ("failure", "error", "skipped")), None)
        name = f"{case.get('classname', '')}.{case.get('name', '')}".removeprefix("tests.")
        yield name, bad or "passed", float(case.get("time") or 0)


def report(held: dict[str, Any]) -> Iterator[str]:
    """The lines of the result file."""
    yield from ("# Soak", "")
    yield (
        "Written by `./dev soak`. A line is what was run at one commit; a line with less than its "
        "goal is a part of the soak, and the next call goes on with it."
    )
    yield from ("", "| Run | Commit | Engine | What | Done | Goal | Violations | Minutes |")
    yield "|---|---|---|---|---:|---:|---:|---:|"
    wrong = []
    for name, parts in sorted(held.items()):
        if name == "tests" or not parts:
            continue
        job, engine, at = name.split(" ")
        one, done = JOBS[job], parts.values()
        bad = [f"{name}, part {n}" for n, part in parts.items() if not part["ok"]]
        wrong += [f"### {title}\n\n```\n{parts[title.split()[-1]]['said']}\n```" for title in bad]
        yield (
            f"| {max(part['day'] for part in done)} | {at} | {engine} | {one.title} | "
            f"{len(parts) * one.size:,} {one.unit} | {one.parts * one.size:,} | {len(bad)} | "
            f"{sum(part['seconds'] for part in done) / 60:.1f} |"
        )
    yield from ("", f"Python {platform.python_version()}, {os.cpu_count()} cores.")
    yield from wrong
    if tests := held.get("tests"):
        yield from (
            "", "## Tests that run only here", "",
            f"{tests['day']} · {tests['commit']} · {tests['minutes']} min · exit {tests['exit']}",
            "", "| Test | Outcome | Seconds |", "|---|---|---:|",
        )  # fmt: skip
        for case, outcome, seconds in sorted(tests["rows"]):
            yield f"| {case} | {outcome} | {seconds:.1f} |"


def main(args: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./dev soak", description=__doc__)
    parser.add_argument("what", nargs="*", help=f"{', '.join(JOBS)}, tests; by default all")
    parser.add_argument("--minutes", type=float, help="at most, for each job and engine")
    parser.add_argument("--engine", choices=ENGINES, action="append", help="by default both")
    asked, rest = parser.parse_known_args(args)
    what = asked.what or [*JOBS, "tests"]
    if wrong := set(what) - {*JOBS, "tests"}:
        parser.error(f"there is no {', '.join(sorted(wrong))}")
    held = [
        go_on(JOBS[name], engine, asked.minutes)
        for name in what if name in JOBS
        for engine in asked.engine or ENGINES
    ]  # fmt: skip
    code = marked(rest) if "tests" in what else 0
    return code or int(not all(held))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
