"""申报批次: pages of carriers and of the district; each count opens a list of as many firms."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.days import today
from app.core.db import session, write
from app.firms.models import Milestone
from app.pipeline import service
from app.pipeline.models import Application, ApplicationRound, ApplicationState, RoundKind
from app.workbench.rounds import listing
from tests.clients import Client, sign_in
from tests.exchange.conftest import press, read_xlsx
from tests.workbench.market import ACTOR, Market, standing

COUNT = re.compile(r"符合条件 ([\d,]+) 家")
CELL = re.compile(r'<td class="n"><a[^>]*href="(/candidates/rounds/[^"]+)"[^>]*>([\d,]+)<')
NAME = re.compile(r'<th scope="row">.*?href="/firms/(\w+)"', re.S)
LIST = "/candidates/rounds"


@pytest.fixture
def made(traded: None) -> Market:
    return standing()


def open_round(days: int = 20, batch: int = 1) -> str:
    """A round whose last day lies so many days ahead; its public id."""
    last = today() + dt.timedelta(days=days)
    with write("round:open", actor=ACTOR):
        given = service.Notice("hnte", 2026, batch, RoundKind.NEW, last)
        return service.open_round(actor=ACTOR, notice=given).pid


def plan(pid: str, made: Market, *names: str) -> list[str]:
    """Puts firms on the list; public ids of their applications."""
    with write("application:plan", actor=ACTOR):
        row = session.scalars(select(ApplicationRound).where(ApplicationRound.pid == pid)).one()
        return [
            service.plan(actor=ACTOR, today=today(), round=row, firm=session.merge(made.firms[n]))
            .pid for n in names
        ]  # fmt: skip


def states() -> dict[str, str]:
    session.rollback()
    rows = session.scalars(select(Application).order_by(Application.id))
    return {row.firm.name.removesuffix("有限公司"): str(row.state) for row in rows}


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.get_data(as_text=True)


def step(client: Client, pid: str, act: str, some: list[str], **more: str) -> int:
    path = f"{LIST}/{pid}/steps/{act}"
    token = client.token(path + "?" + "&".join(f"application={one}" for one in some))
    data = {"csrf_token": token, "application": some, "day": today().isoformat(), **more}
    return client.post(path, data=data).status_code


def test_from_a_notice_to_a_certificate(client: Client, made: Market) -> None:
    sign_in(client, made.people["district"])
    last = today() + dt.timedelta(days=20)
    token = client.token(f"{LIST}/new")
    given = {
        "csrf_token": token, "rule": "hnte", "year": "2026", "batch": "5", "kind": "new",
        "district_on": last.isoformat(), "city_on": "", "notice_number": "沪科〔2026〕12号",
    }  # fmt: skip
    wrong = client.post(f"{LIST}/new", data=given | {"city_on": today().isoformat()})
    assert wrong.status_code == 422
    assert "市级截止日不能早于区级截止日" in wrong.text
    answer = client.post(f"{LIST}/new", data=given)
    assert answer.status_code == 303
    pid = answer.headers["Location"].rsplit("/", 1)[1]

    sign_in(client, made.people["north"])
    text = page(client, f"{LIST}/{pid}/add")
    assert "峨眉雪电路" not in text, "a firm of another carrier"
    north = [made.firms[name].pid for name in ("阿里山传感", "白帝城医药")]
    token = client.token(f"{LIST}/{pid}/add")
    nobody = client.post(f"{LIST}/{pid}/add", data={"csrf_token": token})
    assert nobody.status_code == 422
    foreign = {"csrf_token": token, "firm": [north[0], made.firms["峨眉雪电路"].pid]}
    assert client.post(f"{LIST}/{pid}/add", data=foreign).status_code == 404
    assert states() == {}
    added = client.post(f"{LIST}/{pid}/add", data={"csrf_token": token, "firm": north})
    assert added.status_code == 303
    ids = list(session.scalars(select(Application.pid).order_by(Application.id)))
    text = page(client, f"{LIST}/{pid}")
    assert "还有 20 天" in text
    assert "沪科〔2026〕12号" in text
    assert step(client, pid, "file", ids) == 303
    assert set(states().values()) == {"filed"}

    sign_in(client, made.people["district"])
    assert step(client, pid, "recommend", ids) == 303
    assert step(client, pid, "fail", ids[1:], code="review", reason="评分不足") == 303
    assert step(client, pid, "announce", ids) == 422, "one of them has failed: none moves"
    assert states() == {"阿里山传感": "recommended", "白帝城医药": "failed"}
    assert step(client, pid, "announce", ids[:1]) == 303
    number = {f"number-{ids[0]}": "GR202631009999", "expires_on": "2029-11-20"}
    assert step(client, pid, "recognise", ids[:1], **number) == 303
    entry = session.scalars(select(Milestone)).one()
    assert (entry.number, entry.expires_on) == ("GR202631009999", dt.date(2029, 11, 20))
    text = page(client, f"{LIST}/{pid}")
    assert f"/milestones/{entry.pid}" in text
    assert "评审未通过：评分不足" in text


def test_one_certificate_number_is_not_two_firms(client: Client, made: Market) -> None:
    pid = open_round()
    ids = plan(pid, made, "阿里山传感", "白帝城医药")
    sign_in(client, made.people["north"])
    assert step(client, pid, "file", ids) == 303
    sign_in(client, made.people["district"])
    for act in ("recommend", "announce"):
        assert step(client, pid, act, ids) == 303
    path = f"{LIST}/{pid}/steps/recognise"
    token = client.token(path + "?" + "&".join(f"application={one}" for one in ids))
    data = {
        "csrf_token": token, "application": ids, "day": today().isoformat(),
        f"number-{ids[0]}": "GR202631000042", f"number-{ids[1]}": "gr202631000042 ",
    }  # fmt: skip
    answer = client.post(path, data=data)
    assert answer.status_code == 422
    said = "阿里山传感有限公司和白帝城医药有限公司填了同一证书编号"
    assert said in answer.text
    assert set(states().values()) == {"announced"}
    data[f"number-{ids[1]}"] = "GR202631000043"
    assert client.post(path, data=data).status_code == 303
    numbers = session.scalars(select(Milestone.number).order_by(Milestone.number)).all()
    assert numbers == ["GR202631000042", "GR202631000043"]


def test_what_the_district_recognised_is_not_the_carriers_to_change(
    client: Client, made: Market
) -> None:
    pid = open_round()
    ids = plan(pid, made, "阿里山传感")
    sign_in(client, made.people["north"])
    step(client, pid, "file", ids)
    sign_in(client, made.people["district"])
    for act in ("recommend", "announce", "recognise"):
        assert step(client, pid, act, ids, **{f"number-{ids[0]}": "GR202631000042"}) == 303
    entry = session.scalars(select(Milestone)).one()
    path = f"/firms/{made.firms['阿里山传感'].pid}/milestones/{entry.pid}"
    form = {
        "rev": entry.rev, "title": "hnte", "number": "GR202631000042", "issued_on": "",
        "announced_on": today().isoformat(), "filed_on": "", "reason": "没有收到证书",
    }  # fmt: skip
    sign_in(client, made.people["north"])
    answer = client.send(path, form)
    assert answer.status_code == 422
    assert "认定记入，已有的编号和日期由区主管部门更正" in answer.text
    session.expire_all()
    assert entry.issued_on == entry.filed_on == today()


def test_each_count_opens_a_list_of_as_many_firms(client: Client, made: Market) -> None:
    pid, other = open_round(), open_round(9, batch=2)
    plan(pid, made, "阿里山传感", "白帝城医药", "峨眉雪电路")
    filed = plan(other, made, "凤凰台数据", "大明湖机器人")
    with write("application:file", actor=ACTOR):
        row = session.scalars(select(Application).where(Application.pid == filed[0])).one()
        row.state, row.filed_on = ApplicationState.FILED, today()
    for who, whole in (("district", 5), ("north", 3), ("south", 2), ("park", 0)):
        sign_in(client, made.people[who])
        doors = [(unescape(u), int(n)) for u, n in CELL.findall(page(client, LIST))]
        for path in (f"{LIST}/{pid}/counts?by=carrier", f"{LIST}/{pid}/counts?by=sector"):
            doors += [(unescape(u), int(n)) for u, n in CELL.findall(page(client, path))]
        seen: set[str] = set()
        for url, number in doors:
            text = page(client, url)
            found = NAME.findall(text)
            assert (len(found), COUNT.findall(text)) == (number, [str(number)]), url
            seen |= set(found)
        assert len(seen) == whole, who


def test_others_applications_are_not_found(client: Client, made: Market) -> None:
    pid = open_round()
    (one,) = plan(pid, made, "峨眉雪电路")
    sign_in(client, made.people["north"])
    path = f"{LIST}/{pid}/steps/file?application={one}"
    assert client.get(path).status_code == 404
    token = client.token(f"{LIST}/{pid}/add")
    data = {"csrf_token": token, "application": one, "day": today().isoformat()}
    assert client.post(f"{LIST}/{pid}/steps/file", data=data).status_code == 404
    assert states() == {"峨眉雪电路": "planned"}
    assert client.post(f"{LIST}/{pid}/edit", data=data).status_code == 403


def test_the_list_goes_out_as_a_file(client: Client, made: Market) -> None:
    pid = open_round()
    plan(pid, made, "阿里山传感", "峨眉雪电路")
    sign_in(client, made.people["district"])
    sheets = read_xlsx(press(client, f"{LIST}/{pid}?state=planned").data)
    table = next(rows for name, rows in sheets.items() if name == "企业")
    told = [row for row in table if "阿里山传感有限公司" in row]
    assert len(told) == 1
    assert "拟申报" in told[0]


def test_deadlines_are_clocks(app: Flask, client: Client, made: Market) -> None:
    pid = open_round()
    (one,) = plan(pid, made, "阿里山传感")
    sign_in(client, made.people["north"])
    assert "报出申报材料" in page(client, "/todo")
    text = page(client, "/deadlines")
    assert "阿里山传感" in text
    assert "申报截止 20 天" in text
    sign_in(client, made.people["south"])
    assert "报出申报材料" not in page(client, "/todo")
    with write("application:file", actor=ACTOR):
        row = session.scalars(select(Application).where(Application.pid == one)).one()
        row.state, row.filed_on = ApplicationState.FILED, today()
    sign_in(client, made.people["district"])
    assert "推荐申报企业" in page(client, "/todo")


def test_a_late_or_wrong_step_says_what_to_do(client: Client, made: Market) -> None:
    pid = open_round()
    ids = plan(pid, made, "阿里山传感")
    sign_in(client, made.people["north"])
    path = f"{LIST}/{pid}/steps/void"
    token = client.token(f"{path}?application={ids[0]}")
    data = {"csrf_token": token, "application": ids}
    assert client.post(path, data=data).status_code == 422
    assert client.get(f"{LIST}/{pid}/steps/nonsense").status_code == 404
    assert client.get(f"{LIST}/{pid}/steps/file").status_code == 200
    assert client.post(path, data=data | {"reason": "企业决定明年再报"}).status_code == 303
    assert states() == {}


def test_a_park_that_meets_a_firm_in_the_pool_reads_no_application(
    client: Client, made: Market
) -> None:
    pid = open_round()
    (one,) = plan(pid, made, "白帝城医药")
    sign_in(client, made.people["park"])
    assert client.get(f"/firms/{made.firms['白帝城医药'].pid}").status_code == 200
    assert "白帝城医药" not in page(client, f"{LIST}/{pid}?whole=1")
    assert client.get(f"{LIST}/{pid}/steps/file?application={one}").status_code == 404


def test_who_has_not_filed_is_judged_as_of_the_last_day_at_most(app: Flask) -> None:
    last = today() + dt.timedelta(days=20)
    row = ApplicationRound(district_on=last)
    assert listing.basis_day(row, today()) == today()
    assert listing.basis_day(row, last + dt.timedelta(days=9)) == last
