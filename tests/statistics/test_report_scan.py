"""线下签批件: a report signed on paper, where one official alone is at the desk."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.accounts.models import Role
from app.core import audit
from app.core.db import session
from app.statistics.models import Report, ReportState
from app.statistics.reports.verify import verify
from tests.clients import Client
from tests.conftest import TODAY
from tests.databases import refuses_to_go_below
from tests.statistics.district import enter
from tests.statistics.test_reports import make, rows

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def scan(
    client: Client, address: str, *, files: Any = PDF, signer: str = "梁处长", day: str = "",
    seen: int | None = None,
) -> Any:  # fmt: skip
    """Post the form of a signed paper, as it was filled from a revision of the report."""
    session.expire_all()
    given = [files] if isinstance(files, bytes) else files
    fields = {
        "rev": seen or rows(address).rev, "signer": signer, "day": day or TODAY.isoformat(),
        "files": [(io.BytesIO(one), f"签批件{n}.pdf") for n, one in enumerate(given)],
    }  # fmt: skip
    return client.send(f"{address}/scan", fields, page=address)


def test_the_author_alone_enters_a_paper_that_another_signed(
    district: dict[str, Any], client: Client
) -> None:
    enter(client, Role.DISTRICT_CLERK, district["district"])
    address = make(client, parts=["key"])
    assert scan(client, address).status_code == 303
    row = rows(address)
    assert (row.state, row.paper_signer, row.signed_on) == (ReportState.ISSUED, "梁处长", TODAY)
    assert row.signed_by == row.made_by
    page = client.get(address).get_data(as_text=True)
    assert "梁处长" in page
    assert f"由 {row.author.name} 登记" in page
    answer = client.get(f"{address}/scan")
    assert (answer.data, answer.mimetype) == (PDF, "application/pdf")
    assert "attachment" in answer.headers["Content-Disposition"]
    paper = client.get(f"{address}/paper").get_data(as_text=True)
    assert "签发：梁处长 2026-11-24（线下签批件）" in paper
    listed = client.get("/statistics/reports").get_data(as_text=True)
    assert "线下签批件" in listed
    assert [one.holds for one in verify()] == [True]


def test_the_wrong_paper_gives_way_to_the_right_one_and_stays_in_the_history(
    district: dict[str, Any], client: Client
) -> None:
    address = make(client, parts=["key"])
    assert scan(client, address).status_code == 303
    other = PDF + b"\n"
    assert scan(client, address, files=other, signer="钱处长").status_code == 303
    assert "已换签批件" in client.get(address).get_data(as_text=True)
    assert client.get(f"{address}/scan").data == other
    held = session.execute(
        text("SELECT paper_signer FROM report_history WHERE paper_signer IS NOT NULL ORDER BY rev")
    ).scalars()
    assert "梁处长" in list(held)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"files": []}, "请上传一份签批件的扫描件"),
        ({"files": [PDF, PDF]}, "只传一份"),
        ({"files": b"not a paper"}, "只收 PDF"),
        ({"files": b""}, "文件是空的"),
        ({"signer": " "}, "签批人"),
        ({"signer": "长" * 61}, "60"),
        ({"day": (TODAY + dt.timedelta(1)).isoformat()}, "不能晚于今天"),
        ({"day": (TODAY - dt.timedelta(1)).isoformat()}, "不能早于报告生成之日"),
        ({"day": "上周"}, "日期"),
    ],
)
def test_a_paper_that_says_too_little_signs_nothing(
    district: dict[str, Any], client: Client, changed: dict[str, Any], said: str
) -> None:
    address = make(client, parts=["key"])
    answer = scan(client, address, **changed)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    session.expire_all()
    row = rows(address)
    assert (row.state, row.paper_signer, row.signed_by) == (ReportState.PENDING, None, None)
    assert client.get(f"{address}/scan").status_code == 404


@pytest.mark.parametrize("typed", ["{}", " {} ", "{}。", "。"])
def test_nobody_signs_the_own_report_on_paper(
    district: dict[str, Any], client: Client, typed: str
) -> None:
    address = make(client, parts=["key"])
    own = typed.format(rows(address).author.name)
    answer = scan(client, address, signer=own)
    assert answer.status_code == 422
    assert "生成人以外的人" in answer.get_data(as_text=True)
    session.expire_all()
    assert rows(address).state is ReportState.PENDING


def test_what_was_signed_here_or_returned_takes_no_paper(
    district: dict[str, Any], client: Client
) -> None:
    addresses = [make(client, parts=["key"]) for _ in range(2)]
    enter(client, Role.DISTRICT_HEAD, district["district"])
    assert client.send(f"{addresses[0]}/sign", page=addresses[0]).status_code == 303
    given = {"remark": "统计时点应为季末"}
    assert client.send(f"{addresses[1]}/return", given, page=addresses[1]).status_code == 303
    for address in addresses:
        assert scan(client, address).status_code == 422
        assert "按线下签批件签发" not in client.get(address).get_data(as_text=True)
    assert session.scalars(select(Report).where(Report.paper_signer.is_not(None))).all() == []


def test_whoever_may_not_make_reports_neither_enters_nor_reads_a_paper(
    district: dict[str, Any], client: Client
) -> None:
    address = make(client, parts=["key"])
    assert scan(client, address).status_code == 303
    enter(client, Role.CARRIER_HEAD, district["a"])
    assert client.get(f"{address}/scan").status_code == 404
    token = {"csrf_token": client.token("/preferences")}
    assert client.post(f"{address}/scan", data=token).status_code == 403


def test_a_second_window_takes_the_place_of_no_paper_unseen(
    district: dict[str, Any], client: Client
) -> None:
    address = make(client, parts=["key"])
    seen = rows(address).rev
    assert scan(client, address).status_code == 303
    late = scan(client, address, files=PDF + b"\n", signer="钱处长", seen=seen)
    assert late.status_code == 409
    page = late.get_data(as_text=True)
    assert "报告刚由另一人改动，现为“已签发”" in page
    assert "钱处长" in page, "what was typed stays"
    session.expire_all()
    row = rows(address)
    assert (row.paper_signer, client.get(f"{address}/scan").data) == ("梁处长", PDF)
    assert f'name="rev" type="hidden" value="{row.rev}"' in page, "the next press has seen it"


def test_the_audit_says_it_in_words(district: dict[str, Any], client: Client) -> None:
    enter(client, Role.DISTRICT_CLERK, district["district"])
    address = make(client, parts=["key"])
    assert scan(client, address).status_code == 303
    done = client.get("/done").get_data(as_text=True)
    assert "登记统计报告的签批件" in done
    assert "report:scan" not in re.sub(r"<option.*?</option>|href=\"[^\"]*\"", "", done)


def test_going_below_the_papers_is_refused_once_there_are_some(
    app: Flask, district: dict[str, Any], client: Client, database_url: str
) -> None:
    address = make(client, parts=["key"])
    assert scan(client, address).status_code == 303
    session.remove()
    app.extensions["engine"].dispose()
    refuses_to_go_below(database_url, "20261128rsc1", "rows that the sealed audit covers")
    assert client.get(f"{address}/scan").data == PDF
    assert list(audit.verify()) == []
