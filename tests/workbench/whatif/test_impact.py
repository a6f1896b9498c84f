"""影响报告: what a draft would change on its first day, and the decisions on their way."""

from __future__ import annotations

import datetime as dt
import json
import re

from sqlalchemy import select

from app.accounts.models import Person
from app.carriers.models import CarrierTitle, Level, Return, ReturnState
from app.core.days import today
from app.core.db import session, write
from app.criteria import editions, service
from app.criteria.models import Standard
from app.criteria.queries import assess_many, book, forget_book
from app.firms.models import Figures
from app.pipeline.models import Claim, ClaimState, Graduation, GraduationState
from app.workbench.whatif.waiting import GRANTS
from tests.clients import Client, sign_in
from tests.exchange.conftest import press, read_xlsx
from tests.workbench.market import ACTOR, Market
from tests.workbench.whatif.casts import Cast, doors, page
from tests.workbench.whatif.test_trials import CARRIERS, FIRMS

RULE = "incubator.graduation"


def weigh(row: Standard, day: dt.date) -> dict[int, str]:
    """What the book says on a day."""
    forget_book()
    return {one: v.display for one, v in assess_many(row.rule, None, day).items()}


def test_each_number_opens_a_list_of_as_many(client: Client, cast: Cast) -> None:
    report = cast.draft(today())
    sign_in(client, cast.people["district"])
    for way in cast.ways:
        assert cast.each_opens(client, f"{report}?by={way}", "/impact/list") > 7
    assert cast.names(client, f"{report}/list?change=gained") == cast.gained


def test_what_is_foretold_happens(client: Client, cast: Cast, head: Person) -> None:
    """Absent new data, the results on the first day are those of the report."""
    starts = today() + dt.timedelta(40)
    report = cast.draft(starts)
    sign_in(client, cast.people["district"])
    before = weigh(service.draft_of(cast.rule, cast.number), starts)
    assert starts.isoformat() in page(client, report)
    told = {
        key: cast.names(client, f"{report}/list?before={key[0]}&after={key[1]}")
        for key in (("not_met", "met"), ("unknown", "met"), ("short", "met"), ("met", "met"))
    }
    client.send(report.replace("/impact", "/submit"), page=report)
    sign_in(client, head)
    seen = service.draft_of(cast.rule, cast.next).content_hash
    client.send(report.replace("/impact", "/approve"), {"seen": seen}, page=report)
    after = weigh(service.draft_of(cast.rule, cast.next), starts)
    assert service.draft_of(cast.rule, cast.next).state.value == "approved"
    for (was, now), foretold in told.items():
        found = {cast.ids[one] for one in before if (before[one], after[one]) == (was, now)}
        assert found == foretold, (was, now)
    assert set().union(*told.values()) == cast.lost | cast.gained
    assert client.get(report).status_code == 404  # no draft any more


@FIRMS
def test_decisions_on_their_way_are_named(client: Client, made: Market, cast: Cast) -> None:
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
    later = page(client, cast.draft(today() + dt.timedelta(3), "1200"))
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", later))
    assert re.search(r"在途的毕业 1 .*阿里山传感.* 第 2 版 .*在途的承接意向 1 .*阿里山传感", text)
    assert "凤凰台数据" not in text
    now = page(client, cast.draft(today(), "1200"))
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", now))
    assert re.search(r"在途的毕业 1 .*已办理 草稿 符合 不符合", text)
    calm = page(client, cast.draft(today(), "1050"))
    assert "没有尚未核定的毕业或在途的承接意向受影响" in calm


@FIRMS
def test_kinds_that_the_draft_leaves_out_are_said(client: Client, made: Market, cast: Cast) -> None:
    sign_in(client, made.people["district"])
    origin = service.draft_of("hnte", 1)
    content = json.loads(origin.content) | {
        "in_force": [{"kind": "new", "from": today().isoformat()}]
    }  # fmt: skip
    with write("standard:draft", actor=ACTOR):
        number = editions.create(actor=ACTOR, origin=origin, content=content).version
    text = page(client, f"/standards/hnte/drafts/{number}/impact")
    assert "复核：仍按第 1 版" in text


@FIRMS
def test_rules_that_refer_to_it_change_with_it(client: Client, made: Market, cast: Cast) -> None:
    """Near-graduates are reckoned from the marks of graduation: four fifths of them."""
    with write("test:revenue", actor=ACTOR):
        firm = made.firms["沧浪亭软件"].id
        for row in session.scalars(select(Figures).where(Figures.firm_id == firm)):
            row.revenue = 38_500 * 10_000  # 385 万元 in each year
    report = cast.draft(today(), "900")
    sign_in(client, made.people["district"])
    text = page(client, report)
    others = [(url, n) for url, n in doors(text) if "of=incubator.near_graduate" in url]
    assert others
    for url, number in others:
        assert len(cast.names(client, url)) == number, url
    (gained,) = [url for url, _n in others if "change=gained" in url]
    assert cast.names(client, gained) == {"沧浪亭软件"}
    listed = read_xlsx(press(client, gained).data)
    assert [row[0] for row in listed["企业"][1:]] == ["沧浪亭软件有限公司"]


