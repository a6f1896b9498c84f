"""Writes of programs: the services, refusals and audit of the pages, each once."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.core.days import now
from app.core.db import Revision, session, write
from app.exchange.api.once import KEPT
from app.exchange.models import KeptAnswer
from app.firms.models import Figures, Milestone, Residency
from app.pipeline.models import Claim, ClaimStep
from tests.clients import Client
from tests.conftest import TODAY
from tests.exchange.api.conftest import Program
from tests.factories.chain import SEEDER, Chain

_numbers = itertools.count(1)
AWARD = {"kind": "award", "level": "municipal", "name": "创新大赛", "day": "2026-05-01"}


def send(client: Client, path: str, body: Any, method: str = "POST", **headers: str) -> Any:
    """Send a body with a key of its own unless one is given."""
    key = headers.pop("key", f"test-key-{next(_numbers)}")
    named = {"Idempotency-Key": key, **{k.replace("_", "-"): v for k, v in headers.items()}}
    return client.open(f"/api/v1{path}", method=method, json=body, headers=named)


def count(model: Any) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def firm(made: Chain) -> str:
    """The address of a firm that incubates."""
    return f"/firms/{made.firms['竹外桃电路'].pid}"


def test_a_milestone_is_logged_corrected_and_voided(program: Program, firm: str) -> None:
    client, before = program("incubator"), count(Milestone)
    made = send(client, f"{firm}/milestones", AWARD)
    assert (made.status_code, made.json["verification"]) == (201, "carrier")
    assert {k: made.json[k] for k in AWARD} == AWARD
    path = f"{firm}/milestones/{made.json['id']}"
    assert client.get(f"/api/v1{path}").json == made.json
    mark = made.headers["ETag"]
    assert client.get(f"/api/v1{path}").headers["ETag"] == mark
    better = AWARD | {"name": "创新大赛一等奖"}
    assert send(client, path, better, "PUT").json["code"] == "match_needed"
    assert send(client, path, better, "PUT", If_Match='"1-x"').status_code == 412
    assert send(client, path, better, "PUT", If_Match=f"W/{mark}").status_code == 412
    mended = send(client, path, better, "PUT", If_Match=mark)
    assert (mended.status_code, mended.json["name"]) == (200, "创新大赛一等奖")
    assert send(client, path, better, "PUT", If_Match=mark).status_code == 412
    last = mended.headers["ETag"]
    assert send(client, f"{path}/void", {}, If_Match=last).status_code == 422
    gone = send(client, f"{path}/void", {"reason": "录错"}, If_Match=last)
    assert gone.json == {"id": made.json["id"]}
    assert client.get(f"/api/v1{path}").status_code == 404
    assert count(Milestone) == before
    actions = session.execute(
        select(Revision.action, Revision.reason).order_by(Revision.id.desc()).limit(3)
    ).all()
    assert [a for a, _r in actions] == ["milestone:void", "milestone:correct", "milestone:log"]
    assert {str(r)[:6] for _a, r in actions} == {"token:"}


def test_money_is_exact_both_ways(program: Program, firm: str) -> None:
    body = {
        "kind": "financing", "investor": "venture", "money_state": "received", "day": "2026-02-03",
        "amount": "98765432.17",
    }  # fmt: skip
    made = send(program("incubator"), f"{firm}/milestones", body)
    assert made.status_code == 201, made.text
    assert made.json["amount"] == "98765432.17"
    assert session.scalars(select(Milestone.amount).where(Milestone.amount.is_not(None))).one() == (
        9_876_543_217
    )


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"day": "2026-13-01"}, "day", "not_day"),
        ({"day": "2027-01-01"}, "day", "future_day"),
        ({"level": "galaxy"}, "level", "not_among"),
        ({"level": None}, "level", "wrong"),
        ({"amount": "1.00"}, "amount", "not_of_kind"),
        ({"kind": "financing"}, "level", "not_of_kind"),
        ({"name": "x" * 161}, "name", "text_long"),
        ({"name": "a\u202eb"}, "name", "invisible"),
        ({"nonsense": 1}, "nonsense", "unknown_field"),
        ({"kind": None}, "kind", "not_null"),
        ({"name": 5}, "name", "not_text"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_named(
    program: Program, firm: str, wrong: dict[str, Any], field: str, code: str
) -> None:
    before = count(Revision)
    client = program("incubator")
    refused = send(client, f"{firm}/milestones", AWARD | wrong)
    assert refused.status_code == 422, refused.text
    assert (field, code) in {(e["field"], e["code"]) for e in refused.json["errors"]}
    assert all(e["detail"] != e["code"] for e in refused.json["errors"])
    assert count(Revision) == before + 1  # the token of this client


def test_who_may_not_write_writes_nothing(program: Program, made: Chain, firm: str) -> None:
    pushed = f"/firms/{made.firms['砚池云数据'].pid}"
    reader = program("incubator", writes=False)
    park = program("park")
    before = count(Revision)
    assert send(reader, f"{firm}/milestones", AWARD).json["code"] == "token_reads"
    assert send(park, f"{firm}/milestones", AWARD).status_code == 404
    assert send(park, f"{pushed}/milestones", AWARD).status_code == 403
    assert park.post(f"/api/v1{pushed}/milestones", data="x").status_code == 403
    assert count(Revision) == before


def test_what_is_no_request_is_refused(program: Program, firm: str) -> None:
    client, path = program("incubator"), f"/api/v1{firm}/milestones"
    named = {"Idempotency-Key": "a-key-of-mine"}
    assert client.post(path, json=AWARD).json["code"] == "key_needed"
    assert client.post(path, data={"kind": "award"}, headers=named).status_code == 415
    bad = client.post(path, data="{", headers=named, content_type="application/json")
    assert (bad.status_code, bad.json["code"]) == (422, "unreadable")
    deep = client.post(path, data="[" * 100_000, headers=named, content_type="application/json")
    assert deep.status_code == 422
    assert client.delete(path).status_code == 405
    assert client.get("/api/v1/nothing").json["code"] == "not_found"


def test_a_key_stands_for_one_write(program: Program, made: Chain, firm: str) -> None:
    client, before = program("incubator"), count(Milestone)
    first = send(client, f"{firm}/milestones", AWARD, key="one-key-1")
    revisions = count(Revision)
    again = send(client, f"{firm}/milestones", AWARD, key="one-key-1")
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Idempotent-Replayed"] == "true"
    other = send(client, f"{firm}/milestones", AWARD | {"name": "另一个"}, key="one-key-1")
    assert (other.status_code, other.json["code"]) == (422, "key_used")
    assert count(Revision) == revisions
    assert count(Milestone) == before + 1
    # a refusal keeps nothing, and another token's keys are its own
    assert send(client, f"{firm}/milestones", AWARD, key="one-key-2").status_code == 409
    second, third, fourth = (AWARD | {"name": name} for name in ("乙", "丙", "丁"))
    assert send(client, f"{firm}/milestones", second, key="one-key-2").status_code == 201
    other = send(program("district"), f"{firm}/milestones", third, key="one-key-1")
    assert other.status_code == 201
    with write("test:old", actor=SEEDER):
        session.execute(update(KeptAnswer).values(at=now() - KEPT))
    late = send(client, f"{firm}/milestones", fourth, key="one-key-1")
    assert late.status_code == 201
    assert count(KeptAnswer) == 1


def test_a_repeat_is_answered_though_the_record_has_moved_on(program: Program, firm: str) -> None:
    """A version that is no longer the newest, or a record that is gone: the answer stays."""
    client, marks = program("incubator"), {}
    path = f"{firm}/milestones/{send(client, f'{firm}/milestones', AWARD).json['id']}"
    acts = ((path, AWARD | {"name": "一等奖"}, "PUT"), (f"{path}/void", {"reason": "录错"}, "POST"))
    for part, body, method in acts:
        mark = client.get(f"/api/v1{path}").headers["ETag"]
        done = send(client, part, body, method, key=f"key-of-{method}", If_Match=mark)
        assert done.status_code == 200, done.text
        marks[method] = mark, done.data
    revisions = count(Revision)
    for part, body, method in acts:
        mark, said = marks[method]
        again = send(client, part, body, method, key=f"key-of-{method}", If_Match=mark)
        assert (again.status_code, again.data) == (200, said), again.text
        assert again.headers["Idempotent-Replayed"] == "true"
    assert count(Revision) == revisions


def test_one_key_side_by_side_writes_once(app: Flask, program: Program, firm: str) -> None:
    client, before = program("incubator"), count(Milestone)
    carried = client.environ_base["HTTP_AUTHORIZATION"]
    answers: list[Any] = []
    together = threading.Barrier(4)

    def press() -> None:
        mine: Any = app.test_client()
        mine.environ_base["HTTP_AUTHORIZATION"] = carried
        together.wait()
        with app.app_context():
            answers.append(send(mine, f"{firm}/milestones", AWARD, key="same-key-1"))

    session.rollback()
    threads = [threading.Thread(target=press) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert {a.status_code for a in answers} == {201}
    assert len({a.data for a in answers}) == 1
    assert count(Milestone) == before + 1


def test_figures_are_entered_and_unusual_ones_explained(program: Program, firm: str) -> None:
    client, path = program("incubator"), f"{firm}/figures/2025/audit"
    body = {"money": {"revenue": "1234567.89", "net_profit": "-10.00"}, "heads": {"staff": "12.5"}}
    made = send(client, path, body, "PUT")
    assert made.status_code == 200, made.text
    assert (made.json["money"]["revenue"], made.json["heads"]["staff"]) == ("1234567.89", "12.5")
    row = session.scalars(select(Figures)).one()
    assert (row.revenue, row.staff) == (123_456_789, 300)
    assert send(client, path, body, "PUT").status_code == 428
    partly = {"money": {"tax_paid": "7.00", "net_profit": None}}
    mended = send(client, path, partly, "PUT", If_Match=made.headers["ETag"])
    assert mended.json["money"]["revenue"] == "1234567.89"
    assert (mended.json["money"]["tax_paid"], mended.json["money"]["net_profit"]) == ("7.00", None)
    assert send(client, path, partly, "PUT", If_Match=made.headers["ETag"]).status_code == 412
    later = {"money": {"revenue": "99999999999.00"}}
    doubted = send(client, f"{firm}/figures/2026/audit", later, "PUT")
    assert (doubted.status_code, doubted.json["code"]) == (422, "figure_doubtful")
    said = send(client, f"{firm}/figures/2026/audit", later | {"remark": "并表"}, "PUT")
    assert (said.status_code, said.json["remark"]) == (200, "并表")
    for wrong, status, code in (
        ({"money": {"revenue": "1.234"}}, 422, "not_money"),
        ({"money": {"revenue": "-1.00"}}, 422, "wrong"),
        ({"heads": {"staff": 12.5}}, 422, "not_text"),
    ):
        refused = send(client, f"{firm}/figures/2024/audit", wrong, "PUT")
        assert (refused.status_code, refused.json["errors"][0]["code"]) == (status, code)
    quarter = send(client, f"{firm}/figures/2026Q1/express", {"money": {"assets": "1.00"}}, "PUT")
    assert quarter.json["errors"][0] | {"detail": ""} == {
        "field": "money.assets", "code": "not_of_period", "detail": "",
    }  # fmt: skip
    assert send(client, f"{firm}/figures/2030/audit", body, "PUT").json["code"] == "period_ahead"


def test_a_firm_is_claimed_followed_chosen_and_lands(program: Program, made: Chain) -> None:
    park, host = program("park"), program("incubator")
    firm = made.firms["砚池云数据"]
    pid, code = firm.pid, firm.code
    claims = count(Claim)
    asked = {"firm": pid, "planned_on": (TODAY + dt.timedelta(days=9)).isoformat(), "area_m2": 300}
    claim = send(park, "/claims", asked, key="claim-key-1")
    assert (claim.status_code, claim.json["standing"]) == (201, "open"), claim.text
    assert send(park, "/claims", asked, key="claim-key-1").data == claim.data
    assert send(park, "/claims", asked).status_code in (409, 422)
    assert count(Claim) == claims + 1
    path = f"/claims/{claim.json['id']}"
    step = {"step": "contact", "day": TODAY.isoformat(), "note": "已加微信"}
    followed = send(park, f"{path}/steps", step)
    assert (followed.status_code, len(followed.json["steps"])) == (201, 1), followed.text
    assert count(ClaimStep) == 1
    seen = host.get(f"/api/v1{path}").json
    assert (seen["steps"][0]["note"], followed.json["steps"][0]["note"]) == (None, "已加微信")
    assert send(park, f"{path}/choice", {}).status_code in (403, 422)
    meant = {"area_m2": 200}
    assert send(park, f"{path}/room", meant).json["code"] == "match_needed"
    newest = park.get(f"/api/v1{path}").headers["ETag"]
    changed = send(park, f"{path}/room", meant, If_Match=newest)
    assert changed.status_code == 200, changed.text
    told = changed.json
    assert (told["area_m2"], told["planned_on"]) == (200, None), "what is left out becomes empty"
    assert send(park, f"{path}/room", meant, If_Match=newest).status_code == 412
    chosen = send(host, f"{path}/choice", {})
    assert (chosen.status_code, chosen.json["standing"]) == (200, "accepted"), chosen.text
    landed = send(park, "/landings", {"code": code, "arrived_on": TODAY.isoformat()})
    assert landed.status_code == 200, landed.text
    assert (landed.json["stage"], landed.json["carrier"]["name"]) == ("settled", "北河机器人园")
    assert park.get(f"/api/v1{path}").json["standing"] == "done"


def test_a_claim_is_withdrawn_and_declined(program: Program, made: Chain) -> None:
    park, rival = program("park"), program("rival")
    (mine,) = park.get("/api/v1/claims").json["items"]
    path = f"/claims/{mine['id']}/end"
    assert send(rival, path, {"act": "withdraw", "reason": "price"}).status_code == 404
    wrong = send(park, path, {"act": "withdraw", "reason": "chose_other"})
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "reason")
    done = send(park, path, {"act": "withdraw", "reason": "price", "note": "差两毛"})
    assert (done.json["standing"], done.json["end_reason"]) == ("withdrawn", "price"), done.text


def test_a_firm_leaves_and_is_admitted_again(program: Program, made: Chain, firm: str) -> None:
    client, before = program("incubator"), count(Residency)
    assert send(client, f"{firm}/admission", {"starts": "2026-11-20"}).status_code in (409, 422)
    body = {"on": TODAY.isoformat(), "destination": "building", "reason": "not_graduated"}
    left = send(client, f"{firm}/departure", body)
    assert (left.status_code, left.json["stage"]) == (200, "left"), left.text
    again = {"starts": TODAY.isoformat(), "agreement_on": "2026-11-01"}
    back = send(client, f"{firm}/admission", again)
    assert (back.status_code, back.json["stage"]) == (200, "incubating"), back.text
    assert count(Residency) == before + 1
    assert send(program("park"), f"{firm}/admission", {"starts": "2026-11-20"}).status_code == 404
    assert send(program("district"), f"{firm}/transfer", {"on": "2026-11-20"}).status_code == 403


def test_the_last_host_goes_on_with_the_figures_of_a_firm_that_left(
    program: Program, made: Chain
) -> None:
    """A former host sees nothing new, but what it may enter it may read and change."""
    client, path = program("incubator"), f"/firms/{made.firms['松间月机器人'].pid}/figures"
    first = send(client, f"{path}/2026/express", {"money": {"revenue": "5.00"}}, "PUT")
    assert first.status_code == 200, first.text
    mark = client.get(f"/api/v1{path}/2026/express").headers["ETag"]
    again = {"money": {"revenue": "6.00"}}
    changed = send(client, f"{path}/2026/express", again, "PUT", If_Match=mark)
    assert (changed.status_code, changed.json["money"]["revenue"]) == (200, "6.00")
    assert program("park").get(f"/api/v1{path}/2026/express").status_code == 403
