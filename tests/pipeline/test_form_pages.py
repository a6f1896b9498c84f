"""Forms of the chain that come back: stale, refused, sent back, overtaken."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from app.carriers.models import Source, Verification
from app.core.access import System
from app.core.db import session, write
from app.core.errors import DomainError
from app.firms.models import (
    Figures,
    Firm,
    LegalForm,
    Milestone,
    MilestoneKind,
    Residency,
    ResidencyKind,
    Title,
)
from app.pipeline import service
from app.pipeline.judging import set_judge
from app.pipeline.models import (
    Claim,
    Graduation,
    GraduationState,
    TransferRequest,
    TransferState,
)
from app.pipeline.rulebook import judgement
from app.pipeline.stage import Stage
from tests.conftest import TODAY
from tests.factories.firms import log
from tests.pipeline.office import Office, admitted


def test_a_returned_graduation_goes_back_to_the_carrier(office: Office) -> None:
    admitted(office)
    office.be("clerk")
    office.act("graduate", graduated_on="2026-10-12")
    row = office.one(Graduation)
    first, pid = row.rev, row.pid
    head = office.be("head")
    address = f"/graduations/{pid}"
    head.send(
        f"{address}/return", {"reason": "dates", "note": "与协议不符", "rev": first}, page=address
    )
    held = office.one(Graduation)
    assert held.state == GraduationState.RETURNED
    second = held.rev
    twice = {"reason": "evidence", "note": "缺协议原件", "rev": first}
    late = head.send(f"{address}/return", twice, page=address)
    assert late.status_code == 409
    assert 'value="缺协议原件"' in late.text
    clerk = office.be("clerk")
    assert "毕业被退回" in clerk.get("/").text
    assert "更正后重报" in clerk.get(address).text
    given = {"graduated_on": "2026-11-02", "rev": second}
    clerk.send(address, given)
    again = office.one(Graduation)
    assert (again.state, again.graduated_on) == (GraduationState.REPORTED, dt.date(2026, 11, 2))
    stale = clerk.send(address, given | {"graduated_on": "2026-11-09"})
    assert stale.status_code == 409
    for shown in ("改过这条记录", "2026-11-02", 'value="2026-11-09"'):
        assert shown in stale.text
    page = "/verification?period=2026Q4"
    seen = {"id": pid, "seen": second}
    changed = office.be("head").send("/verification/verify", seen, page=page)
    assert changed.status_code == 409
    assert "刚才有人改过：松间月机器人" in changed.text
    many = {"actor": System("test"), "today": TODAY, "graduations": [office.one(Graduation)] * 2}
    with pytest.raises(DomainError) as refused, write("test:verify", actor=System("test")):
        service.verify(**many)
    assert refused.value.message.startswith("松间月机器人：现处“")
    assert office.one(Graduation).state == GraduationState.REPORTED


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize(
    ("act", "given", "why", "english"),
    [
        ("graduate", {"graduated_on": "2026-10-12"}, "企业已毕业", "The firm has graduated"),
        (
            "leave", {"on": "2026-11-20", "destination": "city", "reason": "not_graduated"},
            "企业已离园", "The firm has left",
        ),
        ("land", {"arrived_on": "2026-11-20"}, "企业已转往他处", "The firm has moved elsewhere"),
    ],
)  # fmt: skip
def test_a_request_ends_when_the_firm_moves_on(
    office: Office, act: str, given: dict[str, str], why: str, english: str
) -> None:
    admitted(office)
    other = office.be("other")
    other.send(f"/transfers/new?code={office.code}", {"wanted_on": "2026-11-24"})
    if act == "land":
        office.be("park").send("/landings/new", given | {"code": office.code})
    else:
        office.be("clerk")
        office.act(act, **given)
        assert "答复转入申请" not in office.client.get("/").text
    row = office.one(TransferRequest)
    assert (row.state, row.answer) == (TransferState.ENDED, None)
    page = f"/transfers/{row.pid}"
    other = office.be("other")
    for address in ("/", "/transfers", page):
        assert why in other.get(address).text, address
    assert "撤回申请" not in other.get(page).text
    other.set_cookie("lang", "en")
    assert english in other.get(page).text
    assert "转入申请" not in office.be("head").get("/todo").text


def test_a_tie_is_corrected_and_voided(office: Office) -> None:
    admitted(office)
    clerk = office.be("clerk")
    tie = office.one(Residency)
    address = f"/residencies/{tie.pid}"
    assert 'name="ends"' not in clerk.get(address).text, "a counted one ends by leaving"
    given = {"starts": "2024-02-01", "reason": "录错月份", "rev": tie.rev, "kind": "office_only"}
    assert clerk.send(address, given | {"kind": "registered_only"}).status_code == 422
    clerk.send(address, given)
    corrected = office.one(Residency)
    assert (corrected.starts, corrected.limit_on) == (dt.date(2024, 2, 1), dt.date(2028, 2, 1))
    assert corrected.kind == ResidencyKind.OFFICE_ONLY
    history: Any = Residency.__history__
    assert session.scalars(select(history.c.kind)).all() == [ResidencyKind.ON_SITE]
    stale = clerk.send(address, given | {"starts": "2024-03-01"})
    assert stale.status_code == 409
    for shown in ("改过这条记录", "2024-02-01", 'value="2024-03-01"', 'value="录错月份"'):
        assert shown in stale.text
    late = clerk.send(f"{address}/void", {"reason": "测试企业", "rev": given["rev"]}, page=address)
    assert late.status_code == 409
    assert 'value="测试企业"' in late.text
    clerk.send(
        f"{address}/void", {"reason": "测试企业", "rev": office.one(Residency).rev}, page=address
    )
    assert office.stage() == Stage.REGISTERED


def test_what_was_typed_survives_a_colleague_who_was_faster(office: Office) -> None:
    admitted(office)
    clerk = office.be("clerk")
    page = f"/firms/{office.pid}/moves/extend"
    rev = office.one(Residency).rev
    office.act("extend", to="2028-06-30", reason="新药在研", rev=rev)
    late = office.act("extend", to="2028-03-31", reason="另有理由", rev=rev)
    assert late.status_code == 409
    for shown in ("2028-06-30", 'value="2028-03-31"', "新药在研", 'value="另有理由"'):
        assert shown in late.text
    assert office.act("extend", to="", reason="").status_code == 422
    empty = clerk.send(page, {"to": "", "reason": ""}).text
    assert "请填写“延长至”，例如 2026-03-31。" in empty
    assert "请填写“延长理由”。" in empty
    office.act("push")
    park = office.be("park")
    park.send(
        f"/openings/{office.pid}", {"token": "t" * 20, "carrier": office.park.pid}, page="/openings"
    )
    claim = f"/claims/{office.one(Claim).pid}"
    park.send(f"{claim}/end/withdraw", {"reason": "price"}, page=claim)
    for act, given in (
        ("", {"step": "visit", "day": "2026-11-20", "note": "看过三号楼"}),
        ("/end/withdraw", {"reason": "no_fit", "note": "承重不够"}),
    ):
        refused = park.send(f"{claim}{act}", given, page=claim)
        assert refused.status_code == 422
        assert f'value="{given["note"]}"' in refused.text
    office.be("clerk")
    gone = {"on": "2026-11-20", "destination": "city", "reason": "not_graduated"}
    assert office.act("leave", **gone).status_code == 303
    again = clerk.send(f"/firms/{office.pid}/moves/leave", gone | {"remark": "已交钥匙"}, page="/")
    assert again.status_code == 409
    assert "现在不能办理" in again.text
    assert "已交钥匙" in again.text


def test_a_graduation_that_lost_its_ground_is_reviewed(office: Office) -> None:
    """What the frozen verdict was decided on went, and by its day the clause is not met."""
    admitted(office)
    set_judge(office.app, judgement)
    held = log(office.firm, MilestoneKind.RECOGNITION, title=Title.HNTE, name="高新技术企业",
               issued_on=dt.date(2025, 11, 3), filed_on=dt.date(2025, 10, 3))  # fmt: skip
    with write("test:figures", actor=System("test")):
        session.get_one(Firm, office.firm.id).legal_form = LegalForm.COMPANY
        session.add_all(
            Figures(firm_id=office.firm.id, year=year, source=source, revenue=600_000_000,
                    verification=Verification.CARRIER)
            for year, source in ((2024, Source.AUDIT), (2025, Source.EXPRESS))
        )  # fmt: skip
    office.be("clerk")
    assert office.act("graduate", graduated_on="2026-10-12").status_code == 303
    with write("test:verify", actor=System("test")):
        office.one(Graduation).state = GraduationState.VERIFIED
    row = office.one(Graduation)
    assert row.basis == "9-1,9-3"
    page, head = f"/graduations/{row.pid}", office.be("head")
    with write("test:later", actor=System("test")):  # no ground lost
        session.get_one(Milestone, held.id).number = "GR202531000001"
    assert "待复查" not in head.get("/").text
    for change, told in (
        (audited_lower, "第九条（三）：填报数据已更正"),
        (earn_less, "第九条（三）：填报数据已更正"),
        (retitle, "第九条（一）：高新技术企业已更正"),
        (revoke, "第九条（一）：高新技术企业后被取消"),
        (session.delete, "第九条（一）：高新技术企业已作废"),
    ):
        with write("test:change", actor=System("test")):
            change(session.get_one(Milestone, held.id))
        head = office.be("head")
        assert "1 家毕业待复查" in head.get("/").text
        assert told in head.get("/verification").text
        shown = head.get(page).text
        assert told in shown
        assert "维持毕业" in shown
        rev = office.one(Graduation).rev
        if change is revoke:
            empty = head.send(f"{page}/keep", {"reason": "", "rev": rev}, page=page)
            assert empty.status_code == 422
        head.send(f"{page}/keep", {"reason": f"{told}，另有融资", "rev": rev}, page=page)
        assert office.one(Graduation).state == GraduationState.VERIFIED
        shown = head.get(page).text
        assert f"{told}，另有融资" in shown
        assert "维持毕业" not in shown
        assert "待复查" not in head.get("/").text
    assert office.be("clerk").post(f"{page}/keep").status_code in (400, 403)


def test_a_lost_ground_that_bears_no_name_is_told_by_its_day(office: Office) -> None:
    admitted(office)
    set_judge(office.app, judgement)
    held = log(office.firm, MilestoneKind.RECOGNITION, title=Title.HNTE,
               issued_on=dt.date(2025, 11, 3), filed_on=dt.date(2025, 10, 3))  # fmt: skip
    with write("test:form", actor=System("test")):
        session.get_one(Firm, office.firm.id).legal_form = LegalForm.COMPANY
    office.be("clerk")
    assert office.act("graduate", graduated_on="2026-10-12").status_code == 303
    with write("test:void", actor=System("test")):
        office.one(Graduation).state = GraduationState.VERIFIED
        session.flush()
        session.delete(session.get_one(Milestone, held.id))
    assert "第九条（一）：2025-11-03 的记录已作废" in office.be("head").get("/verification").text


def last_year(entry: Milestone) -> list[Figures]:
    """The firm's figures of the last year, of every source."""
    statement = select(Figures).where(Figures.firm_id == entry.firm_id, Figures.year == 2025)
    return list(session.scalars(statement))


