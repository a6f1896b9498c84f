"""对接会 of the demo, through the services: one held weeks ago, one that is announced, one that
is being prepared."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from app.accounts.models import Post
from app.carriers.models import INCUBATOR
from app.core.access import AnyViewer
from app.core.days import working_days_after
from app.core.db import session
from app.firms.models import Firm
from app.pipeline import service
from app.pipeline.models import GuestAnswer, Meeting, MeetingGuest, TalkOutcome
from app.pipeline.queries import meeting_advice, meetings, ties
from seed.demo.relay import CARRIERS, OFFICE, PARKS, Relay
from seed.demo.slots import SEED

DAY = dt.timedelta(days=1)
HOST, PLACE = "区科技和经济委员会", "张江科学会堂 301 会议室"
AGENDA = (
    "一、企业逐家介绍用房需求（每家 5 分钟）\n二、受邀单位介绍可供场地\n"
    "三、一对一对接\n四、汇总结果，明确跟进事项"
)
PEOPLE = ("招商部 韩经理等 2 人", "企业服务部 沈主管", "招商总监 陆女士", "产业发展部 顾经理")
NOTES = {
    TalkOutcome.INTERESTED: (
        "面积和承重合适，约实地看房",
        "中试线可做，先看二号楼",
        "可分两期交付",
    ),
    TalkOutcome.AGAIN: ("装修周期待核", "企业月底定面积后再谈", "租期要求待内部讨论"),
    TalkOutcome.UNSUITED: ("层高不够", "用途不符，环评未覆盖", "交付时间晚于企业要求"),
}
WAYS = (
    TalkOutcome.INTERESTED, TalkOutcome.AGAIN, None, TalkOutcome.UNSUITED, TalkOutcome.AGAIN, None,
    TalkOutcome.INTERESTED,
)  # fmt: skip


class Meetings(Relay):
    """Makes three; the services themselves say what is allowed."""

    def write(self) -> None:
        """One held, one announced, one in preparation."""
        office, ago = self._somebody(None, *OFFICE), self.today - 35 * DAY
        held = self._prepare(office, ago - 20 * DAY, "秋季空间对接会", ago)
        if held is not None:
            self._gather(office, held, ago - 12 * DAY, 4, 6)
            self._hold(office, held)
        soon = working_days_after(self.today, 6)
        coming = self._prepare(office, self.today - 9 * DAY, "年末空间对接会", soon)
        if coming is not None:
            self._gather(office, coming, self.today - 4 * DAY, 5, 6)
        later = working_days_after(self.today, 30)
        self._prepare(office, self.today - DAY, "新年集成电路专场对接会", later)

    def _prepare(self, office: AnyViewer, on: dt.date, title: str, day: dt.date) -> Meeting | None:
        plan = service.Plan(title, day, "14:00", "16:30", PLACE, HOST, day - 3 * DAY, AGENDA)
        made = self._do("meeting:prepare", service.prepare_meeting, office, today=on, plan=plan)
        return made if isinstance(made, Meeting) else None

    def _gather(
        self, office: AnyViewer, row: Meeting, on: dt.date, guests: int, firms: int
    ) -> None:
        """Invited by fit, with firms by fit; told, and answered by most."""
        staffed = set(session.scalars(
            select(Post.organisation_id).where(Post.role.in_(PARKS)).order_by(Post.id)
        ))  # fmt: skip
        found = [one.carrier for one in meeting_advice.bidders(SEED, row, self.today)]
        found.sort(key=lambda one: one.organisation_id not in staffed)
        some = found[:guests]
        base = {"today": on, "meeting": row}
        self._do("meeting:invite", service.invite, office, **base, carriers=some)
        suit = [one.firm for one in meeting_advice.firms(SEED, row, "match", self.today)]
        for number, firm in enumerate(suit[:firms]):
            self._put(office, row, firm, on, number % 3 == 1)
        self._do("meeting:notify", service.notify_meeting, office, **base)
        for number, guest in enumerate(meetings.guests(row)):
            self._answer(row, guest, number, on)

    def _put(self, office: AnyViewer, row: Meeting, firm: Firm, on: dt.date, own: bool) -> None:
        tie = ties.here(firm, self.today)
        host = tie.carrier if tie and own and tie.carrier.tier == INCUBATOR else None
        actor = self._somebody(host, *CARRIERS) if host else office
        self._do("meeting:put", service.put_firms, actor, today=self.today, meeting=row,
                 firms=[firm], carrier=host)  # fmt: skip

    def _answer(self, row: Meeting, guest: MeetingGuest, number: int, on: dt.date) -> None:
        if number % 4 == 3 and row.day > self.today:
            return  # one still owes its answer
        stays = number % 5 == 4
        answer = GuestAnswer.NOT_COMING if stays else GuestAnswer.COMING
        who = "当日另有安排" if stays else PEOPLE[number % len(PEOPLE)]
        self._do(
            "meeting:answer", service.answer_invitation, self._somebody(guest.carrier, *PARKS),
            today=min(on + 2 * DAY, self.today), meeting=row, guest=guest, answer=answer, who=who,
        )  # fmt: skip

    def _hold(self, office: AnyViewer, row: Meeting) -> None:
        """Held, with results of each and what follows from them; the minutes after a week."""
        base = {"today": row.day, "meeting": row}
        self._do("meeting:hold", service.hold_meeting, office, **base)
        entries = meetings.entries(row)
        for place, guest in enumerate(meetings.guests(row)):
            said = []
            for number, entry in enumerate(entries):
                way = WAYS[(number * 3 + place) % len(WAYS)]
                note = NOTES[way][(number + place) % 3] if way else None
                said.append(service.Said(entry, way, note))
            self._do("meeting:talk", service.record_talks, office, **base, guest=guest, said=said)
        for number, talk in enumerate(meetings.talks(row).values()):
            if talk.outcome is not TalkOutcome.INTERESTED or number > 12:
                continue
            made = self._do(
                "meeting:task", service.assign_task, office, **base, what="安排实地看房并回复企业",
                due_on=row.day + 14 * DAY if number % 2 else self.today + 5 * DAY,
                carrier=talk.guest.carrier, entry=talk.entry,
            )  # fmt: skip
            if made is not None and number % 2:
                self._do("meeting:done", service.finish_task, office, today=row.day + 10 * DAY,
                         task=made, note="已看房")  # fmt: skip
        self._do("meeting:task", service.assign_task, office, **base, what="汇总环评批复进度",
                 due_on=self.today + 8 * DAY, carrier=None)  # fmt: skip
        self._do("meeting:minutes", service.make_minutes, office, today=row.day + 6 * DAY,
                 meeting=row)  # fmt: skip
