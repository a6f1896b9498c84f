"""A small district with something in every figure, and how its pages are read."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

from app.accounts.models import Organisation, Role
from app.carriers.models import ReturnState, Site
from app.core.db import session
from app.firms.models import Destination, FirmKind, LegalForm, PlaceKind, ResidencyKind
from app.pipeline.models import GraduationState
from tests.clients import Client
from tests.factories.accounts import PASSWORD, make_person
from tests.statistics import world as w

NUMBER = re.compile(r'<a class="jl-num[^"]*" href="([^"]+)">([^<]+)<')
FOUND = re.compile(r"符合条件 ([\d,]+) 家")
TAB = re.compile(r'<a href="(/firms[^"]*)"[^>]*>([^<]+) <span class="jl-count">([\d,]+)</span></a>')
KEY = re.compile(
    r'<dt class="[^"]*">(?:<svg.*?</svg> ?)?([^<]+)</dt><dd class="v">'
    r'(?:<a class="jl-num" href="([^"]+)">)?([^<]+)(?:</a>)?.*?</dd>(?:<dd class="m">(.*?)</dd>)?',
    re.S,
)
RAIL = re.compile(r'href="/firms"[^>]*>.*?<span class="n[^"]*">([\d,]+)</span>', re.S)
BODY = re.compile(r"<tbody>(.*?)</tbody>", re.S)
SHEET = re.compile(r"企业 (\d+) 家：已填齐 (\d+) 家，未填齐 (\d+) 家，未填 (\d+) 家")
TOTAL = re.compile(r'id="rows">[^<]*<span class="jl-count">([\d,]+)<')
#: A name that no page but its own carrier's and the district's may hold.
CANARY = "金丝雀"


def enter(client: Client, role: Role, organisation_id: int) -> None:
    """Sign in as somebody who holds a post at the organisation."""
    login = make_person(role, session.get_one(Organisation, organisation_id)).login
    client.delete_cookie("jieli-sid")
    answer = client.send("/sign-in", {"login": login, "password": PASSWORD})
    assert answer.status_code == 303


def fill() -> dict[str, Any]:
    """A district with something in every figure."""
    a = w.carrier(1, town="t01", area="zhangjiang", sector="ai")
    b = w.carrier(1, town="t02", area="lingang", sector="electronics")
    acc, park = w.carrier(2), w.carrier(3, area="zhangjiang")
    for n in range(14):
        at = a if n % 3 else b
        who = w.firm(sector="ai" if n % 2 else None, name=f"{'甲' if n % 3 else CANARY}企业{n}")
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
    outside = w.add(Site(carrier_id=park.id, name="二区", address="", town="t02",
                         area="lingang", starts=dt.date(2020, 1, 1)))  # fmt: skip
    w.stay(w.firm(), park, "2026-05-01", site_id=outside.id)
    w.stay(w.firm(), acc, "2026-04-01")
    w.stay(w.firm(kind=FirmKind.TEAM), a, "2026-01-01")
    _edges(a, b)
    w.sheet(a, 2026, 3, ReturnState.VERIFIED)
    return {
        "a": a.organisation_id, "a_id": a.id, "a_name": a.short_name, "b": b.organisation_id,
        "b_name": b.short_name, "b_pid": b.pid, "acc": acc.organisation_id,
        "park": park.organisation_id, "pages": [f"/carriers/{one.pid}" for one in (a, acc, park)],
    }  # fmt: skip


def _edges(a: Any, b: Any) -> None:
    """Rows that two definitions of one number would count differently."""
    w.stay(w.firm(legal_form=LegalForm.INDIVIDUAL), a, "2025-01-01")
    w.stay(w.firm(), a, "2025-01-01", kind=ResidencyKind.REGISTERED_ONLY)
    w.stay(w.firm(founded_on=dt.date(2026, 12, 1)), a, "2026-06-01")
    returned, late = w.firm(), w.firm()
    w.stay(returned, a, "2024-01-01")
    w.graduate(returned, a, "2026-02-01", state=GraduationState.RETURNED)
    w.stay(late, a, "2021-01-01", "2025-11-01")
    w.graduate(late, a, "2025-11-01", period_year=2026, period_quarter=1, late=True,
               reported_on=dt.date(2026, 2, 1))  # fmt: skip
    moved = w.firm()
    w.stay(moved, b, "2022-01-01", "2024-01-01")
    w.stay(moved, a, "2024-01-01")
    w.stay(w.firm(counted_only=True, name=f"{CANARY}仅计数"), a, "2024-01-01")


def numbers(html: str) -> dict[str, str]:
    """Address of a list → the number that opens it."""
    return {unescape(href): text.strip() for href, text in NUMBER.findall(html)}


class Reader:
    """One person's view: pages, and the number of rows of each list, opened once."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.lists: dict[str, int] = {}
        self.pages: list[str] = []

    @property
    def seen(self) -> str:
        """Everything that was read."""
        return "".join(self.pages)

    def text(self, address: str) -> str:
        answer = self.client.get(address)
        assert answer.status_code == 200, address
        html = answer.get_data(as_text=True)
        self.pages.append(html)
        return html

    def rows(self, address: str) -> int:
        """Rows of a list, counted one by one; its own total says the same."""
        if address not in self.lists:
            size = "&size=100" if "?" in address else "?size=100"
            page = self.text(address + size)
            said = (TOTAL if address.startswith("/statistics/") else FOUND).search(page)
            assert said, address
            bodies = BODY.findall(page)
            counted = bodies[0].count("<tr") if bodies and said[1] != "0" else 0
            assert said[1] == str(counted), address
            self.lists[address] = counted
        return self.lists[address]

    def figures(self, address: str) -> dict[str, str]:
        """Words of each key figure of a page → its number with the lines below it."""
        found = KEY.findall(self.text(address))
        return {
            words.strip(): f"{number.strip()} {re.sub('<[^>]+>', '', below)}".strip()
            for words, _href, number, below in found
        }

    def follow(self, address: str) -> int:
        """Open every number of a page; how many there were."""
        page = self.text(address)
        found = numbers(page)
        for href, text in found.items():
            if href.startswith("/returns/"):
                assert text == self.sheet(href), f"{address}: {href}"
                continue
            rows = self.rows(href)
            if text.endswith("%"):
                assert text in self.text(href), f"{address}: {text} {href}"
            else:
                assert text == str(rows), f"{address}: {text}, the list has {rows}: {href}"
        return len(found)

    def sheet(self, address: str) -> str:
        """Firms with figures / firms, as the sheet of a return says them."""
        said = SHEET.search(self.text(address))
        assert said, address
        total, done, begun, empty = (int(part) for part in said.groups())
        assert total == done + begun + empty, address
        return f"{done + begun} / {total}"

    def names(self, address: str) -> list[str]:
        """The first column of a list, from its first row to its last."""
        body = BODY.findall(self.text(address))[0]
        return re.findall(r'<th scope="row"[^>]*>(.*?)</th>', body, re.S)

    def tabs(self) -> dict[str, str]:
        """Words → number of each view of the list of firms, each with as many rows."""
        page = self.text("/firms")
        found = TAB.findall(page)
        for href, text, number in found:
            assert number == str(self.rows(unescape(href))), text
        rail = RAIL.search(page)
        assert rail
        assert rail[1] == str(self.rows("/firms"))
        return {text: number for _href, text, number in found}
