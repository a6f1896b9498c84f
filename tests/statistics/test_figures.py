"""Each indicator on hand-made cases; and every figure has as many rows in its list."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from app.carriers.models import ReturnState, StatusAct
from app.core.db import session
from app.core.errors import NotFound
from app.firms.models import Destination, FirmKind, LegalForm, PlaceKind, ResidencyKind
from app.pipeline.models import GraduationState
from app.statistics.asof import AsOf, Count, now
from app.statistics.indicators import REGISTER
from app.statistics.queries import compared, overview
from app.statistics.queries.figures import Desk
from app.statistics.tables import graduations
from tests.statistics import world as w

pytestmark = pytest.mark.usefixtures("app")
DAY = dt.date(2026, 9, 30)


def desk(day: dt.date = DAY, count: Count = Count.VERIFIED) -> Desk:
    return Desk.of(w.TESTER, now(day, count))


def firms(at: Desk, code: str, **filters: str) -> set[int]:
    """Ids of the list of a figure, which has as many rows as the figure says."""
    rows = session.execute(at.listed(code, filters)).all()
    assert at.count(code, **filters).value == len(rows)
    return {row.firm_id or row.carrier_id for row in rows}


@pytest.mark.parametrize("code", sorted(REGISTER))
def test_every_indicator_counts_nothing_in_an_empty_district(code: str) -> None:
    for current in (True, False):
        empty = Desk.of(w.TESTER, AsOf(DAY, 0, current))
        assert empty.count(code).value == 0
        assert session.execute(empty.listed(code, {})).all() == []


def test_unknown_figures_and_filters_are_not_found() -> None:
    for code, filters in (
        ("Z-99", {}), ("S-01", {"nonsense": "1"}), ("S-01", {"year": "2026"}),
        ("G-01", {"year": "x"}), ("G-01", {"carrier": "nobody"}), ("S-01", {"standing": "x"}),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            desk().count(code, **filters)


def test_who_stands_where() -> None:
    with w.trial():
        a, b, c = w.carrier(1), w.carrier(2), w.carrier(3)
        inside, team, sole, address, staying, fast, settled, gone, merged, virtual, ready = (
            w.firm(**given)
            for given in (
                {}, {"kind": FirmKind.TEAM}, {"legal_form": LegalForm.INDIVIDUAL}, {}, {}, {}, {},
                {}, {}, {}, {"founded_on": dt.date(2026, 10, 1)},
            )
        )  # fmt: skip
        for who, at in ((virtual, b), (virtual, a), (inside, a), (settled, a), (staying, a)):
            w.stay(who, at, "2025-02-01", counted=False, kind=ResidencyKind.EMPOWERED)
        for who in (inside, team, sole, gone, merged, ready):
            w.stay(who, a, "2025-01-01", "2026-09-30" if who is gone else None)
        merged.merged_into_id = inside.id
        w.stay(address, a, "2025-01-01", kind=ResidencyKind.REGISTERED_ONLY)
        w.stay(staying, a, "2025-01-01")
        w.graduate(staying, a, "2026-09-30", state=GraduationState.REPORTED)
        w.stay(fast, b, "2025-01-01")
        w.stay(settled, c, "2026-09-30")
        session.flush()
        at = desk()
        assert firms(at, "S-01") == {inside.id}
        assert firms(at, "S-02") == {team.id, ready.id}
        assert firms(at, "S-03") == {sole.id, address.id, virtual.id}
        assert firms(at, "S-04") == {staying.id}
        assert firms(at, "S-05") == {fast.id}
        assert firms(at, "S-06") == {settled.id}
        assert firms(at, "S-07") == {inside.id, sole.id, address.id, virtual.id, staying.id}
        assert len(firms(at, "S-10")) == 9
        before = desk(dt.date(2026, 9, 29))
        assert firms(before, "S-01") == {inside.id, gone.id, staying.id}
        assert firms(desk(dt.date(2026, 10, 1)), "S-01") == {inside.id, ready.id}
        assert at.groups("S-10", "standing")["team"] == 2


def test_graduations_reported_and_verified() -> None:
    with w.trial():
        a, b = w.carrier(1, town="t01", area="zhangjiang"), w.carrier(1, town="t02")
        done = [w.firm(sector="ai"), w.firm(sector="ai"), w.firm(), w.firm(), w.firm(), w.firm()]
        for who in done:
            w.stay(who, a, "2023-01-01")
        w.graduate(done[0], a, "2026-03-31", basis="9-2,9-3")
        w.graduate(done[1], a, "2026-09-30", state=GraduationState.CHECKED)
        w.graduate(done[2], a, "2026-05-01", state=GraduationState.RETURNED, basis="9-1")
        w.graduate(done[3], a, "2026-05-01", state=GraduationState.PROPOSED)
        w.graduate(done[4], b, "2026-10-01")
        w.graduate(
            done[5], a, "2024-05-01", period_year=2026, period_quarter=3, late=True,
            reported_on=dt.date(2026, 9, 2), basis="10-2",
        )  # fmt: skip
        at = desk()
        assert firms(at, "G-01") == {done[0].id, done[5].id}
        assert firms(at, "G-02") == {done[i].id for i in (0, 1, 2, 5)}
        assert firms(at, "G-01", year="2026") == {done[0].id, done[5].id}
        assert firms(at, "G-01", year="2024") == set()
        assert firms(at, "G-01", quarter="1") == {done[0].id}
        assert firms(at, "G-01", clause="9-3") == {done[0].id}
        assert firms(at, "G-01", clause="9-2") == {done[0].id}
        assert firms(at, "G-01", clause="0-2") == set()
        assert firms(at, "G-01", sector="none") == {done[5].id}
        assert firms(at, "G-01", town="t01") == {done[0].id, done[5].id}
        assert firms(at, "G-01", carrier=a.pid) == {done[0].id, done[5].id}
        assert firms(at, "G-01", since="2026-01-01") == {done[0].id}
        assert firms(at, "G-02", state="returned") == {done[2].id}
        early = desk(dt.date(2026, 9, 1))
        assert firms(early, "G-01") == {done[0].id}, "counted late only from its report on"
        assert firms(desk(dt.date(2026, 10, 1)), "G-01", carrier=b.pid) == {done[4].id}
        assert at.groups("G-02", "state", "quarter")[(GraduationState.CHECKED, 3)] == 1


def test_verified_figures_are_compared_up_to_the_quarter_that_waits() -> None:
    with w.trial():
        a = w.carrier(1)
        days = "2025-02-01 2025-05-01 2025-08-01 2026-02-01 2026-03-01 2026-05-01 2026-08-01"
        last = [w.graduate(w.firm(), a, day) for day in days.split()][-1]
        at = desk()
        assert compared.span(at) == compared.Span()
        assert sides(at) == (4, 3), "nothing waits: to the day, as the year before"
        last.state = GraduationState.CHECKED
        session.flush()
        at = desk()
        assert compared.span(at) == compared.Span(2)
        assert sides(at) == (3, 2), "the third quarter waits: two quarters of each year"
        assert overview.key(at).graduated.value == 3
        assert overview.key(desk(count=Count.REPORTED)).span == compared.Span()
        w.graduate(w.firm(), a, "2026-01-05", state=GraduationState.REPORTED)
        at = desk()
        assert sides(at) is None, "the first quarter waits: nothing to compare"
        assert [c.text for c in graduations(at, "sector", 2026).lines[-1].cells[2:4]] == ["—", "—"]
        assert compared.span(at, 2025) == compared.Span(), "a past year is compared whole"


def sides(at: Desk) -> tuple[int, int] | None:
    """This year's and last year's compared figure, each with as many rows in its list."""
    pair = overview.key(at).compared
    if pair is None:
        return None
    for figure in (pair.now, pair.before):
        found = Desk.of(w.TESTER, figure.asof)
        assert len(firms(found, figure.indicator.code, **dict(figure.filters))) == figure.value
    cells = graduations(at, "carrier", at.asof.year).lines[0].cells
    assert cells[2].figure
    assert cells[2].figure.value == pair.before.value
    return pair.now.value, pair.before.value


def test_entries_and_what_became_of_them() -> None:
    with w.trial():
        a, b, c = w.carrier(1), w.carrier(1), w.carrier(3)
        kept, moved, left, came = w.firm(), w.firm(), w.firm(), w.firm()
        w.stay(kept, a, "2022-05-01")
        w.stay(moved, a, "2022-06-01", "2024-01-01")
        w.stay(moved, b, "2024-01-01", incubated_on=dt.date(2022, 6, 1))
        w.graduate(moved, b, "2025-06-01")
        w.stay(left, a, "2022-01-01", "2022-12-31", destination=Destination.CITY)
        w.stay(left, c, "2023-05-01")
        w.stay(came, b, "2024-03-01", incubated_on=dt.date(2022, 2, 28))
        w.stay(w.firm(kind=FirmKind.TEAM), a, "2022-05-01")
        w.stay(w.firm(), c, "2022-05-01")
        at = desk()
        assert firms(at, "F-01", year="2022") == {kept.id, moved.id, left.id, came.id}
        assert firms(at, "F-01", outcome="graduated") == {moved.id}
        assert firms(at, "F-01", outcome="inside") == {kept.id, came.id}
        assert firms(at, "F-01", outcome="left") == {left.id}
        told = w.firm()
        w.stay(told, a, "2022-03-01", "2025-03-01", destination=Destination.CITY)
        w.graduate(told, a, "2025-03-01", state=GraduationState.REPORTED)
        assert firms(at, "F-01", outcome="pending") == {told.id}
        assert firms(at, "F-01", outcome="left") == {left.id}
        share = at.share("F-02", year="2022")
        assert (share.part.value, share.whole.value) == (1, 5)
        assert at.share("F-02", year="2021").value is None
        assert firms(desk(dt.date(2024, 2, 1)), "F-01") == {
            kept.id, moved.id, left.id, told.id
        }  # fmt: skip


def test_where_graduates_went() -> None:
    with w.trial():
        a, b, acc, park = w.carrier(1), w.carrier(1), w.carrier(2), w.carrier(3)
        ways: dict[str, Any] = {}
        for name in ("park", "via", "accelerating", "staying", "incubator", "city", "unknown"):
            who = ways[name] = w.firm()
            w.stay(
                who, a, "2022-01-01", None if name == "staying" else "2025-03-01",
                destination=Destination.CITY if name == "city" else None,
            )  # fmt: skip
            w.graduate(who, a, "2025-03-01")
        w.stay(ways["park"], park, "2025-03-01")
        w.stay(ways["via"], acc, "2025-03-01", "2025-09-01")
        w.stay(ways["via"], park, "2025-09-01")
        w.stay(ways["accelerating"], acc, "2025-04-01")
        w.stay(ways["incubator"], b, "2025-04-01")
        told = w.firm()
        w.stay(told, a, "2022-01-01", "2025-03-01")
        w.graduate(told, a, "2025-03-01", destination=Destination.ABROAD)
        old = w.firm()
        w.stay(old, acc, "2024-01-01", "2025-06-01", destination=Destination.BUILDING)
        at = desk(dt.date(2025, 12, 31))
        for name in ("accelerating", "staying", "incubator", "city", "unknown"):
            assert firms(at, "P-01", end=name, origin="graduate") == {ways[name].id}
        assert firms(at, "P-01", end="park", via="no") == {ways["park"].id}
        assert firms(at, "P-01", end="park", via="yes") == {ways["via"].id}
        assert firms(at, "P-01", end="outside") == {told.id}
        assert firms(at, "P-01", origin="accelerating") == {old.id}
        assert firms(at, "P-01", end="building") == {old.id}
        assert len(firms(at, "P-01")) == 9
        assert len(firms(at, "P-02")) == 8
        assert firms(at, "C-03", origin="graduate", via="yes") == {ways["via"].id}
        assert firms(at, "C-03", year="2025") == {ways["park"].id, ways["via"].id}


def test_landings_know_where_firms_came_from() -> None:
    with w.trial():
        a, acc, park, other = w.carrier(1), w.carrier(2), w.carrier(3), w.carrier(3)
        direct, early, same_day = w.firm(), w.firm(), w.firm()
        w.stay(direct, park, "2026-01-05", "2026-05-01")
        w.stay(direct, other, "2026-05-01")
        w.stay(early, a, "2024-01-01", "2026-02-01")
        w.stay(early, park, "2026-02-01")
        w.graduate(early, a, "2026-03-01")
        w.stay(same_day, a, "2024-01-01", "2026-02-01")
        w.graduate(same_day, a, "2026-02-01")
        w.stay(same_day, park, "2026-02-01")
        w.stay(w.firm(), acc, "2026-01-01")
        at = desk()
        assert firms(at, "C-03", year="2026") == {direct.id, early.id, same_day.id}
        assert firms(at, "C-03", origin="direct") == {direct.id}
        assert firms(at, "C-03", origin="incubated") == {early.id}
        assert firms(at, "C-03", origin="graduate") == {same_day.id}
        assert firms(at, "C-03", carrier=other.pid) == set()


def test_a_certificate_is_credited_to_one_carrier() -> None:
    with w.trial():
        a, b, park = w.carrier(1), w.carrier(1), w.carrier(3)
        there, recent, late, never, before, lost, settled = (w.firm() for _ in range(7))
        w.stay(there, a, "2020-01-01", "2022-01-01")
        w.stay(there, b, "2022-01-01")
        w.certificate(there, "2022-01-01")
        w.certificate(there, "2025-01-01")
        w.stay(recent, a, "2018-01-01", "2021-02-28")
        w.certificate(recent, "2024-02-28")
        w.stay(late, a, "2018-01-01", "2021-02-27")
        w.certificate(late, "2024-02-28")
        w.certificate(never, "2024-02-28")
        w.stay(before, a, "2024-03-01")
        w.certificate(before, "2024-02-28")
        w.stay(lost, a, "2020-01-01")
        w.certificate(lost, "2023-01-01", revoked_on=dt.date(2026, 9, 30))
        w.stay(settled, a, "2018-01-01", "2023-06-01")
        w.stay(settled, park, "2023-06-01")
        w.certificate(settled, "2023-12-01")
        at = desk()
        assert firms(at, "H-01") == {there.id, recent.id, settled.id}
        assert firms(at, "H-01", carrier=b.pid) == {there.id}
        assert firms(at, "H-01", credit="recent") == {recent.id}
        assert firms(at, "H-01", tier="3") == {settled.id}
        assert firms(at, "H-02", year="2022") == {there.id}
        assert lost.id in firms(desk(dt.date(2026, 9, 29)), "H-01")
        assert firms(at, "H-03") == {there.id, before.id, settled.id}


def test_registered_carriers_are_counted_from_their_status_list() -> None:
    with w.trial():
        plain, paused, back, closed, changed, same = (w.carrier(1) for _ in range(6))
        new = w.carrier(1, registered=False)
        acc, park = w.carrier(2), w.carrier(3)
        w.status(paused, "2026-01-01", StatusAct.SUSPENDED)
        w.status(paused, "2026-02-01", StatusAct.CHANGED)
        w.status(back, "2026-01-01", StatusAct.SUSPENDED)
        w.status(back, "2026-09-30", StatusAct.RESUMED)
        w.status(closed, "2026-09-30", StatusAct.CLOSED)
        w.status(changed, "2026-05-01", StatusAct.CHANGED)
        w.status(same, "2026-05-01", StatusAct.SUSPENDED)
        w.status(same, "2026-05-01", StatusAct.RESUMED)
        w.status(new, "2026-10-01", StatusAct.REGISTERED)
        at = desk()
        assert firms(at, "K-01") == {plain.id, back.id, changed.id, same.id}
        assert firms(at, "K-02") == {acc.id}
        assert firms(at, "K-03") == {park.id}
        assert firms(at, "K-04") == {plain.id, back.id, changed.id, same.id, acc.id}
        assert new.id in firms(desk(dt.date(2026, 10, 1)), "K-01")


def test_who_stayed_in_the_district() -> None:
    with w.trial():
        a = w.carrier(1)
        both, works, moved, bare, old = (w.firm() for _ in range(5))
        for who in (both, works, moved, bare, old):
            w.stay(who, a, "2020-01-01", "2023-10-01")
            w.graduate(who, a, "2023-09-30" if who is old else "2023-10-01")
        w.place(both, PlaceKind.REGISTERED, "310115", "2020-01-01")
        w.place(both, PlaceKind.OPERATING, "310115", "2020-01-01")
        w.place(works, PlaceKind.REGISTERED, "310104", "2020-01-01")
        w.place(works, PlaceKind.OPERATING, "310115", "2020-01-01")
        w.place(moved, PlaceKind.REGISTERED, "310115", "2020-01-01", "2026-09-30")
        w.place(moved, PlaceKind.REGISTERED, "310104", "2026-09-30")
        at = desk()
        assert firms(at, "R-01") == {both.id, works.id, moved.id, bare.id}
        assert firms(at, "R-01", operating="yes") == {both.id, works.id}
        assert firms(at, "R-02", registered="yes") == {both.id}
        share = at.share("R-01")
        assert (share.part.value, share.whole.value) == (2, 4)
        assert at.share("R-03").value == 1


def test_coverage_counts_those_that_were_due() -> None:
    with w.trial():
        full, filed, draft, none, back, late, fast = (w.carrier(1) for _ in range(7))
        fast.tier = 2
        w.carrier(3)
        w.carrier(1, since="2026-10-01")
        w.sheet(full, 2026, 3, ReturnState.VERIFIED)
        w.sheet(filed, 2026, 3, ReturnState.SUBMITTED)
        w.sheet(draft, 2026, 3, ReturnState.DRAFT)
        w.sheet(back, 2026, 3, ReturnState.RETURNED)
        w.sheet(late, 2026, 2, ReturnState.VERIFIED)
        session.flush()
        for day in (dt.date(2026, 10, 1), dt.date(2026, 12, 31)):
            at = desk(day)
            assert len(firms(at, "V-01")) == 7
            assert firms(at, "V-01", filed="no") == {
                draft.id, none.id, back.id, late.id, fast.id
            }  # fmt: skip
            assert at.share("V-01").part.value == 2
            assert at.share("V-03").part.value == 1
        assert firms(desk(DAY), "V-01", filed="yes") == {late.id}, "the third quarter is not due"
