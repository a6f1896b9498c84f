"""标准调整测算 on the page: every number opens a list of as many firms; runs are kept, compared."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import func, select

from app.accounts.models import Role
from app.core.db import session, write
from app.criteria.models import Standard
from app.firms.models import Residency
from app.workbench.models import TrialRun
from tests.clients import Client, sign_in
from tests.exchange.conftest import press, read_xlsx
from tests.factories.accounts import make_person
from tests.workbench.market import ACTOR, FIRMS, Market, market

PAGE = "/standards/incubator.graduation/trial"
RUN = "p__condition__any__2__gt"
LOW, HIGH = f"{PAGE}?{RUN}=900", f"{PAGE}?{RUN}=1200"
COUNT = re.compile(r"符合条件 ([\d,]+) 家")
LINK = re.compile(r'<a class="jl-num[^"]*" href="([^"]+)">([\d,]+)<')
NAME = re.compile(r'<th scope="row">.*?href="/firms/(\w+)"', re.S)


@pytest.fixture
def made(shipped: None) -> Market:
    found = market()
    with write("test:area", actor=ACTOR):
        for name, area in (("阿里山传感", 120), ("白帝城医药", 80)):
            firm = found.firms[name].id
            session.scalars(select(Residency).where(Residency.firm_id == firm)).one().area_m2 = area
    return found


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.get_data(as_text=True)


def doors(text: str) -> list[tuple[str, int]]:
    return [(unescape(url), int(number.replace(",", ""))) for url, number in LINK.findall(text)]


def names(client: Client, made: Market, path: str) -> set[str]:
    """The firms of a list; as many as it says."""
    text = page(client, path)
    held = {firm.pid: name for name, firm in made.firms.items()}
    found = [held[pid] for pid in NAME.findall(text)]
    assert COUNT.findall(text) == [str(len(found))], path
    return set(found)


def keep(client: Client, path: str, name: str) -> TrialRun:
    assert client.send(path, {"name": name}).status_code == 303
    return session.scalars(select(TrialRun).where(TrialRun.name == name)).one()


@pytest.mark.parametrize("way", ["carrier", "sector"])
@pytest.mark.parametrize("path", [LOW, HIGH, f"{PAGE}?{RUN}=1"])
def test_each_number_opens_a_list_of_as_many_firms(
    client: Client, made: Market, path: str, way: str
) -> None:
    sign_in(client, made.people["district"])
    found = doors(page(client, f"{path}&by={way}"))
    assert len(found) > 8
    for url, number in found:
        assert len(names(client, made, url)) == number, url


def test_a_lower_mark_says_who_gains_where_and_in_what_space(client: Client, made: Market) -> None:
    sign_in(client, made.people["district"])
    text = page(client, LOW)
    assert "1000 万元 → 900 万元" in text
    gained = names(client, made, f"{PAGE}/firms?{RUN}=900&change=gained")
    assert gained == {"白帝城医药", "峨眉雪电路"}
    south = made.carriers["south"].pid
    assert names(client, made, f"{PAGE}/firms?{RUN}=900&change=gained&carrier={south}") == {
        "峨眉雪电路"
    }
    assert names(client, made, f"{PAGE}/firms?{RUN}=900&change=gained&area=none") == {"峨眉雪电路"}
    assert ">80<" in text.replace("&nbsp;", "")


def test_a_higher_mark_says_who_loses(client: Client, made: Market) -> None:
    sign_in(client, made.people["district"])
    lost = names(client, made, f"{PAGE}/firms?{RUN}=1200&change=lost")
    assert lost == {"阿里山传感"}
    assert not names(client, made, f"{PAGE}/firms?{RUN}=1200&change=gained")


def test_the_live_numbers_change_nothing(client: Client, made: Market) -> None:
    sign_in(client, made.people["district"])
    text = page(client, PAGE)
    assert "还没有改动" in text
    live = dict(doors(text))
    candidates = page(client, "/candidates/incubator.graduation?result=met")
    assert live[f"{PAGE}/firms?before=met"] == int(COUNT.findall(candidates)[0])
    assert sum(live.values()) == 2 * len(FIRMS)


def test_the_address_holds_only_what_differs(client: Client, made: Market) -> None:
    sign_in(client, made.people["district"])
    money = "p__condition__any__1__gt"
    answer = client.get(f"{PAGE}?{money}=500.0&{RUN}=900&by=sector")
    assert answer.status_code == 303
    assert answer.location == f"{PAGE}?{RUN}=900&by=sector"


@pytest.mark.parametrize("typed", ["", "九百", "-1", "1e9", "900 万元", "0.00000001"])
def test_what_is_no_number_is_said_at_its_box(client: Client, made: Market, typed: str) -> None:
    sign_in(client, made.people["district"])
    answer = client.get(PAGE, query_string={RUN: typed})
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert f'id="{RUN}-error"' in text
    assert "没有测算：有 1 处要改" in text
    assert "恢复现行" in text


def test_a_box_that_no_longer_exists_is_said(client: Client, made: Market) -> None:
    sign_in(client, made.people["district"])
    assert "有 1 个数值在现行标准中没有" in page(client, f"{LOW}&p__gone__gt=3")


def test_save_find_again_drop(client: Client, made: Market) -> None:
    sign_in(client, made.people["district"])
    before = session.scalar(select(func.max(Standard.rev)))
    run = keep(client, LOW, "降到九百")
    assert (run.asked, run.gained, run.lost, run.area_m2, run.bare) == ({RUN: "900"}, 2, 0, 80, 1)
    assert session.scalar(select(func.max(Standard.rev))) == before
    text = page(client, LOW)
    assert "已存为“降到九百”" in text
    assert "保存这次测算" not in text
    assert f'href="{PAGE}?{RUN}=900"' in page(client, "/trials")
    assert client.send(LOW, {"name": ""}).status_code == 422
    other = make_person(Role.DISTRICT_CLERK, made.people["district"].organisation)
    sign_in(client, other)
    assert "降到九百" in page(client, "/trials")
    token = {"csrf_token": client.token(LOW.replace("900", "700"))}
    assert client.post(f"/trials/{run.pid}/drop", data=token).status_code == 403
    sign_in(client, made.people["district"])
    assert client.send(f"/trials/{run.pid}/drop", page="/trials").status_code == 303
    assert session.scalar(select(func.count(TrialRun.id))) == 0


def test_compare_two_runs(client: Client, made: Market) -> None:
    sign_in(client, made.people["district"])
    pids = [keep(client, path, name).pid for path, name in ((LOW, "低"), (HIGH, "高"))]
    address = f"/trials/compare?run={pids[0]}&run={pids[1]}"
    text = page(client, address)
    for url, number in doors(text):
        assert len(names(client, made, url)) == number, url
    plain = re.sub(r"<[^>]+>", " ", text)
    assert re.search(r"第九条（三） 门槛 &gt;\s+1000 万元\s+900 万元\s+1200 万元", plain)
    assert re.search(
        r"新增符合 （家）\s+2\s+0\s+−2", plain.replace("新增符合（家）", "新增符合 （家）")
    )
    assert client.get(f"/trials/compare?run={pids[0]}").status_code == 303
    book = read_xlsx(press(client, address).data)
    assert ["调整后符合", 3, 0] in [list(row) for row in book["结果"]]


def test_export_has_the_figures_and_the_firms(client: Client, made: Market) -> None:
    sign_in(client, made.people["district"])
    book = read_xlsx(press(client, LOW).data)
    moved = [row[0] for row in book["企业"][1:]]
    assert moved == ["白帝城医药有限公司", "峨眉雪电路有限公司"]
    listed = read_xlsx(press(client, f"{PAGE}/firms?{RUN}=900&change=gained&area=none").data)
    assert [row[0] for row in listed["企业"][1:]] == ["峨眉雪电路有限公司"]


@pytest.mark.parametrize("who", ["north", "park"])
def test_others_may_not(client: Client, made: Market, who: str) -> None:
    sign_in(client, made.people[who])
    for path in ("/trials", PAGE, f"{PAGE}/firms", "/trials/compare"):
        assert client.get(path).status_code == 403, path


def test_no_trial_of_what_is_not_about_firms(client: Client, made: Market) -> None:
    sign_in(client, made.people["district"])
    assert client.get("/standards/carrier.national_incubator/trial").status_code == 404
    assert client.get("/standards/nothing/trial").status_code == 404
