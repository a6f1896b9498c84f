"""预测与实际: the report of an approval is kept, and compared with the first day and today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Person
from app.core.days import SHANGHAI, now, today
from app.core.db import session
from app.criteria.queries import forget_book
from app.firms.models import Figures
from app.workbench.models import ImpactLine, ImpactRecord
from app.workbench.whatif import keeping
from tests.clients import Client, sign_in
from tests.exchange.conftest import press, read_xlsx
from tests.workbench.market import WAN, Market
from tests.workbench.whatif.casts import Cast, approve, doors, page
from tests.workbench.whatif.test_trials import FIRMS


def test_the_report_of_the_approval_is_kept_as_it_was(
    client: Client, cast: Cast, head: Person
) -> None:
    told = approve(client, cast, head, today() + dt.timedelta(40))
    assert told["gained"] == cast.gained
    assert f'href="{cast.outcome}"' in page(client, f"/standards/{cast.rule}")
    assert "施行后与实际对照" in page(client, cast.outcome)
    for change, found in told.items():
        assert cast.names(client, f"{cast.outcome}/list?change={change}") == found, change
    cast.enter()
    for change, found in told.items():
        assert cast.names(client, f"{cast.outcome}/list?change={change}") == found, "never again"
    assert cast.each_opens(client, cast.outcome) > 8
    sheets = read_xlsx(press(client, cast.outcome).data)
    assert {row[0][:5] for row in list(sheets.values())[-1][1:]} <= {
        name[:5] for name in cast.subjects.values()
    }


def test_fact_stands_beside_the_forecast_with_the_reason(
    client: Client, cast: Cast, head: Person
) -> None:
    told = approve(client, cast, head, today())
    assert cast.late not in told["gained"]
    text = page(client, cast.outcome)
    assert "首日" in text
    assert "今天如期" in text
    moved = f"{cast.outcome}/list?at=today&change=moved"
    assert cast.names(client, moved) == set()
    cast.enter()
    assert cast.names(client, moved) == {cast.late}
    row = reason(client, cast, moved)
    assert "批准后录入或更正：" in row
    assert cast.because in row
    assert cast.each_opens(client, cast.outcome) >= 4
    line = list(read_xlsx(press(client, f"{cast.outcome}?at=today").data).values())[-1][1]
    assert line[0].startswith(cast.late)
    assert cast.because.removeprefix("→ ") in line[-1]
    assert cast.names(client, f"/standards/{cast.rule}/trial/list?after=met") == {
        cast.late, *told["gained"], *cast.lost
    }, "a trial of the new version begins where it stands"  # fmt: skip
    assert int(cast.counted.findall(page(client, cast.live))[0]) == 2 + len(told["gained"])
    client.set_cookie("lang", "en")
    assert "Entered or corrected after the approval" in reason(client, cast, moved)


def reason(client: Client, cast: Cast, path: str) -> str:
    text = page(client, path)
    return next(part for part in text.split("<tr>") if cast.late in part).partition("</tr>")[0]


@pytest.fixture
def real_day(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The day of the clock, by which revisions are written."""
    monkeypatch.setitem(app.config, "TODAY", now().astimezone(SHANGHAI).date())


def test_the_first_day_is_kept_once_it_is_over_and_stays(
    real_day: None, client: Client, made: Market, cast: Cast, head: Person,
    later: Callable[[int], dt.date],
) -> None:  # fmt: skip
    first = today()
    approve(client, cast, head, first)
    keeping.close_due(first)
    assert session.scalars(select(ImpactRecord.first_cut)).one() is None, "the day is not over"
    cast.enter()  # on the first day
    on = later(1)
    keeping.close_due(on)
    record = session.scalars(select(ImpactRecord)).one()
    assert record.first_cut is not None
    kept = session.execute(select(ImpactLine.subject_id, ImpactLine.first))
    held = {cast.ids[row[0]]: row[1] for row in kept}
    assert held[cast.late] == "met"
    assert set(held) == set(cast.subjects.values())
    sign_in(client, head)
    moved = f"{cast.outcome}/list?at=first&change=moved"
    assert cast.names(client, moved) == {cast.late}
    assert cast.because in reason(client, cast, moved)
    made.enter("凤凰台数据", Figures, year=first.year - 1, quarter=0, source="settlement",
               verification="carrier", revenue=9_000 * WAN)  # fmt: skip
    keeping.close_due(on + dt.timedelta(1))
    assert cast.names(client, moved) == {cast.late}
    assert cast.each_opens(client, f"{cast.outcome}?at=first") >= 4


@FIRMS
def test_only_those_who_weigh_standards_see_it(client: Client, cast: Cast, head: Person) -> None:
    approve(client, cast, head, today())
    for who, status in (("district", 200), ("north", 403), ("park", 403)):
        sign_in(client, cast.people[who])
        assert client.get(cast.outcome).status_code == status, who
        assert client.get(f"{cast.outcome}/list").status_code == status, who
        text = client.get(f"/standards/{cast.rule}").get_data(as_text=True)
        assert (cast.outcome in text) == (status == 200)
    sign_in(client, head)
    for other, status in (("/2/", 302), ("/99/", 404)):
        path = cast.outcome.replace("/3/", other)
        assert client.get(path).status_code == status, "no approval is on record"
        assert client.get(f"{path}/list").status_code == 404
    assert client.get(f"{cast.outcome}?at=nonsense&line=7&foretold=x").status_code == 200


