"""影响报告: what a draft would change on its first day, and the decisions on their way."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from sqlalchemy import select

from app.accounts.models import Person, Role
from app.core.days import today
from app.core.db import session, write
from app.criteria import editions, service
from app.criteria.models import Standard
from app.criteria.queries import assess_many, forget_book
from app.firms.models import Figures
from app.pipeline.models import Claim, ClaimState, Graduation, GraduationState
from tests.clients import Client, sign_in
from tests.exchange.conftest import press, read_xlsx
from tests.factories.accounts import make_person
from tests.workbench.market import ACTOR, Market, market
from tests.workbench.test_trials import doors, names, page

RULE = "incubator.graduation"


@pytest.fixture
def made(shipped: None) -> Market:
    return market()


@pytest.fixture
def head(made: Market) -> Person:
    return make_person(Role.DISTRICT_HEAD, made.people["district"].organisation)


def draft(made: Market, starts: dt.date, revenue: str = "900", **more: object) -> str:
    """A draft of the district's clerk, with another mark for revenue; the page of its report."""
    origin = service.draft_of(RULE, 2)
    content = json.loads(origin.content) | {
        "in_force": [{"kind": "new", "from": starts.isoformat()}], **more
    }  # fmt: skip
    content["condition"]["any"][2]["gt"] = f"{revenue} 万元"
    author = session.get_one(Person, made.people["district"].person_id)
    with write("standard:draft", actor=ACTOR):
        row = editions.create(actor=ACTOR, origin=origin, content=content)
        row.author_id = author.id
        session.flush()
        number = row.version
    return f"/standards/{RULE}/drafts/{number}/impact"


def weigh(row: Standard, day: dt.date) -> dict[int, str]:
    """What the book says on a day."""
    forget_book()
    return {one: v.display for one, v in assess_many(row.rule, None, day).items()}


def test_each_number_opens_a_list_of_as_many_firms(client: Client, made: Market) -> None:
    report = draft(made, today())
    sign_in(client, made.people["district"])
    found = doors(page(client, report)) + doors(page(client, f"{report}?by=sector"))
    assert len(found) > 16
    for url, number in found:
        if "/impact/firms" in url:
            assert len(names(client, made, url)) == number, url
    gained = names(client, made, f"{report}/firms?change=gained")
    assert gained == {"白帝城医药", "峨眉雪电路"}


def test_what_is_foretold_happens(client: Client, made: Market, head: Person) -> None:
    """Absent new data, the results on the first day are those of the report."""
    starts = today() + dt.timedelta(40)
    report = draft(made, starts)
    sign_in(client, made.people["district"])
    before = weigh(service.draft_of(RULE, 2), starts)
    assert starts.isoformat() in page(client, report)
    told = {
        key: names(client, made, f"{report}/firms?before={key[0]}&after={key[1]}")
        for key in (("not_met", "met"), ("unknown", "met"), ("short", "met"), ("met", "met"))
    }
    client.send(report.replace("/impact", "/submit"), page=report)
    sign_in(client, head)
    seen = service.draft_of(RULE, 3).content_hash
    client.send(report.replace("/impact", "/approve"), {"seen": seen}, page=report)
    after = weigh(service.draft_of(RULE, 3), starts)
    assert service.draft_of(RULE, 3).state.value == "approved"
    called = {firm.id: name for name, firm in made.firms.items()}
    for (was, now), foretold in told.items():
        found = {called[one] for one in before if (before[one], after[one]) == (was, now)}
        assert found == foretold, (was, now)
    assert set().union(*told.values()) >= {"阿里山传感"}
    assert client.get(report).status_code == 404  # no draft any more


