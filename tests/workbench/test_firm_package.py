"""企业资料包: the whole file of a firm for its carrier and the district, noted in the audit."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile

from flask import Flask
from sqlalchemy import select

from app.core.days import now
from app.core.db import Revision, session, write
from app.firms import service
from app.firms.models import Evidence, Firm, Milestone, MilestoneKind
from app.firms.papers import keep
from tests.clients import Client, sign_in
from tests.exchange.conftest import read_xlsx
from tests.factories.chain import SEEDER, Chain
from tests.factories.firms import log

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
LOST = PDF.replace(b"1 0", b"2 0")
NAME = "竹外桃电路"


def with_papers(made: Chain) -> Firm:
    """A firm with an award and two files, of which the store has lost one."""
    firm = made.firms[NAME]
    entry = log(firm, MilestoneKind.OTHER, name="=1+1", day=made.today)
    kept = keep(io.BytesIO(PDF), "证书.pdf")
    with write("test:papers", actor=SEEDER):
        held = session.get_one(Firm, firm.id)
        award = session.get_one(Milestone, entry.id)
        service.add_evidence(
            actor=SEEDER, today=made.today, firm=held, stored=kept, milestone=award
        )
        session.add(Evidence(
            firm_id=firm.id, sha256=hashlib.sha256(LOST).hexdigest(), name="丢失.pdf", size=9,
            media_type="application/pdf", added_at=now(),
        ))  # fmt: skip
    return session.get_one(Firm, firm.id)


def noted() -> list[str | None]:
    session.rollback()
    statement = select(Revision.reason).where(Revision.action == "export:package")
    return list(session.scalars(statement.order_by(Revision.id)))


def test_the_whole_file_with_its_papers(app: Flask, client: Client, made: Chain) -> None:
    firm = with_papers(made)
    pid, name, code = firm.pid, firm.name, firm.code
    sign_in(client, made.people["incubator"])
    page = f"/firms/{pid}"
    assert f"{page}/package" in client.get(page).get_data(as_text=True)
    answer = client.send(f"{page}/package", {}, page=page)
    assert answer.status_code == 200
    packed = zipfile.ZipFile(io.BytesIO(answer.data))
    assert packed.testzip() is None
    assert packed.read("佐证材料/001 证书.pdf") == PDF
    book = read_xlsx(packed.read("企业档案.xlsx"))
    told = {row[0]: row[1] for row in book["登记信息"]}
    assert (told["统一社会信用代码"], told["企业名称"]) == (code, name)
    assert book["入驻记录"][1][0] == "金科路青禾孵化器"
    assert "=1+1" in book["其他"][1]
    files = {row[0]: (row[1], row[5]) for row in book["佐证材料"][1:]}
    assert files["001 证书.pdf"][1] == "已放入"
    assert files["002 丢失.pdf"] == ("", "文件缺失")
    assert noted() == [pid]


def test_only_its_carrier_and_the_district(client: Client, made: Chain) -> None:
    pid = with_papers(made).pid
    for who, status in (("district", 200), ("incubator", 200), ("rival", 404), ("park", 404)):
        sign_in(client, made.people[who])
        answer = client.send(f"/firms/{pid}/package", {}, page="/")
        assert answer.status_code == status, who
    assert noted() == [pid, pid]


def test_a_graduate_takes_its_check_along(client: Client, made: Chain) -> None:
    pid, day = made.firms["松间月机器人"].pid, made.today - dt.timedelta(days=5)
    sign_in(client, made.people["district"])
    answer = client.send(f"/firms/{pid}/package", {}, page="/")
    packed = zipfile.ZipFile(io.BytesIO(answer.data))
    assert f"毕业核对 {day}.json" in packed.namelist()
    assert read_xlsx(packed.read("企业档案.xlsx"))["毕业记录"][1][2] == day
