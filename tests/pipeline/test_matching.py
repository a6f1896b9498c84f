"""The score of a pair: unknown lies between, better never counts less, the account adds up."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.carriers.models import Clean, Exhaust, UnitUse
from app.pipeline.matching.rule import FILE, RuleFault, read, rule_on
from app.pipeline.matching.score import Need, Offer, Room, Wanted, fit

DAY = dt.date(2026, 11, 24)
RULE = rule_on(DAY)
SECTORS, AREAS = ("ai", "biomedicine", "materials"), ("zhangjiang", "lingang", "jinqiao")
days = st.integers(-60, 500).map(lambda n: DAY + dt.timedelta(days=n))
uses = st.frozensets(st.sampled_from(list(UnitUse)), min_size=1, max_size=3)
some = st.none() | st.integers(0, 2_000)
rooms = st.builds(
    Room, id=st.integers(1, 99), name=st.just("A"), area=st.integers(1, 3_000), free_from=days,
    uses=uses | st.just(frozenset()), approved=uses | st.just(frozenset()), rent=some, load_kg=some,
    height_mm=some, power_kw=some, exhaust=st.none() | st.sampled_from(list(Exhaust)),
    clean=st.none() | st.sampled_from(list(Clean)),
)  # fmt: skip
needs = st.builds(
    Need, area_low=st.integers(1, 2_000), area_high=st.just(5_000), uses=uses, needed_by=days,
    regions=st.none() | st.frozensets(st.sampled_from((*AREAS, "any")), min_size=1),
    rent_most=some, load_kg=some, height_mm=some, power_kw=some,
    exhaust=st.none() | st.sampled_from(list(Exhaust)),
    clean=st.none() | st.sampled_from(list(Clean)), assessment=st.none() | st.booleans(),
)  # fmt: skip
firms = st.builds(
    Wanted, firm_id=st.just(1), sector=st.none() | st.sampled_from(SECTORS),
    carrier_id=st.just(5), need=needs, areas=st.frozensets(st.sampled_from(AREAS), max_size=2),
)  # fmt: skip
offers = st.builds(
    Offer, carrier_id=st.just(9),
    sectors=st.lists(st.sampled_from(SECTORS), unique=True).map(tuple),
    areas=st.frozensets(st.sampled_from(AREAS), max_size=2),
    rooms=st.lists(rooms, max_size=4).map(tuple),
)  # fmt: skip


@given(firms, offers)
def test_the_account_adds_up_and_stays_within(firm: Wanted, offer: Offer) -> None:
    found = fit(RULE, firm, offer)
    assert 0 <= found.score <= 100
    assert [one.key for one in found.criteria] == list(RULE.weights)
    assert found.score == sum(RULE.weights[c.key] * c.points for c in found.criteria) // 100
    assert all(0 <= one.points <= 100 for one in found.criteria)
    assert all(
        one.points == 100
        for one in found.criteria
        if one.answer == "yes" and one.key in ("time", "budget", "technical")
    )


@given(firms, offers, st.integers(0, 3), st.integers(1, 2_000))
def test_a_larger_room_never_lowers_the_score(
    firm: Wanted, offer: Offer, which: int, more: int
) -> None:
    if which >= len(offer.rooms):
        return
    grown = list(offer.rooms)
    grown[which] = replace(grown[which], area=grown[which].area + more)
    before, after = fit(RULE, firm, offer), fit(RULE, firm, replace(offer, rooms=tuple(grown)))
    assert after.score >= before.score


@given(firms, offers, rooms)
def test_one_more_room_never_lowers_it_once_there_are_rooms(
    firm: Wanted, offer: Offer, room: Room
) -> None:
    if offer.rooms:
        more = replace(offer, rooms=(*offer.rooms, replace(room, id=100)))
        assert fit(RULE, firm, more).score >= fit(RULE, firm, offer).score


@given(firms, offers)
def test_unknown_lies_between_no_and_yes(firm: Wanted, offer: Offer) -> None:
    """What is not said scores no more than the best answer, and no less than the worst."""
    for sector in SECTORS:
        best = fit(RULE, replace(firm, sector=sector), replace(offer, sectors=(sector,))).score
        none = fit(RULE, replace(firm, sector=sector), replace(offer, sectors=("other",))).score
        open_ = fit(RULE, replace(firm, sector=None), offer).score
        assert none <= open_ <= best
    assert firm.need is not None
    if not offer.rooms:
        return
    for name, least in (("rent_most", 1), ("load_kg", 10**9), ("power_kw", 10**9)):
        best, worst, open_ = (
            _alone(firm, offer.rooms[0], **{name: value})
            for value in (10**9 if name == "rent_most" else 0, least, None)
        )
        if getattr(offer.rooms[0], {"rent_most": "rent"}.get(name, name)):
            assert worst <= best
        if name == "rent_most":
            assert worst <= open_ <= best or offer.rooms[0].rent in (None, 0, 1)


def _alone(firm: Wanted, room: Room, **said: Any) -> int:
    assert firm.need is not None
    one = replace(firm, need=replace(firm.need, **said))
    return fit(RULE, one, Offer(9, ("ai",), frozenset(), (room,))).score


def test_what_is_hidden_counts_the_same_whatever_it_is() -> None:
    plain = Wanted(1, "ai", 5, None)
    offer = Offer(9, ("ai",), frozenset({"lingang"}), (Room(1, "A", 900, DAY),))
    assert [one.answer for one in fit(RULE, plain, offer).criteria] == ["yes", *["open"] * 5]
    assert fit(RULE, plain, offer).score == 30 + 35


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("sector: 30", "sector: 31", "must add up to 100"),
        ("open: 50", "open: 150", "between 0 and 100"),
        ("several: 60", "several: 30", "a better area must not be worth less"),
    ],
)
def test_a_rule_that_is_none_is_refused(old: str, new: str, said: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert [one.version for one in read(text)] == [1]
    with pytest.raises(RuleFault, match=said):
        read(text.replace(old, new, 1))
