"""Exports: the rows, columns, order and rights of their pages; nothing in them runs."""

from __future__ import annotations

import datetime as dt
import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import select

from app.accounts.models import Organisation, OrganisationKind, Role
from app.core import acts
from app.core.db import Revision, session, write
from app.exchange.defuse import unmark
from app.exchange.out import csv, xlsx
from app.exchange.out.book import Book, Head, Table, exports
from app.firms.models import Firm, Place, PlaceKind
from tests.clients import Client, sign_in
from tests.exchange.conftest import press, read_csv, read_xlsx
from tests.factories.accounts import make_organisation, person_with_post
from tests.factories.chain import SEEDER, Chain

#: pages of lists, each with the endpoint that its button names
LISTS = (
    "/firms", "/carriers", "/returns?period=2026Q3", "/claims", "/openings",
    "/statistics/graduations?by=carrier", "/statistics/carriers",
    "/statistics/list?indicator=S-10",
)  # fmt: skip
READERS = {
    "agency": Role.AGENCY_CLERK, "area": Role.AREA_READER, "auditor": Role.AUDITOR,
    "administrator": Role.ADMINISTRATOR, "accounts": Role.CARRIER_ACCOUNTS,
}  # fmt: skip
#: pages looked at in both formats
BOTH = (
    ("/firms?whole=1&sort=-name", "incubator"), ("/returns?period=2026Q3", "incubator"),
    ("/statistics/hatched", "incubator"), ("/statistics/stock", "district"),
    ("/statistics/cohorts", "district"), ("/statistics/carriers", "district"),
)  # fmt: skip
SECRET = "拾遗绝密企业"


def test_the_list_of_firms_as_the_page_has_it(client: Client, made: Chain) -> None:
    sign_in(client, made.people["incubator"])
    page = "/firms?whole=1&sort=-name&col=carrier&col=months"
    shown = re.findall(r'name="firm" value="(\w+)"', client.get(page).get_data(as_text=True))
    held = {f.pid: f.name for f in session.scalars(select(Firm).order_by(Firm.id))}
    answer = press(client, page)
    assert answer.status_code == 200
    assert (
        "filename*=UTF-8''%E4%BC%81%E4%B8%9A%E5%90%8D%E5%8D%95"
        in (answer.headers["Content-Disposition"])
    )
    first, sheet = read_xlsx(answer.data).values()
    assert sheet[0] == [
        "企业名称", "统一社会信用代码", "载体", "领域",
        "在孵月数（月）", "在孵期限（月）", "延长至",
    ]  # fmt: skip
    assert [row[0] for row in sheet[1:]] == [held[pid] for pid in shown]
    assert {row[2] for row in sheet[1:]} == {"金科路青禾孵化器", "北河机器人园", ""}
    assert all(isinstance(row[1], str) and len(row[1]) == 18 for row in sheet[1:])
    assert first[0][0] == "企业名单"
    assert ["筛选条件", "无"] in first


def test_both_formats_hold_the_same(client: Client, made: Chain) -> None:
    for page, who in BOTH:
        sign_in(client, made.people[who])
        book, lines = press(client, page), press(client, page, "csv")
        assert book.status_code == lines.status_code == 200, (page, who)
        table, flat = list(read_xlsx(book.data).values())[1], read_csv(lines.data)
        assert flat[0] == [str(v) for v in table[0]]
        assert len(flat) == len(table)


def test_a_file_names_whom_its_page_names_to_every_reader(client: Client, made: Chain) -> None:
    """P7: also a firm that is only counted; and where a page is closed, so is its file."""
    with write("test:canary", actor=SEEDER):
        firm = made.firm(SECRET)
        firm.counted_only = True
        made.firm("界外客", None)
        for one in (firm, made.firms["竹外桃电路"], made.firms["界外客"]):
            for kind in PlaceKind:
                session.add(Place(firm_id=one.id, kind=kind, district="310115", area="zhangjiang",
                                  starts=dt.date(2020, 1, 1)))  # fmt: skip
    people = ("incubator", "park", "district")
    firms = {f.short_name for f in session.scalars(select(Firm).order_by(Firm.id))}
    home = session.get_one(Organisation, made.carriers["incubator"].organisation_id)
    area = make_organisation("张江", OrganisationKind.AREA, area_code="zhangjiang")
    places = {"area": area, "accounts": home}
    found: dict[tuple[str, str], set[str] | None] = {}
    for who in (*people, *READERS):
        role = READERS.get(who)
        sign_in(client, person_with_post(role, places.get(who)) if role else made.people[who])
        token = client.token("/")
        for page in LISTS:
            found[who, page] = _told(client, page, firms, token)
    assert SECRET in (found["district", "/firms"] or ())
    assert SECRET in (found["incubator", "/firms"] or ())
    for who in ("park", "area"):
        for page in LISTS:
            assert SECRET not in (found[who, page] or ()), (who, page)
    assert found["area", "/firms"] == {"竹外桃电路", "界外客"}
    assert "松间月机器人" in (found["park", "/openings"] or ())
    closed = [
        (w, p) for w in ("incubator", "district", "auditor") for p in ("/openings", "/claims")
    ]
    closed += [(w, "/firms") for w in ("auditor", "administrator", "accounts")]
    assert [one for one in closed if found[one] is not None] == []


