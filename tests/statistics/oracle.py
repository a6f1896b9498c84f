"""The register of indicators once more, in plain Python over exported rows.

Written from the register's words (统计口径), not from the SQL: loops and comparisons only, as an
official would count with the lists on the table.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import SimpleNamespace as Row
from typing import Any

from tests.statistics.book import (
    ACCELERATOR,
    INCUBATOR,
    NEARBY,
    PARK,
    PUDONG,
    WENT,
    Book,
    Day,
    last_day,
    on,
    quarter_before,
    yes,
)


class Count(Book):
    """The indicators, each from its words."""

    # stocks

    def s10(self) -> Iterator[Row]:
        for firm in self.single():
            for tie in self.ties_of(firm.id):
                if on(tie, self.day):
                    yield self.row(firm, tie, tie.starts, standing=self.standing(firm, tie))
            yield from self.only_served(firm)

    def only_served(self, firm: Any) -> Iterator[Row]:
        """A company with an address or services of an incubator and no place anywhere."""
        counted = any(on(tie, self.day) for tie in self.ties_of(firm.id))
        if counted or self.held(firm.id) or self.is_team(firm):
            return
        loose = [
            t for t in self.by_firm.get(firm.id, ())
            if not t.counted and t.kind in ("registered_only", "empowered")
            and t.starts <= self.day and on(t, self.day)
            and self.carriers[t.carrier_id].tier == INCUBATOR
        ]  # fmt: skip
        if loose:
            first = min(loose, key=lambda tie: (tie.starts, tie.id))
            yield self.row(firm, first, first.starts, standing="served")

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
                outcome="graduated" if one else "pending" if self.held(firm.id)
                else "inside" if inside else "left",
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
