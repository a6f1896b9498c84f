"""What a park's program, its files and its papers say of a firm in each relation: the same marks,
and no more than the table of relations allows."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.db import session, write
from app.exchange.out.book import exports
from app.firms.fields import FIELD_SETS
from app.firms.hooks import Relation
from app.firms.models import Destination, Firm, LeaveReason
from app.pipeline import service
from app.pipeline.models import Claim, Handover, Mediation
from tests.acting import do
from tests.clients import Client, bear
from tests.exchange.conftest import read_xlsx
from tests.factories.carriers import ACTOR
from tests.house.routes import methods
from tests.pipeline.office import Office
from tests.pipeline.test_field_sets import MARKS, marked

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])

#: the same amounts in yuan, as programs read them
YUAN = {"milestones": ("12345600",), "figures": ("76543200",)}
#: what stands in an address of the API besides the public ids
PARTS = {
    "period": "2025", "source": "audit", "rule": "incubator.graduation", "number": "1",
    "key": "segment_share", "day": "2026-01-01", "code": "S-10", "item": "x", "turn": "1",
}  # fmt: skip
#: fields without a mark of their own
UNMARKED = frozenset({"name", "path", "outcomes", "values"})


def pattern(mark: str) -> re.Pattern[str]:
    """A number is not part of a longer one, nor of a public id."""
    plain = mark.replace(",", "")
    return re.compile(rf"(?<![\w.]){re.escape(plain)}(?!\w)" if plain[0].isdigit() else plain)


PATTERNS = {
    name: [pattern(mark) for mark in (*marks, *YUAN.get(name, ()))] for name, marks in MARKS.items()
}


def shown(text: str) -> set[str]:
    """The fields of which a mark is seen."""
    return {name for name, marks in PATTERNS.items() if any(mark.search(text) for mark in marks)}


def filled(rule: str, pids: dict[str, str]) -> str | None:
    """The address of a rule for the firm and what is recorded about it."""
    kind = rule.removeprefix("/api/v1").split("/")[1]
    given = PARTS | {
        "pid": pids.get(f"/{kind}/", pids["/firms/"]), "entry_pid": pids["entry_pid"],
        "tie_pid": pids["/residencies/"],
    }  # fmt: skip
    parts = re.findall(r"<(?:\w+:)?(\w+)>", rule)
    if not set(parts) <= set(given):
        return None
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: given[found[1]], rule)


def programs(app: Flask, office: Office, who: str, pids: dict[str, str]) -> Iterator[str]:
    """All that a program of somebody reads: every GET of the API."""
    client = app.test_client()
    bear(client, office.posts[who], writes=False)
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api/v1/") or "GET" not in methods(rule):
            continue
        address = filled(rule.rule, pids)
        assert address is not None, f"{rule.rule}: say in PARTS what stands in its address"
        answer = client.get(address)
        assert answer.status_code < 500, address
        yield f"{address}\n{answer.headers}\n{answer.get_data(as_text=True)}"


def files(app: Flask, office: Office, who: str, pids: dict[str, str]) -> Iterator[str]:
    """All that somebody can take away: every export, for whatever it can be of. Both formats are
    written from one table, so the other one is read of the firms alone."""
    client = office.be(who)
    client.lint = False
    token = client.token("/")
    whole = sorted({pid for place, pid in pids.items() if place != "entry_pid"})
    for page in sorted(exports(app)):
        for tail in ("", *(f"?_pid={pid}" for pid in whole), "?_rule=incubator.graduation"):
            address = f"/exports/{page}{tail}"
            plain = client.post(address, data={"csrf_token": token, "format": "csv"})
            assert plain.status_code < 500, address
            if plain.status_code == 200:
                yield f"{address}\n{plain.headers}\n{plain.get_data().decode('utf-8-sig')}"
            if plain.status_code in (200, 403):
                break
    book = client.post("/exports/workbench.firms", data={"csrf_token": token, "format": "xlsx"})
    if book.status_code == 200:
        cells = (c for sheet in read_xlsx(book.data).values() for row in sheet for c in row)
        yield f"{book.headers}\n" + "\n".join(str(cell) for cell in cells)


def papers(app: Flask, office: Office, who: str, pids: dict[str, str]) -> Iterator[str]:
    """All that somebody can print of the firm, and the pages behind it that stand at more than a
    public id; those at one alone are read in `test_field_sets`."""
    client = office.be(who)
    client.lint = False
    for rule in app.url_map.iter_rules():
        kind = f"/{rule.rule.split('/')[1]}/"
        more = rule.arguments - {"pid"} or rule.rule.endswith(("/paper", "/print"))
        address = filled(rule.rule, pids) if kind in pids and more else None
        if address is None or "GET" not in methods(rule):
            continue
        answer = client.get(address)
        assert answer.status_code < 500, address
        yield f"{address}\n{answer.headers}\n{answer.text}"


def told(app: Flask, office: Office, who: str, pids: dict[str, str]) -> str:
    return "\n".join([*programs(app, office, who, pids), *files(app, office, who, pids)])


def bid(office: Office, client: Client, pids: dict[str, str]) -> str:
    """The park's claim."""
    form = {"token": "t" * 20, "carrier": office.park.pid}
    client.send(f"/openings/{office.pid}", form, page="/openings")
    pids["/claims/"] = office.one(Claim).pid
    return pids["/claims/"]


def opens(*relations: Relation) -> set[str]:
    """The marked fields that some relations open together."""
    return set().union(*(FIELD_SETS[one] for one in relations)) - UNMARKED


