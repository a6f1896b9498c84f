"""过渡期: until its end the version before may be relied on; the better one counts."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g

from app.accounts.models import Organisation, OrganisationKind, Role
from app.core.access import System
from app.core.days import today
from app.core.db import session, write
from app.core.errors import DomainError
from app.criteria import editions, service
from app.criteria.models import Verdict
from app.criteria.plan import Version
from app.criteria.queries import (
    assess,
    assess_many,
    book,
    forget_book,
    in_force,
    plan,
    version_of,
)
from app.criteria.tree import versions_of
from app.criteria.trial import changed_version, results
from app.criteria.verdicts import judge_all
from app.firms.models import Firm
from tests.clients import Client, sign_in
from tests.criteria.conftest import Attestation, Milestone, money
from tests.criteria.oracle_facts import Record
from tests.criteria.oracle_firms import Maker
from tests.criteria.oracle_rules import Told
from tests.criteria.oracle_sme import giant_new, giant_old, specialised, specialised_old
from tests.criteria.oracle_store import as_told, carriers, difference, store
from tests.criteria.test_editions import PAGE, RULE, filled
from tests.criteria.test_editions import money as box
from tests.factories.accounts import make_person
from tests.factories.carriers import organisation

DAY, LAST, AFTER = dt.date(2026, 5, 20), dt.date(2026, 9, 30), dt.date(2026, 10, 1)
ROWS = count(80_000)
ACTOR = System("test")
#: other terms than in the book
TERMS = {
    "freshness": "90 天", "figures_due": "04-30",
    "sources": ["hnte_report", "settlement", "audit", "express"],
}  # fmt: skip
BETTER = ("met", "unknown", "not_met", "not_applicable")
Oracle = Callable[[Record, dt.date], Told]
RULES: dict[str, tuple[Oracle, Oracle]] = {
    "specialised_sme": (specialised, specialised_old),
    "little_giant": (lambda rec, day: giant_new(rec, day, "new"), giant_old),
}


def beside(rule: str, until: dt.date, number: int = 2) -> None:
    """Let the book of this test have a transition of a version's new cases."""
    base = next(one for one in book()[rule] if one.number == number)
    content = json.loads(base.content)
    content["in_force"][0]["transition"] = until.isoformat()
    own = replace(changed_version(base, content), id=next(ROWS))
    versions = [own if v.number == number else v for v in book()[rule]]
    g.rule_book = book() | {rule: versions}


@pytest.fixture
def two(app: Flask, rules: None) -> Iterator[list[Record]]:
    records = Maker(31, carriers()).firms(250, (DAY, AFTER))
    store(records)
    for rule in RULES:
        beside(rule, AFTER)
    yield records
    forget_book()


def better(new: Told, old: Told, known: bool) -> Told:
    """By hand: the better outcome; clauses of the old under their own names."""
    outcome = min(new.outcome, old.outcome, key=BETTER.index)
    clauses = new.clauses | {f"{name}.v1": word for name, word in old.clauses.items()}
    if known:
        clauses |= {"V2": new.outcome, "V1": old.outcome}
    return Told(outcome, new.candidate or old.candidate, clauses)


def test_engine_and_oracle_agree_in_a_transition(two: list[Record]) -> None:
    for day in (DAY, LAST, AFTER):
        for rule, (new, old) in RULES.items():
            asked = assess_many(rule, [rec.firm["id"] for rec in two], day)
            seen: Counter[tuple[str, str]] = Counter()
            for rec in two:
                mine, theirs = new(rec, day), as_told(asked[rec.firm["id"]])
                if day < AFTER:
                    other, known = old(rec, day), rec.firm["legal_form"] is not None
                    seen[mine.outcome, other.outcome] += 1
                    mine = better(mine, other, known)
                    if not known:
                        del theirs.clauses["V1"], theirs.clauses["V2"]
                assert difference(mine, theirs) is None, (rule, day, rec.firm["id"])
            if day < AFTER:
                assert len(seen) > len(BETTER), seen
            assert (versions_of(version_of(rule, day).tree) is not None) == (day < AFTER)


