"""Why a figure is another one: the terms add up, each opens as many rows, each says why."""

from __future__ import annotations

import datetime as dt
import io
import re
from random import Random
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from app.accounts.models import Role
from app.carriers.models import Carrier
from app.core.db import last_revision, session, write
from app.pipeline.models import GraduationState
from app.statistics.asof import AsOf, Count, now
from app.statistics.changes.split import Split, Term, split
from app.statistics.changes.traces import Deed, sources, traces
from app.statistics.indicators import REGISTER
from app.statistics.queries.figures import Desk
from app.statistics.scope import Scope
from tests.clients import Client
from tests.statistics import histories
from tests.statistics import world as w
from tests.statistics.district import CANARY, NUMBER, enter
from tests.statistics.test_oracle import asked, scopes
from tests.statistics.test_reports import disturb, make

PAGE = "/statistics/changes"
START, END = dt.date(2026, 6, 30), dt.date(2026, 9, 30)


def desk(asof: AsOf) -> Desk:
    return Desk(w.TESTER, asof, Scope(whole=True))


def terms(found: Split) -> dict[str, tuple[set[int], set[int]]]:
    return {one.term.value: (set(one.came), set(one.went)) for one in found.parts}


def adds_up(at: Desk, found: Split) -> None:
    """The ends are the figures, the terms their difference, and every term has its list."""
    code, filters = found.now.indicator.code, dict(found.now.filters)
    for end in (found.then, found.now):
        assert at.at(end.asof).count(code, **filters).value == end.value
    assert sum(one.net for one in found.parts) == found.difference
    assert len({one.term for one in found.parts}) == len(found.parts)
    for one in found.parts:
        for asof, members, size in (
            (one.after, one.came, one.plus), (one.before, one.went, one.minus),
        ):  # fmt: skip
            listed = at.at(asof).listed(code, filters, only=list(members)).order_by(None).subquery()
            assert session.scalar(select(func.count()).select_from(listed)) == size


@pytest.fixture
def world(app: Any) -> dict[str, Any]:
    """Two incubators at the end of June, and what was written about them until October."""
    with write("test:then", actor=w.TESTER):
        a, b = w.carrier(1), w.carrier(1)
        who = {name: w.firm(sector="ai") for name in (
            "steady", "redated", "withdrawn", "left_late", "moved", "left", "regrouped",
            "verified", "returned",
        )}  # fmt: skip
        ties = {name: w.stay(one, a, "2025-01-01") for name, one in who.items()}
        given = {"verified": GraduationState.REPORTED, "returned": GraduationState.VERIFIED}
        done = {name: w.graduate(who[name], a, "2026-05-01", state=state)
                for name, state in given.items()}  # fmt: skip
    cut = last_revision()
    with write("test:later", actor=w.TESTER):
        who["late"] = w.firm(sector="ai")
        w.stay(who["late"], a, "2026-06-01")
        ties["redated"].starts = dt.date(2026, 7, 15)
        session.delete(ties["withdrawn"])
        ties["left_late"].ends = dt.date(2026, 6, 15)
        ties["moved"].ends = ties["left"].ends = dt.date(2026, 8, 1)
        w.stay(who["moved"], b, "2026-08-01")
        who["new"] = w.firm(sector="ai")
        w.stay(who["new"], a, "2026-09-01")
        who["regrouped"].sector = "bio"
        done["verified"].state = GraduationState.VERIFIED
        done["returned"].state = GraduationState.RETURNED
    ids = {name: one.id for name, one in who.items()}
    return {"then": AsOf(START, cut, False), "now": now(END), "id": ids, "a": a.pid}


