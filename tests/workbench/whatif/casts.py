"""Subjects of either kind at known distances from a standard, and what other numbers do to them.

What holds of trials, reports and outcomes is tested with each cast: firms under the standard of
graduation, carriers under that of accelerators.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from typing import Any

from sqlalchemy import select

from app.accounts.models import Organisation, Person, Post, Role
from app.carriers.models import (
    Carrier,
    CarrierSector,
    CarrierStated,
    CarrierTitle,
    Level,
    Verification,
)
from app.core.days import today
from app.core.db import session, write
from app.criteria import editions, service
from app.criteria.queries import forget_book
from app.firms.models import Figures, Firm, FirmKind, Residency, ResidencyKind, Route
from tests.clients import Client, sign_in
from tests.factories.accounts import person_with_post
from tests.factories.carriers import make_carrier
from tests.workbench.market import ACTOR, WAN, Market, standing

COUNT = re.compile(r"符合条件 ([\d,]+) 家")
LINK = re.compile(r'<a class="jl-num[^"]*" href="([^"]+)">([\d,]+)<')
NAME = re.compile(r'<th scope="row">.*?href="/(?:firms|carriers)/(\w+)"', re.S)
LISTED = re.compile(r'id="list">载体<span class="jl-count">([\d,]+)<')
#: carrier → its area in m², the part of it that fast-growing firms use
HOUSES = {
    "北极星加速器": (12_000, 9_000), "南天门加速器": (9_000, 7_000), "东篱加速器": (None, None),
}  # fmt: skip
GUESTS = 7


@dataclass(frozen=True)
class Cast:
    """A rule with its subjects by name, and what is known of them under lower and higher marks."""

    rule: str
    #: number of the version in force
    number: int
    #: the box of the mark that is moved, in force, lower, still without effect, and higher
    box: str
    unit: str
    marks: tuple[str, str, str, str]
    #: public id → name
    subjects: dict[str, str]
    ids: dict[int, str]
    ways: tuple[str, ...]
    #: what the lower mark lets in, and what of it a condition finds
    gained: set[str]
    narrowed: tuple[str, set[str]]
    #: those of it whose area is not entered, and the area of the others in m²
    bare: set[str]
    area: int
    #: what the higher mark shuts out, and how the clause is cited
    lost: set[str]
    cite: str
    #: the list of all that meet the rule today, and its number
    live: str
    counted: re.Pattern[str]
    people: dict[str, Post]
    #: one that does not meet it, and an entry after which it does by the lower mark too
    late: str
    enter: Callable[[], None]
    #: what its reason then says
    because: str

    @property
    def page(self) -> str:
        """The page of a trial."""
        return f"/standards/{self.rule}/trial"

    @property
    def low(self) -> str:
        """The trial with the lower mark."""
        return f"{self.page}?{self.box}={self.marks[1]}"

    @property
    def high(self) -> str:
        """The trial with the higher mark."""
        return f"{self.page}?{self.box}={self.marks[3]}"

    def listed(self, mark: str, **conditions: str) -> str:
        """A list behind a number of a trial."""
        more = "".join(f"&{key}={value}" for key, value in conditions.items())
        return f"{self.page}/list?{self.box}={mark}{more}"

    @property
    def next(self) -> int:
        """The number that the first draft gets."""
        return self.number + 1

    @property
    def outcome(self) -> str:
        """The page of the draft once it is approved."""
        return f"/standards/{self.rule}/versions/{self.next}/outcome"

    def draft(self, starts: dt.date, mark: str | None = None, **more: object) -> str:
        """A draft of the district's clerk with another mark; the page of its report."""
        origin = service.draft_of(self.rule, self.number)
        content = json.loads(origin.content) | {
            "in_force": [{"kind": "new", "from": starts.isoformat()}], **more
        }  # fmt: skip
        held: Any = content
        *path, last = self.box.removeprefix("p__").split("__")
        for step in path:
            held = held[int(step)] if step.isdigit() else held[step]
        held[last] = f"{mark or self.marks[1]} {self.unit}"
        author = session.get_one(Person, self.people["district"].person_id)
        with write("standard:draft", actor=ACTOR):
            row = editions.create(actor=ACTOR, origin=origin, content=content)
            row.author_id = author.id
            session.flush()
            number = row.version
        return f"/standards/{self.rule}/drafts/{number}/impact"

    def names(self, client: Client, path: str) -> set[str]:
        """The subjects of a list; as many as it says."""
        text = page(client, f"{path}{'&' if '?' in path else '?'}size=100")
        found = [self.subjects[pid] for pid in NAME.findall(text)]
        assert COUNT.findall(text) == [str(len(found))], path
        return set(found)

    def each_opens(self, client: Client, path: str, within: str = "/list") -> int:
        """Every number of a page opens a list of as many; how many numbers there are."""
        found = [one for one in doors(page(client, path)) if within in one[0]]
        for url, number in found:
            assert len(self.names(client, url)) == number, url
        return len(found)


def page(client: Client, path: str) -> str:
    """A page that is there."""
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.get_data(as_text=True)


def doors(text: str) -> list[tuple[str, int]]:
    """Every number of a page with the list behind it."""
    return [(unescape(url), int(number.replace(",", ""))) for url, number in LINK.findall(text)]


