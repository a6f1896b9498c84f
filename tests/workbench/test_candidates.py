"""培育名单: who stands where under a rule; each count opens a list of as many firms."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import select

from app.core.days import today
from app.core.db import session, write
from app.criteria.models import Verdict
from app.criteria.verdicts import age, stale
from app.firms.models import Figures
from tests.clients import Client, sign_in
from tests.exchange.conftest import press, read_xlsx
from tests.workbench.market import ACTOR, FIRMS, Market, standing

GRADUATION = "/candidates/incubator.graduation"
COUNT = re.compile(r"符合条件 ([\d,]+) 家")
CELL = re.compile(r'<td class="n"><a[^>]*href="(/candidates/[^"]+)"[^>]*>([\d,]+)<')
NAME = re.compile(r'<th scope="row">.*?href="/firms/(\w+)"', re.S)


@pytest.fixture
def made(traded: None) -> Market:
    return standing()


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.get_data(as_text=True)


def names(client: Client, made: Market, path: str) -> list[str]:
    """The firms of a list in its order; as many as it says."""
    text = page(client, path)
    held = {firm.pid: name for name, firm in made.firms.items()}
    found = [held[pid] for pid in NAME.findall(text)]
    assert COUNT.findall(text) == [str(len(found))], path
    return found


@pytest.mark.parametrize("who", ["district", "north"])
@pytest.mark.parametrize(
    "path", ["/candidates", f"{GRADUATION}/counts?by=carrier", f"{GRADUATION}/counts?by=sector"]
)
def test_each_count_opens_a_list_of_as_many_firms(
    client: Client, made: Market, who: str, path: str
) -> None:
    sign_in(client, made.people[who])
    cells = [(unescape(url), int(number)) for url, number in CELL.findall(page(client, path))]
    assert sum(number for _url, number in cells) > 5
    for url, number in cells:
        assert len(names(client, made, url)) == number, url


def test_the_nearest_stand_first_with_what_they_lack(client: Client, made: Market) -> None:
    sign_in(client, made.people["district"])
    assert names(client, made, f"{GRADUATION}?result=not_met") == [
        "峨眉雪电路", "白帝城医药", "沧浪亭软件", "凤凰台数据",
    ]  # fmt: skip
    text = page(client, f"{GRADUATION}?result=not_met")
    assert "差 1.0%" in text
    assert "连续 2 年营业收入还差超过 10.00 万元" in text
    backwards = names(client, made, f"{GRADUATION}?result=not_met&sort=-distance")
    assert backwards[0] == "凤凰台数据"
    assert names(client, made, f"{GRADUATION}?result=met") == ["阿里山传感"]
    assert names(client, made, f"{GRADUATION}?result=unknown") == ["大明湖机器人"]


def test_near_is_what_the_rule_book_says(client: Client, made: Market) -> None:
    sign_in(client, made.people["district"])
    near = names(client, made, f"{GRADUATION}?result=near")
    assert near == ["峨眉雪电路", "白帝城医药"], "four fifths of the threshold, not yet met"
    made.enter("沧浪亭软件", Figures, year=2022, quarter=0, source="audit", revenue=700_000_000,
               verification="carrier")  # fmt: skip
    assert "沧浪亭软件" not in names(client, made, f"{GRADUATION}?result=near")


def test_conditions_stand_in_the_address_and_can_be_dropped(client: Client, made: Market) -> None:
    sign_in(client, made.people["district"])
    assert names(client, made, f"{GRADUATION}?sector=electronics&result=not_met") == [
        "峨眉雪电路", "沧浪亭软件",
    ]  # fmt: skip
    south = made.carriers["south"].pid
    assert names(client, made, f"{GRADUATION}?sector=electronics&carrier={south}") == ["峨眉雪电路"]
    text = page(client, f"{GRADUATION}?sector=electronics&carrier={south}")
    dropped = re.search(r'href="([^"]+)" aria-label="去掉条件 载体', text)
    assert dropped
    assert len(names(client, made, unescape(dropped[1]))) == 3
    assert names(client, made, f"{GRADUATION}?carrier=none") == []
    assert len(names(client, made, f"{GRADUATION}?sector=nonsense&result=nonsense")) == 6


def test_a_carrier_sees_its_own_firms_only(client: Client, made: Market) -> None:
    sign_in(client, made.people["north"])
    assert set(names(client, made, GRADUATION)) == {n for n, f in FIRMS.items() if f[0] == "north"}
    south = made.carriers["south"].pid
    assert names(client, made, f"{GRADUATION}?carrier={south}&whole=1") == []
    assert names(client, made, f"{GRADUATION}?whole=1&q=峨眉雪电路") == []
    assert f"/firms/{made.firms['峨眉雪电路'].pid}" not in page(client, f"{GRADUATION}?whole=1")


def test_a_park_reads_outcomes_in_words_only(client: Client, made: Market) -> None:
    sign_in(client, made.people["park"])
    text = page(client, f"{GRADUATION}?whole=1")
    assert names(client, made, f"{GRADUATION}?whole=1") == ["白帝城医药"], "it is pushed"
    assert "不符合" in text
    assert "差 5" not in text
    assert "营业收入还差" not in text
    assert f"/firms/{made.firms['白帝城医药'].pid}/sheet" not in text
    book = list(read_xlsx(press(client, f"{GRADUATION}?whole=1").data).values())[1]
    assert book[1][5:] == ["", ""]


def test_a_file_has_the_rows_of_the_page(client: Client, made: Market) -> None:
    sign_in(client, made.people["district"])
    path = f"{GRADUATION}?result=not_met&sort=-distance"
    sheets = list(read_xlsx(press(client, path).data).values())
    assert [row[0].removesuffix("有限公司") for row in sheets[1][1:]] == names(client, made, path)
    assert any("不符合" in str(row) for row in sheets[0]), "the chosen result is noted"
    counts = list(read_xlsx(press(client, f"{GRADUATION}/counts?by=sector").data).values())[1]
    assert counts[-1][:2] == ["合计", 6]
    every = list(read_xlsx(press(client, "/candidates").data).values())[1]
    assert ["孵化毕业", 6, 1, 0, 1, 4, 2] in every


def test_verdicts_that_are_behind_are_made_for_the_list(client: Client, made: Market) -> None:
    sign_in(client, made.people["district"])
    paths = (f"{GRADUATION}?result=near", f"{GRADUATION}?result=not_met", "/candidates/hnte")
    before = [names(client, made, path) for path in paths]
    counts = CELL.findall(page(client, "/candidates"))
    with write("test:age", actor=ACTOR):
        for rule in ("incubator.graduation", "hnte"):
            age(today(), rule)
        session.flush()
    assert stale(today())
    assert client.get("/firms?graduation=unknown&near=1").status_code == 200
    assert session.scalar(select(Verdict.day).where(Verdict.day != today()).limit(1)) is not None
    assert [names(client, made, path) for path in paths] == before
    assert CELL.findall(page(client, "/candidates")) == counts


@pytest.mark.parametrize("rule", ["nonsense", "carrier.national_incubator"])
def test_what_is_not_about_firms_has_no_list(client: Client, made: Market, rule: str) -> None:
    sign_in(client, made.people["district"])
    assert client.get(f"/candidates/{rule}").status_code == 404
    assert client.get(f"/candidates/{rule}/counts").status_code == 404


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_are_in_order(client: Client, made: Market, lang: str) -> None:
    client.set_cookie("lang", lang)
    for who in ("district", "north", "park", "area"):
        sign_in(client, made.people[who])
        for path in (
            "/candidates",
            GRADUATION,
            "/candidates/hnte?result=near",
            f"{GRADUATION}/counts",
            "/standards",
            "/standards/hnte",
        ):
            assert client.get(path).status_code == 200, (who, path)