def _told(client: Client, page: str, firms: set[str], token: str) -> set[str] | None:
    """The firms that the page and its file name, which are the same; None where both are closed."""
    answer = client.get(page)
    adapter = current_app.url_map.bind("localhost")
    endpoint, _path = adapter.match(page.split("?")[0])
    given = {"csrf_token": token, "format": "csv"}
    query = f"?{page.partition('?')[2]}"
    file = client.post(f"/exports/{endpoint}{query}", data=given)
    if answer.status_code != 200:
        assert file.status_code == answer.status_code, page
        return None
    assert file.status_code == 200, page
    body = "".join(re.findall(r"<tbody>.*?</tbody>", answer.get_data(as_text=True), re.S))
    shown = {name for name in firms if name in body}
    assert {name for name in firms if name in file.data.decode("utf-8-sig")} == shown, page
    return shown


def test_every_export_is_noted_and_refused_like_its_page(client: Client, made: Chain) -> None:
    sign_in(client, made.people["district"])
    press(client, "/firms", "csv")
    last = session.scalars(select(Revision).order_by(Revision.id.desc()).limit(1)).one()
    assert (last.action, last.reason, last.actor) == (
        "export:workbench.firms", "csv", f"person:{made.people['district'].pid}"
    )  # fmt: skip
    token = client.token("/firms")
    before = last.id
    for path, status in (
        ("/exports/pipeline.claims", 403),
        ("/exports/workbench.home", 404),
        ("/exports/firms.return_sheet?_pid=nobody", 404),
        ("/exports/statistics.listing?indicator=Z-99", 404),
    ):
        answer = client.post(path, data={"csrf_token": token, "format": "xlsx"})
        assert answer.status_code == status, path
    assert client.post("/exports/workbench.firms", data={"format": "xlsx"}).status_code == 400
    newest = session.scalars(select(Revision.id).order_by(Revision.id.desc()).limit(1)).one()
    assert newest == before


def test_a_foreign_return_gives_nothing(client: Client, made: Chain) -> None:
    sign_in(client, made.people["incubator"])
    page = client.get("/returns?period=2026Q3").get_data(as_text=True)
    found = re.search(r'href="/returns/(\w+)"', page)
    assert found
    sheet = list(read_xlsx(press(client, f"/returns/{found[1]}").data).values())[1]
    assert sheet[0][:3] == ["企业名称", "统一社会信用代码", "营业收入（万元）"]
    assert sheet[-1][0] == "合计"
    sign_in(client, made.people["park"])
    token = client.token("/firms")
    given = {"csrf_token": token, "format": "xlsx"}
    other = client.post(f"/exports/firms.return_sheet?_pid={found[1]}", data=given)
    assert other.status_code in (403, 404)


def test_every_list_names_a_page_that_exists(app: Flask) -> None:
    words = acts.known()[0]
    for page, one in exports(app).items():
        view = app.view_functions[page]
        assert view.permissions == one.permissions  # type: ignore[attr-defined]
        assert f"export:{page}" in words, "the audit has a word for it"


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x",
     "'=1", "''=1", "'a",
     "=HYPERLINK(\"http://x\")", "−5", "a=1", '"', "a,b\nc", "㐂𠮷﨑"],
)  # fmt: skip
def test_text_stays_text_and_comes_back(text: str) -> None:
    rows: list[list[Any]] = [[text, -12, 3]]
    book = Book("b", [Table("t", [Head("a"), Head("b"), Head("c", "wan")], rows)])
    line = read_csv(b"".join(csv.pieces(book)))[1]
    assert not re.match(r"[=+\-@\t\r＝＋－＠]", line[0])
    assert [unmark(line[0]), *line[1:]] == [text, "-12", "3"]
    held = BytesIO()
    xlsx.write(book, held, [])
    assert b"<f>" not in held.getvalue()
    back = list(read_xlsx(held.getvalue()).values())[1][1]
    assert back == [text, -12.0, 3.0]
