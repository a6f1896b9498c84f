"""The pages: what they show, and that each number opens a list of as many rows."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from flask import Flask, g

from app.carriers.models import Carrier, ReturnState
from app.core.access import Permission, PostRef, Viewer
from app.core.db import session, write
from app.firms.models import Destination, FirmKind, PlaceKind
from app.pipeline.models import GraduationState
from seed import reference
from tests.clients import Client
from tests.statistics import world as w

DAY = dt.date(2026, 11, 24)
NUMBER = re.compile(r'<a class="jl-num[^"]*" href="([^"]+)">([^<]+)<')
TOTAL = re.compile(r'id="rows">[^<]*<span class="jl-count">([\d,]+)<')


def reader(kind: str, organisation_id: int, **post: Any) -> Viewer:
    """Somebody who may read statistics, at an organisation."""
    ref = PostRef(1, "reader", organisation_id, "p" * 12, "Desk", kind, **post)
    return Viewer(
        1, "q" * 12, "Somebody", (ref,), None,
        frozenset({Permission.STATISTICS_READ}), frozenset({organisation_id}),
    )  # fmt: skip


@pytest.fixture
def seen_by(app: Flask) -> Any:
    """Sets who reads the pages."""
    holder: dict[str, Viewer] = {}

    @app.before_request
    def put() -> None:
        g.viewer = holder.get("viewer")

    def choose(viewer: Viewer) -> None:
        holder["viewer"] = viewer

    return choose


def fill() -> dict[str, Any]:
    """A district with something in every figure."""
    a = w.carrier(1, town="t01", area="zhangjiang", sector="ai")
    b = w.carrier(1, town="t02", area="lingang", sector="electronics")
    acc, park = w.carrier(2), w.carrier(3, area="zhangjiang")
    for n in range(14):
        who = w.firm(sector="ai" if n % 2 else None)
        at = a if n % 3 else b
        left = n % 4 == 3
        w.stay(who, at, dt.date(2019 + n % 6, 1 + n % 12, 5), dt.date(2026, 3, 1) if left else None,
               destination=Destination.CITY if left else None)  # fmt: skip
        if n % 2 == 0:
            state = GraduationState.VERIFIED if n % 4 else GraduationState.REPORTED
            w.graduate(who, at, dt.date(2025 + n % 2, 1 + n % 9, 28), state=state, basis="9-1,9-2")
        if n == 1:
            w.certificate(who, "2026-02-03")
        w.place(who, PlaceKind.OPERATING, "310115", "2019-01-01")
    moved = w.firm(sector="ai")
    w.stay(moved, a, "2022-01-01", "2025-03-01")
    w.graduate(moved, a, "2025-03-01")
    w.stay(moved, acc, "2025-03-01", "2026-02-01")
    w.stay(moved, park, "2026-02-01")
    w.stay(w.firm(), park, "2026-05-01")
    w.stay(w.firm(kind=FirmKind.TEAM), a, "2026-01-01")
    w.sheet(a, 2026, 3, ReturnState.VERIFIED)
    return {"a": a.organisation_id, "park": park.organisation_id, "a_pid": a.pid}


@pytest.fixture
def district(app: Flask, seen_by: Any) -> dict[str, Any]:
    """A filled district, read by its official."""
    reference.load()
    with write("test:fill", actor=w.TESTER):
        made = fill()
    seen_by(reader("district", 1))
    return made


def numbers(html: str) -> dict[str, str]:
    """Address of a list → the number that opens it."""
    return {unescape(href): text.strip() for href, text in NUMBER.findall(html)}


def opens(client: Client, page: str) -> int:
    """Follow every number of a page; each list has as many rows as the number says."""
    html = client.get(page).get_data(as_text=True)
    found = numbers(html)
    for href, text in found.items():
        listed = client.get(href)
        assert listed.status_code == 200, href
        body = listed.get_data(as_text=True)
        total = TOTAL.search(body)
        assert total, href
        if text.endswith("%"):
            assert text in body, f"{page}: {text} {href}"
        else:
            assert total[1] == text, f"{page}: {href} says {text}, lists {total[1]}"
    return len(found)


PAGES = [
    "/statistics",
    "/statistics?as_of=2025-12-31&count=reported",
    "/statistics/carriers",
    "/statistics/cohorts",
    "/statistics/targets",
    *(f"/statistics/graduations?by={by}" for by in (
        "year", "carrier", "type", "sector", "town", "area", "clause", "end")),
    "/statistics/graduations?by=sector&year=2025",
    *(f"/statistics/stock?by={by}" for by in ("type", "carrier", "sector", "town", "area")),
    *(f"/statistics/hatched?by={by}" for by in ("carrier", "type", "sector")),
]  # fmt: skip


def test_every_number_opens_a_list_of_as_many_rows(district: dict[str, Any], client: Client) -> None:
    for page in PAGES:
        assert opens(client, page), page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_are_complete_in_both_languages(
    district: dict[str, Any], client: Client, language: str
) -> None:
    client.set_cookie("lang", language)
    for page in [*PAGES, "/statistics/indicators", "/statistics/list?indicator=G-02&year=2026"]:
        answer = client.get(page)
        assert answer.status_code == 200
        assert f'lang="{language}' in answer.get_data(as_text=True)[:300]
