"""批次调整: a yearly notice sets thresholds for its round on the page; a second person approves."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest

from app.accounts.models import OrganisationKind, Role
from app.core.db import session, write
from app.criteria import overlay, service
from app.criteria.models import Standard, StandardState
from app.criteria.queries import assess_many, forget_book, version_for
from app.firms.models import Figures, Firm
from app.pipeline.models import ApplicationRound, RoundKind
from app.pipeline.queries import rounds
from tests.clients import Client, sign_in
from tests.criteria.conftest import ACTOR
from tests.criteria.filled import filled
from tests.factories.accounts import make_person
from tests.factories.carriers import organisation

RULE = "little_giant"
PAGE = f"/standards/{RULE}/overlay?round=2027&kind=new"
IN_2027 = dt.date(2027, 5, 10)


@pytest.fixture
def people(rules: None) -> dict[str, Any]:
    office = organisation(OrganisationKind.DISTRICT, "浦东新区科技和经济委员会")
    return {
        "clerk": make_person(Role.DISTRICT_CLERK, office),
        "head": make_person(Role.DISTRICT_HEAD, office),
    }


def revenue(content: dict[str, Any]) -> tuple[str, str, str]:
    """The threshold on revenue of the rule in force: its box and those of its words."""
    clauses = content["condition"]["all"]
    n = next(n for n, c in enumerate(clauses) if c.get("ge") == "5000 万元")
    place = f"p__condition__all__{n}"
    return f"{place}__ge", f"{place}__text__zh", f"{place}__text__en"


def box(client: Client, name: str) -> str:
    """The box for the clause of the notice beside a threshold."""
    page = client.get(PAGE).get_data(as_text=True)
    rest = page[page.index(f'name="{name}"') :]
    found = re.search(r'name="(c\d+)"', rest)
    assert found
    return found[1]


def test_a_notice_sets_a_threshold_for_its_round(
    client: Client, people: dict[str, Any], firm: Firm
) -> None:
    base = version_for(RULE, IN_2027, "new", None)
    mark, zh, en = revenue(json.loads(base.content))
    sign_in(client, people["clerk"])
    notice = {
        "notice_zh": "关于开展 2027 年度专精特新小巨人企业申报的通知",
        "notice_en": "Notice on the round of 2027 of little giants",
        "number": "工信厅企业函〔2027〕9号",
    }
    cite = box(client, mark)
    same = filled(client, PAGE, **notice)
    text = client.send(PAGE, data=same).get_data(as_text=True)
    assert "没有改动任何门槛" in text
    bad = filled(client, PAGE, **notice, **{mark: "6000"})
    text = client.send(PAGE, data=bad).get_data(as_text=True)
    assert "请写明通知的哪一条" in text
    assert "条文里还是原来的数" in text
    good = bad | {
        cite: "第二条", zh: "上年度营业收入 6,000 万元以上",
        en: "Revenue of at least 60 million yuan last year",
    }  # fmt: skip
    assert client.send(PAGE, data=good).status_code == 303
    row = max(
        (service.draft_of(RULE, n) for n in range(2, 9) if exists(n)), key=lambda r: r.version
    )
    made = json.loads(row.content)
    assert made["in_force"] == [
        {"kind": "new", "from": "2027-01-01", "until": "2028-01-01", "round": "2027"}
    ]
    assert made["document"].endswith("、工信厅企业函〔2027〕9号")
    assert made["title"]["zh"].endswith("（2027 年批次）")
    (clause,) = [c for c in made["condition"]["all"] if c.get("ge") == "6000 万元"]
    assert "2027 年批次按工信厅企业函〔2027〕9号第二条：5000 → 6000 万元" in clause["note"]["zh"]
    assert "Article 2: 5000 → 6000 10k yuan" in clause["note"]["en"]
    assert "5000 → 6000 万元" in made["notices"][-1]["zh"]
    approve(client, people, row)
    the_round_is_judged_by_it(client, people, row, firm)


def exists(number: int) -> bool:
    return session.query(Standard).filter_by(rule=RULE, version=number).count() > 0


def approve(client: Client, people: dict[str, Any], row: Standard) -> None:
    """Submitted by its author, named in the impact report, approved by the second person."""
    number, page = row.version, f"/standards/{RULE}"
    seen = {"seen": row.content_hash}
    client.send(f"{page}/drafts/{number}/submit", page=page)
    client.send(f"{page}/drafts/{number}/approve", seen, page=page)
    assert service.draft_of(RULE, number).state is StandardState.SUBMITTED
    sign_in(client, people["head"])
    report = client.get(f"{page}/drafts/{number}/impact").get_data(as_text=True)
    assert "新申请 2027" in report
    assert "工信厅企业函〔2027〕9号" in report
    client.send(f"{page}/drafts/{number}/approve", seen, page=page)
    session.expire_all()
    assert service.draft_of(RULE, number).state is StandardState.APPROVED


def the_round_is_judged_by_it(
    client: Client, people: dict[str, Any], row: Standard, firm: Firm
) -> None:
    forget_book()
    number = row.version
    general = version_for(RULE, IN_2027, "new", None).number
    assert version_for(RULE, IN_2027, "new", "2027").number == number
    assert version_for(RULE, IN_2027, "new", "2028").number == general
    assert version_for(RULE, dt.date(2028, 1, 1), "new", "2027").number == general
    assert version_for(RULE, IN_2027, "review", "2027").number != number
    with write("test:round", actor=ACTOR):
        session.add(
            ApplicationRound(
                rule=RULE, year=2027, batch=1, kind=RoundKind.NEW,
                district_on=dt.date(2027, 6, 1), city_on=dt.date(2027, 6, 20),
            )
        )  # fmt: skip
        session.add(Figures(firm_id=firm.id, year=2026, quarter=0, source="audit",
                            verification="carrier", revenue=550_000_000_0))  # fmt: skip
    held = session.query(ApplicationRound).one()
    version = rounds.version_in(held, IN_2027)
    assert version is not None
    assert version.number == number
    shown = {}
    for cycle in (None, rounds.cycle_of(held)):
        found = assess_many(RULE, [firm.id], IN_2027, cycle=cycle)[firm.id]
        shown[cycle] = [f.outcome.value for f in found.findings if f.threshold in
                        (500_000_000_0, 600_000_000_0)]  # fmt: skip
    assert shown == {None: ["met"], "2027": ["not_met"]}
    assert "批次调整" in client.get(f"/candidates/rounds/{held.pid}").get_data(as_text=True)


def test_a_notice_may_be_as_long_as_its_round_holds() -> None:
    assert overlay.LONG == ApplicationRound.__table__.c.notice_name.type.length