def approve(
    client: Client,
    cast: Cast,
    head: Person,
    starts: dt.date,
    mark: str | None = None,
    **more: object,
) -> dict[str, set[str]]:
    """A version with the lower mark, approved by its pages; what its report said by change."""
    report = cast.draft(starts, mark, **more)
    sign_in(client, cast.people["district"])
    told = {
        change: cast.names(client, f"{report}/list?change={change}")
        for change in ("gained", "lost", "undecided", "moved")
    }
    client.send(report.replace("/impact", "/submit"), page=report)
    sign_in(client, head)
    seen = service.draft_of(cast.rule, cast.next).content_hash
    client.send(report.replace("/impact", "/approve"), {"seen": seen}, page=report)
    assert service.draft_of(cast.rule, cast.next).state.value == "approved"
    forget_book()
    return told


def firms() -> tuple[Market, Cast]:
    """Firms under the standard of graduation: two years' turnover above 1,000 万元."""
    made = standing()
    with write("test:area", actor=ACTOR):
        for name, area in (("阿里山传感", 120), ("白帝城医药", 80)):
            firm = made.firms[name].id
            session.scalars(select(Residency).where(Residency.firm_id == firm)).one().area_m2 = area
    late = "大明湖机器人"

    def enter() -> None:
        for year in (today().year - 2, today().year - 1):
            made.enter(late, Figures, year=year, quarter=0, source="audit",
                       verification="carrier", revenue=700 * WAN)  # fmt: skip

    return made, Cast(
        rule="incubator.graduation", number=2, box="p__condition__any__2__gt", unit="万元",
        marks=("1000", "900", "1050", "1200"),
        subjects={firm.pid: name for name, firm in made.firms.items()},
        ids={firm.id: name for name, firm in made.firms.items()},
        ways=("carrier", "sector"), gained={"白帝城医药", "峨眉雪电路"},
        narrowed=(f"carrier={made.carriers['south'].pid}", {"峨眉雪电路"}),
        bare={"峨眉雪电路"}, area=80, lost={"阿里山传感"}, cite="第九条（三） 门槛 >",
        live="/candidates/incubator.graduation?result=met", counted=COUNT, people=made.people,
        late=late, enter=enter, because="→ ≥ 1,400.00",
    )  # fmt: skip


def carriers() -> tuple[Market, Cast]:
    """Carriers under the standard of accelerators: 10,000 m² of area."""
    made = standing()
    for name, (area, _growing) in HOUSES.items():
        made.carriers[name] = make_carrier(name, tier=2, area_m2=area)
    with write("test:houses", actor=ACTOR):
        for name in HOUSES:
            furnish(made.carriers[name], *HOUSES[name])
        star = made.carriers["北极星加速器"]
        for level in (Level.DISTRICT, Level.MUNICIPAL):
            session.add(CarrierTitle(carrier_id=star.id, level=level, starts=dt.date(2024, 1, 1)))
    unit = session.get_one(Organisation, made.carriers["北极星加速器"].organisation_id)
    made.people["star"] = person_with_post(Role.CARRIER_CLERK, unit)
    late, every = "东篱加速器", session.scalars(select(Carrier).order_by(Carrier.id)).all()

    def enter() -> None:
        with write("test:area", actor=ACTOR):
            session.get_one(Carrier, made.carriers[late].id).area_m2 = 20_000
            say(made.carriers[late], "high_growth_m2", 19_000)

    return made, Cast(
        rule="carrier.pudong_accelerator", number=1, box="p__condition__all__4__ge",
        unit="平方米", marks=("10000", "9000", "10001", "12500"),  # zh: a unit of the standard
        subjects={one.pid: one.short_name for one in every},
        ids={one.id: one.short_name for one in every},
        ways=("type", "level", "area", "town", "standing"), gained={"南天门加速器"},
        narrowed=("area=zhangjiang&level=none", {"南天门加速器"}),
        bare=set(), area=9_000, lost={"北极星加速器"}, cite="第二条 门槛 ≥",
        live="/carriers?local=met", counted=LISTED,
        people=made.people, late=late, enter=enter, because="→ 20,000",
    )  # fmt: skip


def furnish(carrier: Carrier, area: int | None, growing: int | None) -> None:
    """What an accelerator states, and its firms. Inside a write."""
    session.add(CarrierSector(carrier_id=carrier.id, sector="electronics", position=0))
    for key, value in (("independent", 1), ("local_operator", 1), ("lease_years", 3)):
        say(carrier, key, value)
    if growing is not None:
        say(carrier, "high_growth_m2", growing)
    for n in range(GUESTS):
        number = carrier.id * 100 + n
        firm = Firm(
            kind=FirmKind.FIRM, code=f"91310115MA{number:08d}", name=f"{carrier.name}在驻{n}号",
            short_name=f"在驻{n}号", sort_key=f"z{number:08d}", sector="electronics",
        )  # fmt: skip
        session.add(firm)
        session.flush()
        session.add(
            Residency(
                firm_id=firm.id, carrier_id=carrier.id, kind=ResidencyKind.ON_SITE, counted=True,
                route=Route.ADMITTED, starts=dt.date(2024, 3, 1),
            )
        )  # fmt: skip


def say(carrier: Carrier, key: str, value: int) -> None:
    """A statement of a carrier that holds. Inside a write."""
    session.add(
        CarrierStated(
            carrier_id=carrier.id, key=key, day=today(), until=today() + dt.timedelta(365),
            low=value, high=value, verification=Verification.CARRIER,
        )
    )  # fmt: skip


CASTS: dict[str, Callable[[], tuple[Market, Cast]]] = {"firm": firms, "carrier": carriers}
