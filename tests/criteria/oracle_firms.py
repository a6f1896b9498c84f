"""Random firms whose days and amounts stand on the boundaries of the law."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from typing import Any

from tests.criteria.oracle_cells import grown, more, statements, strong
from tests.criteria.oracle_facts import HEADS_COLUMNS, MONEY_COLUMNS, House, Record, Row, shifted

WAN, HEAD = 1_000_000, 24
#: sums of the law in 万元, and none
SUMS = (400, 500, 800, 1000, 1500, 2000, 3000, 5000, 8000, 10_000)
LARGEST = 10**14
#: first id of what is made here, far above what a test enters by hand
BASE = 1_000_000
KINDS = (
    "financing", "ip", "recognition", "deal", "award", "institution", "standard", "incident",
)  # fmt: skip
MILESTONE = {
    "name": None, "number": None, "remark": None, "investor": None, "investor_name": None,
    "money_state": None, "amount": None, "received_on": None, "currency": None, "original": None,
    "rate": None, "rate_on": None, "onshore": None, "ip_type": None, "obtained": None,
    "obtained_on": None, "applied_on": None, "granted_on": None, "related": None,
    "used_before": None, "title": None, "announced_on": None, "filed_on": None, "issued_on": None,
    "expires_on": None, "revoked_on": None, "deal": None, "level": None, "rank": None,
    "incident": None, "serious": None, "ended_on": None,
}  # fmt: skip


class Maker:
    """Makes firms around a day; equal seeds make equal firms."""

    def __init__(self, seed: int, carriers: Sequence[House]) -> None:
        self.rng = random.Random(seed)
        self.carriers = carriers
        self.last = BASE

    def firms(self, count: int, days: Sequence[dt.date]) -> list[Record]:
        """So many firms around each of some days, every eighth carrying on one before it."""
        made = [self.firm(days[n % len(days)]) for n in range(count)]
        for n in range(8, count, 8):
            newer, older = made[n], made[n - self.one(1, 2, 8)]
            link = {"id": self.id(), "from_id": older.firm["id"], "to_id": newer.firm["id"],
                    "kind": "succession", "day": self.by(self.one(*days)),
                    "clock_passes": self.chance(0.7),
                    "milestones_pass": self.chance(0.7)}  # fmt: skip
            newer.links.append((link, older))
            if older.milestones and self.chance(0.3):
                again = {"id": self.id(), "firm_id": newer.firm["id"]}
                newer.milestones.append(self.one(*older.milestones) | again)
        return made

    # small dice ------------------------------------------------------------------------------

    def chance(self, share: float) -> bool:
        """Yes in so many of one."""
        return self.rng.random() < share

    def one(self, *of: Any) -> Any:
        """One of them."""
        return self.rng.choice(of)

    def id(self) -> int:
        """A number nothing else has."""
        self.last += 1
        return self.last

    def by(self, day: dt.date) -> dt.date:
        """The day, the one before or the one after; now and then some other."""
        if self.chance(0.15):
            return day + dt.timedelta(self.rng.randint(-900, 120))
        return day + dt.timedelta(self.one(-1, 0, 0, 1))

    def perhaps(self, day: dt.date, share: float = 0.5) -> dt.date | None:
        """A day near one, or none."""
        return self.by(day) if self.chance(share) else None

    def money(self, *marks: int) -> int:
        """An amount in fen at a mark in 万元, a fen off it, nothing, or anything."""
        roll = self.rng.random()
        if roll < 0.08:
            return 0
        if roll < 0.12:
            return LARGEST
        if roll < 0.3:
            return self.rng.randrange(3000 * WAN)
        return max(0, self.one(*marks) * WAN + self.one(-1, 0, 0, 1))

    # a firm ----------------------------------------------------------------------------------

    def firm(self, day: dt.date) -> Record:
        """One firm with all that is recorded of it."""
        entry = self.entry(day)
        born = self.born(day, entry)
        kind = "team" if self.chance(0.05) else "firm"
        number = self.id()
        rec = Record(
            {
                "id": number, "kind": kind, "code": f"T{number:017d}" if kind == "firm" else None,
                "name": f"上海{number}号", "short_name": f"{number}号", "sort_key": f"{number}",
                "legal_form": self.one("company", "company", "joint_stock", None, "branch",
                                       "individual", "partnership"),
                "founded_on": born, "mainland": not self.chance(0.05),
                "sector": self.one("ai", "biomedicine", "materials", None, "other"),
                "incubation_field": self.one(None, None, "ic", "biomedicine", "agriculture"),
                "tech_business": self.one(True, True, True, False, None),
                "banned_business": self.one(False, False, False, True, None),
                "industry": self.one("C39", "I65", "M73", "N77", None),
                "field": self.one("f1_electronics", "f2_bio", "f8_manufacturing", None, "other"),
            }
        )  # fmt: skip
        self.ties(rec, day, entry)
        self.places(rec, day)
        self.figures(rec, day)
        if self.chance(0.4):
            grown(self, rec)
        statements(self, rec, day)
        for _n in range(self.one(0, 1, 2, 3, 5)):
            rec.milestones.append(self.milestone(rec, day, self.one(*KINDS)))
        if self.chance(0.3):
            self.rounds(rec, day)
        self.promises(rec, day)
        if self.chance(0.12):
            strong(self, rec, day)
        return rec

    def entry(self, day: dt.date) -> dt.date:
        """The first day in an incubator: 48, 60 or some other number of months ago."""
        months = self.one(48, 60, 42, 54, self.rng.randint(1, 80))
        if self.chance(0.1):
            return dt.date(2024, 2, 29)
        return shifted(day, -months) + dt.timedelta(self.one(-1, 0, 0, 1))

    def born(self, day: dt.date, entry: dt.date) -> dt.date | None:
        """24 months before the entry, this year, last year, on 29 February, or not recorded."""
        return self.one(
            None,
            shifted(entry, -24) + dt.timedelta(self.one(-1, 0, 1)),
            shifted(entry, -24) + dt.timedelta(self.one(-1, 0, 1)),
            shifted(entry, -self.rng.randint(0, 30)),
            dt.date(day.year, self.rng.randint(1, day.month), 1),
            dt.date(day.year - 1, self.one(1, 12), self.one(1, 31)),
            dt.date(day.year - 2, 12, 31),
            dt.date(day.year - 3, 1, 1),
            dt.date(2020, 2, 29),
            dt.date(2024, 2, 29),
        )

    # ties and places --------------------------------------------------------------------------

    def ties(self, rec: Record, day: dt.date, entry: dt.date) -> None:
        """Counted ties one after another, with gaps or without, and ties beside them."""
        if self.chance(0.04):
            return
        starts = entry
        for n in range(self.one(1, 1, 2, 3)):
            last = n == 2 or self.chance(0.6)
            if last:
                ends = self.one(None, None, None, day, day + dt.timedelta(1))
            else:
                ends = shifted(starts, self.rng.randint(1, 20))
            if ends is not None and ends <= starts:
                ends = None
            rec.ties.append(self.tie(rec, day, starts, ends, counted=True))
            if last or ends is None:
                break
            starts = ends + dt.timedelta(self.one(0, 0, 1, self.rng.randint(2, 300)))
        if self.chance(0.35):
            aside = self.by(shifted(day, -self.one(3, 12)))
            ends = self.one(None, None, day, day + dt.timedelta(1))
            if ends is None or ends > aside:
                rec.ties.append(self.tie(rec, day, aside, ends, counted=False))

    def tie(
        self, rec: Record, day: dt.date, starts: dt.date, ends: dt.date | None, counted: bool
    ) -> Row:
        carrier, tier, spots = self.one(*self.carriers)
        site, in_pudong = spots[starts.toordinal() % len(spots)]
        kinds = ["on_site"] * 5 + ["registered_only", "office_only", "empowered", "fit_out"]
        kind = self.one(*kinds, "graduate_stay") if counted else self.one(*kinds, "extension")
        limit = self.one(
            None, self.by(shifted(day, 6)), self.by(day), self.by(shifted(day, 6)),
            shifted(starts, 48),
        )  # fmt: skip
        return {
            "id": self.id(), "firm_id": rec.firm["id"], "carrier_id": carrier, "tier": tier,
            "site_id": site, "in_pudong": in_pudong,
            "kind": kind, "counted": counted, "route": "admitted", "starts": starts, "ends": ends,
            "agreement_on": self.one(starts, starts, self.by(day), None),
            "incubated_on": self.one(starts, starts, None, shifted(starts, -self.one(3, 24))),
            "limit_on": limit, "extended_to": self.perhaps(day, 0.3),
            "registered_on": self.one(starts, self.by(day), None),
            "leave_reason": self.one(None, "not_graduated", "transfer", "graduated")
            if ends is not None
            else None,
        }  # fmt: skip

    def places(self, rec: Record, day: dt.date) -> None:
        """Registered, operating and tax places that begin or end on the day, or are missing."""
        for kind in ("registered", "operating", "tax"):
            if self.chance(0.25):
                continue
            turn = self.by(day)
            spans = self.one(
                [(dt.date(2015, 1, 1), None)], [(dt.date(2015, 1, 1), turn)], [(turn, None)],
                [(dt.date(2015, 1, 1), turn), (turn, None)],
            )  # fmt: skip
            for starts, ends in spans:
                rec.places.append(
                    {
                        "id": self.id(), "firm_id": rec.firm["id"], "kind": kind,
                        "district": self.one("310115", "310115", "310104"),
                        "starts": starts, "ends": ends,
                    }
                )  # fmt: skip

    # figures ----------------------------------------------------------------------------------

    def figures(self, rec: Record, day: dt.date) -> None:
        """Years up to the present one, several sources, cells missing, nothing or on a mark."""
        born = rec.firm["founded_on"]
        first = max(day.year - 5, born.year if born else 0)
        rest = 0
        for year in range(first, day.year + 1):
            if self.chance(0.15):
                continue
            sources = self.rng.sample(("express", "audit", "settlement", "hnte_report"),
                                      self.one(1, 1, 2))  # fmt: skip
            for source in sources:
                row, rest = self.year(rec, year, source, rest)
                rec.figures.append(row)
            if self.chance(0.2):
                row, _ = self.year(rec, year, "express", 0)
                rec.figures.append(row | {"quarter": self.one(1, 2, 3, 4)})

    def year(self, rec: Record, year: int, source: str, rest: int) -> tuple[Row, int]:
        """A row; its revenue may complete the last year's to a sum of the law."""
        revenue = self.money(*SUMS, 500, 20_000)
        if rest and self.chance(0.6):
            revenue, rest = rest, 0
        else:
            rest = max(0, self.one(*SUMS, 1000) * WAN + self.one(-1, 0, 1) - revenue)
        if self.chance(0.5):
            revenue -= revenue % 100
        staff = self.one(0, HEAD * self.rng.randint(1, 60), 500 * HEAD, 500 * HEAD + 1, 100 * HEAD)
        costs = self.money(*SUMS)
        costs -= costs % 100
        base = self.one(revenue, costs)
        share = self.one(2, 3, 4, 5, 6, 10, 15, 20, 25, 30)
        rd = min(LARGEST, max(0, base * share // 100 + self.one(-1, 0, 0, 1)))
        tech = max(0, staff * self.one(10, 15, 20, 25, 30) // 100 + self.one(-1, 0, 0, 1))
        cells = {
            "revenue": revenue, "cost_expenses": costs, "rd_accounting": rd, "staff": staff,
            "staff_tech": min(tech, staff), **more(self, revenue, staff),
        }  # fmt: skip
        row: Row = dict.fromkeys((*MONEY_COLUMNS, *HEADS_COLUMNS))
        row |= {name: None if self.chance(0.12) else value for name, value in cells.items()}
        row |= {"id": self.id(), "firm_id": rec.firm["id"], "year": year, "quarter": 0,
                "source": source, "verification": "carrier"}  # fmt: skip
        return row, rest

    # milestones -------------------------------------------------------------------------------

    def milestone(self, rec: Record, day: dt.date, kind: str) -> Row:
        """One thing that happened, of a kind."""
        made: dict[str, Any] = getattr(self, f"_{kind}")(day)
        return MILESTONE | {
            "id": self.id(), "firm_id": rec.firm["id"], "kind": kind, "day": self.by(day),
            "verification": "carrier",
        } | made  # fmt: skip

    def rounds(self, rec: Record, day: dt.date) -> None:
        """Rounds that add up to a sum of the law, or a fen less or more."""
        whole = self.one(400, 500, 500, 1000) * WAN + self.one(-1, 0, 1)
        first = self.rng.randrange(whole)
        for amount in (first, whole - first):
            row = self.milestone(rec, day, "financing")
            row |= {"amount": amount}
            if self.chance(0.8):
                row |= {"investor": self.one("angel", "venture"), "money_state": "received",
                        "received_on": day - dt.timedelta(self.one(0, 0, 40)), "onshore": None,
                        "currency": None, "day": day - dt.timedelta(40)}  # fmt: skip
            rec.milestones.append(row)

    def _financing(self, day: dt.date) -> Row:
        state = self.one("received", "received", "received", "agreed", "unknown")
        currency = self.one(None, None, "CNY", "USD")
        received = self.by(day) if state == "received" else None
        return {
            "investor": self.one("angel", "venture", "venture", "unknown", "government",
                                 "industrial", "founder", "loan", None),
            "money_state": state, "received_on": received,
            "day": self.one(received or self.by(day), self.by(day)),
            "amount": None if self.chance(0.08) else self.money(*SUMS, 500),
            "currency": currency,
            "onshore": self.one(True, False, None) if currency == "USD" else self.one(None, True),
        }  # fmt: skip

    def _ip(self, day: dt.date) -> Row:
        return {
            "ip_type": self.one("invention", "utility", "software", "design", "layout", "drug"),
            "obtained": self.one("own", "own", "transfer"),
            "applied_on": self.perhaps(shifted(day, -12)), "granted_on": self.perhaps(day, 0.7),
            "obtained_on": self.perhaps(day, 0.2), "expires_on": self.perhaps(day, 0.4),
            "related": self.one(True, True, False, None),
            "used_before": self.one(False, False, True, None), "number": f"ZL{self.last + 1}",
        }  # fmt: skip

    def _recognition(self, day: dt.date) -> Row:
        row: Row = {
            "title": self.one("hnte", "hnte", "hnte", "tech_sme", "innovative_sme",
                              "specialised_sme", "champion", "demonstration"),
            "announced_on": self.one(None, self.by(day), self.by(shifted(day, -12))),
            "filed_on": self.one(None, None, self.by(day), self.by(shifted(day, -36))),
            "issued_on": self.one(None, self.by(day), self.by(shifted(day, -36)),
                                  dt.date(2024, 2, 29)),
            "expires_on": self.perhaps(day, 0.3), "revoked_on": self.perhaps(day, 0.15),
        }  # fmt: skip
        if not any(row[key] for key in ("announced_on", "filed_on", "issued_on")):
            row["announced_on"] = self.by(day)
        if self.chance(0.1):  # in public notice just now
            since = shifted(day, -self.one(0, 3, 11, 12))
            row |= {"title": "hnte", "announced_on": since, "filed_on": None, "issued_on": None}
        return row

    def _deal(self, day: dt.date) -> Row:
        return {"deal": self.one("merged", "acquired", "listed", "quoted", "regional", "regional")}

    def _award(self, day: dt.date) -> Row:
        return {
            "level": self.one("national", "national", "provincial", "international"),
            "rank": self.one(None, 1, 3, 4, 5, 6),
            "day": self.by(shifted(day, -self.one(0, 36, 60))),
        }  # fmt: skip

    def _institution(self, day: dt.date) -> Row:
        return {
            "level": self.one("national", "provincial", "municipal", "industry", "international"),
            "expires_on": self.perhaps(day, 0.5),
        }  # fmt: skip

    def _standard(self, day: dt.date) -> Row:
        return {
            "level": self.one("national", "industry", "provincial", "international"),
            "rank": self.one(None, 1, 5, 6), "day": self.by(shifted(day, -self.one(0, 36, 60))),
        }  # fmt: skip

    def _incident(self, day: dt.date) -> Row:
        return {
            "incident": self.one("safety", "quality", "environment", "dishonesty", "abnormal",
                                 "illegal"),
            "serious": self.one(True, False, None), "ended_on": self.perhaps(day, 0.5),
            "day": self.one(self.by(day), dt.date(day.year - 1, 1, 1),
                            dt.date(day.year - 2, 12, 31), self.by(day - dt.timedelta(365))),
        }  # fmt: skip

    # promises ---------------------------------------------------------------------------------

    def promises(self, rec: Record, day: dt.date) -> None:
        """None, for all kinds, for some; fresh to the day or a day too old; joined or parted."""
        born = rec.firm["founded_on"]
        old = day - dt.timedelta(100)
        pattern = self.one("none", "whole", "whole", "whole", "joined", "parted", "some", "window")
        if pattern == "whole":
            starts = self.one(None, None, born, born and born + dt.timedelta(1))
            self.promise(rec, None, starts, self.one(day, old, old, old - dt.timedelta(1)))
        elif pattern in ("joined", "parted"):
            turn = self.by(shifted(day, -14))
            gap = 1 if pattern == "joined" else 2
            self.promise(rec, None, self.one(None, born), turn)
            self.promise(rec, None, turn + dt.timedelta(gap), self.one(day, old))
        elif pattern == "some":
            for kind in self.rng.sample(KINDS, 4):
                self.promise(rec, kind, self.one(None, born), self.one(day, old))
        elif pattern == "window":
            months = self.one(60, 36, 12)
            since = shifted(day, -months) + dt.timedelta(self.one(-1, 0, 1))
            since = self.one(since, dt.date(day.year - 1, 1, 1), dt.date(day.year - 1, 1, 2))
            self.promise(rec, None, since, self.one(day, old))

    def promise(self, rec: Record, kind: str | None, starts: dt.date | None, ends: dt.date) -> None:
        """One promise, unless its days would be the wrong way round."""
        born = rec.firm["founded_on"]
        if (starts is not None and ends < starts) or (born is not None and ends < born):
            return
        rec.attestations.append(
            {"id": self.id(), "firm_id": rec.firm["id"], "kind": kind, "starts": starts,
             "ends": ends}
        )  # fmt: skip
