"""标准调整测算 on the page: every number opens a list of as many; runs are kept, compared."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from app.accounts.models import Role
from app.core.db import session
from app.criteria.models import Standard
from app.workbench.models import TrialRun
from tests.clients import Client, sign_in
from tests.exchange.conftest import press, read_xlsx
from tests.factories.accounts import make_person
from tests.workbench.market import Market
from tests.workbench.whatif.casts import Cast, doors, page

FIRMS = pytest.mark.parametrize("played", ["firm"], indirect=True)
CARRIERS = pytest.mark.parametrize("played", ["carrier"], indirect=True)


def keep(client: Client, path: str, name: str) -> TrialRun:
    assert client.send(path, {"name": name}).status_code == 303
    return session.scalars(select(TrialRun).where(TrialRun.name == name)).one()


def test_each_number_opens_a_list_of_as_many(client: Client, cast: Cast) -> None:
    sign_in(client, cast.people["district"])
    for path in (cast.low, cast.high, f"{cast.page}?{cast.box}=1"):
        for way in cast.ways:
            assert cast.each_opens(client, f"{path}&by={way}") > 8, (path, way)


def test_a_lower_mark_says_who_gains_where_and_of_what_size(client: Client, cast: Cast) -> None:
    sign_in(client, cast.people["district"])
    text, low = page(client, cast.low), cast.marks[1]
    assert f"{cast.marks[0]} {cast.unit} → {low} {cast.unit}" in text
    assert cast.names(client, cast.listed(low, change="gained")) == cast.gained
    condition, found = cast.narrowed
    assert cast.names(client, f"{cast.listed(low, change='gained')}&{condition}") == found
    assert cast.names(client, cast.listed(low, change="gained", bare="area")) == cast.bare
    assert f">{cast.area:,}<" in text.replace("&nbsp;", "")


def test_a_higher_mark_says_who_loses(client: Client, cast: Cast) -> None:
    sign_in(client, cast.people["district"])
    high = cast.marks[3]
    assert cast.names(client, cast.listed(high, change="lost")) == cast.lost
    assert not cast.names(client, cast.listed(high, change="gained"))


def test_the_live_numbers_change_nothing(client: Client, cast: Cast) -> None:
    sign_in(client, cast.people["district"])
    text = page(client, cast.page)
    assert "还没有改动" in text
    live = dict(doors(text))
    met = live[f"{cast.page}/list?before=met"]
    assert met >= 1
    assert met == int(cast.counted.findall(page(client, cast.live))[0])
    assert sum(n for url, n in live.items() if "/list" in url) == 2 * len(cast.subjects)


def test_the_address_holds_only_what_differs(client: Client, cast: Cast) -> None:
    sign_in(client, cast.people["district"])
    other = next(
        name for name in re.findall(r'name="(p__[^"]+)"', page(client, cast.page))
        if name != cast.box
    )  # fmt: skip
    value = re.search(rf'name="{other}"[^>]*value="([^"]+)"', page(client, cast.page))
    assert value
    way = cast.ways[1]
    answer = client.get(f"{cast.page}?{other}={value[1]}.0&{cast.box}={cast.marks[1]}&by={way}")
    assert answer.status_code == 303
    assert answer.location == f"{cast.low}&by={way}"


@FIRMS
@pytest.mark.parametrize(
    ("box", "typed", "said"),
    [
        ("p__condition__all__2__le", "999999999999", "最多填 10,000 亿元"),
        ("p__condition__all__2__le", "10000.01", "最多填 10,000 亿元"),
        ("p__condition__all__8__any__0__all__0__ge", "101", "超出这一项允许的范围"),
    ],
)
def test_a_number_beyond_all_sense_is_refused_at_its_box(
    client: Client, cast: Cast, box: str, typed: str, said: str
) -> None:
    sign_in(client, cast.people["district"])
    answer = client.get("/standards/tech_sme/trial", query_string={box: typed})
    assert (answer.status_code, said in answer.text) == (422, True)
    assert f'id="{box}-error"' in answer.text


@FIRMS
@pytest.mark.parametrize("typed", ["", "九百", "-1", "1e9", "900 万元", "0.00000001", "٣"])
def test_what_is_no_number_is_said_at_its_box(client: Client, cast: Cast, typed: str) -> None:
    sign_in(client, cast.people["district"])
    answer = client.get(cast.page, query_string={cast.box: typed})
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert f'id="{cast.box}-error"' in text
    assert "没有测算：有 1 处要改" in text
    assert "恢复现行" in text


@FIRMS
def test_a_box_that_no_longer_exists_is_said(client: Client, cast: Cast) -> None:
    sign_in(client, cast.people["district"])
    assert "有 1 个数值在现行标准中没有" in page(client, f"{cast.low}&p__gone__gt=3")


def test_save_find_again_drop(client: Client, cast: Cast) -> None:
    sign_in(client, cast.people["district"])
    before, low = session.scalar(select(func.max(Standard.rev))), cast.low
    run = keep(client, low, "降下来")
    assert run.asked == {cast.box: cast.marks[1]}
    assert (run.gained, run.lost, run.area_m2, run.bare) == (
        len(cast.gained), 0, cast.area, len(cast.bare)
    )  # fmt: skip
    assert session.scalar(select(func.max(Standard.rev))) == before
    text = page(client, low)
    assert "已存为“降下来”" in text
    assert "保存这次测算" not in text
    assert f'href="{low}"' in page(client, "/trials")
    assert client.send(low, {"name": ""}).status_code == 422
    other = make_person(Role.DISTRICT_CLERK, cast.people["district"].organisation)
    sign_in(client, other)
    assert "降下来" in page(client, "/trials")
    token = {"csrf_token": client.token(cast.high)}
    assert client.post(f"/trials/{run.pid}/drop", data=token).status_code == 403
    sign_in(client, cast.people["district"])
    assert client.send(f"/trials/{run.pid}/drop", page="/trials").status_code == 303
    assert session.scalar(select(func.count(TrialRun.id))) == 0


def test_compare_two_runs(client: Client, cast: Cast) -> None:
    sign_in(client, cast.people["district"])
    pids = [keep(client, path, name).pid for path, name in ((cast.low, "低"), (cast.high, "高"))]
    address = f"/trials/compare?run={pids[0]}&run={pids[1]}"
    for way in cast.ways:
        assert cast.each_opens(client, f"{address}&by={way}") > 3
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page(client, address))).replace("&gt;", ">")
    live, low, _calm, high = (f"{mark} {cast.unit}" for mark in cast.marks)
    assert f"{cast.cite} {live} {low} {high}" in plain
    gained = len(cast.gained)
    assert f"新增符合（家） {gained} 0 −{gained}" in plain
    assert client.get(f"/trials/compare?run={pids[0]}").status_code == 303
    book = read_xlsx(press(client, address).data)
    met = 1 + gained
    assert ["调整后符合（家）", met, 0] in [list(row) for row in book["结果"]]


def test_export_has_the_figures_and_the_subjects(client: Client, cast: Cast) -> None:
    sign_in(client, cast.people["district"])
    book = read_xlsx(press(client, cast.low).data)
    *_tables, moved = book.values()
    assert len(book) == 2 + len(cast.ways) + 1  # what it is of, results, each way, subjects
    assert {row[0].removesuffix("有限公司") for row in moved[1:]} == cast.gained
    path = f"{cast.listed(cast.marks[1], change='gained')}&{cast.narrowed[0]}"
    *_notes, listed = read_xlsx(press(client, path).data).values()
    assert {row[0].removesuffix("有限公司") for row in listed[1:]} == cast.narrowed[1]


def test_a_file_has_each_column_once_and_says_what_the_page_says(
    client: Client, cast: Cast
) -> None:
    sign_in(client, cast.people["district"])
    book = read_xlsx(press(client, cast.low).data)
    notes, results, *tables, moved = book.values()
    for table in (results, *tables, moved):
        assert len(set(table[0])) == len(table[0])
    assert "符合（家）" in results[0]
    assert all("新增符合（家）" in table[0] for table in tables)
    said = {row[0]: row[1] for row in notes if len(row) > 1}
    several = said.get("按级别、按片区、按街镇")
    assert several == ("一家属于几行的，各行都计，合计只计一次" if "level" in cast.ways else None)
    client.set_cookie("lang", "en")
    word = "carriers" if "level" in cast.ways else "firms"
    assert f"({word})" in str(list(read_xlsx(press(client, cast.low).data).values())[1][0])


def test_one_name_is_one_run_of_a_rule_and_a_person(client: Client, cast: Cast) -> None:
    sign_in(client, cast.people["district"])
    keep(client, cast.low, "降下来")
    for path in (cast.low, cast.high):
        again = client.send(path, {"name": " 降下来 "}, page=cast.high)
        assert again.status_code == 409
        assert 'id="name-error"' in again.text
    assert session.scalar(select(func.count(TrialRun.id))) == 1
    other = make_person(Role.DISTRICT_CLERK, cast.people["district"].organisation)
    sign_in(client, other)
    assert client.send(cast.high, {"name": "降下来"}).status_code == 303


@pytest.mark.parametrize("who", ["north", "park", "area"])
def test_others_may_not(client: Client, cast: Cast, who: str) -> None:
    sign_in(client, cast.people[who])
    for path in ("/trials", cast.page, f"{cast.page}/list", "/trials/compare"):
        assert client.get(path).status_code == 403, path


@FIRMS
def test_no_trial_of_what_is_no_rule(client: Client, cast: Cast) -> None:
    sign_in(client, cast.people["district"])
    assert client.get("/standards/nothing/trial").status_code == 404


@CARRIERS
def test_a_carrier_of_several_levels_counts_in_each_and_once_in_all(
    client: Client, made: Market, cast: Cast
) -> None:
    sign_in(client, cast.people["district"])
    text = page(client, f"{cast.high}&by=level")
    for level in ("district", "municipal"):
        assert cast.names(client, cast.listed(cast.marks[3], change="lost", level=level)) == {
            "北极星加速器"
        }
    foot = text.partition("<tfoot>")[2].partition("</tfoot>")[0]
    assert [n for url, n in doors(foot) if "change=lost" in url] == [1]
    assert "合计只计一次" in text
    assert page(client, cast.listed(cast.marks[1], change="gained")).count(">7<") == 1, "its firms"


@CARRIERS
@pytest.mark.parametrize(
    "rule", ["national_incubator", "pudong_incubator", "pudong_accelerator", "standard_incubator"]
)
def test_each_rule_about_carriers_can_be_tried(client: Client, cast: Cast, rule: str) -> None:
    sign_in(client, cast.people["district"])
    address = f"/standards/carrier.{rule}/trial"
    assert f'href="{address}"' in page(client, f"/standards/carrier.{rule}")
    assert f'href="{address}"' in page(client, "/trials")
    assert "还没有改动" in page(client, address)
