"""Organisations, people and posts of the demo; whoever writes appears in the audit by name."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from app.accounts.models import Role
from seed.demo.dice import dice
from seed.demo.making import Makers
from seed.demo.names import person
from seed.demo.world import NEVER, House, World
from seed.files import read
from seed.wording import syllable


@dataclass(frozen=True)
class DemoLogin:
    """A login that the demo offers: who, in which role, where."""

    login: str
    name: str
    role: Role
    organisation: str


def demo_logins() -> list[DemoLogin]:
    """The logins to offer on the sign-in page, in the order of the file."""
    data = read("demo/accounts.yaml")
    names = {one["key"]: one["short"] for one in data["organisations"]}
    return [
        DemoLogin(one["login"], one["name"], Role(role), names.get(place, place))
        for one in data["people"]
        for role, place in one["posts"][:1]
    ]


@dataclass(frozen=True)
class Acting:
    """A person who writes under a post, as the audit names them."""

    code: str
    person_id: int
    post_id: int


@dataclass
class People:
    """Who can act: by login, and by organisation."""

    district: list[int] = field(default_factory=list)
    agency: list[int] = field(default_factory=list)
    staff: dict[int, list[int]] = field(default_factory=dict)
    acting: dict[str, Acting] = field(default_factory=dict)


def make_people(make: Makers, world: World) -> People:
    """Everybody, and their posts."""
    return _Builder(make, world).build()


class _Builder:
    def __init__(self, make: Makers, world: World) -> None:
        self.make, self.world = make, world
        self.one = dice(make.seed, 102)
        self.people = People()
        self.logins: set[str] = set()
        self.organisations = {h.name: h.organisation_id for h in world.all}
        self.opening = make.calendar.start
        self.opens = {h.name: dt.date.fromordinal(h.opens) for h in world.all}

    def build(self) -> People:
        data = read("demo/accounts.yaml")
        self._offices(data["organisations"])
        for given in data["people"]:
            self._given(given)
        for house in self.world.all:
            self._staff(house)
        return self.people

    def _offices(self, offices: list[dict[str, Any]]) -> None:
        for office in offices:
            number = self.make.ids.new("organisation")
            row = {"id": number, "pid": self.one.pid(), "kind": office["kind"]}
            row |= {"name": office["name"], "short_name": office["short"], "code": None}
            row["parent_id"] = None
            row |= {"area_code": office.get("area"), "town_code": office.get("town")}
            self.make.stream.add(0, "organisation", row)
            self.organisations[office["key"]] = number

    def _given(self, given: dict[str, Any]) -> None:
        posts = [p for p in given["posts"] if p[1] in self.organisations]
        if not posts:
            return
        number, pid = self._person(given["name"], given["login"], 0)
        for role, place in posts:
            since = max(self.opening, self.opens.get(place, self.opening))
            post = self._post(number, self.organisations[place], role, since)
            self.people.acting.setdefault(given["login"], Acting(f"person:{pid}", number, post))
            if role.startswith("district"):
                self.people.district.append(number)
            elif role.startswith("agency"):
                self.people.agency.append(number)
            self.people.staff.setdefault(self.organisations[place], []).append(number)

    def _staff(self, house: House) -> None:
        """Two people for a carrier that has none yet; one of them left and was replaced."""
        staff = self.people.staff.setdefault(house.organisation_id, [])
        start = dt.date.fromordinal(max(house.opens, self.opening.toordinal()))
        slot = self.make.calendar.slot(start.toordinal())
        roles = ("carrier_clerk", "carrier_head") if house.tier < 3 else ("park_invest",)
        for role in roles if not staff else ():
            number, _pid = self._person(person(self.one), None, slot)
            ends = dt.date.fromordinal(house.closes) if house.closes != NEVER else None
            post = self._post(number, house.organisation_id, role, start, ends)
            if role == "carrier_head":
                self._post(number, house.organisation_id, "carrier_accounts", start, ends)
            assert post
            staff.append(number)
        house.staff = staff

    def _person(self, name: str, login: str | None, slot: int) -> tuple[int, str]:
        login = login or "".join(syllable(char) for char in name)
        base, more = login, 1
        while login in self.logins:
            more += 1
            login = f"{base}{more}"
        self.logins.add(login)
        number, pid = self.make.ids.new("person"), self.one.pid()
        row = {"id": number, "pid": pid, "login": login, "name": name, "disabled": False}
        self.make.stream.add(slot, "person", row)
        return number, pid

    def _post(
        self, number: int, organisation: int, role: str, start: dt.date, ends: dt.date | None = None
    ) -> int:
        post = self.make.ids.new("post")
        row = {"id": post, "pid": self.one.pid(), "person_id": number}
        row |= {"organisation_id": organisation, "role": role, "starts": start, "ends": None}
        slot = self.make.calendar.slot
        then = slot(ends.toordinal()) if ends else slot(start.toordinal())
        self.make.stream.later(slot(start.toordinal()), then, "post", row, {"ends": ends})
        return post
