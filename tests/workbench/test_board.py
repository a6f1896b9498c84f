"""接力看板: a column a stage, each count that of its list, the first few firms by name."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask

from app.core.db import write
from app.workbench import board
from tests.browser import Screen
from tests.clients import Client, sign_in
from tests.conftest import TODAY
from tests.factories.accounts import PASSWORD
from tests.factories.chain import SEEDER, Chain, chain

LANE = re.compile(r'<section class="jl-panel.*?</section>', re.S)
HEAD = re.compile(r'<h2 id="lane-(\w+)">([^<]+)<.*?href="([^"]+)"[^>]*>([\d,]+)<', re.S)
NAME = re.compile(r'<a class="jl-plain jl-b"[^>]*>([^<]+)<')
FOUND = re.compile(r"符合条件 ([\d,]+) 家")
DAY = dt.timedelta(days=1)


def lanes(client: Client) -> dict[str, tuple[int, str, list[str]]]:
    """Words of a column → how many, the address of its list, the names on it."""
    answer = client.get("/firms/board")
    assert answer.status_code == 200
    found = {}
    for lane in LANE.findall(answer.get_data(as_text=True)):
        head = HEAD.search(lane)
        if head is None:
            words = re.search(r'<h2 id="lane-\w+">([^<]+)<', lane)
            assert words is not None
            found[words[1]] = (0, "", NAME.findall(lane))
        else:
            found[head[2]] = (int(head[4].replace(",", "")), unescape(head[3]), NAME.findall(lane))
    return found


def test_each_count_is_that_of_the_list_it_opens(client: Client, made: Chain) -> None:
    for who in ("incubator", "park", "district"):
        sign_in(client, made.people[who])
        board_of = lanes(client)
        assert len(board_of) >= 4
        for count, url, names in board_of.values():
            assert len(names) == min(count, board.CARDS)
            if count:
                page = client.get(url).get_data(as_text=True)
                assert FOUND.findall(page) == [str(count)]
        assert any(count for count, _url, _names in board_of.values())


def test_the_relay_as_the_incubator_and_the_district_see_it(client: Client, made: Chain) -> None:
    for who in ("incubator", "district"):
        sign_in(client, made.people[who])
        found = lanes(client)
        assert list(found) == ["创业团队", "在孵企业", "毕业", "加速期", "落地园区"]
        assert found["在孵企业"][2][:2] == ["苇间雪软件", "石上泉传感"]  # the limit reached first
        assert found["毕业"][2] == ["松间月机器人", "鹿鸣溪器械"]  # the latest graduate first
        assert found["落地园区"][2] == ["半亩塘医药"]
        page = client.get("/firms/board").get_data(as_text=True)
        assert "已超期限" in page
        assert f"毕业 {TODAY - 5 * DAY}" in page


def test_a_park_meets_what_is_shown_to_it_and_no_more(client: Client, made: Chain) -> None:
    sign_in(client, made.people["park"])
    found = lanes(client)
    assert list(found) == ["推送企业", "毕业", "加速期", "落地园区"]
    assert found["推送企业"][2] == ["砚池云数据"]
    page = client.get("/firms/board").get_data(as_text=True)
    for hidden in ("苇间雪软件", "石上泉传感", "竹外桃电路"):
        assert hidden not in page
    assert "在孵 " not in page, "months of incubation belong to the register entry"
    sign_in(client, made.people["rival"])
    assert "2026-02-01" not in client.get("/firms/board").get_data(as_text=True)


def test_a_firm_for_counting_only_counts_and_has_no_name(client: Client, made: Chain) -> None:
    reader = made.area_reader("松间月机器人", "鹿鸣溪器械")
    sign_in(client, reader)
    found = lanes(client)
    count, _url, names = found["毕业"]
    page = client.get("/firms/board").get_data(as_text=True)
    assert "松间月机器人" not in page
    assert (count, names, page.count("仅计数企业")) == (2, ["鹿鸣溪器械"], 1)
    assert page.index("鹿鸣溪器械") < page.index("仅计数企业"), "its place tells nothing of it"


def test_a_long_column_tells_how_many_more(client: Client, made: Chain) -> None:
    with write("test:many", actor=SEEDER):
        for n in range(board.CARDS + 3):
            made.firm(f"连江第{n}", starts=TODAY - (n + 10) * DAY)
    sign_in(client, made.people["incubator"])
    count, url, names = lanes(client)["在孵企业"]
    assert len(names) == board.CARDS
    page = client.get("/firms/board").get_data(as_text=True)
    assert f'href="{url}">更多 {count - board.CARDS} 家<' in unescape(page)


def test_nothing_yet_says_what_to_do(client: Client, app: Flask) -> None:
    empty = chain(TODAY)
    sign_in(client, empty.people["incubator"])
    page = client.get("/firms/board").get_data(as_text=True)
    assert "还没有企业" in page
    assert 'href="/firms/new"' in page


def test_it_stands_beside_the_list_in_both_languages(client: Client, made: Chain) -> None:
    sign_in(client, made.people["district"])
    assert 'href="/firms/board"' in client.get("/firms").get_data(as_text=True)
    client.send("/preferences", {"lang": "en"}, page="/firms/board")
    page = client.get("/firms/board").get_data(as_text=True)
    for words in ("Relay board", "Graduated 2026", "In incubation", "Latest graduates first"):
        assert words in page


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_columns_fit_a_screen_and_scroll_on_a_small_one(
    app: Flask, made: Chain, screens: Callable[..., Any]
) -> None:
    for width in (1366, 700):
        with screens(viewport={"width": width, "height": 800}) as screen:
            _walks(screen, width)


def _walks(screen: Screen, width: int) -> None:
    screen.sign_in("district", PASSWORD)
    page = screen.open("/firms/board")
    inner, outer = page.evaluate(
        "(() => { const b = document.querySelector('.jl-relay');"
        " return [b.scrollWidth, b.clientWidth] })()"
    )
    assert (inner > outer) is (width < 1000)
    screen.fits()
    screen.axe()
    page.locator(".jl-relay section", has_text="毕业").locator("a.jl-plain").first.click()
    assert "/firms/" in page.url
