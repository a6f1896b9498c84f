"""A return from being asked for to being verified."""

from __future__ import annotations

import datetime as dt
import io

from sqlalchemy import select

from app.accounts.models import OrganisationKind, Role
from app.carriers.models import Return, ReturnState, Site, Verification
from app.core.access import System
from app.core.db import session, write
from app.firms.models import Attestation, Evidence, Figures, Residency
from tests.clients import Client, sign_in
from tests.factories.accounts import make_organisation, make_person
from tests.factories.carriers import make_carrier
from tests.factories.firms import host
from tests.firms.conftest import Ground

#: what the station of the check says: by whom, and on which day
CHECKED = "林晓岚 2026-11-24"


def opened(client: Client, ground: Ground) -> str:
    """The page of the home carrier's return of the third quarter, asked for by the district."""
    sign_in(client, ground.district)
    client.send("/returns/open", {"period": "2026Q3", "due_on": "2026-11-20"}, page="/returns")
    sign_in(client, ground.mine)
    one = session.scalars(select(Return).where(Return.carrier_id == ground.home.id)).one()
    assert (one.state, one.due_on) == (ReturnState.DRAFT, dt.date(2026, 11, 20))
    return f"/returns/{one.pid}"


def test_the_quarter_is_filed_and_verified(client: Client, ground: Ground) -> None:
    page, pid = opened(client, ground), ground.firm.pid
    boxes = {f"{pid}-revenue": "438.12", f"{pid}-net_profit": "-21.4", f"{pid}-staff_end": "26"}
    assert client.send(page, boxes).status_code == 303
    row = session.scalars(select(Figures)).one()
    assert (row.revenue, row.net_profit, row.staff_end) == (438_120_000, -21_400_000, 624)
    assert client.send(f"{page}/submit", {}, page=page).status_code == 422
    assert client.send(f"{page}/submit", {"promised": "on"}, page=page).status_code == 303
    promise = session.scalars(select(Attestation)).one()
    assert (promise.kind, promise.starts, promise.ends) == (
        None, dt.date(2026, 1, 1), dt.date(2026, 9, 30),
    )  # fmt: skip
    sign_in(client, ground.district)
    assert client.send(f"{page}/check", {}, page=page).status_code == 303
    session.expire_all()
    row = session.scalars(select(Return).where(Return.checked_by.is_not(None))).one()
    assert row.checked_on == dt.date(2026, 11, 24)
    assert CHECKED in client.get(page).text
    assert client.send(f"{page}/verify", {}, page=page).status_code == 303
    session.expire_all()
    assert session.scalars(select(Figures.verification)).one() is Verification.DISTRICT
    assert client.send(f"{page}/verify", {}, page="/returns").status_code == 409


def moved_on(ground: Ground, day: dt.date) -> None:
    """The firm leaves the home carrier and is counted at another from a day on."""
    with write("test:move", actor=System("test")):
        held = session.scalars(select(Residency).where(Residency.firm_id == ground.firm.id)).one()
        held.ends = day
    host(ground.firm, make_carrier("祖冲之路加速器"), day.isoformat())


def test_a_return_speaks_for_firms_that_have_moved_on_since(client: Client, ground: Ground) -> None:
    page, pid = opened(client, ground), ground.firm.pid
    moved_on(ground, dt.date(2026, 10, 10))
    assert client.send(page, {f"{pid}-revenue": "438.12"}).status_code == 303
    one = f"/firms/{pid}/figures?period=2026Q3&source=express"
    assert client.get(one).status_code == 200
    other = f"/firms/{pid}/figures?period=2025&source=audit"
    assert client.get(other).status_code == 403
    assert client.send(f"{page}/submit", {"promised": "on"}, page=page).status_code == 303
    assert session.scalars(select(Attestation.firm_id)).all() == [ground.firm.id]
    assert client.get(one).status_code == 403
    assert session.scalars(select(Figures.revenue)).one() == 438_120_000


