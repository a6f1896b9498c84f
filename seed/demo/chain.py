"""What parks and carriers do about a firm: pushes, claims with their steps, requests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from app.core.days import working_days_after
from seed.demo.life import Life, Stay
from seed.demo.making import Makers
from seed.demo.world import House, World

Row = dict[str, Any]
#: Days that a claim holds without a follow-up.
HOLD = 30
MESSAGES = ("可提供中试场地,装修期免租三个月", "研发办公一体,可预留扩展面积", None)
REFUSED = ("chose_other", "price", "no_fit")


def day(ordinal: int) -> dt.date:
    """The date of an ordinal."""
    return dt.date.fromordinal(ordinal)


class Chain:
    """Makes the helpers of the relay; nothing here moves a firm."""

    def __init__(self, make: Makers, world: World) -> None:
        self.make, self.world = make, world
        self.slot = make.calendar.slot
        self.today = make.calendar.today.toordinal()

    def write(self, life: Life, firm_id: int) -> None:
        """All that was tried for a firm."""
        for before, stay in zip(life.stays, life.stays[1:], strict=False):
            if stay.route == "claimed":
                self._done(life, firm_id, before, stay)
        last = life.stays[-1]
        one = life.one
        if life.fate == "current" and last.counted and not life.is_team:
            self._request(life, firm_id, last)
            if life.mood in ("near", "met") and one.chance(0.2):
                self.push(life, firm_id, last.house, one.whole(3, 70))
        elif life.fate == "graduate" and last.ends is None and last.counted:
            waiting = last.kind == "graduate_stay" and self.today - last.starts < 400
            if waiting or (last.house.tier == 2 and one.chance(0.4)):
                self._court(life, firm_id, last.starts)

    def _known(self, life: Life, ordinal: int) -> int:
        return max(self.slot(ordinal), life.known)

    def push(self, life: Life, firm_id: int, house: House, ago: int) -> None:
        """The carrier shows a firm to parks; some court it, most firms agree to be named."""
        start = max(self.today - ago, life.entry + 1)
        if start >= self.today:
            return
        row: Row = {"id": self.make.ids.new("push"), "firm_id": firm_id, "carrier_id": house.id}
        self.make.stream.add(
            self._known(life, start), "push", row | {"starts": day(start), "ends": None}
        )
        self._court(life, firm_id, start)

    def consent(self, life: Life, firm_id: int, start: int) -> None:
        """The firm agrees that contact and wishes are shown."""
        row: Row = {"id": self.make.ids.new("consent"), "firm_id": firm_id, "ends": None}
        self.make.stream.add(self._known(life, start), "consent", row | {"starts": day(start)})

    def _court(self, life: Life, firm_id: int, since: int) -> None:
        """None to four claims on a firm that parks can see since a day."""
        one = life.one
        if one.chance(0.6):
            self.consent(life, firm_id, since)
        seen: set[int] = set()
        accepted = False
        for _ in range(int(one.random() ** 1.3 * 5)):
            house = self.world.in_parks.draw(one, since, self.today, life.sector)
            if life.stays[-1].house.tier == 1 and one.chance(0.12):
                house = self.world.in_accelerators.draw(one, since, self.today, life.sector)
            if house.id in seen or house.id == life.stays[-1].house.id:
                continue
            seen.add(house.id)
            opened = one.whole(max(since, self.today - 140), self.today - 1)
            accept = not accepted and one.chance(0.12) and self.today - opened > 12
            accepted = accepted or accept
            self._open(life, firm_id, house, opened, accept)

    def _claim(self, life: Life, firm_id: int, house: House, opened: int) -> Row:
        number = self.make.ids.new("claim")
        row: Row = {"id": number, "pid": life.one.pid(), "firm_id": firm_id, "state": "open"}
        row |= {"carrier_id": house.id, "token": f"seed-{number}", "opened_on": day(opened)}
        row |= {"follow_until": day(opened + HOLD), "renewals": 0, "accepted_on": None}
        row |= {"planned_on": day(opened + life.one.whole(60, 200)), "chosen_by": None}
        row |= {"area_m2": life.one.whole(2, 24) * 100, "message": life.one.one(MESSAGES)}
        return row | {"ended_on": None, "end_reason": None, "end_note": None}

    def _open(self, life: Life, firm_id: int, house: House, opened: int, accept: bool) -> None:
        """A claim not yet at its end: followed up, accepted, lapsed, or let go."""
        one, stream = life.one, self.make.stream
        row = self._claim(life, firm_id, house, opened)
        first = self._known(life, opened)
        last, number = opened, 0
        kinds = ("contact", "visit", "review", "signing")
        steps: list[tuple[int, str]] = []
        while number < 4 and (follow := last + one.whole(6, 26)) < self.today:
            if one.chance(0.25):
                break
            last = follow
            steps.append((follow, kinds[number]))
            number += 1
        row |= {"follow_until": day(last + HOLD), "renewals": number}
        slot = first
        if accept:
            when = min(max(last, opened + 5), self.today - 1)
            values = {"state": "accepted", "accepted_on": day(when), "chosen_by": "host"}
            slot = self._known(life, when)
            stream.later(first, slot, "claim", row, values)
        elif one.chance(0.15) and last + 3 < self.today:
            act, reason = one.one(
                (("withdrawn", "plan_changed"), ("released", "timing"), ("refused", "price"))
            )
            when = one.whole(last, self.today - 1)
            values = {"state": act, "ended_on": day(when), "end_reason": reason}
            stream.later(first, self._known(life, when), "claim", row, values)
        else:
            stream.add(first, "claim", row)
        for place, (follow, step) in enumerate(steps):
            then = steps[place + 1][0] if place + 1 < len(steps) else follow + one.whole(5, 25)
            self._step(life, row["id"], follow, step, then, first)

    def _step(self, life: Life, claim: int, when: int, step: str, then: int, first: int) -> None:
        row: Row = {"id": self.make.ids.new("claim_step"), "claim_id": claim, "step": step}
        row |= {"day": day(when), "note": None, "next_on": day(then)}
        self.make.stream.add(max(self._known(life, when), first), "claim_step", row)

    def _done(self, life: Life, firm_id: int, before: Stay, stay: Stay) -> None:
        """The claim by which a firm came, and those it did not take."""
        one, stream = life.one, self.make.stream
        low = before.starts + 1
        opened = max(low, stay.starts - one.whole(25, 100))
        chosen = max(opened, stay.starts - one.whole(4, 22))
        row = self._claim(life, firm_id, stay.house, opened)
        row["follow_until"] = day(chosen + HOLD)
        if opened > stay.starts or stay.starts >= self.today:
            return
        arrived: Row = {"state": "done", "ended_on": day(stay.starts), "chosen_by": "host"}
        arrived["accepted_on"] = day(min(chosen, stay.starts))
        first = self._known(life, opened)
        stream.later(first, self._known(life, stay.starts), "claim", row, arrived)
        self._step(life, row["id"], opened, "contact", chosen, first)
        seen = {stay.house.id}
        for _ in range(one.whole(0, 2)):
            house = self.world.in_parks.draw(one, opened, self.today, life.sector)
            if house.id in seen:
                continue
            seen.add(house.id)
            rival = self._claim(life, firm_id, house, max(opened - 3, low))
            lost: Row = {"state": "refused", "ended_on": day(max(chosen, opened))}
            lost["end_reason"] = one.one(REFUSED)
            then = self._known(life, max(chosen, opened))
            stream.later(self._known(life, max(opened - 3, low)), then, "claim", rival, lost)

    def _request(self, life: Life, firm_id: int, last: Stay) -> None:
        """Another carrier asks for the firm, or asked and was told no."""
        one = life.one
        draw = one.random()
        if draw > 0.0035 or self.today - life.entry < 200:
            return
        house = self.world.in_incubators.draw(one, self.today - 60, self.today, life.sector)
        if house.id == last.house.id:
            return
        asked = self.today - (one.whole(1, 9) if draw < 0.0018 else one.whole(30, 150))
        row: Row = {"id": self.make.ids.new("transfer_request"), "pid": one.pid()}
        row |= {"firm_id": firm_id, "from_id": last.house.id, "to_id": house.id, "state": "open"}
        row |= {"asked_on": day(asked), "due_on": working_days_after(day(asked), 5)}
        row |= {
            "wanted_on": day(asked + 30),
            "note": "企业业务与本载体专业方向一致",
            "answer": None,
        }
        row["answered_on"] = None
        if draw < 0.0018:
            self.make.stream.add(self.slot(asked), "transfer_request", row)
            return
        answered = {"state": "refused", "answer": "场地合同未到期", "answered_on": day(asked + 4)}
        self.make.stream.later(
            self.slot(asked), self.slot(asked + 4), "transfer_request", row, answered
        )
