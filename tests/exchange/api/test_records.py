"""Evidence, promises, the register and returns by the interface."""

from __future__ import annotations

import hashlib
import itertools
from typing import Any

from sqlalchemy import select

from app.carriers.models import Return
from app.core.db import session
from app.firms.models import Attestation, Evidence, Firm, Residency
from tests.clients import Client
from tests.conftest import TODAY
from tests.exchange.api.conftest import Program
from tests.exchange.api.test_firms import everything
from tests.exchange.api.test_writing import AWARD, count, firm, send
from tests.factories.chain import Chain
from tests.factories.firms import code_of

__all__ = ["firm"]
_numbers = itertools.count(1)
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def upload(client: Client, path: str, content: bytes = PDF, **headers: str) -> Any:
    """Send a file as the body of a request."""
    named = {"Idempotency-Key": headers.pop("key", f"file-key-{next(_numbers)}"), **headers}
    kind = named.pop("kind", "application/octet-stream")
    return client.post(f"/api/v1{path}", data=content, headers=named, content_type=kind)


def test_a_file_is_sent_listed_fetched_and_voided(program: Program, made: Chain, firm: str) -> None:
    host, park = program("incubator"), program("park")
    entry = send(host, f"{firm}/milestones", AWARD).json["id"]
    path = f"{firm}/evidence?name=获奖证书.pdf&milestone={entry}"
    sent = upload(host, path, key="paper-key-1")
    assert (sent.status_code, sent.json["milestone"]) == (201, entry), sent.text
    assert sent.json["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert upload(host, path, key="paper-key-1").data == sent.data
    assert upload(host, path, PDF + b"\n%%EOF\n", key="paper-key-1").json["code"] == "key_used"
    assert upload(host, path, key="paper-key-2").json["id"] == sent.json["id"], "it stands once"
    assert count(Evidence) == 1
    assert everything(host, f"/api/v1{firm}/evidence") == [sent.json]
    one = f"/evidence/{sent.json['id']}"
    assert host.get(f"/api/v1{one}").json == sent.json
    fetched = host.get(f"/api/v1{one}/content")
    assert (fetched.data, fetched.mimetype) == (PDF, "application/pdf")
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    assert host.get(f"/api/v1{one}/content", headers={"If-None-Match": fetched.headers["ETag"]}
                    ).status_code == 304  # fmt: skip
    for part in (one, f"{one}/content", f"{firm}/evidence"):
        assert park.get(f"/api/v1{part}").status_code == 404
    mark = sent.headers["ETag"]
    assert send(host, f"{one}/void", {"reason": "传错"}).status_code == 428
    gone = send(host, f"{one}/void", {"reason": "传错"}, If_Match=mark)
    assert gone.json == {"id": sent.json["id"]}, gone.text
    assert host.get(f"/api/v1{one}").status_code == 404


def test_a_file_that_cannot_be_kept_says_why(program: Program, firm: str) -> None:
    host = program("incubator")
    path = f"{firm}/evidence?name=x.pdf"
    assert upload(host, path, kind="application/json").status_code == 415
    assert upload(host, path, b"MZ not a paper").json["code"] == "paper_type"
    assert upload(host, path, b"").json["code"] == "paper_empty"
    assert upload(host, f"{firm}/evidence").status_code == 422
    assert upload(host, f"{path}&milestone=nothing").status_code == 404
    large = upload(host, path, b"%PDF-" + b"0" * (11 * 1024 * 1024))
    assert (large.status_code, large.json["code"]) == (413, "too_large")
    assert upload(program("incubator", writes=False), path).json["code"] == "token_reads"
    assert count(Evidence) == 0


def test_a_promise_is_made_once_and_taken_back(program: Program, firm: str) -> None:
    host = program("incubator")
    body = {"kind": "ip", "starts": "2026-01-01", "ends": TODAY.isoformat()}
    made = send(host, f"{firm}/attestations", body)
    assert made.status_code == 201, made.text
    assert {k: made.json[k] for k in body} == body
    assert send(host, f"{firm}/attestations", body).json["id"] == made.json["id"]
    all_ = send(host, f"{firm}/attestations", {"ends": TODAY.isoformat()})
    assert (all_.json["kind"], all_.json["starts"]) == ("all", None)
    assert len(everything(host, f"/api/v1{firm}/attestations", limit=1)) == count(Attestation) == 2
    late = send(host, f"{firm}/attestations", {"ends": "2027-01-01"})
    assert (late.status_code, late.json["errors"][0]["code"]) == (422, "future_day")
    path = f"{firm}/attestations/{made.json['id']}"
    mark = host.get(f"/api/v1{path}").headers["ETag"]
    assert send(host, f"{path}/withdrawal", {}).status_code == 428
    back = send(host, f"{path}/withdrawal", {}, If_Match=mark)
    assert back.json == {"id": made.json["id"]}, back.text
    for number in (made.json["id"], 10**30):
        assert host.get(f"/api/v1{firm}/attestations/{number}").status_code == 404
    assert program("park").get(f"/api/v1{firm}/attestations").status_code == 404


def test_a_firm_and_a_team_are_registered(program: Program) -> None:
    host, before = program("incubator"), count(Firm)
    body = {
        "kind": "firm", "name": "上海青萍生物有限公司", "code": code_of(771), "leader": "许知远",
        "tie_starts": "2026-10-01", "tie_agreement_on": "2026-09-28",
    }  # fmt: skip
    made = send(host, "/firms", body)
    assert (made.status_code, made.json["stage"]) == (201, "incubating"), made.text
    assert made.json["profile"]["leader"] == "许知远"
    assert made.json["carrier"]["name"] == "金科路青禾孵化器"
    assert send(host, "/firms", body | {"name": "另一家"}).json["code"] == "code_taken"
    near = {"name": "青萍生物（上海）有限责任公司", "code": code_of(772)}
    twin = send(host, "/firms", body | near)
    assert (twin.status_code, twin.json["code"]) == (422, "name_like"), twin.text
    assert send(host, "/firms", body | near | {"name_sure": True}).status_code == 201
    other = send(host, "/firms", body | {"code": code_of(773), "tie_carrier": "nothing"})
    assert other.json["errors"][0]["field"] == "tie_carrier"
    team = {"kind": "team", "name": "听雨项目组", "leader": "沈砚", "tie_starts": "2026-10-01"}
    born = send(host, "/firms", team)
    assert (born.status_code, born.json["code"]) == (201, None), born.text
    assert count(Firm) == before + 3
    assert count(Residency) >= 3
    found = {"name": "上海听雨科技有限公司", "code": code_of(774), "founded_on": "2026-11-01"}
    path = f"/firms/{born.json['id']}"
    grown = send(host, f"{path}/founding", found, If_Match=born.headers["ETag"])
    assert (grown.status_code, grown.json["kind"]) == (200, "firm"), grown.text


def test_a_register_entry_is_read_and_written_back(program: Program, firm: str) -> None:
    host = program("incubator")
    held = host.get(f"/api/v1{firm}")
    same = ("leader", "legal_form", "economic_type", "founded_on", "field", "incubation_field",
            "industry", "business", "tech_business", "banned_business", "corporate_controlled",
            "controller", "counted_only")  # fmt: skip
    body = {name: held.json["profile"][name] for name in same}
    body |= {"short_name": held.json["short_name"], "sector": None}
    body |= {"business": "车规级芯片", "leader": "沈砚"}
    bare = send(host, firm, body, "PUT")
    assert bare.status_code == 428, bare.text
    done = send(host, firm, body, "PUT", If_Match=held.headers["ETag"])
    assert (done.status_code, done.json["profile"]["business"]) == (200, "车规级芯片"), done.text
    said = {"business": "车规级芯片", "leader": "沈砚"}
    said |= {"legal_form": done.json["profile"]["legal_form"]}  # the code says it
    assert done.json["profile"] == held.json["profile"] | said
    wrong = send(host, firm, body | {"sector": "no such"}, "PUT", If_Match=done.headers["ETag"])
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "sector")
    name = {"name": "上海竹外桃集成电路有限公司", "day": "2026-11-01"}
    new = send(host, f"{firm}/name", name, If_Match=done.headers["ETag"])
    assert (new.status_code, new.json["name"]) == (200, name["name"]), new.text
    assert send(program("park"), firm, body, "PUT", If_Match="*").status_code == 404