def test_one_firm_all_firms_and_a_trial_say_the_same(two: list[Record]) -> None:
    rules = sorted(RULES)
    for rule in rules:
        many = assess_many(rule, None, LAST)
        live = dict(results(version_of(rule, LAST), LAST).items())
        assert {one: found.display for one, found in many.items()} == live
        for rec in [rec for rec in two if rec.firm["id"] in many][:25]:
            one = assess(rule, rec.firm["id"], LAST, items=False)
            found = many[rec.firm["id"]]
            assert (one.display, one.candidate) == (found.display, found.candidate)


def test_versions_of_a_day_a_kind_and_a_round(two: list[Record]) -> None:
    def numbers(day: dt.date, kind: str = "new", cycle: str | None = None) -> Any:
        (root,) = plan(["little_giant"], day, kind, cycle).roots
        return versions_of(root.tree) or root.number

    starts = dt.date(2026, 4, 1)
    assert [numbers(d) for d in (starts - dt.timedelta(1), starts)] == [1, (2, 1)]
    assert [numbers(d) for d in (LAST, AFTER)] == [(2, 1), 2]
    assert (numbers(DAY, "review"), numbers(DAY, cycle="2026")) == (1, (2, 1))
    assert in_force(DAY)["little_giant"] == version_of("little_giant", DAY)


def offices() -> Organisation:
    return organisation(OrganisationKind.DISTRICT, "浦东新区科技和经济委员会")


def dearer(starts: str, transition: str | None, **more: object) -> dict[str, Any]:
    """第九条 with 600 万元 instead of 500."""
    content: dict[str, Any] = json.loads(service.draft_of(RULE, 2).content)
    content["condition"]["any"][1]["gt"] = "600 万元"
    line = {"kind": "new", "from": starts} | ({"transition": transition} if transition else {})
    return content | {"in_force": [line], **more}


def approved(content: dict[str, Any]) -> None:
    with write("test:approve", actor=ACTOR):
        row = editions.create(actor=ACTOR, origin=service.draft_of(RULE, 2), content=content)
        service.approve(actor=ACTOR, today=DAY, standard=row)
    forget_book()


def test_the_verdict_says_by_which_version(firm: Firm, enter: Callable[..., int]) -> None:
    enter(Milestone, **money(amount=550_000_000))
    enter(Attestation, kind=None, ends=LAST)
    approved(dearer("2026-05-01", "2026-10-01"))
    said = {day: assess(RULE, firm.id, day) for day in (DAY, LAST, AFTER)}
    assert [one.outcome.value for one in said.values()][:2] == ["met", "met"]
    assert said[AFTER].outcome.value != "met"
    assert str(said[DAY].reason) == "按第 2 版符合"
    words = {one.clause: one for one in said[DAY].findings}
    assert (words["V3"].outcome.value, words["V2"].outcome.value) != ("met", "not_met")
    assert (words["9-2"].outcome.value, words["9-2.v2"].outcome.value) == ("not_met", "met")
    assert words["9-2.v2"].parent == "V2"
    assert "2026-10-01 以前仍可适用" in words["V2"].text.zh
    assert str(words["9-2.v2"].cited) == "v2 第九条（二）"
    assert any("2026-10-01" in one.zh for one in said[DAY].standard.notices)
    assert not any("2026-10-01" in one.zh for one in said[AFTER].standard.notices)


def test_on_the_sheet_and_at_the_terminal(
    client: Client, firm: Firm, enter: Callable[..., int], command: Callable[..., Any]
) -> None:
    enter(Milestone, **money(amount=550_000_000))
    now = today()
    days = [(now + dt.timedelta(n)).isoformat() for n in (-10, 30)]
    approved(dearer(*days))
    code = firm.code or ""
    sign_in(client, make_person(Role.DISTRICT_CLERK, offices()))
    page = client.get(f"/firms/{firm.pid}/sheet/{RULE}").get_data(as_text=True)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    for said in ("按第 2 版符合", "v2 第九条（二）", "v3 第九条（二）", f"{days[1]} 以前仍可适用"):
        assert said in text, said
    english = client.get(f"/firms/{firm.pid}/sheet/{RULE}?lang=en").get_data(as_text=True)
    assert "Met by version 2" in english
    assert "v2 Article 9 (2)" in english
    told = command("assess", "--rule", RULE, "--firm", code)
    assert told.exit_code == 0
    assert "met  按第 2 版符合" in told.output
    later = command("assess", "--rule", RULE, "--firm", code, "--as-of", days[1])
    assert "met  按第 2 版符合" not in later.output
    assert "9-2.v2" not in later.output


