"""Logging and correcting milestones on pages."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from sqlalchemy import select

from app.carriers.models import Verification
from app.core.db import session, write
from app.firms.models import Evidence, FirmLink, Milestone, MilestoneKind, MoneyState
from tests.clients import Client, sign_in
from tests.factories.carriers import ACTOR, make_carrier
from tests.factories.firms import log, make_firm
from tests.firms.conftest import Ground

PAST = dt.date(2024, 11, 8)
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.mark.parametrize("kind", list(MilestoneKind))
def test_each_kind_has_its_form(client: Client, ground: Ground, kind: MilestoneKind) -> None:
    page = client.get(f"/firms/{ground.firm.pid}/log?kind={kind.value}").get_data(as_text=True)
    assert f'name="kind" value="{kind.value}"' in page
    assert "2026-11-24" in page


def test_money_received_is_logged_with_its_slip(client: Client, ground: Ground) -> None:
    firm = ground.firm
    answer = client.send(
        f"/firms/{firm.pid}/log",
        {
            "kind": "financing", "investor": "venture", "amount": "600", "day": "2026.11.20",
            "money_state": "received", "files": [(io.BytesIO(PDF), "回单.pdf")],
        },
        content_type="multipart/form-data",
    )  # fmt: skip
    assert answer.status_code == 303
    entry = session.scalars(select(Milestone)).one()
    assert (entry.amount, entry.money_state) == (600_000_000, MoneyState.RECEIVED)
    assert entry.received_on == entry.day
    paper = session.scalars(select(Evidence)).one()
    assert (paper.milestone_id, paper.name, paper.media_type) == (
        entry.id, "回单.pdf", "application/pdf",
    )  # fmt: skip
    got = client.get(f"/evidence/{paper.pid}")
    assert got.data == PDF
    assert got.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"investor": "venture", "money_state": "received"}, "已到账的融资请填写金额"),
        ({"investor": "venture", "money_state": "received", "amount": "0"}, "应大于 0"),
        ({"investor": "venture", "money_state": "agreed"}, "至少填写金额、轮次、投资机构"),
        ({"money_state": "agreed", "name": "A 轮"}, "请选择“投资方”。"),
    ],
)
def test_a_financing_says_what_it_needs(
    client: Client, ground: Ground, given: dict[str, str], said: str
) -> None:
    path = f"/firms/{ground.firm.pid}/log"
    refused = client.send(path, {"kind": "financing", "day": "2026-11-20", **given})
    assert refused.status_code == 422
    assert said in refused.text
    assert session.scalars(select(Milestone)).all() == []


@pytest.mark.parametrize(
    ("step", "said"), [("reissued_on", "早于前一步"), ("revoked_on", "取消日不能早于发证日")]
)
def test_nothing_becomes_of_a_certificate_before_it_is_issued(
    client: Client, ground: Ground, step: str, said: str
) -> None:
    path = f"/firms/{ground.firm.pid}/log"
    form = {"kind": "recognition", "title": "hnte", "number": "GR202531000001",
            "issued_on": "2025-12-04", "expires_on": "2028-12-04"}  # fmt: skip
    refused = client.send(path, {**form, step: "2025-12-03"})
    assert refused.status_code == 422
    assert said in refused.text
    assert session.scalars(select(Milestone)).all() == []
    assert client.send(path, {**form, step: "2025-12-04"}).status_code == 303


def test_a_second_like_it_is_refused_and_named(client: Client, ground: Ground) -> None:
    firm = ground.firm
    form = {"kind": "ip", "ip_type": "invention", "obtained": "own", "number": "ZL1",
            "granted_on": "2026-11-01", "name": "一种传感器"}  # fmt: skip
    assert client.send(f"/firms/{firm.pid}/log", form).status_code == 303
    again = client.send(f"/firms/{firm.pid}/log", form)
    assert again.status_code == 409
    assert "发明专利 一种传感器，2026-11-01" in again.get_data(as_text=True)
    assert len(session.scalars(select(Milestone)).all()) == 1


def test_a_certificate_of_another_firm_is_refused_until_somebody_says_why(
    client: Client, ground: Ground
) -> None:
    """A slip of the number, most often. Kin by 承继 needs no words: the certificate passed on."""
    stranger, kin = make_firm("远山", at=make_carrier()), make_firm("近水", at=make_carrier())
    log(stranger, MilestoneKind.RECOGNITION, title="hnte", number="GR1", issued_on=PAST)
    log(kin, MilestoneKind.RECOGNITION, title="hnte", number="GR2", issued_on=PAST)
    with write("test:link", actor=ACTOR):
        session.add(FirmLink(from_id=kin.id, to_id=ground.firm.id, kind="split", day=PAST))
    firm, path = ground.firm, f"/firms/{ground.firm.pid}/log"
    form = {"kind": "recognition", "title": "hnte", "number": "gr1", "issued_on": str(PAST)}
    said = client.send(path, form)
    assert said.status_code == 409
    text = said.get_data(as_text=True)
    assert "已登记在“另一家企业”名下" in text, "whose it is, another carrier does not read"
    assert stranger.name not in text
    assert client.send(path, {**form, "number": "GR2"}).status_code == 303
    entry = session.scalars(select(Milestone).where(Milestone.firm_id == firm.id)).one()
    page = f"/firms/{firm.pid}/milestones/{entry.pid}"
    given = {**form, "rev": entry.rev}
    assert client.send(page, given).status_code == 409
    assert client.send(page, {**given, "remark": "旧证更名，对方已注销"}).status_code == 303
    session.expire_all()
    held = session.get_one(Milestone, entry.id)
    assert held.number == "gr1"
    log(stranger, MilestoneKind.RECOGNITION, title="tech_sme", number="2026A", issued_on=PAST)
    slip = {**form, "rev": held.rev, "number": "2026A", "remark": held.remark}
    assert client.send(page, slip).status_code == 409, "an old remark speaks for no new number"


def test_nothing_is_kept_when_a_file_is_refused(client: Client, ground: Ground) -> None:
    answer = client.send(
        f"/firms/{ground.firm.pid}/log",
        {"kind": "other", "name": "开业", "day": "2026-11-01",
         "files": [(io.BytesIO(b"MZ\x90\0"), "证书.pdf")]},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert answer.status_code == 422
    assert session.scalars(select(Milestone)).all() == []


def test_a_correction_and_a_conflict(client: Client, ground: Ground) -> None:
    firm = ground.firm
    entry = log(firm, MilestoneKind.OTHER, name="获奖", day=firm.founded_on)
    path = f"/firms/{firm.pid}/milestones/{entry.pid}"
    rev = entry.rev
    form = {"name": "获奖一", "day": "2024-01-02", "rev": rev}
    assert client.send(path, form).status_code == 303
    late = client.send(path, {**form, "name": "获奖二"})
    assert late.status_code == 409
    text = late.get_data(as_text=True)
    assert "库中现值" in text
    assert "获奖一" in text
    assert "获奖二" in text
    assert session.scalars(select(Milestone.name)).one() == "获奖一"


def test_a_void_entry_is_gone(client: Client, ground: Ground) -> None:
    firm = ground.firm
    entry = log(firm, MilestoneKind.OTHER, name="录错了", day=firm.founded_on)
    path = f"/firms/{firm.pid}/milestones/{entry.pid}"
    empty = client.send(f"{path}/void", {"reason": ""}, page=path)
    assert empty.status_code == 422
    assert "请填写“原因”。" in empty.text
    late = client.send(f"{path}/void", {"reason": "重复", "rev": 1}, page=path)
    assert late.status_code == 409
    assert 'value="重复"' in late.text
    assert client.send(f"{path}/void", {"reason": "重复"}, page=path).status_code == 303
    assert session.scalars(select(Milestone)).all() == []


def test_the_district_verifies_an_entry_as_it_was_read(client: Client, ground: Ground) -> None:
    entry = log(
        ground.firm, MilestoneKind.OTHER, name="首台样机", day=dt.date(2026, 10, 1),
        verification=Verification.CARRIER,
    )  # fmt: skip
    page = f"/firms/{ground.firm.pid}/milestones/{entry.pid}"
    assert "/confirm" not in client.get(page).text
    assert client.send(f"{page}/confirm", {"rev": str(entry.rev)}, page=page).status_code == 403
    sign_in(client, ground.district)
    assert f"{page}/confirm" in client.get(page).text
    seen = str(entry.rev)
    client.send(page, {"day": "2026-11-01", "name": "首台工程样机", "rev": seen, "reason": "名称"})
    late = client.send(f"{page}/confirm", {"rev": seen}, page=page)
    assert late.status_code == 409
    session.expire_all()
    held = session.scalars(select(Milestone)).one()
    assert (held.name, held.verification) == ("首台工程样机", Verification.CARRIER)
    done = client.send(f"{page}/confirm", {"rev": str(held.rev)}, page=page)
    assert done.status_code == 303
    session.expire_all()
    held = session.scalars(select(Milestone)).one()
    assert held.verification is Verification.DISTRICT
    assert "/confirm" not in client.get(page).text
    trusted = []
    sign_in(client, ground.mine)
    for change in ({"remark": "样机在展厅"}, {"name": "二号样机"}):
        form = {
            "day": "2026-11-01",
            "name": held.name,
            "rev": str(held.rev),
            "remark": "样机在展厅",
        }
        assert client.send(page, form | change, page=page).status_code == 303
        session.expire_all()
        held = session.scalars(select(Milestone)).one()
        trusted.append(held.verification)
    assert trusted == [Verification.DISTRICT, Verification.CARRIER]


def test_another_carrier_finds_nothing(client: Client, ground: Ground) -> None:
    firm = ground.firm
    entry = log(firm, MilestoneKind.OTHER, name="秘密", day=firm.founded_on)
    sign_in(client, ground.theirs)
    for path in (f"/firms/{firm.pid}/log", f"/firms/{firm.pid}/milestones/{entry.pid}"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert firm.name not in answer.get_data(as_text=True)
