"""预测与实际: the report of an approval is kept, and compared with the first day and today."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import Person, Role
from app.core.days import SHANGHAI, now, today
from app.core.db import session
from app.criteria import service
from app.criteria.queries import forget_book
from app.firms.models import Figures
from app.workbench.models import ImpactLine, ImpactRecord
from app.workbench.whatif import keeping
from tests.clients import Client, sign_in
from tests.exchange.conftest import press, read_xlsx
from tests.factories.accounts import make_person
from tests.workbench.market import WAN, Market, market
from tests.workbench.test_impact import RULE, draft
from tests.workbench.test_trials import doors, names, page

OUTCOME = f"/standards/{RULE}/versions/3/outcome"
NAME = "大明湖机器人"


@pytest.fixture
def made(shipped: None) -> Market:
    return market()


@pytest.fixture
def head(made: Market) -> Person:
    return make_person(Role.DISTRICT_HEAD, made.people["district"].organisation)


def approve(client: Client, made: Market, head: Person, starts: dt.date) -> dict[str, Any]:
    """A version with a lower mark for revenue, approved; what its report said by change."""
    report = draft(made, starts)
    sign_in(client, made.people["district"])
    told = {
        change: names(client, made, f"{report}/firms?change={change}")
        for change in ("gained", "lost", "undecided", "moved")
    }
    client.send(report.replace("/impact", "/submit"), page=report)
    sign_in(client, head)
    seen = service.draft_of(RULE, 3).content_hash
    client.send(report.replace("/impact", "/approve"), {"seen": seen}, page=report)
    forget_book()
    return told


def later(app: Any, monkeypatch: pytest.MonkeyPatch, days: int) -> dt.date:
    """So many days later."""
    on = today() + dt.timedelta(days)
    monkeypatch.setitem(app.config, "TODAY", on)
    return on


def enough(made: Market) -> None:
    """The firm without figures gets two years of turnover that are enough for either version."""
    for year in (today().year - 2, today().year - 1):
        made.enter(NAME, Figures, year=year, quarter=0, source="audit", verification="carrier",
                   revenue=700 * WAN)  # fmt: skip


def test_the_report_of_the_approval_is_kept_as_it_was(
    client: Client, made: Market, head: Person
) -> None:
    told = approve(client, made, head, today() + dt.timedelta(40))
    assert told["gained"]
    assert f'href="{OUTCOME}"' in page(client, f"/standards/{RULE}")
    text = page(client, OUTCOME)
    assert "施行后与实际对照" in text
    for change, firms in told.items():
        assert names(client, made, f"{OUTCOME}/firms?change={change}") == firms, change
    enough(made)
    for change, firms in told.items():
        assert names(client, made, f"{OUTCOME}/firms?change={change}") == firms, "never again"
    for url, number in doors(page(client, OUTCOME)):
        if "/outcome/firms" in url:
            assert len(names(client, made, url)) == number, url
    sheets = read_xlsx(press(client, OUTCOME).data)
    assert {row[0][:5] for row in list(sheets.values())[-1][1:]} <= {n[:5] for n in made.firms}


def test_fact_stands_beside_the_forecast_with_the_reason(
    app: Any, client: Client, made: Market, head: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = approve(client, made, head, today())
    assert NAME not in told["gained"]
    text = page(client, OUTCOME)
    assert "首日" in text
    assert "今天如期" in text
    assert names(client, made, f"{OUTCOME}/firms?at=today&change=moved") == set()
    enough(made)
    assert names(client, made, f"{OUTCOME}/firms?at=today&change=moved") == {NAME}
    row = reason(client, f"{OUTCOME}/firms?at=today&change=moved")
    assert "批准后录入或更正：" in row
    assert "→ ≥ 1,400.00" in row
    for url, number in doors(page(client, OUTCOME)):
        if "/outcome/firms" in url:
            assert len(names(client, made, url)) == number, url
    line = list(read_xlsx(press(client, f"{OUTCOME}?at=today").data).values())[-1][1]
    assert line[0].startswith(NAME)
    assert "1,400.00" in line[6]
    client.set_cookie("lang", "en")
    row = reason(client, f"{OUTCOME}/firms?at=today&change=moved")
    assert "Entered or corrected after the approval" in row


def reason(client: Client, path: str) -> str:
    text = page(client, path)
    return next(part for part in text.split("<tr>") if NAME in part).partition("</tr>")[0]


@pytest.fixture
def real_day(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The day of the clock, by which revisions are written."""
    monkeypatch.setitem(app.config, "TODAY", now().astimezone(SHANGHAI).date())


def test_the_first_day_is_kept_once_it_is_over_and_stays(
    real_day: None,
    app: Any,
    client: Client,
    made: Market,
    head: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = today()
    approve(client, made, head, first)
    keeping.close_due(first)
    assert session.scalars(select(ImpactRecord.first_cut)).one() is None, "the day is not over"
    enough(made)  # on the first day
    on = later(app, monkeypatch, 1)
    keeping.close_due(on)
    record = session.scalars(select(ImpactRecord)).one()
    assert record.first_cut is not None
    held = {row[0]: row[1] for row in session.execute(select(ImpactLine.firm_id, ImpactLine.first))}
    assert held[made.firms[NAME].id] == "met"
    assert set(held) == {firm.id for firm in made.firms.values()}
    sign_in(client, head)
    assert names(client, made, f"{OUTCOME}/firms?at=first&change=moved") == {NAME}
    assert "→ ≥ 1,400.00" in reason(client, f"{OUTCOME}/firms?at=first&change=moved")
    made.enter("凤凰台数据", Figures, year=first.year - 1, quarter=0, source="settlement",
               verification="carrier", revenue=9_000 * WAN)  # fmt: skip
    keeping.close_due(on + dt.timedelta(1))
    assert names(client, made, f"{OUTCOME}/firms?at=first&change=moved") == {NAME}
    for url, number in doors(page(client, f"{OUTCOME}?at=first")):
        if "/outcome/firms" in url:
            assert len(names(client, made, url)) == number, url


def test_only_those_who_weigh_standards_see_it(client: Client, made: Market, head: Person) -> None:
    approve(client, made, head, today())
    for who, status in (("district", 200), ("north", 403), ("park", 403)):
        sign_in(client, made.people[who])
        assert client.get(OUTCOME).status_code == status, who
        assert client.get(f"{OUTCOME}/firms").status_code == status, who
        assert (OUTCOME in client.get(f"/standards/{RULE}").get_data(as_text=True)) == (
            status == 200
        )
    sign_in(client, head)
    assert client.get(OUTCOME.replace("/3/", "/2/")).status_code == 404, "no approval is on record"
    assert client.get(OUTCOME.replace("/3/", "/99/")).status_code == 404
    assert client.get(f"{OUTCOME}?at=nonsense&line=7&foretold=x").status_code == 200