@FIRMS
def test_cases_that_the_draft_answers_otherwise_are_red(
    client: Client, made: Market, cast: Cast
) -> None:
    sign_in(client, made.people["district"])
    text = page(client, cast.draft(today(), "900"))
    assert "草稿的结果与预期不同的 1 个，相同的 6 个" in text
    assert "两年营收正好 1,000 万元，其他都没有" in text
    assert "融资正好 500 万元，不算超过" not in text
    assert "相同的 7 个" in page(client, cast.draft(today(), "1000"))


def test_it_goes_out_as_a_file(client: Client, cast: Cast) -> None:
    report = cast.draft(today())
    sign_in(client, cast.people["district"])
    book = read_xlsx(press(client, report).data)
    noun = "企业" if cast.rule == RULE else "载体"
    assert {row[0].removesuffix("有限公司") for row in book[noun][1:]} == cast.gained
    listed = read_xlsx(press(client, f"{report}/list?change=lost").data)
    assert listed[noun][1:] == []


def test_who_may_read_it(client: Client, cast: Cast, head: Person) -> None:
    report = cast.draft(today())
    sign_in(client, head)
    assert client.get(report).status_code == 200
    assert f'href="{report}"' in page(client, f"/standards/{cast.rule}")
    for other in ("/9/", f"/{cast.number}/"):
        assert client.get(report.replace(f"/{cast.next}/", other)).status_code == 404
    sign_in(client, cast.people["north"])
    assert client.get(report).status_code == 403


def test_a_transition_loses_nobody_before_its_end(client: Client, cast: Cast) -> None:
    starts = today() + dt.timedelta(30)
    line = {"kind": "new", "from": starts.isoformat()}
    kept = line | {"transition": (starts + dt.timedelta(90)).isoformat()}
    high = cast.marks[3]
    alone = cast.draft(starts, high)
    both = cast.draft(starts, high, in_force=[kept])
    sign_in(client, cast.people["district"])
    lost = [cast.names(client, f"{url}/list?change=lost") for url in (alone, both)]
    assert lost == [cast.lost, set()]
    text = page(client, both)
    assert f"过渡期至 {kept['transition']}" in text
    assert cast.names(client, f"{both}/list?end=1&change=lost") == cast.lost, "once it is over"
    assert cast.each_opens(client, f"{both}?end=1", "/impact/list") > 5
    assert "核对日还没有到，用的是今天已填的资料" in text


@CARRIERS
def test_what_a_carrier_holds_and_what_it_filed_is_named(
    client: Client, made: Market, cast: Cast
) -> None:
    """A registration by the rule, and returns that are not yet 核定, of one that would lose it."""
    with write("test:returns", actor=ACTOR):
        for name, state in (
            ("北极星加速器", ReturnState.SUBMITTED), ("南天门加速器", ReturnState.SUBMITTED),
            ("北极星加速器", ReturnState.VERIFIED),
        ):  # fmt: skip
            quarter = 3 if state is ReturnState.SUBMITTED else 2
            session.add(
                Return(carrier_id=made.carriers[name].id, year=today().year, quarter=quarter,
                       state=state, due_on=today())
            )  # fmt: skip
    sign_in(client, cast.people["district"])
    report = cast.draft(today(), cast.marks[3])
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page(client, report)))
    held, _all, filed = text.partition("未核定的报表 1")
    assert re.search(r"现有级别和登记 1 .*北极星加速器 .*登记 — 2020-01-01 符合 不符合", held)
    assert re.search(r"北极星加速器 .*第 3 季度 已报 .* 符合 不符合", filed)
    assert "南天门加速器" not in text
    book = read_xlsx(press(client, report).data)
    assert book["现有级别和登记"][1][0] == "北极星加速器"
    calm = page(client, cast.draft(today(), cast.marks[2]))
    assert "没有现有级别或登记、未核定的报表受影响" in calm


@CARRIERS
def test_a_level_is_named_where_the_rule_is_its_condition(
    client: Client, made: Market, cast: Cast
) -> None:
    """Two incubators of the national level, of one of which the fund is entered."""
    rule = "carrier.national_incubator"
    with write("test:title", actor=ACTOR):
        session.add(
            CarrierTitle(carrier_id=made.carriers["north"].id, level=Level.NATIONAL,
                         document="国科火〔2024〕1号", starts=dt.date(2024, 1, 1))
        )  # fmt: skip
    origin = service.draft_of(rule, 1)
    content = json.loads(origin.content) | {
        "in_force": [{"kind": "new", "from": today().isoformat()}],
        "condition": {"all": [clause("area", {"fact": "carrier_area", "ge": "1 平方米"})]},
    }  # fmt: skip
    with write("standard:draft", actor=ACTOR):
        number = editions.create(actor=ACTOR, origin=origin, content=content).version
    sign_in(client, cast.people["district"])
    text = re.sub(r"<[^>]+>", " ", page(client, f"/standards/{rule}/drafts/{number}/impact"))
    assert re.search(r"north孵化器\s.*国家级\s+国科火〔2024〕1号\s+2024-01-01", text, re.S)
    assert "south孵化器" not in text.partition("现有级别和登记")[2].partition("未核定")[0]


def clause(name: str, test: dict[str, object]) -> dict[str, object]:
    """A clause of a standard."""
    return {"clause": name, "cite": "第一条", "text": {"zh": name, "en": name}, **test}


def test_every_rule_about_carriers_is_known_by_what_it_grants(rules: None) -> None:
    about = {rule for rule, held in book().items() if held[0].tree.subject == "carrier"}
    assert about == set(GRANTS)
