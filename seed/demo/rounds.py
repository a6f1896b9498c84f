"""申报批次 of the demo: the batches of three years, with firms at every step.

Shanghai has several 高企 batches a year, the last ones from July to October, and 专精特新 rounds
with a district deadline before the city's; the latest ones still run on the seeded day.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from sqlalchemy import select

from app.core.days import add_months
from app.core.db import current_revision, insert_rows, session, write
from app.firms.models import Firm, FirmKind, Milestone, MilestoneKind, Residency
from app.pipeline.models import Application, ApplicationRound
from app.pipeline.queries.rounds import TITLES
from seed.demo.dice import Dice, dice
from seed.demo.making import Makers
from seed.demo.slots import SEED

Row = dict[str, Any]
STREAM, DAY = 131, dt.timedelta(days=1)
#: nobody applies in the first year after founding
YOUNG = dt.timedelta(days=366)
#: rule, kind, days from the seeded day to the district's last day in the present round, days
#: more to the city's, months between rounds, how many rounds, firms of one round at full size
PLAN: tuple[tuple[str, str, int, int, int, int, int], ...] = (
    ("hnte", "new", 16, 8, 3, 8, 46),
    ("tech_sme", "new", 27, 0, 6, 4, 40),
    ("innovative_sme", "new", 9, 6, 6, 4, 26),
    ("specialised_sme", "new", 34, 10, 6, 4, 18),
    ("specialised_sme", "review", -40, 10, 12, 2, 10),
    ("little_giant", "new", -75, 12, 12, 2, 6),
    ("sh_tech_giant", "new", -110, 10, 12, 2, 6),
)
#: firms of the carrier of the demo's first manager
SHOWN = ("砚池云数据", "听雨眠精密仪器", "石上泉传感技术")
FAILS = (
    ("form", None), ("condition", None), ("review", None), ("condition", "研发费用占比不足"),
    ("withdrawn", None), ("other", "申报主体变更，待重新准备材料"),
)  # fmt: skip


class Home(NamedTuple):
    """Where a firm is today, since when, and when it was founded."""

    carrier_id: int
    since: dt.date
    founded: dt.date


class Rounds:
    """Makes rounds with their firms; recognitions on record are linked, none is made."""

    def __init__(self, make: Makers) -> None:
        self.make, self.today = make, make.calendar.today
        self.rounds: list[Row] = []
        self.rows: list[Row] = []
        #: firm, rule and year that have an application
        self.taken: set[tuple[int, str, int]] = set()
        self.entries: set[int] = set()

    def write(self, at: dt.datetime) -> None:
        """All rounds in one revision, when the firms are there."""
        homes = self._homes()
        for number, given in enumerate(PLAN):
            self._rule(dice(self.make.seed, STREAM, number), homes, *given)
        with write("seed:rounds", actor=SEED, at=at):
            rev = current_revision()
            for model, rows in ((ApplicationRound, self.rounds), (Application, self.rows)):
                for row in rows:
                    row["rev"] = rev
                if rows:
                    insert_rows(model.__table__, rows)
        session.rollback()

    def _homes(self) -> dict[int, Home]:
        """firm → (the carrier where it is today, since when, founded on)."""
        statement = (
            select(Residency.firm_id, Residency.carrier_id, Residency.starts, Firm.founded_on)
            .join(Firm, Firm.id == Residency.firm_id)
            .where(
                Residency.counted, Residency.ends.is_(None), Firm.kind == FirmKind.FIRM,
                Firm.counted_only.is_(False), Firm.code.is_not(None),
                Firm.founded_on.is_not(None),
            )
            .order_by(Residency.firm_id)
        )  # fmt: skip
        return {row[0]: Home(*row[1:]) for row in session.execute(statement)}

    def _recognised(self, rule: str) -> dict[int, list[Any]]:
        statement = select(
            Milestone.id, Milestone.firm_id, Milestone.issued_on
        ).where(
            Milestone.kind == MilestoneKind.RECOGNITION, Milestone.title == TITLES[rule],
            Milestone.issued_on.is_not(None), Milestone.revoked_on.is_(None),
        )  # fmt: skip
        found: dict[int, list[Any]] = {}
        for row in session.execute(statement.order_by(Milestone.id)):
            found.setdefault(row.firm_id, []).append(row)
        return found

    def _rule(
        self, one: Dice, homes: dict[int, Home], rule: str, kind: str, ahead: int,
        city: int, step: int, count: int, size: int,
    ) -> None:  # fmt: skip
        entries = self._recognised(rule)
        batches: dict[int, int] = {}
        for back in range(count - 1, -1, -1):
            last = add_months(self.today + ahead * DAY, -step * back)
            batches[last.year] = batches.get(last.year, 0) + 1
            row: Row = {
                "id": self.make.ids.new("application_round"), "pid": one.pid(), "rule": rule,
                "year": last.year, "batch": batches[last.year], "kind": kind, "district_on": last,
                "city_on": last + city * DAY if city else None,
                "notice_number": f"浦科经委规通〔{last.year}〕{one.whole(3, 96)}号",
                "notice_name": f"关于组织开展{last.year}年{TITLES[rule].text}申报工作的通知",
                "notice_on": last - one.whole(28, 45) * DAY,
            }  # fmt: skip
            self.rounds.append(row)
            number = max(2, round(size * min(self.make.scale, 1)))
            if last >= self.today or last + 120 * DAY >= self.today:
                self._running(one, homes, entries, row, number)
            else:
                self._past(one, homes, entries, row, number)

    def _past(self, one: Dice, homes: Any, entries: Any, row: Row, number: int) -> None:
        """Those on record as recognised after the round, and some that came to nothing."""
        last, made = row["district_on"], 0
        for firm_id, held in entries.items():
            if made >= number or firm_id not in homes:
                continue
            entry = next(
                (e for e in held if last + 20 * DAY <= e.issued_on <= last + 200 * DAY), None
            )
            if entry is None or entry.id in self.entries or entry.issued_on >= self.today:
                continue
            filed, gap = last - one.whole(1, 12) * DAY, (entry.issued_on - last).days
            steps = {
                "filed_on": filed, "recommended_on": last + min(8, gap // 4) * DAY,
                "announced_on": last + gap // 2 * DAY, "recognised_on": entry.issued_on,
                "milestone_id": entry.id,
            }  # fmt: skip
            if self._add(one, homes, row, firm_id, "recognised", steps):
                self.entries.add(entry.id)
                made += 1
        for firm_id in self._draw(one, homes, entries, max(1, number // 5)):
            self._add(one, homes, row, firm_id, "failed", self._failure(one, last))

    def _failure(self, one: Dice, last: dt.date) -> Row:
        code, note = one.one(FAILS)
        failed = min(last + one.whole(10, 60) * DAY, self.today - DAY)
        return {"filed_on": last - one.whole(1, 10) * DAY, "failed_on": failed,
                "fail_code": code, "fail_note": note}  # fmt: skip

    def _running(self, one: Dice, homes: Any, entries: Any, row: Row, number: int) -> None:
        """A round that is not over: planned and filed before the last day, further after it."""
        last = row["district_on"]
        days = (self.today - last).days
        shown = self._shown(homes, entries) if days <= 0 else []
        for firm_id in [*shown, *self._draw(one, homes, entries, number)]:
            if days <= 0:
                filed = one.chance(0.35)
                steps: Row = {"filed_on": self.today - one.whole(1, 9) * DAY} if filed else {}
                self._add(one, homes, row, firm_id, "filed" if filed else "planned", steps)
                continue
            if one.chance(0.15):
                self._add(one, homes, row, firm_id, "failed", self._failure(one, last))
                continue
            steps = {"filed_on": last - one.whole(1, 10) * DAY}
            state = "filed"
            if one.chance(0.85) and days > 6:
                state, steps["recommended_on"] = "recommended", last + one.whole(2, 6) * DAY
                if days > 45 and one.chance(0.8):
                    state = "announced"
                    steps["announced_on"] = last + one.whole(30, 45) * DAY
            self._add(one, homes, row, firm_id, state, steps)

    def _shown(self, homes: Any, entries: Any) -> list[int]:
        """A few firms of the carrier that the demo opens with, so that its list is not empty."""
        named = session.scalars(select(Firm.id).where(Firm.short_name.in_(SHOWN)))
        return sorted(firm for firm in named if firm in homes and firm not in entries)

    def _draw(self, one: Dice, homes: Any, entries: Any, number: int) -> list[int]:
        """Firms without the title, each once."""
        free = [firm for firm in homes if firm not in entries]
        return sorted({one.one(free) for _n in range(number)}) if free else []

    def _add(
        self, one: Dice, homes: Any, row: Row, firm_id: int, state: str, steps: Row
    ) -> bool:  # fmt: skip
        key = (firm_id, row["rule"], row["year"])
        carrier, since, founded = homes[firm_id]
        planned = min(row["notice_on"] + one.whole(1, 20) * DAY, self.today - DAY)
        if key in self.taken or since > planned or founded > row["notice_on"] - YOUNG:
            return False
        self.taken.add(key)
        planned = min(planned, steps.get("filed_on", planned))
        empty = dict.fromkeys(
            ("filed_on", "recommended_on", "announced_on", "recognised_on", "failed_on",
             "fail_code", "fail_note", "milestone_id")
        )  # fmt: skip
        self.rows.append(
            {
                "id": self.make.ids.new("application"), "pid": one.pid(), "round_id": row["id"],
                "rule": row["rule"], "year": row["year"], "firm_id": firm_id,
                "carrier_id": carrier, "state": state, "planned_on": planned, "made": False,
                **empty, **steps,
            }
        )  # fmt: skip
        return True
