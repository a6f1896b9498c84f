"""Rows of a life in the register: the firm, its names, places, tags, ties and contact."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from app.core.days import add_months
from app.criteria.queries import limit_months
from app.pipeline.clock import Stay as Earlier
from app.pipeline.clock import began_on, limit_on
from seed.demo.codes import uscc
from seed.demo.dice import Dice, Shares
from seed.demo.life import Life, Stay
from seed.demo.making import Makers
from seed.demo.names import Names, person
from seed.demo.world import House, Spot
from seed.wording import pieces, search_line, sort_key

Row = dict[str, Any]
FIELDS = {
    "electronics": "f1_electronics",
    "biomedicine": "f2_bio",
    "ai": "f1_electronics",
    "smart_manufacturing": "f8_manufacturing",
    "aviation": "f3_aerospace",
    "automotive": "f8_manufacturing",
    "materials": "f4_materials",
    "online_economy": "f5_services",
}
INDUSTRIES = {
    "electronics": ("C39", "I65", "C39", "C40"),
    "biomedicine": ("C27", "M73", "C35", "Q84"),
    "ai": ("I65", "I65", "M73", "I64"),
    "smart_manufacturing": ("C34", "C35", "C38", "C40"),
    "aviation": ("C37", "C37", "M74", "C39"),
    "automotive": ("C36", "C36", "C38", "I65"),
    "materials": ("C26", "C30", "C29", "M73"),
    "online_economy": ("I64", "I65", "L72", "M75"),
}
BUSINESS = "{trade}的研发、生产与服务"
FORMS = Shares({"company": 0.955, "joint_stock": 0.02, "partnership": 0.012, "branch": 0.013})
ECONOMIC = Shares({"private": 0.86, "foreign": 0.05, "hmt": 0.03, "state": 0.03, "mixed": 0.03})
OUTER = ("310104", "310112", "310110", "310114", "310117", "310120", "310106")
TAGS = (("returnee", 0.11), ("student", 0.05), ("academic", 0.10), ("talent", 0.07))
LAST_CODE = 887_503_680
#: one firm in so many works in its incubator and is registered elsewhere
REGISTERED_ELSEWHERE = 5


def _rooms(one: Dice, house: House) -> int:
    """㎡ of a tie: a small part of an incubator, so that all of its firms find room."""
    if house.tier < 2:
        return max(house.area_m2 * one.whole(3, 14) // 10_000 * 10, 10)
    return one.whole(2, 40) * 90


def day(ordinal: int) -> dt.date:
    """The date of an ordinal."""
    return dt.date.fromordinal(ordinal)


@dataclass(frozen=True)
class Given:
    """A name, code and legal form that a firm does not draw but is given."""

    name: str
    code: str
    former: str | None = None
    form: str | None = None


class Register:
    """Makes the rows that say who a firm is and where it was."""

    def __init__(self, make: Makers, names: Names) -> None:
        self.make, self.names = make, names
        self.slot = make.calendar.slot
        self.today = make.calendar.today.toordinal()
        self.add = make.stream.add
        self.given: Given | None = None

    def write(self, life: Life) -> int:
        """All rows of a life but its facts; gives the firm's id."""
        firm_id = self.make.ids.new("firm")
        first = min(stay.starts for stay in life.stays)
        slot = life.known = self.slot(first)
        self._firm(life, firm_id, slot)
        spot = self._stays(life, firm_id)
        self._places(life, firm_id, slot, spot)
        one = life.one
        for tag, share in TAGS:
            if one.chance(share):
                self._tag(firm_id, tag, slot)
        self._tag(firm_id, "local" if one.chance(0.4) else "migrant", slot)
        if life.fate != "leaver" and one.chance(0.6):
            row = {"id": self.make.ids.new("contact"), "firm_id": firm_id, "name": person(one)}
            row |= {"post": one.one(("总经理", "行政负责人", "财务负责人"))}
            row["phone"] = f"021-5555{one.whole(0, 9999):04d}"
            row["email"] = f"contact{firm_id}@example.com"
            self.add(slot, "contact", row)
        return firm_id

    def _firm(self, life: Life, firm_id: int, slot: int) -> None:
        one = life.one
        given = self.given
        short, trade = self.names.firm(life.number, life.sector, life.word)
        if given is not None:
            short, trade = given.name, given.name[3:]
        name = f"上海{short}有限公司"
        brief = pieces(short[:3], trade)
        spelling = [*pieces("上海"), *brief, *pieces("有限公司")]
        number = LAST_CODE - 1 - life.number if life.number % 7 else 1_000_000 + life.number
        code = given.code if given else uscc(number)
        row: Row = {"id": firm_id, "pid": one.pid(), "kind": "firm", "code": code, "name": name}
        row |= {"code_reason": None, "old_code": None, "short_name": short}
        row |= {
            "sort_key": sort_key(spelling),
            "leader": person(one),
            "legal_form": FORMS.draw(one),
        }
        row |= {"economic_type": ECONOMIC.draw(one), "founded_on": day(life.founded)}
        row |= {"mainland": True, "sector": life.sector, "field": FIELDS[life.sector]}
        row |= {"incubation_field": life.special, "industry": one.one(INDUSTRIES[life.sector])}
        row |= {"business": BUSINESS.format(trade=trade), "tech_business": True}
        row |= {"banned_business": False, "counted_only": one.chance(0.004), "closed_on": None}
        row |= {"corporate_controlled": one.chance(0.04), "controller": None, "listed": False}
        row["merged_into_id"] = None
        if one.chance(0.09):
            row["tech_business"] = None if one.chance(0.7) else False
        if given is not None:
            row |= {"counted_only": False, "tech_business": True, "corporate_controlled": False}
            row["legal_form"] = given.form or "company"
        if life.graduated is not None and row["legal_form"] in ("partnership", "branch"):
            row["legal_form"] = "company"
        former = self._former(life, row, one)
        search = search_line(spelling, brief, former, code)
        if life.is_team:
            row = self._team_row(row, short)
            search = search_line([*brief, *pieces("团队")], brief, None, None)
            self.add(slot, "firm", row)
        elif life.team_until is not None and self.slot(life.team_until) > slot:
            self._team_first(row, short, slot, self.slot(life.team_until))
        elif life.closed is not None and life.closed < self.today:
            closed = {"closed_on": day(life.closed)}
            self.make.stream.later(slot, self.slot(life.closed), "firm", row, closed)
        else:
            self.add(slot, "firm", row)
        self.add(slot, "firm_search", {"firm_id": firm_id, "text": search})

    def _team_row(self, row: Row, short: str) -> Row:
        team = row | {"kind": "team", "code": None, "name": f"{short}团队", "founded_on": None}
        return team | {"legal_form": None, "economic_type": None, "listed": None}

    def _team_first(self, row: Row, short: str, slot: int, then: int) -> None:
        """A team that became a firm keeps its number and its history."""
        team = self._team_row(row, short)
        changed = {key: value for key, value in row.items() if team[key] != value}
        self.make.stream.later(slot, then, "firm", team, changed)

    def _former(self, life: Life, row: Row, one: Dice) -> str | None:
        """A former name for some; the present one came with the change."""
        end = life.exit or self.today
        if life.is_team or life.team_until is not None or end - life.founded < 400:
            return None
        if not one.chance(0.02) if self.given is None else self.given.former is None:
            return None
        changed = one.whole(life.founded + 200, end - 100)
        former = f"上海{row['short_name'][:3]}科技有限公司"
        if self.given is not None:
            former = f"上海{self.given.former}有限公司"
        name = {"id": self.make.ids.new("firm_name"), "firm_id": row["id"], "name": former}
        name |= {"starts": row["founded_on"], "ends": day(changed)}
        self.add(max(self.slot(changed), life.known), "firm_name", name)
        return former

    def _tag(self, firm_id: int, tag: str, slot: int) -> None:
        row = {"id": self.make.ids.new("firm_tag"), "firm_id": firm_id, "tag": tag}
        self.add(slot, "firm_tag", row)

    # ---- ties ---------------------------------------------------------------------------

    def _stays(self, life: Life, firm_id: int) -> Spot:
        home: Spot | None = None
        for stay in life.stays:
            spot = stay.house.spot(life.one, stay.starts)
            if stay.counted or home is None:
                home = spot
            self._stay(life, firm_id, stay, spot)
        assert home is not None
        return home

    def _stay(self, life: Life, firm_id: int, stay: Stay, spot: Spot) -> None:
        one = life.one
        row: Row = {"id": self.make.ids.new("residency"), "pid": one.pid(), "firm_id": firm_id}
        row |= {"carrier_id": stay.house.id, "site_id": spot.id, "kind": stay.kind}
        row |= {"counted": stay.counted, "route": stay.route, "starts": day(stay.starts)}
        row |= {"ends": None, "area_m2": _rooms(one, stay.house)}
        row |= dict.fromkeys(("agreement_on", "incubated_on", "limit_on", "extended_to"))
        row |= dict.fromkeys(("lease_ends", "extension_reason", "destination", "destination_id"))
        row |= {"leave_reason": None, "leave_confirmed": True, "remark": None}
        row |= {"signed_on": None, "registered_on": None, "taxed_on": None}
        if stay.house.tier == 1 and stay.kind == "on_site":
            self._clock(row, firm_id, life, stay)
        if stay.ends is None and stay.kind != "registered_only":
            row["lease_ends"] = day(self.today + one.whole(20, 700))
        first = self.slot(stay.starts)
        if stay.ends is None or stay.ends >= self.today:
            self.add(first, "residency", row)
            return
        ended: Row = {"ends": day(stay.ends), "destination": stay.to, "leave_reason": stay.reason}
        ended["destination_id"] = stay.to_house.id if stay.to_house else None
        if stay.counted and stay.reason is None:
            ended["leave_reason"] = "graduated"
        if stay.reason == "unconfirmed":
            ended |= {"leave_reason": None, "leave_confirmed": False}
        self.make.stream.later(first, self.slot(stay.ends), "residency", row, ended)

    def _clock(self, row: Row, firm_id: int, life: Life, stay: Stay) -> None:
        one = life.one
        earlier = [
            Earlier(day(s.starts), day(s.ends))
            for s in life.stays
            if s.counted and s.ends is not None and s.starts < stay.starts
        ]
        months = limit_months(life.special, day(self.today))
        row["incubated_on"] = began_on(day(stay.starts), earlier)
        row["limit_on"] = limit_on(months, day(stay.starts), earlier)
        if life.graduated is not None or not one.chance(0.03):
            row["agreement_on"] = day(stay.starts - one.whole(0, 10))
        if stay.ends is None and row["limit_on"].toordinal() < self.today and one.chance(0.35):
            row["extended_to"] = add_months(row["limit_on"], 12)
            row["extension_reason"] = "产品注册审批周期长,经载体同意延长"
        if not life.is_team and firm_id % REGISTERED_ELSEWHERE:
            row["registered_on"] = row["starts"]

    # ---- places -------------------------------------------------------------------------

    def _places(self, life: Life, firm_id: int, slot: int, spot: Spot) -> None:
        if life.is_team:
            return
        one = life.one
        start = max(life.founded, 1)
        first = life.stays[0].house.spot(one, life.entry)
        home: tuple[str, str | None, str | None] = "310115", first.town, first.area
        if one.chance(0.05):
            home = one.one(OUTER), None, None
        moved = self._moved(life, spot)
        since = slot if life.team_until is None else self.slot(life.team_until)
        self._place(firm_id, "registered", home, start, since, moved)
        if life.fate == "leaver" and life.number % 2:
            return
        where = ("310115", first.town, first.area)
        begins = life.entry if life.founded < life.entry else life.founded
        self._place(firm_id, "operating", where, begins, since, moved)
        if life.fate != "leaver":
            self._place(firm_id, "tax", home, start, since, None)

    def _moved(
        self, life: Life, spot: Spot
    ) -> tuple[int, tuple[str, str | None, str | None]] | None:
        """Where the firm went when it left its first carrier: day and place."""
        if life.to is None or life.exit is None or life.exit >= self.today - 60:
            return None
        there: tuple[str, str | None, str | None]
        if life.to in ("building", "incubator"):
            there = ("310115", life.one.one(("t22", "t19", "t25", "t36", "t28", "t02")), None)
        elif life.to in ("park", "accelerator"):
            there = ("310115", spot.town, spot.area)
        elif life.to == "city":
            there = (life.one.one(OUTER), None, None)
        elif life.to in ("outside", "abroad"):
            there = ("000000", None, None)
        else:
            return None
        return life.exit + life.one.whole(5, 50), there

    def _place(
        self,
        firm_id: int,
        kind: str,
        where: tuple[str, str | None, str | None],
        start: int,
        slot: int,
        moved: tuple[int, tuple[str, str | None, str | None]] | None,
    ) -> None:
        row: Row = {"id": self.make.ids.new("place"), "firm_id": firm_id, "kind": kind}
        row |= {"district": where[0], "town": where[1], "area": where[2], "address": None}
        row |= {"starts": day(start), "ends": None}
        if moved is None or moved[0] <= start + 1:
            self.add(slot, "place", row)
            return
        then = self.slot(moved[0])
        self.make.stream.later(slot, then, "place", row, {"ends": day(moved[0])})
        district, town, area = moved[1]
        more = row | {"id": self.make.ids.new("place"), "starts": day(moved[0]), "ends": None}
        self.add(then, "place", more | {"district": district, "town": town, "area": area})
