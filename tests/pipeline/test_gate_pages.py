"""A district that agrees before a graduation holds: from the proposal to consent or refusal."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.core.db import session
from app.firms.models import Residency
from app.pipeline.models import Graduation, GraduationState
from app.pipeline.stage import Stage
from tests.pipeline.office import Office, admitted

pytestmark = pytest.mark.parametrize("config_changes", [{"GRADUATION_MODE": "approve"}])
VERIFICATION = "/verification?period=2026Q4"


def test_the_gate_opens_and_closes(office: Office) -> None:
    admitted(office)
    firm = f"/firms/{office.pid}"
    clerk = office.be("clerk")
    page = clerk.get(firm).text
    assert f"{firm}/moves/propose" in page
    assert f"{firm}/moves/graduate" not in page
    refused = office.act("graduate", graduated_on="2026-10-12")
    assert refused.status_code == 409
    assert "本区先同意后毕业" in refused.text
    office.act("propose", graduated_on="2026-10-12")
    row = office.one(Graduation)
    pid = row.pid
    assert (row.state, office.stage()) == (GraduationState.PROPOSED, Stage.INCUBATING)
    page = clerk.get(firm).text
    assert "已提请，待区同意" in page
    assert "在孵企业" in page
    assert f"{firm}/moves/propose" not in page
    assert office.pid in clerk.get("/firms?stage=incubating").text
    assert office.pid not in clerk.get("/firms?stage=graduated").text
    assert "松间月机器人" not in office.be("park").get("/openings").text

    head = office.be("head")
    assert "1 家毕业待同意" in head.get("/").text
    listed = head.get(VERIFICATION).text
    assert "同意勾选的企业毕业" in listed
    assert "核定勾选的企业" not in listed
    address = f"/graduations/{pid}"
    head.send(f"{address}/return", {"reason": "evidence", "note": "缺验资报告"}, page=address)
    assert office.one(Graduation).state == GraduationState.DECLINED
    assert office.stage() == Stage.INCUBATING
    clerk = office.be("clerk")
    assert "提请毕业未同意" in clerk.get("/").text
    assert "提请毕业未同意" in clerk.get(firm).text
    assert "缺验资报告" in clerk.get(address).text

    clerk.send(address, {"graduated_on": "2026-11-02"})
    assert office.one(Graduation).state == GraduationState.PROPOSED
    head = office.be("head")
    head.send("/verification/approve", {"id": pid}, page=VERIFICATION)
    assert office.one(Graduation).state == GraduationState.VERIFIED
    assert office.stage() == Stage.GRADUATED
    kinds = session.scalars(select(Residency.kind).order_by(Residency.starts)).all()
    assert [kind.value for kind in kinds] == ["on_site", "graduate_stay"]
    assert "松间月机器人" in office.be("park").get("/openings").text
    clerk = office.be("clerk")
    assert "待区同意" not in clerk.get(firm).text
    assert office.pid in clerk.get("/firms?stage=graduated").text
