"""名单比对: a published list of names makes recognitions of the firms on record."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from html import unescape
from typing import Any

from sqlalchemy import select

from app.carriers.models import Verification
from app.core.db import session, write
from app.firms.models import FirmName, Milestone, Title
from tests.clients import Client, sign_in
from tests.exchange.conftest import read_xlsx
from tests.exchange.test_imports import commit, counts, figures_of, workbook
from tests.factories.chain import SEEDER, Chain


def compare(client: Client, rows: list[list[Any]], **given: str) -> Any:
    """Upload a list."""
    data = {
        "csrf_token": client.token("/imports"), "sheet": "list", "title": "tech_sme",
        "stage": "filed_on", "day": "2026.11.20",
        "file": (io.BytesIO(workbook(("附件1", rows))), "名单.xlsx"), **given,
    }  # fmt: skip
    return client.post("/imports", data=data, content_type="multipart/form-data")


def held(firm: Any, title: Title) -> list[Milestone]:
    session.rollback()
    found = select(Milestone).where(Milestone.firm_id == firm.id, Milestone.title == title)
    return list(session.scalars(found.order_by(Milestone.id)))


def test_a_list_of_names_fills_the_certificates(client: Client, made: Chain) -> None:
    first, second, third = (made.firms[n] for n in ("石上泉传感", "苇间雪软件", "竹外桃电路"))
    with write("test:former", actor=SEEDER):
        session.add(
            FirmName(firm_id=second.id, name="旧名（上海）有限公司",
                     starts=dt.date(2020, 1, 1), ends=dt.date(2024, 1, 1))
        )  # fmt: skip
    sign_in(client, made.people["district"])
    rows = [
        ["2026年第8批拟入库科技型中小企业名单"],
        ["序号", "企业名称", "统一社会信用代码"],
        [1, first.name, first.code],
        [2, "旧名(上海)有限公司"],
        [3, "竹外桃电路（上海）股份有限公司"],
        [4, "不相干的企业有限公司"],
    ]
    answer = compare(client, rows)
    assert answer.status_code == 303, unescape(answer.get_data(as_text=True))
    page = client.get(answer.location).get_data(as_text=True)
    assert counts(page) == {"错误": 0, "冲突": 0, "更新": 0, "新增": 2, "不变": 0}
    text = unescape(page)
    assert "不相干的企业有限公司" in text
    assert "有 1 行待认" in text
    assert "资质名称 科技型中小企业；备案日 2026-11-20" in text
    assert commit(client, answer.location, page).status_code == 303
    for firm in (first, second):
        (entry,) = held(firm, Title.TECH_SME)
        assert (entry.filed_on, entry.verification) == (dt.date(2026, 11, 20), Verification.LIST)
    assert held(third, Title.TECH_SME) == []
    again = compare(client, rows, stage="issued_on", day="2026-12-30")
    assert "日期不能晚于今天" not in again.get_data(as_text=True)
    same = compare(client, rows)
    found = counts(client.get(same.location).get_data(as_text=True))
    assert (found["新增"], found["不变"]) == (0, 2)


def test_a_number_of_another_firm_needs_a_reason(client: Client, made: Chain) -> None:
    first, second = (made.firms[n] for n in ("石上泉传感", "苇间雪软件"))
    with write("test:held", actor=SEEDER):
        session.add(
            Milestone(firm_id=second.id, kind="recognition", title="tech_sme", number="2026310115A",
                      day=dt.date(2026, 5, 8), filed_on=dt.date(2026, 5, 8),
                      verification=Verification.LIST)
        )  # fmt: skip
    sign_in(client, made.people["district"])

    def read(*more: str) -> tuple[str, str]:
        heads = ["企业名称", "证书编号", "说明"][: 2 + len(more)]
        answer = compare(client, [heads, [first.name, "2026310115a", *more]])
        assert answer.status_code == 303
        return answer.location, unescape(client.get(answer.location).get_data(as_text=True))

    _place, page = read()
    assert f"已登记在“{second.name}”名下" in page
    assert counts(page)["错误"] == 1
    place, page = read("对方录错，已通知更正")
    assert counts(page)["新增"] == 1
    assert commit(client, place, page).status_code == 303
    (entry,) = held(first, Title.TECH_SME)
    assert (entry.number, entry.remark) == ("2026310115a", "对方录错，已通知更正")


def test_one_number_on_two_lines_of_a_list_needs_a_reason(client: Client, made: Chain) -> None:
    names = [made.firms[n].name for n in ("石上泉传感", "苇间雪软件")]
    sign_in(client, made.people["district"])
    for why, wrong, new in (("", 1, 1), ("分立后两家共用", 0, 2)):
        lines = [[name, "GR2026310115", why if n else ""] for n, name in enumerate(names)]
        answer = compare(client, [["企业名称", "证书编号", "说明"], *lines])
        page = unescape(client.get(answer.location).get_data(as_text=True))
        assert (counts(page)["错误"], counts(page)["新增"]) == (wrong, new)
        assert ("与第 2 行另一家企业的证书相同" in page) == bool(wrong)


def test_a_carriers_list_counts_as_the_carriers(client: Client, made: Chain) -> None:
    sign_in(client, made.people["incubator"])
    firm = made.firms["石上泉传感"]
    answer = compare(client, [["企业名称"], [firm.name]])
    page = client.get(answer.location).get_data(as_text=True)
    assert commit(client, answer.location, page).status_code == 303
    (entry,) = held(firm, Title.TECH_SME)
    assert entry.verification == Verification.CARRIER
    for wrong in ({"title": "x"}, {"stage": "rev"}, {"day": "soon"}):
        assert compare(client, [["企业名称"], [firm.name]], **wrong).status_code == 422


def test_forms_go_round_and_come_back_at_once(client: Client, made: Chain) -> None:
    """采集表: one workbook a firm, only its own; all returned files are one plan."""
    sign_in(client, made.people["incubator"])
    answer = client.send("/imports/collect", page="/imports")
    packed = zipfile.ZipFile(io.BytesIO(answer.data))
    forms = {name: packed.read(name) for name in packed.namelist()}
    firm = made.firms["竹外桃电路"]
    mine = next(c for name, c in forms.items() if "竹外桃" in name)
    whole = " ".join(str(v) for rows in read_xlsx(mine).values() for row in rows for v in row)
    for other in made.firms.values():
        assert (str(other.code) in whole) == (other.id == firm.id)
    token = client.token("/imports")
    files = [(io.BytesIO(content), name) for name, content in forms.items()]
    unchanged = client.post("/imports", data={"csrf_token": token, "file": files})
    page = client.get(unchanged.location).get_data(as_text=True)
    found = counts(page)
    assert found["不变"] > 0
    assert {found[word] for word in ("错误", "冲突", "更新", "新增")} == {0}
    sheet = read_xlsx(mine)["年度、季度数据"]
    line = [None if v == "" else v for v in sheet[1]]
    line[sheet[0].index("营业收入（万元）")] = 88
    filled = workbook(("年度、季度数据", [sheet[0], line]))
    others = [(io.BytesIO(c), n) for n, c in forms.items() if c != mine][:2]
    both = [*others, (io.BytesIO(filled), "回.xlsx")]
    answer = client.post("/imports", data={"csrf_token": token, "file": both})
    page = client.get(answer.location).get_data(as_text=True)
    assert counts(page)["新增"] == 1
    assert "等 3 个文件" in page
    assert commit(client, answer.location, page).status_code == 303
    assert figures_of(firm)[0].revenue == 88_000_000