def test_a_return_does_not_speak_for_firms_that_moved_before(
    client: Client, ground: Ground
) -> None:
    page, pid = opened(client, ground), ground.firm.pid
    moved_on(ground, dt.date(2026, 9, 30))
    client.send(page, {f"{pid}-revenue": "438.12"})
    assert client.get(f"/firms/{pid}/figures?period=2026Q3&source=express").status_code == 403
    assert client.send(f"{page}/submit", {"promised": "on"}, page=page).status_code == 303
    assert session.scalars(select(Attestation)).all() == []
    assert session.scalars(select(Figures)).all() == []


def test_what_is_doubtful_waits_for_words(client: Client, ground: Ground) -> None:
    page, pid = opened(client, ground), ground.firm.pid
    answer = client.send(page, {f"{pid}-revenue": "1,2,x", f"{pid}-tax_paid": "3"})
    assert answer.status_code == 422
    assert "1,2,x" in answer.get_data(as_text=True)
    assert session.scalars(select(Figures)).all() == []


def test_a_promise_has_exceptions_and_is_taken_back(client: Client, ground: Ground) -> None:
    page, pid = opened(client, ground), ground.firm.pid
    form = {"promised": "on", "since": "founding", "except": [f"{pid}:ip"]}
    assert client.send(f"{page}/submit", form, page=page).status_code == 303
    held = session.scalars(select(Attestation)).all()
    assert len(held) == 8
    assert {a.starts for a in held} == {None}
    sign_in(client, ground.district)
    assert client.send(f"{page}/send-back", {"reason": ""}, page=page).status_code == 422
    done = client.send(f"{page}/send-back", {"reason": "缺专利"}, page=page)
    assert done.status_code == 303
    assert session.scalars(select(Attestation)).all() == []
    sign_in(client, ground.mine)
    assert "缺专利" in client.get(page).get_data(as_text=True)


def test_pressing_without_a_scan_says_what_is_missing(client: Client, ground: Ground) -> None:
    page = opened(client, ground)
    answer = client.send(f"{page}/papers", {}, page=page)
    assert (answer.status_code, "请选择“盖章扫描件”的文件。" in answer.text) == (422, True)


def test_the_scan_of_a_return_opens_to_its_readers_only(client: Client, ground: Ground) -> None:
    page = opened(client, ground)
    pdf = b"%PDF-1.7\n%%EOF\n"
    client.send(f"{page}/papers", {"files": (io.BytesIO(pdf), "签字页.pdf")}, page=page)
    paper = session.scalars(select(Evidence)).one()
    site = session.scalars(select(Site).where(Site.carrier_id == ground.home.id)).one()
    area = make_organisation(kind=OrganisationKind.AREA, area_code=site.area)
    reader = make_person(Role.AREA_READER, area)
    sign_in(client, reader)
    assert client.get(f"/carriers/{ground.home.pid}").status_code == 200
    assert client.get(f"/evidence/{paper.pid}").status_code == 404
    sign_in(client, ground.theirs)
    assert client.get(f"/evidence/{paper.pid}").status_code == 404
    for who in (ground.mine, ground.district):
        sign_in(client, who)
        assert client.get(f"/evidence/{paper.pid}").data == pdf


def test_a_return_of_others_is_not_found(client: Client, ground: Ground) -> None:
    page = opened(client, ground)
    sign_in(client, ground.theirs)
    assert client.get(page).status_code == 404


def test_audited_figures_are_entered_for_one_firm(client: Client, ground: Ground) -> None:
    pid = ground.firm.pid
    page = f"/firms/{pid}/figures?period=2025&source=audit"
    assert client.send(page, {f"{pid}-revenue": "386.2"}).status_code == 303
    assert session.scalars(select(Figures.revenue)).one() == 386_200_000
    late = client.send(page, {f"{pid}-revenue": "401", f"{pid}-rev": ""})
    assert late.status_code == 409
    for shown in ("改过这条记录", "386.20", 'value="401"'):
        assert shown in late.text
    assert session.scalars(select(Figures.revenue)).one() == 386_200_000
    page = f"/firms/{pid}/figures?period=2024&source=audit"
    bad = {f"{pid}-revenue": "10", f"{pid}-main_revenue": "20"}
    assert client.send(page, bad).status_code == 422
    assert client.send(page, {**bad, f"{pid}-remark": "口径不同"}).status_code == 303
    sign_in(client, ground.theirs)
    assert client.get(page).status_code == 404