def test_a_transition_is_kept_and_its_end_told_as_the_reason(
    client: Client, cast: Cast, head: Person, later: Callable[[int], dt.date]
) -> None:
    """A higher mark with a transition: nobody loses in it, and what it says is kept; after it
    those below the mark came otherwise, because it is over."""
    first, end = today(), today() + dt.timedelta(60)
    line = {"kind": "new", "from": first.isoformat(), "transition": end.isoformat()}
    told = approve(client, cast, head, first, cast.marks[3], in_force=[line])
    assert not told["moved"]
    text = page(client, cast.outcome)
    assert f"过渡期至 {end.isoformat()}" in text
    assert cast.names(client, f"{cast.outcome}/list?at=today&change=moved") == set()
    on_trial = page(client, cast.page)
    assert f"过渡期至 {end.isoformat()}" in on_trial
    live = dict(doors(on_trial))
    assert live[f"{cast.page}/list?before=met"] == len(cast.lost)
    later(1)
    keeping.close_due(today())
    held = {cast.ids[row[0]]: row[1] for row in session.execute(
        select(ImpactLine.subject_id, ImpactLine.first)
    )}  # fmt: skip
    assert {name for name, shown in held.items() if shown == "met"} == cast.lost
    assert cast.names(client, f"{cast.outcome}/list?at=first&change=moved") == set()
    later(60)
    forget_book()
    moved = f"{cast.outcome}/list?at=today&change=moved"
    assert cast.lost <= cast.names(client, moved)
    rows = [part for part in page(client, moved).split("<tr>") if min(cast.lost) in part]
    assert f"{end.isoformat()} 过渡期结束，此后只按第 {cast.next} 版核对" in rows[0]


def test_a_trial_kept_before_a_transition_stands_in_it_and_after(
    client: Client, cast: Cast, head: Person, later: Callable[[int], dt.date]
) -> None:
    """During a transition the new version's numbers stand elsewhere; a kept address finds them."""
    sign_in(client, cast.people["district"])
    assert client.send(cast.low, {"name": "先存的"}).status_code == 303
    first, end = today(), today() + dt.timedelta(60)
    line = {"kind": "new", "from": first.isoformat(), "transition": end.isoformat()}
    approve(client, cast, head, first, cast.marks[3], in_force=[line])
    sign_in(client, cast.people["district"])
    moved = client.get(cast.low)
    assert moved.status_code == 303
    assert "p__condition__any__0__all__0__" in moved.location
    text = page(client, moved.location)
    assert "已存为“先存的”" in text
    assert f"{cast.marks[3]} {cast.unit} → {cast.marks[1]} {cast.unit}" in text
    listed = moved.location.replace("/trial?", "/trial/list?")
    assert cast.names(client, f"{listed}&change=gained") == cast.gained
    later(60)
    forget_book()
    back = client.get(moved.location)
    assert (back.status_code, back.location) == (303, cast.low)


def test_the_end_of_every_quarter_since_is_read_from_history(
    client: Client, cast: Cast, head: Person, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of its last day, as known by then: what was entered later is not told of it."""
    monkeypatch.setitem(app.config, "TODAY", dt.date(2026, 5, 10))
    approve(client, cast, head, today())
    assert 'name="at"' not in page(client, cast.outcome), "no quarter is over"
    cast.enter()  # the clock that writes revisions is months ahead of May
    monkeypatch.setitem(app.config, "TODAY", dt.date(2026, 11, 24))
    text = page(client, cast.outcome)
    assert [one for one in ("2026Q1", "2026Q2", "2026Q3", "2026Q4") if f'"{one}"' in text] == [
        "2026Q2", "2026Q3",
    ]  # fmt: skip
    assert cast.names(client, f"{cast.outcome}/list?at=2026Q3&change=moved") == set()
    assert cast.late in cast.names(client, f"{cast.outcome}/list?at=today&change=moved")
    text = page(client, f"{cast.outcome}?at=2026Q3")
    assert "2026 年第 3 季度末如期" in text
    assert "今天如期" in text
    assert cast.each_opens(client, f"{cast.outcome}?at=2026Q3") >= 6
    sheet = list(read_xlsx(press(client, f"{cast.outcome}?at=2026Q2").data).values())
    assert "2026 年第 2 季度末不同（家）" in [str(cell) for cell in sheet[1][0]]
    assert page(client, f"{cast.outcome}?at=2026Q4").count("季度末如期") == 0, "not over yet"


@FIRMS
def test_what_was_known_by_the_end_of_a_quarter_counts(
    client: Client, cast: Cast, head: Person, app: Flask, later: Callable[[int], dt.date]
) -> None:
    approve(client, cast, head, today())
    cast.enter()
    later(400)
    forget_book()
    text = page(client, cast.outcome)
    last = text.split('<option value="20')[1][:4]
    moved = f"{cast.outcome}/list?at=20{last}&change=moved"
    assert cast.late in cast.names(client, moved)
    assert "批准后录入或更正" in reason(client, cast, moved)


@FIRMS
def test_reviews_are_compared_with_today_and_with_quarters(
    client: Client, cast: Cast, head: Person, later: Callable[[int], dt.date]
) -> None:
    line = {"kind": "review", "from": today().isoformat()}
    approve(client, cast, head, today(), in_force=[line])
    assert cast.names(client, f"{cast.outcome}/list?at=today&change=moved") == set()
    cast.enter()
    assert cast.names(client, f"{cast.outcome}/list?at=today&change=moved") == {cast.late}
    later(120)
    forget_book()
    code = page(client, cast.outcome).split('<option value="20')[1][:4]
    assert cast.late in cast.names(client, f"{cast.outcome}/list?at=20{code}&change=moved")
