"""What a park reads of a firm in each relation: marks in every field, every page searched."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from app.carriers.models import Source, Verification
from app.core.days import now
from app.core.db import session, write
from app.firms.models import (
    Consent,
    Contact,
    Demand,
    DemandState,
    Evidence,
    Figures,
    Firm,
    InvestorKind,
    Milestone,
    MilestoneKind,
    MoneyState,
    Residency,
)
from app.pipeline.models import Claim, Handover, Mediation
from tests.clients import Client
from tests.factories.carriers import ACTOR
from tests.factories.units import make_unit
from tests.house.routes import methods
from tests.pipeline.office import Office, admitted

#: field of the sets → what stands in it and nowhere else
MARKS = {
    "profile": ("松江密主营", "密负责人", "密控制人"),
    "milestones": ("密轮次", "密机构", "1,234.56"),
    "figures": ("7,654.32",),
    "evidence": ("密回单.pdf",),
    "history": ("密备注",),
    "terms": ("4,321", "2031-07-07"),
    "contact": ("密联系人", "13900007777"),
    "demand": ("7,771", "7,772", "2028-07-07", "密场地"),
}
LISTS = (
    "/openings", "/openings?tab=pushed", "/openings?sort=day", "/firms?pushed=1",
    "/firms?q=松间月", "/firms?stage=incubating&sort=-limit", "/claims", "/claims?tab=ended", "/",
    "/todo", "/nothing-there", "/mediations", "/handovers", "/handovers?tab=waiting", "/following",
    "/following/2025", "/leavers", "/leavers/warnings", "/units", "/units?q=松间月",
    "/units/floors", "/deadlines.ics", "/meetings", "/space-balance", "/landings/new",
)  # fmt: skip
pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])


def marked(office: Office) -> dict[str, str]:
    """The firm with a mark in each field; pids by what stands in a rule."""
    admitted(office)
    with write("test:marks", actor=ACTOR):
        firm = session.scalars(select(Firm).where(Firm.pid == office.pid)).one()
        firm.business, firm.leader, firm.controller = MARKS["profile"]
        tie = session.scalars(select(Residency)).one()
        tie.remark, tie.area_m2, tie.lease_ends = "密备注", 4321, dt.date(2031, 7, 7)
        entry = Milestone(
            firm_id=firm.id, kind=MilestoneKind.FINANCING, name="密轮次", investor_name="密机构",
            investor=InvestorKind.VENTURE, money_state=MoneyState.RECEIVED, amount=1_234_560_000,
            day=dt.date(2026, 3, 2), received_on=dt.date(2026, 3, 2),
            verification=Verification.CARRIER,
        )  # fmt: skip
        figures = Figures(
            firm_id=firm.id, year=2025, quarter=0, source=Source.AUDIT, revenue=7_654_320_000,
            verification=Verification.CARRIER,
        )  # fmt: skip
        session.add_all([entry, figures])
        session.add(
            Demand(
                firm_id=firm.id, state=DemandState.OPEN, opened_on=dt.date(2026, 11, 2),
                checked_on=dt.date(2026, 11, 2), area_low=7771, area_high=7772, uses=("gmp",),
                needed_by=dt.date(2028, 7, 7), remark="密场地",
            )
        )  # fmt: skip
        session.add(Contact(firm_id=firm.id, name="密联系人", phone="13900007777"))
        session.flush()
        paper = Evidence(
            firm_id=firm.id, milestone_id=entry.id, sha256="0" * 64, name="密回单.pdf", size=1,
            media_type="application/pdf", added_at=now(),
        )  # fmt: skip
        session.add(paper)
        session.flush()
        return {
            "/firms/": firm.pid, "/openings/": firm.pid, "/residencies/": tie.pid,
            "/evidence/": paper.pid, "/claims/": "zzzzzzzzzzzz", "entry_pid": entry.pid,
        }  # fmt: skip


def read(app: Flask, client: Client, pids: dict[str, str]) -> str:
    """Everything that the person signed in can be shown of the firm, heads included."""
    found = []
    for rule in app.url_map.iter_rules():
        start = next((s for s in pids if rule.rule.startswith(s) and "<pid>" in rule.rule), None)
        if start is None or "GET" not in methods(rule):
            continue
        address = rule.rule.replace("<pid>", pids[start]).replace("<entry_pid>", pids["entry_pid"])
        acts = ("graduate", "leave") if "<act>" in address else ("",)
        found += [address.replace("<act>", act) for act in acts if "<" not in address or act]
    firm = pids["/firms/"]
    found += [*LISTS, f"/openings?firm={firm}", f"/openings/compare?firm={firm}"]
    answers = [client.get(address) for address in found]
    return "\n".join(f"{a.request.path}\n{a.headers}\n{a.text}" for a in answers)


def shown(text: str) -> set[str]:
    """The fields of which a mark is seen."""
    return {name for name, marks in MARKS.items() if any(mark in text for mark in marks)}


def test_a_park_reads_no_field_outside_its_set(app: Flask, office: Office) -> None:
    pids = marked(office)
    client = office.be("clerk")
    client.lint = False
    assert shown(read(app, client, pids)) == set(MARKS), "each mark shows where it may"
    office.be("clerk")
    office.act("push")
    park = office.be("park")
    pool = read(app, park, pids)
    assert "松间月机器人" in pool
    assert shown(pool) == set(), "pool"
    park.send(
        f"/openings/{office.pid}", {"token": "t" * 20, "carrier": office.park.pid}, page="/openings"
    )
    pids["/claims/"] = claim = office.one(Claim).pid
    assert shown(read(app, park, pids)) <= {"profile"}, "open claim"
    office.be("clerk").send(f"/claims/{claim}/choose", page=f"/claims/{claim}")
    seen = shown(read(app, office.be("park"), pids))
    assert {"milestones"} <= seen <= {"profile", "milestones", "figures", "demand"}, "accepted"


def test_consent_opens_the_demand_and_ending_it_closes_it(app: Flask, office: Office) -> None:
    pids = marked(office)
    office.be("clerk")
    office.act("push")
    park = office.be("park")
    assert "demand" not in shown(read(app, park, pids))
    with write("test:consent", actor=ACTOR):
        session.add(Consent(firm_id=office.firm.id, starts=dt.date(2026, 11, 20)))
    assert shown(read(app, park, pids)) <= {"demand", "contact"}
    assert "密场地" in park.get(f"/firms/{office.pid}/demand").text
    assert "密场地" not in office.be("other").get(f"/firms/{office.pid}/demand").text
    with write("test:consent", actor=ACTOR):
        session.scalars(select(Consent)).one().ends = dt.date(2026, 11, 24)
    assert "demand" not in shown(read(app, office.be("park"), pids))


@pytest.mark.parametrize("kind", ["registered_only", "empowered"])
def test_a_tie_of_its_own_opens_no_file_to_a_park(app: Flask, office: Office, kind: str) -> None:
    """A park that only meets a firm in the pool cannot make itself its host by a side tie."""
    pids = marked(office)
    office.be("clerk")
    office.act("push")
    park = office.be("park")
    page = park.get(f"/firms/{office.pid}").text
    assert "moves/tie" not in page
    refused = office.act("tie", kind=kind, starts="2026-11-02")
    assert refused.status_code in (404, 409)
    assert shown(read(app, park, pids)) == set()


@pytest.mark.parametrize("day", ["2026-11-02", "2026-11-24"])
def test_a_tie_of_its_own_ends_with_the_choice(app: Flask, office: Office, day: str) -> None:
    """A park that the firm had chosen keeps no file by the side ties it made meanwhile."""
    pids = marked(office)
    office.be("clerk")
    office.act("push")
    office.be("park").send(
        f"/openings/{office.pid}", {"token": "t" * 20, "carrier": office.park.pid}, page="/openings"
    )
    pids["/claims/"] = claim = office.one(Claim).pid
    office.be("clerk").send(f"/claims/{claim}/choose", page=f"/claims/{claim}")
    park = office.be("park")
    assert office.act("tie", kind="registered_only", starts=day).status_code == 303
    assert shown(read(app, park, pids)) > {"milestones", "figures"}, "hosting"
    with session.no_autoflush:
        tie = session.scalars(select(Residency.pid).where(Residency.counted.is_(False))).one()
    park = office.be("park")
    ended = park.send(f"/claims/{claim}/end/release", {"reason": "price"}, page=f"/claims/{claim}")
    assert ended.status_code == 303
    assert shown(read(app, park, pids)) <= {"profile"}, "released"
    assert office.act("tie", kind="empowered", starts="2026-11-02").status_code in (404, 409)
    if day == "2026-11-02":
        resumed = {"starts": day, "ends": "", "kind": "registered_only", "reason": "仍注册在本园"}
        page = park.get(f"/residencies/{tie}")
        answer = park.send(f"/residencies/{tie}", resumed, page=f"/residencies/{tie}")
        assert (page.status_code, answer.status_code) == (200, 422)
    assert shown(read(app, park, pids)) <= {"profile"}, "nor afterwards"


def test_a_firm_marked_later_is_named_on_no_list_of_a_park(app: Flask, office: Office) -> None:
    """仅计数 may be ticked after a park has bid: its claims and what it did tell no name either."""
    marked(office)
    office.be("clerk")
    office.act("push")
    park = office.be("park")
    park.send(
        f"/openings/{office.pid}", {"token": "t" * 20, "carrier": office.park.pid}, page="/openings"
    )
    claim = office.one(Claim).pid
    pages = (*LISTS, "/done", f"/claims/{claim}", f"/firms/{office.pid}", "/transfers")
    assert any(office.firm.short_name in park.get(page).text for page in pages)
    with write("test:mark", actor=ACTOR):
        session.scalars(select(Firm).where(Firm.pid == office.pid)).one().counted_only = True
    for page in pages:
        assert office.firm.short_name not in park.get(page).text.replace("q=松间月", ""), page
    file = park.send("/exports/pipeline.claims", {"format": "csv"}, page="/claims")
    assert (file.status_code, office.firm.short_name in file.text) == (200, False)
    host = office.be("clerk")
    assert office.firm.short_name in host.get("/choices").text


def test_a_sheet_hands_on_no_more_than_it_says(app: Flask, office: Office) -> None:
    """The package names the evidence; terms, remarks and contacts stay, and so does all of it once
    the choice is released. A mediation opens nothing."""
    pids = marked(office)
    office.be("clerk")
    office.act("push")
    bid = {"token": "t" * 20, "carrier": office.park.pid}
    office.be("park").send(f"/openings/{office.pid}", bid, page="/openings")
    pids["/claims/"] = claim = office.one(Claim).pid
    park = office.be("park")
    park.send(f"/firms/{office.pid}/mediation", {}, page=f"/claims/{claim}")
    pids["/mediations/"] = office.one(Mediation).pid
    assert shown(read(app, park, pids)) <= {"profile"}, "mediated"
    office.be("clerk").send(f"/claims/{claim}/choose", page=f"/claims/{claim}")
    sent = office.client.send(f"/firms/{office.pid}/handover", {"services": "两次对接"})
    assert sent.status_code == 303
    pids["/handovers/"] = office.one(Handover).pid
    park = office.be("park")
    handed = {"profile", "milestones", "figures", "evidence", "demand"}
    assert shown(read(app, park, pids)) == handed
    park.send(f"/claims/{claim}/end/release", {"reason": "price"}, page=f"/claims/{claim}")
    assert shown(read(app, park, pids)) <= {"profile"}, "released"


#: where a room is, its rent and its amount; nobody's below the district but the park's own
ROOM = ("密室301", "777.77", "7,654.3")


def test_no_other_park_reads_a_room_and_the_host_only_after_the_choice(
    app: Flask, office: Office
) -> None:
    room = make_unit(office.park, 765_430, number=ROOM[0], rent=77_777)
    admitted(office)
    office.be("clerk")
    office.act("push")
    bid = {"token": "t" * 20, "carrier": office.park.pid, "unit": room.pid}
    park = office.be("park")
    assert park.send(f"/openings/{office.pid}", bid, page="/openings").status_code == 303
    claim = office.one(Claim).pid
    pids = {"/firms/": office.pid, "/openings/": office.pid, "/claims/": claim,
            "/units/": room.pid, "entry_pid": "zzzzzzzzzzzz"}  # fmt: skip
    rival = {"token": "u" * 20, "carrier": office.accelerator.pid}

    def seen(who: str) -> set[str]:
        client = office.be(who)
        client.lint = False
        text = read(app, client, pids)
        return {mark for mark in ROOM if mark in text}

    assert {ROOM[0], ROOM[1]} <= seen("park"), "each mark shows where it may"
    assert seen("clerk") == seen("other") == set()
    booster = office.be("booster")
    assert booster.send(f"/openings/{office.pid}", rival, page="/openings").status_code == 303
    assert seen("booster") == set(), "open claim"
    chosen = office.be("clerk").send(f"/claims/{claim}/choose", page=f"/claims/{claim}")
    assert chosen.status_code == 303
    assert ROOM[1] not in seen("clerk"), "which room, not what it costs"
    assert ROOM[0] in seen("clerk")
    assert seen("booster") == seen("other") == set(), "nor once it is kept"
