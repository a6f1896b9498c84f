"""The register of indicators once more, in plain Python over exported rows.

Written from the register's words (统计口径) and `domain.md`'s rules for offices, not from the SQL:
loops and comparisons only, as an official would count with the lists on the table.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from types import SimpleNamespace as Row
from typing import Any

from sqlalchemy import select

from app.carriers.models import Carrier, CarrierSector, CarrierStatus, Return, Site
from app.core.db import session
from app.firms.models import Firm, Milestone, Place, Residency
from app.pipeline.models import Graduation

Day = dt.date
TABLES = {
    "firms": Firm, "carriers": Carrier, "sites": Site, "leads": CarrierSector,
    "acts": CarrierStatus, "sheets": Return, "ties": Residency, "milestones": Milestone,
    "places": Place, "graduations": Graduation,
}  # fmt: skip
INCUBATOR, ACCELERATOR, PARK = 1, 2, 3
PUDONG = "310115"
NEARBY = (None, "accelerator", "park", "incubator", "building")
WENT = {
    "park": "park", "building": "building", "accelerator": "accelerating",
    "incubator": "incubator", "city": "city", "outside": "outside", "abroad": "outside",
    "acquired": "ended", "dissolved": "ended",
}  # fmt: skip


def plain(value: Any) -> Any:
    """A code as its text."""
    return getattr(value, "value", value)


def export() -> dict[str, list[dict[str, Any]]]:
    """Every row that the database holds or held, with the revisions it was true from and to."""
    held: dict[str, list[dict[str, Any]]] = {}
    for name, model in TABLES.items():
        table, history = model.__table__, model.__history__
        held[name] = [
            {key: plain(value) for key, value in row._mapping.items()}
            for source in (table, history)
            for row in session.execute(select(source))
        ]
    return held


def on(row: Any, day: Day) -> bool:
    """[starts, ends) holds the day."""
    return bool(row.starts <= day and (row.ends is None or row.ends > day))


def yes(holds: Any) -> str:
    return "yes" if holds else "no"


def quarter_before(day: Day) -> tuple[int, int]:
    """The quarter before the one that holds the day."""
    quarter = (day.month + 2) // 3
    return (day.year, quarter - 1) if quarter > 1 else (day.year - 1, 4)


def last_day(year: int, quarter: int) -> Day:
    following = Day(year + quarter // 4, quarter % 4 * 3 + 1, 1)
    return following - dt.timedelta(days=1)


@dataclass
class Book:
    """What was known at a revision, read as of a day."""

    day: Day
    verified_only: bool
    firms: dict[int, Any]
    carriers: dict[int, Any]
    sites: list[Any]
    leads: list[Any]
    acts: list[Any]
    sheets: list[Any]
    ties: list[Any]
    milestones: list[Any]
    places: list[Any]
    graduations: list[Any]

    @classmethod
    def at(
        cls, rows: dict[str, list[dict[str, Any]]], cut: int, day: Day, verified_only: bool
    ) -> Book:
        """The rows that were true at a cut: not written later, not replaced by then."""
        lists = {
            name: [
                Row(**row)
                for row in held
                if row["rev"] <= cut and (row.get("rev_to") is None or row["rev_to"] > cut)
            ]
            for name, held in rows.items()
        }
        return cls(
            day, verified_only, {f.id: f for f in lists.pop("firms")},
            {c.id: c for c in lists.pop("carriers")}, **lists,
        )  # fmt: skip

    # who and where

    @cached_property
    def by_firm(self) -> dict[int, list[Any]]:
        """All ties by firm."""
        found: dict[int, list[Any]] = {}
        for tie in self.ties:
            found.setdefault(tie.firm_id, []).append(tie)
        return found

    def ties_of(self, firm_id: int, tier: int | None = None) -> list[Any]:
        """Counting ties of a firm begun by the day, the first one first."""
        found = [
            tie
            for tie in self.by_firm.get(firm_id, ())
            if tie.counted and tie.starts <= self.day
            and tier in (None, self.carriers[tie.carrier_id].tier)
        ]  # fmt: skip
        return sorted(found, key=lambda tie: tie.starts)

    def single(self) -> Iterator[Any]:
        """Firms and teams that were not merged into another entry."""
        yield from (firm for firm in self.firms.values() if firm.merged_into_id is None)

    def is_team(self, firm: Any) -> bool:
        return firm.kind == "team" or bool(firm.founded_on and firm.founded_on > self.day)

    def home(self, carrier_id: int) -> tuple[str | None, str | None]:
        """街镇 and 片区 of a carrier's first site."""
        own = [s for s in self.sites if s.carrier_id == carrier_id and s.starts <= self.day]
        first = min(own, key=lambda site: site.id, default=None)
        return (first.town, first.area) if first else (None, None)

    def spot(self, tie: Any) -> tuple[str | None, str | None]:
        """街镇 and 片区 of a tie: its own site's, where that says none the carrier's."""
        town, area = self.home(tie.carrier_id)
        own = next((site for site in self.sites if site.id == tie.site_id), None)
        return (own and own.town) or town, (own and own.area) or area

    def row(self, firm: Any, tie: Any, day: Day, **more: Any) -> Row:
        town, area = self.spot(tie)
        return Row(
            firm_id=firm.id, carrier_id=tie.carrier_id, tier=self.carriers[tie.carrier_id].tier,
            sector=firm.sector, town=town, area=area, day=day, **more,
        )  # fmt: skip

    def held(self, firm_id: int, day: Day | None = None) -> Any | None:
        """The graduation that holds by a day: reported, and neither proposed nor returned."""
        return next(
            (
                g
                for g in self.graduations
                if g.firm_id == firm_id and g.graduated_on <= (day or self.day)
                and g.state in ("reported", "checked", "verified")
            ),
            None,
        )  # fmt: skip

    def counted(self) -> dict[int, Any]:
        """Graduations of the asked counting by firm; late ones from their report on."""
        states = ("verified",) if self.verified_only else (
            "reported", "checked", "verified", "returned")  # fmt: skip
        found = {}
        for g in self.graduations:
            ended = last_day(g.period_year, g.period_quarter) <= self.day
            told = not g.late or g.reported_on <= self.day or ended
            alone = self.firms[g.firm_id].merged_into_id is None
            if g.state in states and g.graduated_on <= self.day and told and alone:
                found[g.firm_id] = g
        return found

    # stocks

    def s10(self) -> Iterator[Row]:
        for firm in self.single():
            for tie in self.ties_of(firm.id):
                if on(tie, self.day):
                    yield self.row(firm, tie, tie.starts, standing=self.standing(firm, tie))

    def standing(self, firm: Any, tie: Any) -> str:
        tier = self.carriers[tie.carrier_id].tier
        if tier == PARK:
            return "settled"
        if tier == ACCELERATOR:
            return "accelerating"
        if self.held(firm.id):
            return "staying"
        if self.is_team(firm):
            return "team"
        served = firm.legal_form in ("branch", "individual")
        return "served" if served or tie.kind in ("registered_only", "empowered") else "incubating"

    def s11(self) -> Iterator[Row]:
        for firm in self.single():
            ties = self.ties_of(firm.id)
            kind = "team" if self.is_team(firm) else "firm"
            if not ties:
                if not firm.founded_on or firm.founded_on <= self.day:
                    yield Row(
                        firm_id=firm.id, carrier_id=None, tier=None, sector=firm.sector,
                        town=None, area=None, day=None, stage="registered", kind=kind,
                    )  # fmt: skip
                continue
            last = ties[-1]
            yield self.row(firm, last, last.starts, stage=self.stage(firm, last), kind=kind)

    def stage(self, firm: Any, last: Any) -> str:
        tier, graduated = self.carriers[last.carrier_id].tier, self.held(firm.id) is not None
        if on(last, self.day):
            own = {ACCELERATOR: "accelerating", PARK: "settled"}
            return own.get(tier, "graduated" if graduated else "incubating")
        if graduated and tier < PARK and last.destination in NEARBY:
            return "graduated"
        return "left"

    def certificates(self, firm_id: int) -> list[Any]:
        """HNTE certificates issued by the day and not revoked by it."""
        return [
            m
            for m in self.milestones
            if m.firm_id == firm_id and m.title == "hnte" and m.issued_on <= self.day
            and not (m.revoked_on and m.revoked_on <= self.day)
        ]  # fmt: skip

    def h03(self) -> Iterator[Row]:
        for firm in self.single():
            valid = [m.issued_on for m in self.certificates(firm.id) if m.expires_on >= self.day]
            for tie in self.ties_of(firm.id):
                if on(tie, self.day) and valid:
                    yield self.row(firm, tie, max(valid))

    def registered(self, day: Day) -> Iterator[Row]:
        for carrier in self.carriers.values():
            own = [
                a for a in self.acts
                if a.carrier_id == carrier.id and a.day <= day and a.act != "changed"
            ]  # fmt: skip
            last = max(own, key=lambda act: (act.day, act.id), default=None)
            if last and last.act in ("registered", "resumed"):
                leads = [x.sector for x in self.leads
                         if x.carrier_id == carrier.id and x.position == 0]  # fmt: skip
                town, area = self.home(carrier.id)
                yield Row(
                    firm_id=None, carrier_id=carrier.id, tier=carrier.tier,
                    sector=min(leads, default=None), town=town, area=area, day=last.day,
                )  # fmt: skip

    def k(self, *tiers: int) -> Iterator[Row]:
        yield from (one for one in self.registered(self.day) if one.tier in tiers)

    def v01(self) -> Iterator[Row]:
        year, quarter = quarter_before(self.day)
        end = last_day(year, quarter)
        then = replace(self, day=end)
        for one in then.registered(end):
            if one.tier in (INCUBATOR, ACCELERATOR):
                state = next((s.state for s in self.sheets if s.carrier_id == one.carrier_id
                              and (s.year, s.quarter) == (year, quarter)), None)  # fmt: skip
                one.filed = yes(state in ("submitted", "checked", "verified"))
                one.checked = yes(state in ("checked", "verified"))
                one.verified = yes(state == "verified")
                yield one

    # flows

    def g(self, year: int | None = None, since: Day | None = None) -> Iterator[Row]:
        for firm_id, one in self.counted().items():
            if (year and one.period_year != year) or (since and one.graduated_on < since):
                continue
            firm, town, area = self.firms[firm_id], *self.home(one.carrier_id)
            own = [t for t in self.ties_of(firm_id)
                   if t.carrier_id == one.carrier_id and t.starts <= one.graduated_on]  # fmt: skip
            if own:
                town, area = self.spot(own[-1])
            yield Row(
                firm_id=firm_id, carrier_id=one.carrier_id, sector=firm.sector, town=town,
                tier=self.carriers[one.carrier_id].tier, area=area, day=one.graduated_on,
                year=one.period_year, quarter=one.period_quarter, state=one.state,
                basis=one.basis,
            )  # fmt: skip

    def f01(self) -> Iterator[Row]:
        graduated = self.counted()
        for firm in self.single():
            ties = self.ties_of(firm.id, INCUBATOR)
            if not ties or self.is_team(firm) or firm.legal_form in ("branch", "individual"):
                continue
            first = ties[0]
            if first.kind in ("registered_only", "empowered"):
                continue
            began = first.incubated_on or first.starts
            inside = any(on(tie, self.day) for tie in ties)
            one = graduated.get(firm.id)
            yield self.row(
                firm, first, began, year=began.year, seen_on=first.starts,
                graduated_on=one.graduated_on if one else None,
                outcome="graduated" if one else "inside" if inside else "left",
            )  # fmt: skip

    def c03(self) -> Iterator[Row]:
        for firm in self.single():
            landings = self.ties_of(firm.id, PARK)
            if not landings:
                continue
            first = landings[0]
            before = [t for t in self.ties_of(firm.id) if t.starts < first.starts]
            tiers = {self.carriers[tie.carrier_id].tier for tie in before}
            origin = "incubated" if INCUBATOR in tiers else "direct"
            if self.held(firm.id, first.starts):
                origin = "graduate"
            yield self.row(
                firm, first, first.starts, year=first.starts.year, origin=origin,
                via=yes(ACCELERATOR in tiers),
            )  # fmt: skip

    def end(self, firm_id: int, home: int | None, told: str | None) -> str:
        """Where a firm is by the day: at its counting tie, else where it was told to have gone."""
        ties = self.ties_of(firm_id)
        last = ties[-1] if ties else None
        if last and on(last, self.day):
            tier = self.carriers[last.carrier_id].tier
            if tier == INCUBATOR:
                return "staying" if last.carrier_id == home else "incubator"
            return "accelerating" if tier == ACCELERATOR else "park"
        return WENT.get((last and last.destination) or told or "", "unknown")

    def p02(self, **some: Any) -> Iterator[Row]:
        counted = self.counted()
        for one in self.g(**some):
            told = counted[one.firm_id].destination
            one.end = self.end(one.firm_id, one.carrier_id, told)
            fast = [t.starts for t in self.ties_of(one.firm_id, ACCELERATOR)]
            one.via = yes(one.end == "accelerating" or any(start >= one.day for start in fast))
            one.origin = "graduate"
            yield one

    def p01(self) -> Iterator[Row]:
        year = self.day.year
        graduates = list(self.p02(year=year))
        yield from graduates
        already = {one.firm_id for one in graduates}
        for firm in self.single():
            for tie in self.ties_of(firm.id, ACCELERATOR):
                if on(tie, Day(year, 1, 1)) and firm.id not in already:
                    yield self.row(firm, tie, tie.starts, origin="accelerating", via="yes",
                                   end=self.end(firm.id, None, None))  # fmt: skip

    def r01(self) -> Iterator[Row]:
        after = self.day + dt.timedelta(days=1)
        leap = (after.month, after.day) == (2, 29)
        since = Day(after.year - 3, after.month, 28 if leap else after.day)
        for one in self.p02(since=since):
            for kind in ("registered", "operating"):
                here = any(
                    p.firm_id == one.firm_id and p.kind == kind and p.district == PUDONG
                    and on(p, self.day) for p in self.places
                )  # fmt: skip
                setattr(one, kind, yes(here))
            yield one

    def h01(self) -> Iterator[Row]:
        for firm in self.single():
            issued = min((m.issued_on for m in self.certificates(firm.id)), default=None)
            ties = [t for t in self.ties_of(firm.id) if issued and t.starts <= issued]
            if not issued or not ties:
                continue
            last = ties[-1]
            credit = "standing"
            if not on(last, issued):
                end = last.ends
                reach = (end.year + 3, end.month, end.day)
                if reach < (issued.year, issued.month, issued.day):
                    continue
                credit = "recent"
            yield self.row(firm, last, issued, year=issued.year, credit=credit)

    def rows(self, code: str) -> Iterable[Row]:
        """The rows of an indicator."""
        whole = {
            "S-10": self.s10, "S-11": self.s11, "H-03": self.h03, "V-01": self.v01,
            "F-01": self.f01, "C-03": self.c03, "P-01": self.p01, "P-02": self.p02,
            "R-01": self.r01, "H-01": self.h01, "G-01": self.g, "G-02": self.g,
            "K-01": lambda: self.k(1), "K-02": lambda: self.k(2), "K-03": lambda: self.k(3),
            "K-04": lambda: self.k(1, 2),
        }  # fmt: skip
        same = {"F-02": "F-01", "H-02": "H-01", "R-02": "R-01", "R-03": "R-01", "V-02": "V-01",
                "V-03": "V-01"}  # fmt: skip
        parts = {
            "S-01": ("incubating",), "S-02": ("team",), "S-03": ("served",), "S-04": ("staying",),
            "S-05": ("accelerating",), "S-06": ("settled",),
            "S-07": ("incubating", "served", "staying"),
        }  # fmt: skip
        if code in parts:
            return [one for one in self.s10() if one.standing in parts[code]]
        return whole[same.get(code, code)]()
