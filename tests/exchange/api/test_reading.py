"""What each side reads of a firm: the field sets of the pages, and never more."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from app.carriers.models import Source, Verification
from app.core.db import session, write
from app.criteria.models import StandardForce
from app.firms.models import Figures, Milestone, MilestoneKind, Residency
from app.pipeline.models import ClaimState
from tests.clients import Client
from tests.conftest import TODAY
from tests.exchange.api.conftest import Program
from tests.exchange.api.test_firms import FIRMS, everything
from tests.factories.chain import SEEDER, Chain

#: what must never be read by a park that has no claim accepted
CANARY_FEN, CANARY = 123_456_789_01, "123456789.01"
NOTE = "金丝雀备注"
PARTS = ("residencies", "milestones", "figures", "verdicts", "verdicts/incubator.graduation")


@pytest.fixture
def told(made: Chain) -> Chain:
    """The chain with figures, a milestone and the rule of graduation in force."""
    assert made.standard is not None
    number = made.standard.id
    with write("test:told", actor=SEEDER):
        session.add(StandardForce(standard_id=number, kind="new", starts=dt.date(2020, 1, 1)))
        for name in ("砚池云数据", "松间月机器人", "竹外桃电路"):
            firm_id = made.firms[name].id
            session.add_all(
                [
                    Figures(
                        firm_id=firm_id, year=2025, quarter=0, source=Source.AUDIT,
                        verification=Verification.CARRIER, revenue=CANARY_FEN, staff=301,
                        net_profit=-5, remark=NOTE,
                    ),
                    Milestone(
                        firm_id=firm_id, kind=MilestoneKind.OTHER, name=NOTE,
                        day=dt.date(2026, 3, 1), verification=Verification.SELF,
                    ),
                ]
            )  # fmt: skip
    return made


def statuses(client: Client, path: str) -> dict[str, int]:
    return {part: client.get(f"{path}/{part}").status_code for part in PARTS}


def test_a_host_reads_all_and_a_park_outcomes_in_words(program: Program, told: Chain) -> None:
    path = f"{FIRMS}/{told.firms['砚池云数据'].pid}"
    open_, closed = dict.fromkeys(PARTS, 200), dict.fromkeys(PARTS, 403)
    assert statuses(program("incubator"), path) == open_
    assert statuses(program("district"), path) == open_
    for who in ("park", "rival"):
        client = program(who)
        assert statuses(client, path) == closed | {"verdicts": 200}
        for part in ("", *(f"/{p}" for p in PARTS)):
            text = client.get(path + part).text
            assert CANARY not in text
            assert NOTE not in text
        (verdict,) = client.get(f"{path}/verdicts").json["items"]
        assert (verdict["rule"], verdict["reason"]) == ("incubator.graduation", None)
        assert verdict["outcome"] in ("met", "not_met", "unknown", "not_applicable")


def test_another_carriers_firm_does_not_exist(program: Program, told: Chain) -> None:
    client = program("park")
    for part in ("", *(f"/{p}" for p in PARTS)):
        other = client.get(f"{FIRMS}/{told.firms['竹外桃电路'].pid}{part}")
        none = client.get(f"{FIRMS}/zzzzzzzzzzzz{part}")
        assert (other.status_code, none.status_code) == (404, 404)
        strip = [{k: v for k, v in a.json.items() if k != "request"} for a in (other, none)]
        assert strip[0] == strip[1]


def test_figures_are_exact(program: Program, told: Chain) -> None:
    client = program("incubator")
    path = f"{FIRMS}/{told.firms['砚池云数据'].pid}/figures"
    (row,) = client.get(path).json["items"]
    assert (row["period"], row["source"], row["verification"]) == ("2025", "audit", "carrier")
    assert row["money"]["revenue"] == CANARY
    assert row["money"]["net_profit"] == "-0.05"
    assert row["money"]["tax_paid"] is None
    assert row["heads"]["staff"] == "12.54"  # 301 of 24ths, read back to the same
    one = client.get(f"{path}/2025/audit")
    assert one.json == row
    assert one.headers["ETag"].startswith('"')
    for wrong in ("2025/express", "25/audit", "2025q1/audit", "2025/nonsense"):
        assert client.get(f"{path}/{wrong}").status_code == 404, wrong


def test_a_verdict_gives_each_clause_with_its_values(program: Program, told: Chain) -> None:
    path = f"{FIRMS}/{told.firms['砚池云数据'].pid}/verdicts"
    client = program("incubator")
    (short,) = client.get(path).json["items"]
    sheet = client.get(f"{path}/incubator.graduation").json
    assert {k: sheet[k] for k in short} == short
    assert sheet["reason"]
    money = [f for f in sheet["findings"] if f["unit"] == "yuan"]
    assert money
    assert all(f["threshold"] is None or f["threshold"].endswith(".00") for f in money)
    assert client.get(f"{path}/no.such.rule").status_code == 404
    english = client.get(path, headers={"Accept-Language": "en"}).json["items"][0]
    assert english["title"].isascii()


def test_claims_are_the_claimants_own_and_the_hosts(program: Program, told: Chain) -> None:
    def firms(who: str, tail: str = "") -> list[Any]:
        found = everything(program(who), f"/api/v1/claims{tail}", limit=1)
        return sorted((one["firm"]["name"], one["standing"]) for one in found)

    assert firms("park") == [("松间月机器人有限公司", "open")]
    assert firms("rival") == [("松间月机器人有限公司", "open")]
    assert firms("rival", "?live=false") == [("砚池云数据有限公司", "lapsed")]
    assert firms("incubator") == []  # its only courted firm has left; the other claim lapsed
    assert program("district").get("/api/v1/claims").status_code == 403
    pid = everything(program("park"), "/api/v1/claims")[0]["id"]
    assert program("park").get(f"/api/v1/claims/{pid}").status_code == 200
    assert program("rival").get(f"/api/v1/claims/{pid}").status_code == 404


def test_statistics_are_those_of_the_page_in_ones_own_scope(program: Program, told: Chain) -> None:
    path = "/api/v1/statistics"
    register = everything(program("district"), path)
    assert len({one["code"] for one in register}) == len(register) > 10
    values = {
        who: program(who).get(f"{path}/S-10").json["value"]
        for who in ("district", "incubator", "park")
    }
    assert values["district"] > values["park"]
    client = program("district")
    cut = client.get(f"{path}/S-10").json["cut"]
    before = client.get(f"{path}/S-10?cut={cut}&as_of=2026-01-01").json
    with write("test:later", actor=SEEDER):
        told.firm("后来的", starts=dt.date(2025, 1, 1))
    assert client.get(f"{path}/S-10?cut={cut}&as_of=2026-01-01").json == before
    assert client.get(f"{path}/S-10?as_of=2026-01-01").json["value"] == before["value"] + 1
    for wrong, status in (
        ("S-10?as_of=2030-01-01", 422),
        ("S-10?cut=99999999", 422),
        ("S-10?tier=nine", 404),
        ("S-10?clause=9", 404),
        ("S-10?tier=9", 404),
        ("S-10?tier=99999999999999999999", 404),
        ("G-01?quarter=99999999999999999999", 404),
        ("G-01?quarter=5", 404),
        ("X-99", 404),
    ):
        assert client.get(f"{path}/{wrong}").status_code == status, wrong
    shares = [one["code"] for one in register if one["share"]]
    for code in shares[:2]:
        share = client.get(f"{path}/{code}").json
        assert 0 <= share["value"] <= share["whole"]


#: relation of the park to a firm → what of it the park may open, besides outcomes in words
RELATIONS = {
    "pool": set(),
    "open": {"profile"},
    "accepted": {"profile", "milestones", "figures", "verdicts/incubator.graduation"},
    "hosting": {
        "profile", "residencies", "milestones", "figures", "verdicts/incubator.graduation",
    },
    "former": {"profile", "milestones", "figures"},
}  # fmt: skip


@pytest.mark.parametrize("relation", RELATIONS)
def test_a_park_opens_what_its_relation_opens(program: Program, told: Chain, relation: str) -> None:
    name = "砚池云数据"
    with write("test:relation", actor=SEEDER):
        until = TODAY + dt.timedelta(days=9)
        if relation == "open":
            told.claim(name, "park", ClaimState.OPEN, until)
        elif relation == "accepted":
            told.claim(name, "park", ClaimState.ACCEPTED, until, accepted_on=TODAY)
        elif relation in ("hosting", "former"):
            told.firm("另起的", "park", starts=dt.date(2026, 1, 1))
            name = "另起的"
            if relation == "former":
                tie = session.scalars(
                    select(Residency).where(Residency.firm_id == told.firms[name].id)
                ).one()
                tie.ends = TODAY - dt.timedelta(days=3)
                told.tie(name, "incubator", starts=tie.ends)
    client = program("park")
    path = f"{FIRMS}/{told.firms[name].pid}"
    opened = {part for part, status in statuses(client, path).items() if status == 200}
    if client.get(path).json["profile"] is not None:
        opened.add("profile")
    assert opened == RELATIONS[relation] | {"verdicts"}
    canaries = [part for part in PARTS if CANARY in client.get(f"{path}/{part}").text]
    assert canaries == (["figures"] if relation == "accepted" else [])
