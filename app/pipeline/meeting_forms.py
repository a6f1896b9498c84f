"""Forms of meetings: shape and parsing; the rules are in the move table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from app.core.errors import DomainError, register_messages
from app.core.forms import DayField, Filled, RevField
from app.core.text import N_, _
from app.pipeline.forms import ActForm, a_day, a_note, words
from app.pipeline.models import GuestAnswer, MeetingEntry, TalkOutcome
from app.pipeline.service import Plan, Said

HOUR = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
NOTE = 200

register_messages(
    {
        "meeting:note_long": N_("〔%(firm)s〕一行的说明最多 %(n)s 字。"),
        "meeting:order": N_("〔%(firm)s〕的顺序请填数字，例如 1。"),
        "meeting:note_alone": N_("〔%(firm)s〕一行写了说明，请选结果；没有谈的清空说明。"),
    }
)


def _hour(form: ActForm, field: StringField) -> None:
    """An hour of the day, kept as HH:MM."""
    found = HOUR.fullmatch((field.data or "").replace("：", ":").strip())  # zh: full-width colon
    if found is None:
        raise ValidationError(_("写成 14:00 这样的时间。"))
    field.data = f"{int(found[1]):02d}:{found[2]}"


class MeetingForm(ActForm):
    """筹备对接会 or 修改安排."""

    rev = RevField()
    title = a_note(N_("名称"), required=True, length=80)
    day = a_day(N_("会期"), required=True)
    starts_at = StringField(N_("开始时间"), validators=[Filled(), _hour], default="14:00")
    ends_at = StringField(N_("结束时间"), validators=[Filled(), _hour], default="16:00")
    place = a_note(N_("地点"), required=True, length=120)
    host = a_note(N_("主办单位"), required=True, length=80)
    answer_by = a_day(N_("回复期限"), required=True)
    agenda = TextAreaField(N_("议程与说明"), validators=[Optional(), Length(max=2000)])

    def plan(self) -> Plan:
        """What was typed."""
        return Plan(**self.given())


class AnswerInvitationForm(ActForm):
    """回复邀请."""

    # not `answer`, which is the status of a form
    reply = SelectField(
        N_("是否参加"), choices=[], validate_choice=False, validators=[Filled()], default="coming"
    )
    who = a_note(N_("参会人"), length=120)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.reply.choices = words(*GuestAnswer)()

    def given_answer(self) -> GuestAnswer:
        """What was chosen; an unknown word waits."""
        known = {one.value: one for one in GuestAnswer}
        return known.get(str(self.reply.data), GuestAnswer.WAITING)


class CodesForm(ActForm):
    """列入企业 by code, or by what is ticked."""

    code = StringField(N_("统一社会信用代码"), validators=[Optional(), Length(max=20)])


class TaskForm(ActForm):
    """登记跟进事项."""

    what = a_note(N_("事项"), required=True)
    carrier = SelectField(N_("责任单位"), choices=[], validate_choice=False)
    entry = SelectField(N_("涉及企业"), choices=[], validate_choice=False)
    who = a_note(N_("责任人"), length=60)
    due_on = DayField(N_("完成期限"), validators=[Filled()])


class FinishForm(ActForm):
    """办结跟进事项."""

    note = a_note(N_("办理情况"))


class CancelForm(ActForm):
    """取消对接会."""

    reason = a_note(N_("取消原因"), required=True)


def read_talks(
    posted: Mapping[str, str], entries: Sequence[MeetingEntry]
) -> list[Said]:  # fmt: skip
    """What was said of each firm that the form shows: fields `o-` and `t-` with its public id.

    An unknown outcome reads as none; `r-` tells the version that was read. Raises
    `meeting:note_long`, `meeting:note_alone`.
    """
    known = {one.value: one for one in TalkOutcome}
    said = []
    for entry in entries:
        chosen = posted.get(f"o-{entry.firm.pid}")
        if chosen is None:
            continue
        note = (posted.get(f"t-{entry.firm.pid}") or "").strip() or None
        if note and len(note) > NOTE:
            raise DomainError("meeting:note_long", firm=entry.firm.short_name, n=NOTE)
        if note and chosen not in known:
            raise DomainError("meeting:note_alone", firm=entry.firm.short_name)
        seen = posted.get(f"r-{entry.firm.pid}", "")
        said.append(Said(entry, known.get(chosen), note, int(seen) if seen.isdecimal() else None))
    return said


def read_order(posted: Mapping[str, str], entries: Sequence[MeetingEntry]) -> dict[int, int]:
    """entry id → the place typed; one left empty stays where it is. Raises `meeting:order`."""
    found = {}
    for one in entries:
        text = posted.get(f"p-{one.firm.pid}", "").strip()
        if text and not (text.isdecimal() and len(text) < 5):
            raise DomainError("meeting:order", firm=one.firm.short_name)
        if text:
            found[one.id] = int(text)
    return found