def test_a_return_is_handed_in_checked_and_sent_back(program: Program, made: Chain) -> None:
    head, clerk, chief = program("head"), program("district"), program("chief")
    (sheet,) = everything(head, "/api/v1/returns?period=2026Q3")
    path = f"/returns/{sheet['id']}"
    whole = head.get(f"/api/v1{path}").json
    assert {k: whole[k] for k in sheet} == sheet
    assert {line["unit"] for line in whole["lines"]} >= {"money", "heads", "firms"}
    assert any(line["value"] is None for line in whole["lines"]), "what nobody entered is no zero"
    mark = head.get(f"/api/v1{path}").headers["ETag"]
    assert send(program("incubator"), f"{path}/submission", {"promised": True}).status_code == 403
    bare = send(head, f"{path}/submission", {"promised": False}, If_Match=mark)
    assert (bare.status_code, bare.json["code"]) == (422, "return_promise")
    strange = {"promised": True, "exceptions": [{"firm": "nobody"}]}
    wrong = send(head, f"{path}/submission", strange, If_Match=mark)
    assert wrong.json["errors"][0]["field"] == "exceptions.0.firm"
    left_out = made.firms["石上泉传感"]
    body = {"promised": True, "exceptions": [{"firm": left_out.pid}], "explained": "见附页"}
    done = send(head, f"{path}/submission", body, If_Match=mark)
    assert (done.status_code, done.json["state"]) == (200, "submitted"), done.text
    session.rollback()
    promised = set(session.scalars(select(Attestation.firm_id)))
    assert promised
    assert left_out.id not in promised
    paper = upload(head, f"{path}/evidence?name=盖章扫描件.pdf")
    assert (paper.status_code, paper.json["milestone"]) == (201, None), paper.text
    assert chief.get(f"/api/v1/evidence/{paper.json['id']}/content").data == PDF
    assert program("rival").get(f"/api/v1/evidence/{paper.json['id']}").status_code == 404
    assert program("rival").get(f"/api/v1{path}").status_code in (403, 404)
    checked = send(clerk, f"{path}/check", {}, If_Match=done.headers["ETag"])
    assert checked.json["state"] == "checked", checked.text
    back = send(clerk, f"{path}/return", {"reason": "缺两家"}, If_Match=checked.headers["ETag"])
    assert (back.json["state"], back.json["reason"]) == ("returned", "缺两家"), back.text
    again = send(head, f"{path}/submission", body, If_Match=back.headers["ETag"])
    ready = send(clerk, f"{path}/check", {}, If_Match=again.headers["ETag"])
    assert send(clerk, f"{path}/verify", {}, If_Match=ready.headers["ETag"]).status_code == 403
    final = send(chief, f"{path}/verify", {}, If_Match=ready.headers["ETag"])
    assert final.json["state"] == "verified", final.text
    assert session.scalars(select(Return.state)).one() == "verified"


def test_returns_are_listed_in_scope_only(program: Program) -> None:
    assert len(everything(program("chief"), "/api/v1/returns")) == 1
    assert everything(program("rival"), "/api/v1/returns") == []