def audited_lower(entry: Milestone) -> None:
    """The audit of the last year comes in below the figures first given."""
    session.add(
        Figures(firm_id=entry.firm_id, year=2025, source=Source.AUDIT, revenue=400_000_000,
                verification=Verification.CARRIER)
    )  # fmt: skip


def earn_less(entry: Milestone) -> None:
    """The firm's figures of the last year are corrected downwards."""
    for row in last_year(entry):
        row.revenue = 300_000_000


def retitle(entry: Milestone) -> None:
    """It was another title."""
    entry.title = Title.TECH_SME


def revoke(entry: Milestone) -> None:
    """The title was revoked, with effect before the graduation."""
    entry.title, entry.revoked_on = Title.HNTE, dt.date(2026, 1, 1)


def test_blanks_in_a_box_that_must_be_filled_count_as_nothing(office: Office) -> None:
    admitted(office)
    clerk = office.be("clerk")
    for act, typed in (
        ("extend", {"to": " ", "reason": "样机验证"}),
        ("extend", {"to": "2028-06-30", "reason": "\u3000 "}),
        ("leave", {"on": "\t", "destination": "unknown", "reason": "not_graduated"}),
        ("graduate", {"graduated_on": "  "}),
    ):
        page = f"/firms/{office.pid}/moves/{act}"
        refused = clerk.send(page, typed)
        assert (refused.status_code, refused.text.count("is-invalid")) == (422, 1)
    held = office.one(Residency)
    assert (held.extended_to, held.ends) == (None, None)


def test_one_press_that_comes_twice_makes_one_tie(office: Office) -> None:
    admitted(office)
    office.be("clerk")
    given = {"kind": "extension", "starts": "2026-11-02", "area_m2": "80", "remark": "一层"}
    answers = [office.act("tie", **given), office.act("tie", **given)]
    assert [answer.status_code for answer in answers] == [303, 409]
    assert "没有重复写入" in answers[1].text
    assert office.act("tie", **given | {"area_m2": "120"}).status_code == 303
    side = select(Residency.area_m2).where(Residency.counted.is_(False)).order_by(Residency.id)
    assert session.scalars(side).all() == [80, 120]
