"""What the loader refuses: by file, line and reason, with exit 1 and nothing changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import func, select

from app.core.db import last_revision, session
from app.criteria import queries
from app.criteria.models import Standard, StandardForce
from app.criteria.plan import tree_of
from app.criteria.service import STANDARDS
from app.criteria.verdict import canonical
from tests.criteria.conftest import TODAY

Command = Callable[..., Result]
GOOD = (STANDARDS / "graduation-300.yaml").read_text(encoding="utf-8")
NEAR = (STANDARDS / "near-graduate.yaml").read_text(encoding="utf-8")
DEEP = "condition: " + "{all: [" * 14 + "{fact: agreement, is: true}" + "]}" * 14 + "\n"


def line_of(text: str, what: str) -> int:
    """The line on which something stands first."""
    return text[: text.index(what)].count("\n") + 1


def changed(text: str, old: str, new: str) -> tuple[str, int]:
    """A standard with one thing changed, and the line where that stands."""
    assert old in text
    return text.replace(old, new, 1), line_of(text, old)


def state() -> tuple[int | None, ...]:
    """What a refused file must leave alone."""
    counts = [
        session.scalar(select(func.count()).select_from(t)) for t in (Standard, StandardForce)
    ]
    found = (*counts, last_revision())
    session.rollback()
    return found


CASES = {
    "unknown fact": (*changed(GOOD, "fact: deal_done", "fact: deal_dreamt"), "deal_dreamt"),
    "wrong unit": (*changed(GOOD, "gt: 500 万元", "gt: 500 个月"), "unit"),
    "no unit": (*changed(GOOD, "gt: 500 万元", "gt: 500"), "no amount with a unit"),
    "unknown key": (*changed(GOOD, "      unclear: true", "      unclaer: true"), "unclaer"),
    "twice": (*changed(GOOD, "      is: true", "      is: true\n      is: true"), "twice"),
    "no day": (*changed(GOOD, "from: 2019-01-01", "from: 2019-02-30"), "no day"),
    "unknown code": (*changed(GOOD, "title: hnte,", "title: hnt,"), "no such code"),
    "unknown rule": (*changed(NEAR, "standard: incubator.graduation", "standard: no.such"),
                     "no rule is called no.such"),
    "itself": (*changed(NEAR, "standard: incubator.graduation",
                        "standard: incubator.near_graduate"), "itself"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_refused_with_file_line_and_reason(
    rules: None, command: Command, tmp_path: Path, name: str
) -> None:
    text, line, reason = CASES[name]
    if name == "twice":
        line += 1
    file = tmp_path / "draft.yaml"
    file.write_text(text, encoding="utf-8")
    before = state()
    done = command("standard", "load", str(file))
    assert (done.exit_code, state()) == (1, before)
    assert "draft.yaml" in done.output
    assert f" {line} " in done.output, done.output
    assert reason in done.output


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (GOOD.replace("      cite: 第九条（四）\n", ""), "9-4 has no citation"),
        (GOOD.replace("clause: 9-4", "clause: 9-3"), "9-3 stands twice"),
        (GOOD.replace("      is: true", "      mark: remark\n      is: true", 1),
         "a remark is a clause of"),
        (GOOD.replace("confidence: seen\n", ""), "confidence is missing"),
        (GOOD.replace("confidence: seen", "confidence: sure"), "'sure' is none of seen"),
        (GOOD.replace("standing: official", "standing: own"), "no published text to know"),
        (GOOD.replace("  - {kind: new, from: 2019-01-01}",
                      "  - {kind: new, from: 2019-01-01}\n  - {kind: new, from: 2024-01-01}"),
         "in force twice"),
        (GOOD[: GOOD.index("condition:")] + DEEP, "nested deeper"),
        (GOOD + "x: &a [1]\ny: *a\n", "aliases"),
        (GOOD + "x: !!python/object:os.system {}\n", "unknown word"),
        (GOOD + "x: [" + "1," * 11_000 + "1]\n", "too many entries"),
        (GOOD + "#" * 1_000_001, "too large"),
        (GOOD + "\t- x", "found"),
        ("", "empty"),
    ],
)  # fmt: skip
def test_refused_whole(
    rules: None, command: Command, tmp_path: Path, text: str, reason: str
) -> None:
    file = tmp_path / "draft.yaml"
    file.write_text(text, encoding="utf-8")
    before = state()
    done = command("standard", "load", str(file))
    assert (done.exit_code, state()) == (1, before), done.output
    assert "draft.yaml" in done.output
    assert reason in done.output


def test_an_equal_standard_changes_nothing_and_another_is_a_draft(
    rules: None, command: Command, tmp_path: Path
) -> None:
    before = state()
    done = command("standard", "load", str(STANDARDS / "graduation-300.yaml"))
    assert (done.exit_code, done.output.strip()) == (0, "nothing new")
    assert state()[:2] == before[:2]
    file = tmp_path / "draft.yaml"
    file.write_text(GOOD.replace("gt: 500 万元", "gt: 600 万元"), encoding="utf-8")
    done = command("standard", "load", str(file))
    assert (done.exit_code, done.output.strip()) == (0, "incubator.graduation v3 is a draft")


def test_a_standard_approved_before_files_told_their_confidence_is_still_read(rules: None) -> None:
    held = json.loads(queries.version_of("incubator.graduation", TODAY).content)
    del held["confidence"]
    tree = tree_of(canonical(held))
    assert (tree.rule, tree.confidence) == ("incubator.graduation", "")
