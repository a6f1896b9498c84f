"""Numbered reports: frozen, signed by another, opened again to the last digit."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from app.accounts.models import Person, Role
from app.carriers.models import Carrier
from app.core.db import session, write
from app.pipeline.models import Graduation, GraduationState
from app.statistics.models import Report, ReportBody, ReportState
from app.statistics.reports.frozen import Body
from app.statistics.reports.moves import MOVES, REPORT, ReportAct
from app.statistics.reports.parts import PARTS
from app.statistics.reports.verify import verify
from tests.clients import Client, bear, post_of
from tests.statistics import world as w
from tests.statistics.district import CANARY, Reader, enter

TABLES = re.compile(r"<table.*?</table>", re.S)
FORM = {
    "title": "2026 年毕业统计", "day": "2026-11-20", "count": "verified", "parts": list(PARTS),
}  # fmt: skip


def make(client: Client, **other: Any) -> str:
    """Make a report; the address of its page."""
    answer = client.send("/statistics/reports/new", FORM | other)
    assert answer.status_code == 303, answer.get_data(as_text=True)[:3000]
    return answer.location


def tables(client: Client, address: str) -> list[str]:
    """The tables of a page, as they are written."""
    found = TABLES.findall(client.get(address).get_data(as_text=True))
    assert len(found) >= len(PARTS)
    return found


def rows(address: str) -> Report:
    """The row behind a page."""
    return session.scalars(select(Report).where(Report.pid == address.rsplit("/", 1)[1])).one()


def disturb(district: dict[str, Any]) -> None:
    """What a later week brings: a late graduate of this year, one of last year verified, a new
    name."""
    with write("test:later", actor=w.TESTER):
        carrier = session.get_one(Carrier, district["a_id"])
        late = w.firm(sector="ai")
        w.stay(late, carrier, "2022-01-01")
        w.graduate(late, carrier, "2026-05-28", state=GraduationState.VERIFIED)
        reported = session.scalars(
            select(Graduation).where(Graduation.state == GraduationState.REPORTED)
        ).first()
        assert reported is not None
        reported.state = GraduationState.VERIFIED
        carrier.short_name = "改名后的孵化器"


def test_each_figure_of_a_report_opens_as_many_rows(
    district: dict[str, Any], client: Client
) -> None:
    address = make(client)
    assert Reader(client).follow(address) > 40


def test_a_report_stays_to_the_last_digit(district: dict[str, Any], client: Client) -> None:
    address = make(client)
    before, paper = tables(client, address), tables(client, f"{address}/paper")
    assert "没有影响这些数字" in client.get(f"{address}/changes").get_data(as_text=True)
    disturb(district)
    assert tables(client, address) == before
    assert tables(client, f"{address}/paper") == paper
    reader = Reader(client)
    assert reader.follow(address) > 40  # the lists too are those of then
    assert [one.holds for one in verify()] == [True]


def test_what_changed_since_is_named_with_both_lists(
    district: dict[str, Any], client: Client
) -> None:
    address = make(client, parts=["key", "sectors"])
    disturb(district)
    page = client.get(f"{address}/changes").get_data(as_text=True)
    total = next(
        line for line in re.findall(r"<tr><th.*?</tr>", page, re.S)
        if "G-01" in line and "领域" not in line and "年度为 2026" in line
    )  # fmt: skip
    old, new = (int(n) for n in re.findall(r'class="jl-num[^"]*" href="[^"]+">(\d+)<', total))
    assert new == old + 1
    reader = Reader(client)
    for href, text in re.findall(r'class="jl-num[^"]*" href="([^"]+)">(\d+)<', page):
        assert reader.rows(href.replace("&amp;", "&")) == int(text)


def test_a_second_person_signs(district: dict[str, Any], client: Client) -> None:
    enter(client, Role.DISTRICT_HEAD, district["district"])
    address = make(client)
    assert "另一人签发" in client.get(address).get_data(as_text=True)
    assert client.send(f"{address}/sign", page=address).status_code == 422
    enter(client, Role.DISTRICT_CLERK, district["district"])
    token = {"csrf_token": client.token("/statistics/reports/new")}
    assert client.post(f"{address}/sign", data=token).status_code == 403
    assert rows(address).state is ReportState.PENDING
    enter(client, Role.DISTRICT_HEAD, district["district"])
    assert client.send(f"{address}/sign", page=address).status_code == 303
    row = rows(address)
    assert (row.state, row.signed_by != row.made_by) == (ReportState.ISSUED, True)
    for act in ReportAct:
        again = client.send(f"{address}/{act.value}", {"remark": "晚了"}, page=address)
        assert again.status_code == 422
    assert client.send(f"{address}/burn", page=address).status_code == 404


def test_a_returned_report_keeps_its_number(district: dict[str, Any], client: Client) -> None:
    first = make(client)
    enter(client, Role.DISTRICT_HEAD, district["district"])
    assert client.send(f"{first}/return", {"remark": ""}, page=first).status_code == 422
    answer = client.send(f"{first}/return", {"remark": "统计时点应为季末"}, page=first)
    assert answer.status_code == 303
    assert "统计时点应为季末" in client.get(first).get_data(as_text=True)
    second = make(client, title="更正")
    assert [rows(one).number for one in (first, second)] == ["TJ-2026-0001", "TJ-2026-0002"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [("TJ-2026-0001", True), ("tj-2026-1", True), ("2026-0001", True), ("TJ-2026-0009", False),
     ("毕业", False), ("", False)],
)  # fmt: skip
def test_a_number_opens_its_report(
    district: dict[str, Any], client: Client, typed: str, found: bool
) -> None:
    address = make(client, parts=["coverage"])
    answer = client.get("/statistics/reports", query_string={"number": typed})
    assert (answer.status_code == 303) is found
    if found:
        assert answer.location == address
    elif typed:
        assert f"没有编号为“{typed}”的报告" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"day": "2026-11-25"}, "统计时点不能晚于今天"),
        ({"day": "明年"}, "日期"),
        ({"title": " "}, "报告名称"),
        ({"title": "长" * 121}, "120"),
        ({"parts": []}, "包含的表"),
        ({"parts": ["passwords"]}, "包含的表"),
    ],
)
def test_a_faulty_form_makes_nothing(
    district: dict[str, Any], client: Client, other: dict[str, Any], said: str
) -> None:
    answer = client.send("/statistics/reports/new", FORM | other)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert session.scalars(select(Report)).all() == []


@pytest.mark.parametrize("kind", ["quarter", "year", "own"])
def test_what_is_suggested_can_be_made(district: dict[str, Any], client: Client, kind: str) -> None:
    page = client.get(f"/statistics/reports/new?kind={kind}").get_data(as_text=True)
    day = re.search(r'name="day"[^>]*value="([^"]+)"', page)
    parts = re.findall(r'name="parts"[^>]*value="([^"]+)"[^>]*checked|checked[^>]*name="parts"'
                       r'[^>]*value="([^"]+)"', page)  # fmt: skip
    chosen = [one or other for one, other in parts]
    expected = {"quarter": "2026-09-30", "year": "2025-12-31", "own": "2026-11-24"}
    assert day is not None
    assert day[1] == expected[kind]
    assert "key" in chosen
    make(client, day=day[1], parts=chosen)


def test_whoever_reads_a_part_of_the_district_has_no_reports(
    district: dict[str, Any], client: Client
) -> None:
    address = make(client)
    for role, place in ((Role.CARRIER_HEAD, "a"), (Role.PARK_INVEST, "park")):
        enter(client, role, district[place])
        assert client.get(address).status_code == 404
        assert client.get(f"{address}/paper").status_code == 404
        assert client.get(f"{address}/changes").status_code == 404
        listed = client.get("/statistics/reports").get_data(as_text=True)
        assert "TJ-2026-0001" not in listed
        assert CANARY not in listed
        assert client.get("/statistics/reports?number=TJ-2026-0001").status_code == 200
        assert client.get("/statistics/reports/new").status_code == 403
        assert 'href="/statistics/reports"' not in client.get("/statistics").get_data(as_text=True)


def test_the_workbook_holds_the_very_cells(district: dict[str, Any], client: Client) -> None:
    address = make(client, parts=["key", "sectors"])
    disturb(district)
    page = client.get(address).get_data(as_text=True)
    action = re.search(r'action="(/exports/[^"]+)"', page)
    assert action is not None
    answer = client.send(action[1].replace("&amp;", "&"), {"format": "xlsx"}, page=address)
    book = load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames[1:] == ["主要指标", "毕业企业按领域"]
    first = [str(cell) for row in book.worksheets[0].values for cell in row if cell is not None]
    assert "TJ-2026-0001" in first
    frozen = Body(session.scalars(select(ReportBody.text)).one()).tables("zh")[1]
    total = next(row for row in book.worksheets[2].values if row[0] == frozen["total"]["name"])
    assert str(total[1]) == frozen["total"]["cells"][0]["text"]


def test_in_english_too(district: dict[str, Any], client: Client) -> None:
    address = make(client)
    client.send("/preferences", {"lang": "en"}, page=address)
    page = client.get(address).get_data(as_text=True)
    assert "Key figures" in page
    assert "Compare with today" in page
    assert client.get(f"{address}/paper").status_code == 200


def test_the_command_counts_again(app: Flask, district: dict[str, Any], client: Client) -> None:
    address = make(client)
    run = app.test_cli_runner().invoke
    disturb(district)
    good = run(args=["report", "verify"])
    assert (good.exit_code, "共 1 份，一致 1 份" in good.output) == (0, True)
    assert run(args=["report", "verify", "TJ-2026-0007"]).exit_code == 1
    assert run(args=["report", "verify", "第七号"]).exit_code == 2
    with write("test:forge", actor=w.TESTER):
        body = session.scalars(select(ReportBody)).one()
        body.text = re.sub(
            r'"value":(\d+)', lambda m: f'"value":{int(m[1]) + 1}', body.text, count=1
        )
    bad = run(args=["report", "verify", rows(address).number])
    with write("test:forge", actor=w.TESTER):
        body = session.scalars(select(ReportBody)).one()
        body.text = re.sub(r'"text":"([+−]?[\d.]+%)"', '"text":"99.9%"', body.text, count=1)
    assert "表中有格与重算不同" in run(args=["report", "verify"]).output
    assert bad.exit_code == 1
    assert "内容与摘要不符" in bad.output
    assert "重算" in bad.output


def test_every_pair_of_state_and_act_is_told() -> None:
    legal = {(ReportState.PENDING, act) for act in ReportAct}
    legal.add((ReportState.ISSUED, ReportAct.SCAN))
    assert set(MOVES) == legal
    assert set(REPORT.states) == set(ReportState)


@pytest.mark.parametrize("day", [dt.date(2026, 1, 1), dt.date(2024, 2, 29), dt.date(1999, 12, 31)])
def test_any_day_can_be_reported(district: dict[str, Any], client: Client, day: dt.date) -> None:
    address = make(client, day=day.isoformat())
    assert client.get(address).status_code == 200
    assert [one.holds for one in verify()] == [True]


def test_numbers_are_read_in_the_ways_people_write_them() -> None:
    for text in ("TJ-2026-0012", "tj 2026 12", "2026-12", "TJ2026-0012"):
        assert Report.read(text) == (2026, 12)
    assert Report.read("TJ-20260012") is None
    assert Report.read("SJ-2026-0012") is None


def test_a_program_reads_the_figures_that_were_frozen(
    client: Client, district: dict[str, Any]
) -> None:
    row = rows(make(client))
    path, number = f"/api/v1/reports/{row.pid}", row.number
    bear(client, post_of(session.get_one(Person, row.made_by)))
    whole = client.get(path).json
    assert (whole["number"], whole["state"], whole["signed_on"]) == (number, "pending", None)
    held = Body(session.scalars(select(ReportBody.text)).one())
    assert [one["value"] for one in whole["figures"]] == [one.value for one in held.figures]
    disturb(district)
    assert client.get(path).json == whole
    told = {name: whole[name] for name in whole if name != "figures"}
    assert client.get("/api/v1/reports?state=pending").json["items"] == [told]
    assert client.get("/api/v1/reports?state=issued").json["items"] == []