def test_no_program_and_no_file_says_more_than_the_relation_opens(
    app: Flask, office: Office
) -> None:
    pids = marked(office)
    mine = told(app, office, "clerk", pids)
    assert shown(mine) >= set(MARKS) - {"profile", "history", "contact", "demand"}
    firm = office.firm.short_name
    for who in ("park", "other"):
        text = told(app, office, who, pids)
        assert (shown(text), firm in text) == (set(), False), f"none: {who}"
    office.be("clerk")
    office.act("push")
    pool = told(app, office, "park", pids)
    assert (shown(pool), firm in pool) == (set(), True), "pool"
    claim = bid(office, office.be("park"), pids)
    assert shown(told(app, office, "park", pids)) <= opens(Relation.OPEN_CLAIM), "open claim"
    assert shown(told(app, office, "booster", pids)) == set(), "another's claim"
    office.be("clerk").send(f"/claims/{claim}/choose", page=f"/claims/{claim}")
    accepted = shown(told(app, office, "park", pids))
    assert {"milestones", "figures"} <= accepted <= opens(Relation.ACCEPTED), "accepted"
    do(service.land, firm=office.firm, carrier=office.park, arrived_on=dt.date(2026, 11, 20))
    hosting = shown(told(app, office, "park", pids))
    assert {"milestones", "figures", "evidence"} <= hosting, "hosting"
    do(
        service.leave, firm=office.firm, carrier=office.park, on=dt.date(2026, 11, 23),
        destination=Destination.CITY, reason=LeaveReason.NOT_GRADUATED,
    )  # fmt: skip
    former = shown(told(app, office, "park", pids))
    kept = opens(Relation.FORMER) | {"demand"}  # the last host goes on writing it down
    assert {"milestones", "figures"} <= former <= kept, "former host"


def test_a_sheet_in_a_program_or_a_file_ends_with_the_choice(app: Flask, office: Office) -> None:
    """The package opens to whom the firm has chosen, and closes with the choice."""
    pids = marked(office)
    office.be("clerk")
    office.act("push")
    claim = bid(office, office.be("park"), pids)
    office.be("clerk").send(f"/claims/{claim}/choose", page=f"/claims/{claim}")
    sent = office.client.send(f"/firms/{office.pid}/handover", {"services": "两次对接"})
    assert sent.status_code == 303
    pids["/handovers/"] = office.one(Handover).pid
    allowed = opens(Relation.ACCEPTED) | {"evidence"}
    assert shown(told(app, office, "park", pids)) <= allowed
    park = office.be("park")
    park.send(f"/claims/{claim}/end/release", {"reason": "price"}, page=f"/claims/{claim}")
    assert shown(told(app, office, "park", pids)) <= opens(Relation.OPEN_CLAIM), "released"


def test_a_firm_for_counting_only_has_no_name_in_a_program_or_a_file(
    app: Flask, office: Office
) -> None:
    pids = marked(office)
    office.be("clerk")
    office.act("push")
    bid(office, office.be("park"), pids)
    with write("test:mark", actor=ACTOR):
        session.scalars(select(Firm).where(Firm.pid == office.pid)).one().counted_only = True
    for who in ("park", "other"):
        text = told(app, office, who, pids)
        assert shown(text) == set(), who
        for name in (office.firm.short_name, office.firm.name, office.code):
            assert name not in text, (who, name)
    assert office.firm.short_name in told(app, office, "clerk", pids)


def test_no_paper_says_more_than_the_relation_opens(app: Flask, office: Office) -> None:
    """Sheets of the rules, the handover sheet, and the opinion of a mediation, as printed."""
    pids = marked(office)
    firm = office.firm.short_name

    def printed(who: str) -> tuple[set[str], bool]:
        text = "\n".join(papers(app, office, who, pids))
        return shown(text), firm in text

    assert printed("clerk")[1], "its host prints them"
    assert [printed(who) for who in ("park", "other")] == [(set(), False)] * 2, "none"
    office.be("clerk")
    office.act("push")
    assert printed("park")[0] == set(), "pool"
    claim = bid(office, office.be("park"), pids)
    ask = f"/firms/{office.pid}/mediation"
    assert office.be("park").send(ask, {"reason": "请区里协调"}).status_code == 303
    pids["/mediations/"] = page = office.one(Mediation).pid
    page = f"/mediations/{page}"
    said = office.be("head").send(f"{page}/advise", {"text": "请企业实地比较。"}, page=page)
    assert said.status_code == 303
    assert "7,771" in office.client.get(f"{page}/opinions/1").text, "the district reads the demand"
    open_claim = printed("park")
    assert open_claim[1], "its opinion names the firm"
    assert open_claim[0] <= opens(Relation.OPEN_CLAIM), "open claim"
    assert printed("booster") == (set(), False), "another's claim"
    office.be("clerk").send(f"/claims/{claim}/choose", page=f"/claims/{claim}")
    sent = office.client.send(f"/firms/{office.pid}/handover", {"services": "两次对接"})
    assert sent.status_code == 303
    pids["/handovers/"] = office.one(Handover).pid
    accepted = printed("park")[0]
    allowed = opens(Relation.ACCEPTED) | {"evidence"}
    assert {"milestones"} <= accepted <= allowed, "accepted"
    do(service.land, firm=office.firm, carrier=office.park, arrived_on=dt.date(2026, 11, 20))
    assert "milestones" in printed("park")[0], "hosting"
    assert printed("other") == (set(), False), "none"
