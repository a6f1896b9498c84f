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


def test_every_case_is_answered_as_expected(app: Flask, rules: None) -> None:
    held = cases.files(CASES)
    assert {file.rule for file in held} == set(book())
    for file in held:
        for answer in cases.run(version_of(file.rule, file.version), file.cases, TODAY):
            assert not answer.wrong, f"{file.path.name}: {answer.case.name.zh} {answer.wrong}"


def test_every_threshold_below_at_and_above(app: Flask, rules: None) -> None:
    told = 0
    for versions in book().values():
        for version in versions:
            edges = cases.edges(version)
            for answer in cases.run(version, edges, TODAY):
                assert not answer.wrong, f"{version.rule} {answer.case.name} {answer.wrong}"
            told += len(edges)
    assert told > 200


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
        ({"given": "equity: 5 万元"}, 10, "no fact is called equity"),
        ({"given": "equity_received: 5 人"}, 10, "not in the unit"),
        ({"given": "agreement: maybe"}, 10, "neither true nor false"),
        ({"expect": "perhaps"}, 11, "is no outcome"),
        ({"clause": "yes"}, 12, "is no outcome"),
        ({"given": "[1, 2]"}, 10, "fact: value"),
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
    assert f'href="/standards/{GRADUATION}/cases"' in client.get(
        f"/standards/{GRADUATION}"
    ).get_data(as_text=True)
    assert client.get("/standards/nothing/cases").status_code == 404