def test_each_firm_is_put_under_why_it_came_or_went(world: dict[str, Any]) -> None:
    at, who = desk(world["now"]), world["id"]
    found = split(at, world["then"], "S-01", {"sector": "ai", "carrier": world["a"]})
    adds_up(at, found)
    assert terms(found) == {
        "late": ({who["late"]}, {who["left_late"]}),
        "corrected": (set(), {who["redated"], who["withdrawn"]}),
        "regrouped": (set(), {who["regrouped"]}),
        "new": ({who["new"], who["redated"]}, set()),
        "gone": (set(), {who["left"]}),
        "moved": (set(), {who["moved"]}),
    }
    everywhere = split(at, world["then"], "S-01", {})
    adds_up(at, everywhere)
    assert not everywhere.part("moved"), "a transfer changes nothing in the whole"
    assert not everywhere.part("regrouped")


def test_decisions_of_the_district_are_a_term_of_their_own(world: dict[str, Any]) -> None:
    at, who = desk(world["now"]), world["id"]
    for code, filters in (("G-01", {}), ("C-03", {}), ("F-02", {"outcome": "graduated"})):
        found = split(at, world["then"], code, filters)
        adds_up(at, found)
        if code != "C-03":
            assert terms(found) == {"reviewed": ({who["verified"]}, {who["returned"]})}
    reported = split(at, world["then"], "G-02", {})
    assert (reported.then.value, reported.now.value, reported.parts) == (2, 2, ())
    verified = split(at, world["then"], "G-02", {"state": "verified"})
    assert terms(verified) == {"reviewed": ({who["verified"]}, {who["returned"]})}


def test_the_counting_is_a_step_of_the_path(world: dict[str, Any]) -> None:
    at = desk(world["now"].counting(Count.REPORTED))
    found = split(at, world["then"], "F-02", {"outcome": "graduated"})
    adds_up(at, found)
    assert terms(found)["counting"] == ({world["id"]["returned"]}, set())


def test_what_was_recorded_is_told_record_by_record(world: dict[str, Any]) -> None:
    who, cut, newest = world["id"], world["then"].cut, last_revision()
    wanted = {
        "late": Deed.ENTERED, "left_late": Deed.COMPLETED, "redated": Deed.AMENDED,
        "withdrawn": Deed.WITHDRAWN,
    }  # fmt: skip
    found = traces("S-01", [who[name] for name in wanted], cut, newest)
    for name, deed in wanted.items():
        deeds = {one.deed for one in found[who[name]]}
        assert deeds == {deed}, name
        assert {one.rev for one in found[who[name]]} == {newest}
    assert not traces("S-01", [who["steady"]], cut, newest)


@pytest.mark.usefixtures("app")
def test_every_indicator_says_what_records_it_is_made_of() -> None:
    for code in REGISTER:
        assert sources(code), code


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("seed", [11])
def test_the_terms_always_add_up(seed: int) -> None:
    r, cuts = Random(seed), []
    for _ in range(4):
        cuts += histories.grow(r)
    carriers = session.scalars(select(Carrier).order_by(Carrier.id)).all()
    kinds: set[Term] = set()
    for code in sorted(REGISTER):
        for _ in range(2):
            one = asked(r, cuts)
            scope = scopes(r, {"carriers": [{"id": row.id} for row in carriers]})
            at = Desk(w.TESTER, one, scope)
            filters = r.choice(({}, {"sector": "ai"}, {"carrier": r.choice(carriers).pid}))
            found = split(at, asked(r, cuts), code, filters)
            adds_up(at, found)
            kinds |= {part.term for part in found.parts}
    assert kinds >= {Term.LATE, Term.CORRECTED, Term.NEW, Term.GONE}, "the histories were rich"


