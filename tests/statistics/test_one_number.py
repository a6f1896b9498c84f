"""One number for one thing: on every home, firm list and page of figures, for every role.

Each number that opens a list is followed, and the list has exactly as many rows; what is called
the same has the same number wherever the same person reads it.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.accounts.models import OrganisationKind, Role
from tests.clients import Client
from tests.factories.accounts import make_organisation
from tests.statistics.district import CANARY, Reader, enter

TABLES = (
    *(f"/statistics/graduations?by={by}" for by in (
        "year", "carrier", "type", "sector", "town", "area", "clause", "end", "carrier-year",
        "sector-year")),
    *(f"/statistics/stock?by={by}" for by in ("type", "stage", "carrier", "sector", "area")),
    *(f"/statistics/hatched?by={by}" for by in ("carrier", "sector", "area")),
    "/statistics/cohorts", "/statistics/carriers", "/statistics/targets",
    "/statistics?count=reported", "/statistics?as_of=2025-12-31",
)  # fmt: skip


ROLES = (
    ("district", Role.DISTRICT_CLERK),
    ("district", Role.DISTRICT_HEAD),
    ("agency", Role.AGENCY_CLERK),
    ("area", Role.AREA_READER),
    ("a", Role.CARRIER_CLERK),
    ("b", Role.CARRIER_HEAD),
    ("acc", Role.CARRIER_CLERK),
    ("park", Role.PARK_INVEST),
)


def place(made: dict[str, Any], which: str) -> int:
    if which == "area":
        return make_organisation("张江", OrganisationKind.AREA, area_code="zhangjiang").id
    if which == "agency":
        return make_organisation("受托机构", OrganisationKind.AGENCY).id
    return int(made[which])


@pytest.mark.parametrize(("which", "role"), ROLES)
def test_one_number_for_one_thing(
    district: dict[str, Any], client: Client, which: str, role: Role, engine_name: str
) -> None:
    enter(client, role, place(district, which))
    reader = Reader(client)
    for page in ("/", "/statistics"):
        assert reader.follow(page), page
    if role is Role.DISTRICT_CLERK:
        # every table on one engine: that both give the same figures, the oracle shows
        for page in TABLES if engine_name == "sqlite" else TABLES[::4]:
            assert reader.follow(page) or page.endswith("targets"), page
    if which in ("district", "area"):
        assert [reader.follow(page) for page in district["pages"]][-1], "of the park"
    home, told, tabs = reader.figures("/"), reader.figures("/statistics"), reader.tabs()
    compare(which, home, told, tabs)
    if which == "area":  # counted, the last of any order, and found by no search
        for sort in ("name", "-name", "-months"):
            names = reader.names(f"/firms?sort={sort}")
            assert [place for place, text in enumerate(names) if "仅计数" in text] == [
                len(names) - 1
            ]
        assert reader.rows("/firms?q=仅计数") == 0
        heads = reader.text("/firms?col=revenue&col=money&col=basis&col=months")
        assert "在孵月数" in heads
        assert not {"上年营收", "累计到账融资", "依据或差距"} & set(re.findall(r"[一-龥]+", heads))
    reader.text(f"/statistics/list?indicator=S-10&carrier={district['b_pid']}")
    only_its_own(which, reader.seen)


def first(figure: str) -> str:
    return figure.split()[0]


def compare(which: str, home: dict[str, str], told: dict[str, str], tabs: dict[str, str]) -> None:
    """What has one name has one number."""
    if which == "park":
        assert first(home["在园企业"]) == first(told["落地园区企业"]) == tabs["在园企业"] == "2"
        return
    if which == "acc":
        assert first(home["加速期企业"]) == first(told["加速期企业"]) == tabs["加速期企业"] == "1"
        return
    inside, reported = home["在孵企业"], home["本年毕业（申报）"]
    assert first(inside) == first(told["在孵企业"])
    teams = re.search(r"团队 (\d+) 个", inside)
    assert teams
    assert f"团队 {teams[1]} 个" in told["在孵企业"]
    assert first(inside) == tabs["在孵企业"]
    assert teams[1] == tabs["创业团队"]
    verified = re.search(r"其中核定 (\d+)", reported)
    assert verified
    assert verified[1] == first(told["毕业企业 · 本年"])
    assert f"申报 {first(reported)}" in told["毕业企业 · 本年"]


def only_its_own(which: str, seen: str) -> None:
    """No page or list of a carrier, a park or an area names another carrier's firm."""
    if which == "a":
        assert "甲企业" in seen
        assert f"{CANARY}企业" not in seen
    elif which == "b":
        assert f"{CANARY}企业" in seen
        assert "甲企业" not in seen
    elif which in ("acc", "park", "area"):
        assert CANARY not in seen
