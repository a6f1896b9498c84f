"""Where a return stands and what comes next, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from app.carriers.models import Return, ReturnState
from app.core.access import AnyViewer, Permission
from app.core.days import Period
from app.core.filters import day, instant
from app.core.text import N_, _

#: state → how many of the four stations lie behind
REACHED = {
    ReturnState.DRAFT: 0,
    ReturnState.RETURNED: 0,
    ReturnState.SUBMITTED: 1,
    ReturnState.CHECKED: 2,
    ReturnState.VERIFIED: 4,
}
STATIONS = (N_("填报"), N_("报送"), N_("初核"), N_("核定"))


def stations(
    sheet: Return, name_of: Callable[[int], str | None]
) -> list[tuple[str, str | None, str]]:
    """The four stations of a return with who passed them and when."""
    reached = REACHED[sheet.state]

    def passed_by(person: int | None, when: str | None) -> str:
        return " ".join(filter(None, (name_of(person) if person is not None else None, when)))

    checked, verified = sheet.checked_on, sheet.verified_on
    lines = [
        _("截止 %(day)s", day=day(sheet.due_on)),
        passed_by(sheet.submitted_by, instant(sheet.submitted_at))
        if sheet.submitted_at and reached
        else None,
        passed_by(sheet.checked_by, day(checked) if checked else None) if reached > 1 else None,
        passed_by(sheet.verified_by, day(verified) if verified else None) if reached > 2 else None,
    ]
    passed = reached + 1 if 0 < reached < len(STATIONS) else reached
    marks = ["done" if n < passed else "now" if n == passed else "" for n in range(len(STATIONS))]
    return list(zip((_(text) for text in STATIONS), lines, marks, strict=True))


def next_step(sheet: Return, viewer: AnyViewer, today: dt.date) -> str:
    """What comes next, and by whom."""
    if sheet.state in (ReturnState.DRAFT, ReturnState.RETURNED):
        if not viewer.may(Permission.RETURN_SUBMIT):
            return _("下一步：填齐各企业数据并保存，由本单位负责人报送。")
        ends = Period(sheet.year, sheet.quarter).last_day
        if ends > today:
            return _("下一步：填写各企业数据并保存；%(day)s 报告期结束后报送。", day=day(ends))
        return _("下一步：填齐各企业数据，勾选填报承诺，报送。")
    if sheet.state is ReturnState.SUBMITTED:
        return _("下一步：由区经办或受托机构初核。")
    if sheet.state is ReturnState.CHECKED:
        return _("下一步：由区负责人核定；报送人本人不能核定。")
    return _("已核定。此后更正请在企业的填报数据页修改，并写明原因。")