def test_the_page_names_each_difference_and_opens_its_list(
    district: dict[str, Any], client: Client
) -> None:
    address = make(client)
    disturb(district)
    page = client.get(f"{address}/changes").get_data(as_text=True)
    links = {
        href.replace("&amp;", "&"): text for href, text in NUMBER.findall(page) if PAGE in href
    }
    assert len(links) > 10
    for href in list(links)[:6]:
        one = client.get(href).get_data(as_text=True)
        assert f"相差 {links[href]}" in one
        opened = {
            where.replace("&amp;", "&"): text
            for where, text in NUMBER.findall(one) if "term=" in where
        }  # fmt: skip
        assert sum(int(text.replace("−", "-")) for text in opened.values()) == int(
            links[href].replace("−", "-")
        )
        for where, text in opened.items():
            shown = client.get(where).get_data(as_text=True)
            rows = re.findall(r"<tbody>(.*?)</tbody>", shown, re.S)[1].count("<tr")
            assert rows == abs(int(text.replace("−", "-")))
            assert re.search(r'id="rows">[^<]*<span class="jl-count">([+−]\d+)<', shown)[1] == text  # type: ignore[index]


def test_the_first_page_has_the_key_figures_and_starts_at_the_last_report(
    district: dict[str, Any], client: Client
) -> None:
    address = make(client)
    enter(client, Role.DISTRICT_HEAD, district["district"])
    assert client.send(f"{address}/sign", page=address).status_code == 303
    disturb(district)
    page = client.get(PAGE).get_data(as_text=True)
    assert re.search(r'aria-current="true">TJ-2026-0001<', page)
    line = next(
        one for one in re.findall(r"<tr><th.*?</tr>", page, re.S) if "毕业企业（核定）" in one
    )
    numbers = [text for _href, text in NUMBER.findall(line)]
    assert numbers[0].isdigit()
    assert numbers[1:-2] == ["+1"]
    assert numbers[-1] == "+1"
    english = client.get(PAGE, headers={"Accept-Language": "en"})
    assert english.status_code == 200


def test_slips_are_told_and_unknown_words_are_not_found(
    district: dict[str, Any], client: Client
) -> None:
    for query in ("indicator=Z-9", "indicator=S-01&term=x", "indicator=S-01&side=x",
                  "indicator=S-01&year=2026"):  # fmt: skip
        assert client.get(f"{PAGE}?{query}").status_code == 404, query
    page = client.get(f"{PAGE}?from_day=2027-01-01").get_data(as_text=True)
    assert "统计时点不能晚于今天" in page
    page = client.get(f"{PAGE}?from_day=2026-09-01&as_of=2026-08-01").get_data(as_text=True)
    assert "起点晚于终点" in page


@pytest.mark.parametrize(("which", "role"), [
    ("b", Role.CARRIER_HEAD), ("park", Role.PARK_INVEST), ("acc", Role.CARRIER_CLERK),
])  # fmt: skip
def test_others_see_their_own_firms_only(
    district: dict[str, Any], client: Client, which: str, role: Role
) -> None:
    seen = ""
    disturb(district)
    enter(client, role, district[which])
    past = "from_day=2025-01-01&from_cut=0"
    for query in (past, *(f"{past}&indicator={code}" for code in ("S-01", "S-11", "G-01", "S-06"))):
        answer = client.get(f"{PAGE}?{query}")
        assert answer.status_code == 200
        seen += answer.get_data(as_text=True)
    assert (CANARY in seen) is (which == "b"), "only its own carrier reads that name"


def test_the_workbook_holds_terms_and_lists(district: dict[str, Any], client: Client) -> None:
    disturb(district)
    past = f"{PAGE}?indicator=G-01&from_day=2025-12-31&from_known=2025-12-31"
    page = client.get(past).get_data(as_text=True)
    action = re.search(r'action="(/export[^"]+)"', page)
    assert action
    answer = client.send(action[1].replace("&amp;", "&"), {"format": "xlsx"}, page=past)
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.data))
    told = list(book["从起点到终点"].iter_rows(values_only=True))
    end = next(row for row in told if row[0] == "终点")
    listed = list(book["名单"].iter_rows(values_only=True))
    plus = sum(row[1] == "+" for row in listed) - sum(row[1] == "−" for row in listed)
    start = next(row for row in told if row[0] == "起点")
    assert start[4] + plus == end[4]
