"""The score of a pair: unknown lies between, better never counts less, the account adds up."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from app.carriers.models import Clean, Exhaust, UnitUse
from app.pipeline.matching.rule import FILE, RuleFault, read, rule_on
from app.pipeline.matching.score import Need, Offer, Room, Spot, Wanted, fit
from app.pipeline.matching.words import sentence

DAY = dt.date(2026, 11, 24)
RULE = rule_on(DAY)
SECTORS, AREAS = ("ai", "biomedicine", "materials"), ("zhangjiang", "lingang", "jinqiao")
SPOT = Spot("1 号楼", 8, None, "803")
days = st.integers(-60, 500).map(lambda n: DAY + dt.timedelta(days=n))
uses = st.frozensets(st.sampled_from(list(UnitUse)), min_size=1, max_size=3)
some = st.none() | st.integers(0, 2_000)
rooms = st.builds(
    Room, id=st.integers(1, 99), spot=st.just(SPOT), area=st.integers(1, 3_000), free_from=days,
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
    rooms=st.lists(rooms, max_size=4, unique_by=lambda room: room.id).map(tuple),
)  # fmt: skip


@given(firms, offers)
def test_the_account_adds_up_and_stays_within(firm: Wanted, offer: Offer) -> None:
    found = fit(RULE, firm, offer)
    assert 0 <= found.score <= 100
    assert [one.key for one in found.criteria] == list(RULE.weights)
    whole = sum(RULE.weights[c.key] * c.points for c in found.criteria) // 100
    assert found.score == (min(whole, RULE.levels["high"] - 1) if found.capped else whole)
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
    if any(one.uses for one in offer.rooms):
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


@given(firms, offers, st.integers(1, 3_000), days, st.sampled_from((None, 0)))
def test_an_empty_record_never_raises_the_level(
    firm: Wanted, offer: Offer, area: int, free: dt.date, rent: int | None
) -> None:
    more = replace(offer, rooms=(*offer.rooms, Room(100, SPOT, area, free, rent=rent)))
    assert fit(RULE, firm, more).score <= fit(RULE, firm, offer).score


@given(firms, offers)
def test_a_hard_condition_that_fails_is_never_high(firm: Wanted, offer: Offer) -> None:
    found = fit(RULE, firm, offer)
    if next(one for one in found.criteria if one.key == "technical").answer == "no":
        assert found.level != "high"
        assert found.score < RULE.levels["high"]


BEST = Wanted(1, "ai", 5, Need(400, 600, frozenset({UnitUse.GMP}), DAY, frozenset({"lingang"}), 500,
              load_kg=1_000, height_mm=5_000, power_kw=200))  # fmt: skip


def at(*rooms: Room) -> Offer:
    return Offer(9, ("ai",), frozenset({"lingang"}), rooms)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_all_that_fails_is_told_and_the_level_kept_below_high(app: Flask) -> None:
    wrong = Room(1, SPOT, 900, DAY, frozenset({UnitUse.OFFICE}), rent=400, load_kg=300,
                 height_mm=3_000)  # fmt: skip
    found = fit(RULE, BEST, at(wrong))
    assert (found.level, found.score, found.capped) == ("medium", 74, True)
    technical = next(one for one in found.criteria if one.key == "technical")
    said = sentence(technical)
    for part in ("用途需", "承重需 1,000，现有 300 kg/㎡", "层高需 5，现有 3 米", "房源的供电未填"):
        assert part in said
    right = replace(wrong, id=2, uses=frozenset({UnitUse.GMP}), load_kg=1_200, height_mm=6_000)
    both = fit(RULE, BEST, at(wrong, replace(right, rent=590)))
    assert (both.level, both.room and both.room.id) == ("high", 2), "one that suits stands for it"


def test_only_rooms_that_suit_add_up_and_no_rent_is_none() -> None:
    gmp = frozenset({UnitUse.GMP})
    good = Room(1, SPOT, 250, DAY, gmp, load_kg=1_000, height_mm=5_000, power_kw=200, rent=0)
    late = replace(good, id=2, free_from=DAY + dt.timedelta(days=1))
    weak = replace(good, id=3, load_kg=10)
    office = replace(good, id=4, uses=frozenset({UnitUse.OFFICE}))
    apart = {c.key: c for c in fit(RULE, BEST, at(good, late, weak, office)).criteria}
    assert apart["area"].case == "small"
    assert (apart["budget"].answer, apart["budget"].points) == ("open", RULE.open)
    joined = {c.key: c for c in fit(RULE, BEST, at(good, replace(good, id=5), office)).criteria}
    assert (joined["area"].case, joined["area"].facts["together"]) == ("several", 500)


def test_a_carrier_inside_counts_before_one_near_it_unless_the_firm_has_a_wish() -> None:
    firm = Wanted(1, "ai", 5, None, frozenset({"lingang"}))
    near = Offer(9, ("ai",), frozenset({"lingang"}))
    inside, wished = replace(near, inside=frozenset({5, 6})), BEST.need
    assert wished is not None

    def region(one: Wanted, offer: Offer) -> tuple[str, str, int]:
        found = {c.key: c for c in fit(RULE, one, offer).criteria}["region"]
        return found.answer, found.case, found.points

    assert region(firm, near) == ("yes", "near", RULE.region["near"])
    assert region(firm, inside) == ("yes", "inside", RULE.region["inside"])
    assert region(replace(firm, carrier_id=None), inside) == region(firm, near)
    wish = replace(BEST, carrier_id=5, need=replace(wished, regions=frozenset({"jinqiao"})))
    assert region(wish, inside)[:2] == ("no", "elsewhere")


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize(
    ("lang", "said"), [("zh", "1 号楼 8 层 803 有 900 ㎡ 可供"), ("en", "1 号楼 Floor 8 803")]
)
def test_a_room_kept_across_readers_is_named_in_the_readers_words(
    app: Flask, lang: str, said: str
) -> None:
    found = fit(RULE, BEST, at(Room(1, SPOT, 900, DAY, frozenset({UnitUse.GMP}))))
    area = next(one for one in found.criteria if one.key == "area")
    with force_locale(lang):
        assert said in sentence(area)


def _alone(firm: Wanted, room: Room, **said: Any) -> int:
    assert firm.need is not None
    one = replace(firm, need=replace(firm.need, **said))
    return fit(RULE, one, Offer(9, ("ai",), frozenset(), (room,))).score


def test_what_is_hidden_counts_the_same_whatever_it_is() -> None:
    plain = Wanted(1, "ai", 5, None)
    offer = Offer(9, ("ai",), frozenset({"lingang"}), (Room(1, SPOT, 900, DAY),))
    assert [one.answer for one in fit(RULE, plain, offer).criteria] == ["yes", *["open"] * 5]
    assert fit(RULE, plain, offer).score == 30 + 35


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("sector: 30", "sector: 31", "must add up to 100"),
        ("open: 50", "open: 150", "between 0 and 100"),
        ("hard: [uses", "hard: [colour", "hard conditions are"),
        ("several: 60", "several: 30", "a better area must not be worth less"),
    ],
)
def test_a_rule_that_is_none_is_refused(old: str, new: str, said: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert [one.version for one in read(text)] == [1]
    with pytest.raises(RuleFault, match=said):
        read(text.replace(old, new, 1))
