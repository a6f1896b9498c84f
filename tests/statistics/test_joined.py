"""可比口径: rows change their carrier and nothing else; sums over the district stay."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import delete, select

from app.accounts.models import OrganisationKind, Role
from app.carriers.models import Carrier, CarrierSuccession, SuccessionKind
from app.core.access import System
from app.core.db import last_revision, session, write
from app.statistics import joined
from app.statistics.asof import AsOf, now
from app.statistics.indicators import REGISTER
from app.statistics.queries import carriers
from app.statistics.queries.carriers import compare
from app.statistics.queries.figures import Desk
from app.statistics.scope import Scope
from tests.clients import Client
from tests.conftest import TODAY
from tests.factories.accounts import make_organisation
from tests.factories.carriers import make_carrier, viewer_at
from tests.statistics.district import Reader, enter

ACTOR = System("test")
PAGES = (
    "/statistics",
    "/statistics/carriers",
    "/statistics/stock?by=carrier",
    "/statistics/hatched?by=carrier",
    "/statistics/graduations?by=carrier",
)
LONG_AGO = dt.date(2019, 1, 1)
FIRMS = [one.code for one in REGISTER.values() if one.subject == "firm"]


def link(*pairs: tuple[int, int], day: dt.date = LONG_AGO) -> None:
    """Make the successions exactly these."""
    with write("test:links", actor=ACTOR):
        session.execute(delete(CarrierSuccession).execution_options(synchronize_session=False))
        for old, new in pairs:
            session.add(
                CarrierSuccession(
                    predecessor_id=old, successor_id=new, kind=SuccessionKind.MERGED, day=day
                )
            )


def desk(asof: AsOf) -> Desk:
    return Desk(
        viewer_at(make_organisation(kind=OrganisationKind.DISTRICT)), asof, Scope(whole=True)
    )


def alike(day: dt.date = TODAY) -> AsOf:
    found = now(day)
    return AsOf(found.day, found.cut, True, found.count, TODAY)


def walked(pairs: list[tuple[int, int]], tiers: dict[int, int]) -> dict[int, int]:
    """The same told over again: step by step, never through a split or into another tier."""
    after: dict[int, list[int]] = {}
    for old, new in pairs:
        after.setdefault(old, []).append(new)
    found = {}
    for first in after:
        at = first
        while len(after.get(at, [])) == 1 and tiers[after[at][0]] == tiers[at]:
            at = after[at][0]
        if at != first:
            found[first] = at
    return found


def by_carrier(at: Desk, code: str) -> Counter[Any]:
    return Counter(at.groups(code, "carrier_id"))


def test_sums_never_change_whatever_was_joined(settled: dict[str, Any]) -> None:
    """Random chains, splits and steps between tiers, in all figures of firms, on several days."""
    for tier in (1, 1, 1, 2, 3):
        make_carrier(tier=tier)
    tiers = dict(session.execute(select(Carrier.id, Carrier.tier).order_by(Carrier.id)).all())
    ids, dice = sorted(tiers), random.Random(7)
    for _case in range(6):
        order = dice.sample(ids, len(ids))  # links lead from earlier to later: no circle
        every = [(a, b) for i, a in enumerate(order) for b in order[i + 1 :]]
        pairs = dice.sample(every, dice.randint(1, 7))
        link(*pairs)
        ends = walked(pairs, tiers)
        assert joined.heirs(alike()) == ends
        for day in (TODAY, dt.date(2025, 12, 31)):
            plain, together = desk(now(day)), desk(alike(day))
            for code in FIRMS:
                own = by_carrier(plain, code)
                moved = Counter[Any]()
                for carrier, number in own.items():
                    moved[ends.get(carrier, carrier)] += number
                assert by_carrier(together, code) == moved, (code, day, pairs)
                assert together.count(code).value == plain.count(code).value


def test_a_list_has_as_many_rows_and_a_line_the_sum_of_its_predecessors(
    settled: dict[str, Any],
) -> None:
    a, b = settled["a_id"], session.scalars(
        select(Carrier.id).where(Carrier.pid == settled["b_pid"])
    ).one()  # fmt: skip
    plain = {line.name: line for line in carriers.compare(desk(now(TODAY))).lines}
    link((a, b))
    found = carriers.compare(desk(alike()))
    lines = {line.name: line for line in found.lines}
    one, two, both = plain[settled["a_name"]], plain[settled["b_name"]], lines[settled["b_name"]]
    left = lines[settled["a_name"]]  # still registered, with a return of its own to file
    assert (left.due, left.inside.value, left.graduated.value) == (True, 0, 0)
    for name in ("inside", "entered", "graduated"):
        values = [getattr(line, name).value for line in (one, two, both)]
        assert values[0] + values[1] == values[2]
    assert one.exposure + two.exposure == both.exposure
    at = desk(alike())
    statement = at.listed("S-01", {"carrier": settled["b_pid"]})
    assert len(session.execute(statement).all()) == both.inside.value
    assert {row.carrier_name for row in session.execute(statement)} == {settled["b_name"]}


def test_an_earlier_year_is_told_with_the_carriers_of_the_day(settled: dict[str, Any]) -> None:
    """A merger of this year joins last year's figures too: that is what makes them comparable."""
    a, pid = settled["a_id"], settled["b_pid"]
    b = session.scalars(select(Carrier.id).where(Carrier.pid == pid)).one()
    link((a, b), day=dt.date(2026, 5, 1))
    asof = alike().year_before
    assert by_carrier(desk(asof), "S-01")[a] == 0
    early = AsOf(TODAY, last_revision(), True, asof.count, dt.date(2026, 4, 30))
    assert by_carrier(desk(early), "S-01")[a] > 0
    before = last_revision()
    link()
    past = AsOf(TODAY, before, False, asof.count, TODAY)
    assert by_carrier(desk(past), "S-01")[a] == 0
    assert by_carrier(desk(alike()), "S-01")[a] > 0