def test_decisions_on_their_way_are_named(client: Client, made: Market) -> None:
    """A graduation not yet 核定 and a running claim on a firm that would no longer meet it."""
    firm, park = made.firms["阿里山传感"], made.carriers["park"]
    with write("test:waiting", actor=ACTOR):
        session.add(
            Graduation(
                firm_id=firm.id, carrier_id=made.carriers["north"].id, basis="9-3", frozen="{}",
                state=GraduationState.REPORTED, graduated_on=today(), period_year=2026,
                period_quarter=4, standard_id=service.draft_of(RULE, 2).id, frozen_hash="0" * 64,
                judged_on=today(), cut=1, reported_on=today(),
            )
        )  # fmt: skip
        for name in ("阿里山传感", "凤凰台数据"):
            session.add(
                Claim(
                    firm_id=made.firms[name].id, carrier_id=park.id, state=ClaimState.OPEN,
                    token=name, opened_on=today(), follow_until=today() + dt.timedelta(20),
                )
            )  # fmt: skip
    sign_in(client, made.people["district"])
    later = page(client, draft(made, today() + dt.timedelta(3), "1200"))
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", later))
    assert re.search(r"在途的毕业 1 .*阿里山传感.* 第 2 版 .*在途的承接意向 1 .*阿里山传感", text)
    assert "凤凰台数据" not in text
    now = page(client, draft(made, today(), "1200"))
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", now))
    assert re.search(r"在途的毕业 1 .*已办理 草稿 符合 不符合", text)
    calm = page(client, draft(made, today(), "1050"))
    assert "没有尚未核定的毕业或在途的承接意向受影响" in calm


def test_kinds_that_the_draft_leaves_out_are_said(client: Client, made: Market) -> None:
    sign_in(client, made.people["district"])
    origin = service.draft_of("hnte", 1)
    content = json.loads(origin.content) | {
        "in_force": [{"kind": "new", "from": today().isoformat()}]
    }  # fmt: skip
    with write("standard:draft", actor=ACTOR):
        number = editions.create(actor=ACTOR, origin=origin, content=content).version
    text = page(client, f"/standards/hnte/drafts/{number}/impact")
    assert "复核：仍按第 1 版" in text


def test_rules_that_refer_to_it_change_with_it(client: Client, made: Market) -> None:
    """Near-graduates are reckoned from the marks of graduation: four fifths of them."""
    with write("test:revenue", actor=ACTOR):
        firm = made.firms["沧浪亭软件"].id
        for row in session.scalars(select(Figures).where(Figures.firm_id == firm)):
            row.revenue = 38_500 * 10_000  # 385 万元 in each year
    report = draft(made, today(), "900")
    sign_in(client, made.people["district"])
    text = page(client, report)
    others = [(url, n) for url, n in doors(text) if "of=incubator.near_graduate" in url]
    assert others
    for url, number in others:
        assert len(names(client, made, url)) == number, url
    (gained,) = [url for url, _n in others if "change=gained" in url]
    assert names(client, made, gained) == {"沧浪亭软件"}
    listed = read_xlsx(press(client, gained).data)
    assert [row[0] for row in listed["企业"][1:]] == ["沧浪亭软件有限公司"]


def test_cases_that_the_draft_answers_otherwise_are_red(client: Client, made: Market) -> None:
    sign_in(client, made.people["district"])
    text = page(client, draft(made, today(), "900"))
    assert "草稿的结果与预期不同的 1 个，相同的 6 个" in text
    assert "两年营收正好 1,000 万元，其他都没有" in text
    assert "融资正好 500 万元，不算超过" not in text
    assert "相同的 7 个" in page(client, draft(made, today(), "1000"))


def test_it_goes_out_as_a_file(client: Client, made: Market) -> None:
    report = draft(made, today())
    sign_in(client, made.people["district"])
    book = read_xlsx(press(client, report).data)
    assert [row[0] for row in book["企业"][1:]] == ["白帝城医药有限公司", "峨眉雪电路有限公司"]
    listed = read_xlsx(press(client, f"{report}/firms?change=lost").data)
    assert listed["企业"][1:] == []


def test_who_may_read_it(client: Client, made: Market, head: Person) -> None:
    report = draft(made, today())
    sign_in(client, head)
    assert client.get(report).status_code == 200
    assert f'href="{report}"' in page(client, f"/standards/{RULE}")
    for path in (report.replace("/3/", "/9/"), report.replace("/3/", "/2/")):
        assert client.get(path).status_code == 404
    sign_in(client, made.people["north"])
    assert client.get(report).status_code == 403


def test_a_transition_loses_nobody_before_its_end(client: Client, made: Market) -> None:
    starts = today() + dt.timedelta(30)
    line = {"kind": "new", "from": starts.isoformat()}
    kept = line | {"transition": (starts + dt.timedelta(90)).isoformat()}
    alone = draft(made, starts, "1200")
    both = draft(made, starts, "1200", in_force=[kept])
    sign_in(client, made.people["district"])
    lost = [names(client, made, f"{url}/firms?change=lost") for url in (alone, both)]
    assert lost == [{"阿里山传感"}, set()]
    text = page(client, both)
    assert f"过渡期至 {kept['transition']}" in text