def test_on_the_page_from_the_form_to_the_sheet(client: Client, rules: None) -> None:
    sign_in(client, make_person(Role.DISTRICT_CLERK, offices()))
    page = f"{PAGE}/copy"
    days = {"d0__starts": "2027-01-01", "d0__transition": "2027-01-01"}
    data = filled(client, page, **days, **{box(): "600"})
    answer = client.send(page, data)
    assert answer.status_code == 422
    assert "过渡期要在起日之后结束" in answer.get_data(as_text=True)
    assert client.send(page, data | {"d0__transition": "2027-07-01"}).status_code == 303
    assert '"transition":"2027-07-01"' in service.draft_of(RULE, 3).content
    assert "过渡期至 2027-07-01" in client.get(PAGE).get_data(as_text=True)
    assert filled(client, f"{PAGE}/drafts/3/edit")["d0__transition"] == "2027-07-01"


@pytest.mark.parametrize(
    ("rule", "change", "code"),
    [
        ("incubator.clock", {}, "transition_shape"),
        ("hnte.score", {}, "transition_shape"),
        ("incubator.near_graduate", {"terms": TERMS}, "transition_guards"),
        ("incubator.graduation", {"applies_to": []}, "transition_guards"),
    ],
)
def test_what_cannot_stand_beside_is_refused(
    app: Flask, rules: None, rule: str, change: dict[str, Any], code: str
) -> None:
    origin = service.draft_of(rule, book()[rule][-1].number)
    line = {"kind": "new", "from": "2027-01-01", "transition": "2027-06-01"}
    content = json.loads(origin.content) | {"in_force": [line]} | change
    with pytest.raises(DomainError) as refused, write("test:draft", actor=ACTOR):
        editions.create(actor=ACTOR, origin=origin, content=content)
    assert (refused.value.code, refused.value.field) == (code, "d0__transition")


def test_a_first_version_has_nothing_beside_it(app: Flask, rules: None) -> None:
    content = dearer("2010-01-01", "2010-06-01")
    with pytest.raises(DomainError) as refused, write("test:draft", actor=ACTOR):
        content["in_force"][0]["until"] = "2010-11-01"
        editions.create(actor=ACTOR, origin=service.draft_of(RULE, 2), content=content)
    assert refused.value.code == "transition_first"


@pytest.mark.parametrize("day", ["2026-04-01", "2027-02-01", "soon"])
def test_a_file_with_a_transition_outside_its_days_is_refused_by_its_line(
    app: Flask, rules: None, tmp_path: Path, day: str
) -> None:
    text = (service.STANDARDS / "graduation-300.yaml").read_text(encoding="utf-8")
    own = "{kind: new, from: 2026-04-01, until: 2027-01-01, transition: " + day + "}"
    path = tmp_path / "one.yaml"
    path.write_text(re.sub(r"\{kind: new, from: 2019.*\}", own, text), encoding="utf-8")
    number = next(n for n, one in enumerate(text.splitlines(), 1) if "from: 2019" in one)
    with pytest.raises(DomainError) as refused:
        service.load_draft(actor=ACTOR, today=DAY, path=path)
    assert f"第 {number} 行" in refused.value.message


def test_the_cache_follows_the_end_of_a_transition(firm: Firm, enter: Callable[..., int]) -> None:
    enter(Milestone, **money(amount=550_000_000))
    enter(Attestation, kind=None, ends=LAST)
    approved(dearer("2026-05-01", "2026-10-01"))
    found = []
    for day in (LAST, AFTER):
        judge_all(day, actor=ACTOR, rules=[RULE])
        row: Version = version_of(RULE, day)
        held = session.get_one(Verdict, (row.id, "new", firm.id))
        assert len(held.clauses) == len(row.tree.clauses_all())
        found.append(held.outcome.value)
        session.expire_all()
    assert found[0] == "met"
    assert found[1] != "met"
