"""Exported rows, as they were known at a revision, read as of a day: who is who and where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace as Row
from typing import Any, Self

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
    ) -> Self:
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

    def given_up(self, site: Any) -> bool:
        return site.ends is not None and site.ends <= self.day

    def home(self, carrier_id: int) -> tuple[str | None, str | None]:
        """街镇 and 片区 of a carrier's first site in use, else of the one it left last."""
        own = [s for s in self.sites if s.carrier_id == carrier_id and s.starts <= self.day]
        used = [s for s in own if not self.given_up(s)]
        latest = max((s.ends for s in own if s.ends), default=None)
        left = used or [s for s in own if s.ends == latest]
        first = min(left, key=lambda site: site.id, default=None)
        return (first.town, first.area) if first else (None, None)

    def spot(self, tie: Any) -> tuple[str | None, str | None]:
        """街镇 and 片区 of a tie: its own site's, where that says none the carrier's."""
        town, area = self.home(tie.carrier_id)
        own = next((site for site in self.sites if site.id == tie.site_id), None)
        if own and self.given_up(own) and (tie.ends is None or tie.ends > self.day):
            own = None
        return (own and own.town) or town, (own and own.area) or area

    def row(self, firm: Any, tie: Any, day: Day, **more: Any) -> Row:
        town, area = self.spot(tie)
        return Row(
            firm_id=firm.id, carrier_id=tie.carrier_id, tier=self.carriers[tie.carrier_id].tier,
            sector=firm.sector, town=town, area=area, day=day, **more,
        )  # fmt: skip

    def held(self, firm_id: int, day: Day | None = None) -> Any | None:
        """The graduation that holds by a day: reported, verified or sent back for its figures."""
        return next(
            (
                g
                for g in self.graduations
                if g.firm_id == firm_id and g.graduated_on <= (day or self.day)
                and g.state in ("reported", "checked", "verified", "returned")
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