def test_pages_lists_and_files_carry_the_switch_and_say_it(
    district: dict[str, Any], client: Client
) -> None:
    b = session.scalars(select(Carrier.id).where(Carrier.pid == district["b_pid"])).one()
    link((district["a_id"], b))
    reader = Reader(client)
    said = f"{district['a_name']} 计入 {district['b_name']}"
    for page in PAGES:
        address = f"{page}{'&' if '?' in page else '?'}joined=1"
        assert reader.follow(address), page
        assert said in reader.text(address), page
        assert said not in reader.text(page), page
    lists = [one for one in reader.lists if "carrier=" in one]
    assert lists
    assert all("joined=2026-11-24" in one for one in lists if f"carrier={district['b_pid']}" in one)
    query = f"indicator=S-01&joined=1&carrier={district['b_pid']}"
    assert said in reader.text(f"/statistics/list?{query}")
    done = client.send(f"/exports/statistics.listing?{query}", {"format": "csv"})
    assert done.status_code == 200
    lines = done.get_data(as_text=True).strip().splitlines()
    assert len(lines) - 1 == reader.rows(f"/statistics/list?{query}")
    done.close()


@pytest.mark.parametrize("which", ["a", "b"])
def test_nobody_below_the_district_reads_another_carrier_by_it(
    settled: dict[str, Any], client: Client, which: str
) -> None:
    b = session.scalars(select(Carrier.id).where(Carrier.pid == settled["b_pid"])).one()
    link((settled["a_id"], b))
    enter(client, Role.CARRIER_HEAD, settled[which])
    reader = Reader(client)
    for page in ("/statistics", "/statistics/carriers", "/statistics/list?indicator=S-01"):
        plain = reader.text(page)
        switched = reader.text(f"{page}{'&' if '?' in page else '?'}joined=1")
        assert "可比口径" not in switched
        assert plain.count("<tr") == switched.count("<tr")


def test_a_predecessor_that_owes_a_return_stays_a_line(settled: dict[str, Any]) -> None:
    held = compare(desk(now(TODAY)))
    owing = [one.pid for one in held.lines if one.due]
    assert len(owing) > 1
    ids = {c.pid: c.id for c in session.scalars(select(Carrier).order_by(Carrier.id))}
    link((ids[owing[0] or ""], ids[owing[1] or ""]))
    joined_lines = {one.pid: one for one in compare(desk(alike())).lines}
    assert joined_lines[owing[0]].due
    assert joined_lines[owing[0]].inside.value == 0, "its firms count for who goes on with it"


def test_pages_without_the_switch_say_so(district: dict[str, Any], client: Client) -> None:
    b = session.scalars(select(Carrier.id).where(Carrier.pid == district["b_pid"])).one()
    link((district["a_id"], b))
    reader = Reader(client)
    for page, said in (
        ("/statistics/changes", "不用可比口径"),
        ("/statistics/indicators", "定义与可比口径无关"),
    ):
        assert said in reader.text(f"{page}?joined=1")
        assert said not in reader.text(page)


def test_more_than_three_joined_carriers_are_folded(
    district: dict[str, Any], client: Client
) -> None:
    ends = [make_carrier(f"折叠{n}号").id for n in range(10)]
    link(*zip(ends[:5], ends[5:], strict=True))
    page = Reader(client).text("/statistics?joined=1")
    assert "另有 2 家</summary>" in page
    assert page.count("</li>") >= 2
