"""Cases beside the rules: an official's examples, and each threshold below, at and above it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from app.accounts.models import OrganisationKind, Role
from app.core.errors import DomainError
from app.criteria import cases
from app.criteria.models import Outcome
from app.criteria.plan import Version
from app.criteria.queries import assess, book
from app.criteria.service import CASES
from app.criteria.trial import changed_version
from app.firms.models import Firm
from tests.clients import Client, sign_in
from tests.criteria.conftest import TODAY, Attestation, Milestone, money
from tests.factories.accounts import make_person
from tests.factories.carriers import organisation

GRADUATION = "incubator.graduation"
FILE = """rule: incubator.graduation
version: 2
always:
  - firm_kind: firm
  - legal_form: company
  - agreement: true
cases:
  - name: {{zh: 一例, en: One}}
    given:
      - {given}
    expect: {expect}
    clauses: {{9-2: {clause}}}
"""


def version_of(rule: str, number: int) -> Version:
    return next(one for one in book()[rule] if one.number == number)


def written(folder: Path, **more: str) -> Path:
    path = folder / "one.yaml"
    parts = {"given": "equity_received: 600 万元", "expect": "met", "clause": "met"} | more
    path.write_text(FILE.format(**parts), encoding="utf-8")
    return path


def test_every_version_of_every_rule_has_cases(app: Flask, rules: None) -> None:
    held = {(file.rule, file.version) for file in cases.files(CASES) if file.cases}
    assert held == {(one.rule, one.number) for versions in book().values() for one in versions}


def test_every_case_is_answered_as_expected(app: Flask, rules: None) -> None:
    for file in cases.files(CASES):
        version = version_of(file.rule, file.version)
        for answer in cases.run(version, file.cases, TODAY, file.kind):
            assert not answer.wrong, f"{file.path.name}: {answer.case.name.zh} {answer.wrong}"


def test_cases_of_a_version_name_its_clauses(app: Flask, rules: None) -> None:
    """Superseded or not: at least one case with an expected outcome for a clause."""
    for file in cases.files(CASES):
        named = {clause for one in file.cases for clause, _wanted in one.clauses}
        assert named, file.path.name
        assert file.suits(version_of(file.rule, file.version)), file.path.name


def compared(part: Any, kind: str) -> set[str]:
    """Clauses of a content that compare a figure or a share of their own with a number."""
    if isinstance(part, list):
        return {clause for one in part for clause in compared(one, kind)}
    if not isinstance(part, dict):
        return set()
    found = {clause for one in part.values() for clause in compared(one, kind)}
    marks = [part[op] for op in ("gt", "ge", "le", "lt") if isinstance(part.get(op), str)]
    asked = kind in part.get("kinds", [kind])
    if "clause" in part and marks and asked and ("fact" in part or "share" in part):
        found.add(part["clause"])
    return found


@pytest.mark.parametrize("kind", ["new", "review"])
def test_every_threshold_below_at_and_above(app: Flask, rules: None, kind: str) -> None:
    told = 0
    for versions in book().values():
        for version in versions:
            edges = cases.edges(version, kind)
            for answer in cases.run(version, edges, TODAY, kind):
                assert not answer.wrong, f"{version.rule} {answer.case.name} {answer.wrong}"
            clauses = {clause for one in edges for clause, _wanted in one.clauses}
            assert clauses == compared(json.loads(version.content)["condition"], kind)
            told += len(edges)
    assert told > 200


def test_a_version_has_its_own_cases_and_a_draft_those_it_suits(app: Flask, rules: None) -> None:
    first, second, third = (version_of("little_giant", n) for n in (1, 2, 3))
    files = {(f.rule, f.version, f.kind): list(f.cases) for f in cases.files(CASES)}
    for one in (first, second, third):
        assert cases.of_version(CASES, one) == files["little_giant", one.number, "new"]
    assert cases.of_version(CASES, third, "review") == files["little_giant", 3, "review"]
    assert cases.of_version(CASES, first, "review") == files["little_giant", 1, "new"]
    draft = replace(second, number=9)
    assert cases.of_version(CASES, draft) == files["little_giant", 2, "new"]


def test_an_edge_that_the_text_compares_otherwise_is_wrong(app: Flask, rules: None) -> None:
    """Edges are judged by the engine: those of 500 万元 do not hold under 600 万元."""
    base = version_of(GRADUATION, 2)
    content = json.loads(base.content)
    content["condition"]["any"][1]["gt"] = "500.000001 万元"
    answers = cases.run(changed_version(base, content), cases.edges(base), TODAY)
    (one,) = [answer for answer in answers if answer.wrong]
    assert one.wrong == [("9-2", Outcome.MET, Outcome.NOT_MET)]


def test_a_case_is_judged_as_a_firm_of_the_register(
    firm: Firm, enter: Callable[..., int], tmp_path: Path
) -> None:
    enter(Milestone, **money(amount=550_000_000))
    enter(Attestation, kind=None, ends=TODAY)
    verdict = assess(GRADUATION, firm.id, TODAY)
    (found,) = [one for one in verdict.findings if one.clause == "9-2"]
    path = written(tmp_path, given="equity_received: 550 万元")
    (answer,) = cases.run(version_of(GRADUATION, 2), cases.read(path).cases, TODAY)
    assert (answer.outcome, answer.clauses["9-2"]) == (verdict.outcome, found.outcome)


def test_what_differs_is_named(app: Flask, rules: None, tmp_path: Path) -> None:
    path = written(tmp_path, expect="not_met", clause="unknown")
    (answer,) = cases.run(version_of(GRADUATION, 2), cases.read(path).cases, TODAY)
    assert answer.wrong == [
        ("", Outcome.NOT_MET, Outcome.MET), ("9-2", Outcome.UNKNOWN, Outcome.MET)
    ]  # fmt: skip


def test_a_fact_that_is_asked_no_more(app: Flask, rules: None, tmp_path: Path) -> None:
    """The case is not judged and counts as wrong; the others are judged all the same."""
    base = version_of(GRADUATION, 2)
    content = json.loads(base.content)
    del content["condition"]["any"][1]
    path = written(tmp_path)
    held = cases.read(path).cases
    other = replace(held[0], given=tuple(g for g in held[0].given if g.fact != "equity_received"))
    first, second = cases.run(changed_version(base, content), [*held, other], TODAY)
    assert (first.outcome, first.unasked, bool(first.wrong)) == (None, ("equity_received",), True)
    assert second.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("more", "line", "said"),
    [
        ({"given": "equity: 5 万元"}, 10, "没有名为 equity 的数据项"),
        ({"given": "equity_received: 5 人"}, 10, "单位与数据项（元 万元 亿元）不符"),
        ({"given": "agreement: maybe"}, 10, "不是 true 也不是 false"),
        ({"expect": "perhaps"}, 11, "没有 'perhaps' 这种结果"),
        ({"clause": "yes"}, 12, "没有 True 这种结果"),
        ({"given": "[1, 2]"}, 10, "写作 数据项: 值"),
        ({"given": "{"}, 12, "expected"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_line(
    app: Flask, tmp_path: Path, more: dict[str, str], line: int, said: str
) -> None:
    with pytest.raises(DomainError) as refused:
        cases.read(written(tmp_path, **more))
    assert f"第 {line} 行" in refused.value.message
    assert said in refused.value.message


@pytest.mark.parametrize(
    ("value", "unit", "low", "high"),
    [
        ("550 万元", "fen", 550_000_000, 550_000_000), ("≥ 3 项", "items", 3, None),
        ("1 万元 ~ 2 万元", "fen", 1_000_000, 2_000_000), (None, "fen", 0, None),
        (None, "flag", 0, 1), (True, "flag", 1, 1), (False, "flag", 0, 0),
    ],
)  # fmt: skip
def test_bounds(value: Any, unit: str, low: int, high: int | None) -> None:
    assert cases.bounds(value, unit) == (low, high)


def test_at_the_terminal(app: Flask, rules: None, command: Callable[..., Any]) -> None:
    done = command("standard", "cases", GRADUATION)
    assert done.exit_code == 0
    assert f"{GRADUATION} v2  7 cases, 6 edges, 0 wrong" in done.output
    assert command("standard", "cases", "nothing").exit_code == 2


def test_amounts_of_the_page_have_their_units_in_english(client: Client, rules: None) -> None:
    office = organisation(OrganisationKind.DISTRICT, "浦东新区科技和经济委员会")
    sign_in(client, make_person(Role.DISTRICT_CLERK, office))
    client.set_cookie("lang", "en")
    for rule in sorted(book()):
        text = client.get(f"/standards/{rule}/cases").get_data(as_text=True)
        wrong = [one for one in re.findall(r"<dd>([^<]*)</dd>", text) if re.search("[一-龥]", one)]
        assert not wrong, (rule, wrong)


def test_on_the_page(client: Client, rules: None) -> None:
    office = organisation(OrganisationKind.DISTRICT, "浦东新区科技和经济委员会")
    sign_in(client, make_person(Role.DISTRICT_CLERK, office))
    text = client.get(f"/standards/{GRADUATION}/cases").get_data(as_text=True)
    assert "融资正好 500 万元，不算超过" in text
    assert "到账股权融资" in text
    assert "与预期不同" not in text
    assert f'href="/standards/{GRADUATION}/cases?version=2"' in client.get(
        f"/standards/{GRADUATION}"
    ).get_data(as_text=True)
    assert client.get("/standards/nothing/cases").status_code == 404


def test_every_version_is_on_the_page(client: Client, rules: None) -> None:
    office = organisation(OrganisationKind.DISTRICT, "浦东新区科技和经济委员会")
    sign_in(client, make_person(Role.DISTRICT_CLERK, office))
    path = "/standards/little_giant/cases"
    shown = {n: client.get(f"{path}?version={n}").get_data(as_text=True) for n in (1, 2, 3)}
    assert "从事 2 年，产品填空白" in shown[1]
    assert "受已认定的“小巨人”控股" in shown[3]
    assert "从事 2 年，产品填空白" not in shown[2] + shown[3]
    review = client.get(f"{path}?version=3&kind=review").get_data(as_text=True)
    assert "复核不看收入门槛和增长" in review
    for text in (*shown.values(), review):
        assert "与预期不同" not in text
        assert "0 次与条文的比较不符" in text
    for odd in ("version=77", "version=x", "kind=third"):
        text = client.get(f"{path}?{odd}").get_data(as_text=True)
        assert re.search(r'aria-current="true">v2</a>', text), odd


def test_a_kind_that_there_is_not_is_refused_by_its_line(app: Flask, tmp_path: Path) -> None:
    path = written(tmp_path)
    text = path.read_text(encoding="utf-8").replace("version: 2", "version: 2\nkind: third")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DomainError) as refused:
        cases.read(path)
    assert "第 3 行" in refused.value.message
    assert "没有 'third' 这种申请，只有 new, review" in refused.value.message
    with force_locale("en"):
        assert "'third' is no kind; there are new, review" in refused.value.message
