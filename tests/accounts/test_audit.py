"""The auditor reads in office words what was done, and finds it by them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from app.accounts.models import Role
from app.core import acts
from app.core.access import System
from app.core.db import write
from app.core.db.revision import recorded_tables
from app.pipeline.words import ClaimAct, FirmAct, GraduationAct, TransferAct
from app.registry import load_models, load_words
from tests.clients import Client, sign_in
from tests.factories.accounts import person_with_post

ROOT = Path(__file__).parents[2]
WRITTEN = re.compile(
    r'(?:write|submitted|_save|_act|_end)\(\s*(?:[a-z]\w*,\s*){0,1}(?:"[a-z]+",\s*)?"([a-z]+:[a-z_:]+)"'
)


def test_each_write_has_its_words() -> None:
    load_words()
    sources = [*(ROOT / "app").rglob("*.py"), *(ROOT / "seed").rglob("*.py")]
    written = {code for path in sources for code in WRITTEN.findall(path.read_text("utf-8"))}
    assert {"claim:open", "firm:edit", "return:verify", "account:post:end"} <= written
    kinds = {"firm": FirmAct, "graduation": GraduationAct, "claim": ClaimAct}
    made = {f"{kind}:{one.value}" for kind, of in kinds.items() for one in of}
    made |= {f"transfer:{one.value}" for one in TransferAct}
    within = {"firm:correct", "firm:void", "graduation:report", "graduation:propose"}
    within |= {"claim:land", "claim:reopen"}
    assert written | made - within <= acts.known()[0]


def test_each_kind_of_record_has_its_word() -> None:
    load_models()
    load_words()
    assert {table.name for table, _ in recorded_tables()} == acts.known()[1]


@pytest.mark.parametrize(("lang", "word"), [("zh", "毕业核定"), ("en", "Verify graduations")])
def test_what_happened_is_found_by_its_word(
    app: Flask, client: Client, lang: str, word: str
) -> None:
    for action in ("graduation:verify", "claim:open"):
        with write(action, actor=System("test")):
            pass
    sign_in(client, person_with_post(Role.AUDITOR))
    page = client.get("/audit", query_string={"action": word, "lang": lang}).text
    assert re.findall(r"(?:graduation|claim):[a-z]+(?=<)", page) == ["graduation:verify"]
    assert page.count(word) >= 2
    assert "claim:open" in client.get("/audit", query_string={"action": "claim"}).text


def test_a_number_that_no_record_can_have_is_no_address(app: Flask, client: Client) -> None:
    sign_in(client, person_with_post(Role.AUDITOR))
    assert client.get(f"/audit/{2**63}").status_code == 404
    assert client.get(f"/audit/{2**63 - 1}").status_code == 404
