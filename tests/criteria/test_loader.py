"""What the loader refuses: by file, line and reason, with exit 1 and nothing changed."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.core.access import System
from app.core.canonical import canonical
from app.core.db import last_revision, session, write
from app.core.errors import DomainError
from app.criteria import queries
from app.criteria.models import Standard, StandardForce
from app.criteria.parse import parse
from app.criteria.plan import tree_of
from app.criteria.rulefile import loaded, read
from app.criteria.service import STANDARDS, load_draft
from app.criteria.tree import Fault
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


def in_english(file: Path) -> str:
    """Why a file is refused, for a reader of English."""
    actor = System("test")
    with pytest.raises(DomainError) as refused, write("standard:load", actor=actor):
        load_draft(actor=actor, today=TODAY, path=file)
    named, place, why, kept = refused_lines(refused.value)
    assert named == f"File: {file.name}"
    assert place.startswith("Place: line ")
    assert kept.startswith("Nothing was changed.")
    return why


def refused_lines(error: DomainError) -> list[str]:
    """What an error says in English, line by line."""
    with force_locale("en"):
        return error.message.splitlines()


SME = (STANDARDS / "tech-sme.yaml").read_text(encoding="utf-8")
SCORED = next(line for line in SME.splitlines() if "ge: 60 分" in line)

CASES = {
    "unknown fact": (*changed(GOOD, "fact: deal_done", "fact: deal_dreamt"), "deal_dreamt"),
    "wrong unit": (*changed(GOOD, "gt: 500 万元", "gt: 500 个月"), "unit"),
    "no unit": (*changed(GOOD, "gt: 500 万元", "gt: 500"), "no amount with a unit"),
    "unknown key": (*changed(GOOD, "      unclear: true", "      unclaer: true"), "unclaer"),
    "twice": (*changed(GOOD, "      is: true", "      is: true\n      is: true"), "twice"),
    "no day": (*changed(GOOD, "from: 2019-01-01", "from: 2019-02-30"), "no day"),
    "unknown code": (*changed(GOOD, "title: hnte,", "title: hnt,"), "is no such code"),
    "unknown rule": (*changed(NEAR, "standard: incubator.graduation", "standard: no.such"),
                     "no rule is called no.such"),
    "itself": (*changed(NEAR, "standard: incubator.graduation",
                        "standard: incubator.near_graduate"), "itself"),
    "cite list": (*changed(GOOD, "cite: 第九条（四）", "cite: [a, b]"), "cite is missing"),
    "cite mapping": (*changed(GOOD, "cite: 第九条（四）", "cite: {a: b}"), "cite is missing"),
    "cite null": (*changed(GOOD, "cite: 第九条（四）", "cite: null"), "cite is missing"),
    "cite blank": (*changed(GOOD, "cite: 第九条（四）", "cite: '  '"), "cite is missing"),
    "cite long": (*changed(GOOD, "cite: 第九条（四）", f"cite: {'条' * 61}"), "at most 60"),
    "no cite": (GOOD.replace("      cite: 第九条（四）\n", ""), line_of(GOOD, "clause: 9-4"),
                "9-4 has no citation"),
    "cite of all": (*changed(GOOD, "cite: 第九条\n", "cite: null\n"), "cite is missing"),
    "version of 30 digits": (*changed(GOOD, "version: 2", "version: " + "9" * 30), "30 digits"),
    "version of 5,000 digits": (*changed(GOOD, "version: 2", "version: " + "9" * 5_000), "digits"),
    "version none": (*changed(GOOD, "version: 2", "version: 1000000"), "from 1 to 999999"),
    "surrogate": (*changed(GOOD, "en: 'Graduation'}", 'en: "\\ud800"}'), "U+D800"),
    "no such character": (*changed(GOOD, "en: 'Graduation'}", 'en: "\\UFFFFFFFF"}'), "escape"),
    "nothing seen": (*changed(GOOD, "en: 'Graduation'}", 'en: "a\\0b"}'), "U+0000"),
    "right to left": (*changed(GOOD, "en: 'Graduation'}", "en: a\u202eb}"), "U+202E"),
    "nul": (*changed(GOOD, "en: 'Graduation'}", "en: a\0b}"), "U+0000"),
    "kinds": (*changed(GOOD, "      unclear: true", "      kinds: [[a]]"), "no word"),
    "unclear": (*changed(GOOD, "unclear: true", "unclear: maybe"), "true or false"),
    "unknown source": (*changed(GOOD, "sources: [", "sources: [bogus, "), "hnte_report"),
    "no source": (*changed(GOOD, "sources: [hnte_report, settlement, audit, express]",
                           "sources: []"), "sources are some of"),
    "number for a day": (*changed(GOOD, "from: 2019-01-01", "from: 20280101"), "no day"),
    "week": (*changed(GOOD, "from: 2019-01-01", "from: 2028-W01-1"), "no day"),
    "long ago": (*changed(GOOD, "from: 2019-01-01", "from: 1989-12-31"), "outside 1990-2100"),
    "far ahead": (*changed(GOOD, "from: 2019-01-01", "from: 2101-01-01"), "outside 1990-2100"),
    "no end": (*changed(GOOD, "from: 2019-01-01", "from: 2019-01-01, until: 0"), "no day"),
    "round": (*changed(GOOD, "from: 2019-01-01", "from: 2019-01-01, round: {a: 1}"), "round"),
    "round long": (*changed(GOOD, "from: 2019-01-01", f"from: 2019-01-01, round: {'a' * 41}"),
                   "at most 40"),
    "leap day": (*changed(GOOD, "figures_due: 04-30", "figures_due: 02-29"), "no day of a year"),
    "title": (*changed(GOOD, "'Conditions of", f"'{'a' * 121}"), "at most 120"),
    "text": (*changed(GOOD, "'A high-tech ", f"'{'a' * 1_001} "), "at most 1000"),
    "name": (*changed(GOOD, "rule: incubator.graduation", f"rule: {'a' * 61}"), "at most 60"),
    "bool": (*changed(GOOD, "      is: true", '      is: !!bool "abc"'), "'abc' is no bool"),
    "as long as the other": (*changed(GOOD, "gt: 500 万元", "gt: 600 万元")[:1],
                             line_of(GOOD, "from: 2019"), "as approved version 2"),
    "within the former": (GOOD.replace("from: 2019-01-01", "from: 2016-01-01, until: 2017-01-01"),
                          line_of(GOOD, "from: 2019"), "as approved version 1"),
    "before the latter": (*changed(GOOD, "from: 2019-01-01", "from: 2018-01-01"),
                          "as approved version 2"),
    "too much money": (*changed(GOOD, "gt: 500 万元", "gt: 999999999999 亿元"), "too much"),
    "no end of years": (*changed(GOOD, "years: 2 年", "years: 999 年"), "at most 110 年"),
    "digits": (*changed(GOOD, "gt: 500 万元", "gt: ٣ 万元"), "no amount with a unit"),
    "share of a part": (*changed(SME, "{ge: 30 %, points: 20}", "{ge: 101 %, points: 20}"),
                        "nobody reaches"),
    "total": (*changed(SME, SCORED, SCORED.replace("60", "101")), "more points than"),
    "octal": (*changed(GOOD, "version: 2", "version: 010"), "no plain whole number"),
}  # fmt: skip
NESTED = {
    str(n): "rule: a.b\nx: " + "[" * n + "]" * n + "\n" for n in (100, 900, 3_000, 200_000)
} | {"lines": "rule: a.b\nx: " + "- " * 900 + "a\n", "keys": "rule: a.b\nx: " + "{a: " * 900}


@pytest.mark.parametrize("name", NESTED)
def test_nested_too_deep_is_refused_on_its_line(tmp_path: Path, name: str) -> None:
    file = tmp_path / "draft.yaml"
    file.write_text(NESTED[name], encoding="utf-8")
    with pytest.raises(DomainError) as refused:
        read(file)
    assert refused.value.values["line"] == line_of(NESTED[name], "x:")


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
    named, place, why, kept = done.output.removeprefix("Error: ").splitlines()
    assert (named, place) == ("文件：draft.yaml", f"位置：第 {line} 行")
    assert re.search("[\u3400-\u9fff]", why.removeprefix("原因："))
    assert kept.startswith("未作任何改动。")
    assert reason in in_english(file)


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
        (GOOD.replace("in_force:\n", "in_force:\n  - {kind: new, from: 2018-01-01}\n"),
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
    assert "文件：draft.yaml" in done.output
    assert reason in in_english(file)


def test_an_equal_standard_changes_nothing_and_another_is_a_draft(
    rules: None, command: Command, tmp_path: Path
) -> None:
    before = state()
    done = command("standard", "load", str(STANDARDS / "graduation-300.yaml"))
    assert (done.exit_code, done.output.strip()) == (0, "nothing new")
    assert state()[:2] == before[:2]
    file = tmp_path / "draft.yaml"
    text = GOOD.replace("gt: 500 万元", "gt: 600 万元").replace("2019-01-01", "2027-01-01")
    file.write_text(text, encoding="utf-8")
    done = command("standard", "load", str(file))
    assert (done.exit_code, done.output.strip()) == (0, "incubator.graduation v3 is a draft")


def test_a_standard_approved_before_files_told_their_confidence_is_still_read(rules: None) -> None:
    held = json.loads(queries.version_of("incubator.graduation", TODAY).content)
    del held["confidence"]
    tree = tree_of(canonical(held))
    assert (tree.rule, tree.confidence) == ("incubator.graduation", "")


def paths_of(held: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a plain content, the whole too."""
    yield path
    listed = enumerate(held) if isinstance(held, list) else ()
    for key, value in held.items() if isinstance(held, dict) else listed:
        yield from paths_of(value, (*path, key))


FILES = ("graduation-300", "near-graduate", "hnte-score", "clock", "carrier-national-incubator")
CONTENTS = {
    name: loaded(Path(name), (STANDARDS / f"{name}.yaml").read_text("utf-8"))[0] for name in FILES
}
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from([
        "999999999999 亿元", "0 %", "1 年", "ge", "2028-01-01", "incubator.clock", "٣ 年",
    ]),
    lambda one: st.lists(one, max_size=2)
    | st.dictionaries(st.sampled_from(["fact", "with", "cite", "all", "share", "zh", "en"]), one,
                      max_size=2),
    max_leaves=4,
)  # fmt: skip


@given(st.data())
def test_whatever_stands_at_a_place_is_read_or_refused_by_its_path(data: st.DataObject) -> None:
    content = copy.deepcopy(CONTENTS[data.draw(st.sampled_from(sorted(CONTENTS)))])
    path = data.draw(st.sampled_from([one for one in paths_of(content) if one]))
    held = content
    for step in path[:-1]:
        held = held[step]
    held[path[-1]] = data.draw(JUNK)
    with suppress(Fault):
        parse(content)
