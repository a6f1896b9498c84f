"""对接会: the list of meetings, and one meeting's table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask import Flask, request

from app.core.access import Permission, Viewer
from app.core.errors import NotFound
from app.core.terms import term
from app.core.text import _
from app.exchange.out.book import Book, Export, Head, Table, Value, offer
from app.firms import demand_words
from app.pipeline.moves.sides import is_district
from app.pipeline.queries import meeting_outcomes, meeting_table, meetings, ties

READ = (Permission.MEETING_JOIN, Permission.MEETING_PREPARE)


def meeting_list(viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
    """The meetings of the tab that is open."""
    if not (is_district(viewer) or ties.my_carriers(viewer)):
        raise NotFound()
    ahead = request.args.get("tab") != "past"
    told = [one for one in meetings.told(viewer, day) if one.ahead is ahead]
    came = meeting_outcomes.outcomes(viewer, [one.row for one in told])

    def line(one: meetings.Told) -> list[Value]:
        row, after = one.row, came.get(one.row.id)
        numbers = _("、").join(one.numbers)
        return [
            row.title, row.day, f"{row.starts_at}—{row.ends_at}", row.place, row.state.label,
            one.invited, one.coming, one.firms, row.answer_by,
            after.contacts if after else None, after.claims if after else None,
            after.landings if after else None, numbers or None,
        ]  # fmt: skip

    heads = [
        Head(_("名称")), Head(_("会期"), "day"), Head(_("时间")), Head(_("地点")), Head(_("状态")),
        Head(_("受邀"), "number", _("家")), Head(_("参加"), "number", _("家")),
        Head(_("企业"), "number", _("家")), Head(_("回复期限"), "day"),
        Head(_("会后接洽"), "number", _("对")), Head(_("会后意向"), "number", _("对")),
        Head(_("会后落地"), "number", _("家")), Head(_("会议纪要")),
    ]  # fmt: skip
    tab = _("将召开") if ahead else _("已召开和已取消")
    notes = [(_("会后"), _("会期起 %(n)s 天内", n=meeting_outcomes.window()))]
    table = Table(_("对接会"), heads, [line(one) for one in told])
    return Book(_("对接会"), [table], notes, conditions=[(_("范围"), tab)])


def one_meeting(viewer: Viewer, day: dt.date, path: Mapping[str, Any]) -> Book:
    """The table of one meeting as its reader sees it: firms, results, tasks."""
    row = meetings.one(viewer, str(path.get("pid", "")), day)
    whole = meeting_table.table(viewer, row, day)
    shown = {one.id: one.carrier.short_name for one in whole.present}

    def firm(line: meeting_table.Row) -> list[Value]:
        need = line.demand
        return [
            line.entry.firm.short_name, term("sector", line.entry.firm.sector) or None,
            line.stage.label, need.area_low if need else None, need.area_high if need else None,
            demand_words.uses(need.uses) if need else None, need.needed_by if need else None,
        ]  # fmt: skip

    firms = [
        Head(_("企业")), Head(_("领域")), Head(_("阶段")), Head(_("面积（至少）"), "number", "㎡"),
        Head(_("面积（至多）"), "number", "㎡"), Head(_("用途")), Head(_("最迟入驻日"), "day"),
    ]  # fmt: skip
    results: list[list[Value]] = [
        [line.entry.firm.short_name, shown[key], talk.outcome.label, talk.note]
        for line in whole.rows for key, talk in line.talks.items() if key in shown
    ]  # fmt: skip
    heads = [Head(_("企业")), Head(_("单位")), Head(_("结果")), Head(_("说明"))]
    names = {line.entry.id for line in whole.rows}
    tasks: list[list[Value]] = [
        [
            one.what,
            (one.entry.firm.short_name if one.entry_id in names else _("不具名"))
            if one.entry else None,
            one.carrier.short_name if one.carrier else _("区主管部门"), one.who, one.due_on,
            one.done_on, one.done_note,
        ]
        for one in meetings.tasks(viewer, row)
    ]  # fmt: skip
    owed = [
        Head(_("事项")), Head(_("企业")), Head(_("责任单位")), Head(_("责任人")),
        Head(_("完成期限"), "day"), Head(_("办结"), "day"), Head(_("办理情况")),
    ]  # fmt: skip
    tables = [
        Table(_("上会企业"), firms, [firm(line) for line in whole.rows]),
        Table(_("对接结果"), heads, results),
        Table(_("跟进事项"), owed, tasks),
    ]
    notes = [(_("不具名企业"), _("%(n)s 家", n=whole.unnamed))] if whole.unnamed else []
    return Book(row.title, tables, notes, conditions=[(_("会期"), row.day.isoformat())])


def init_app(app: Flask) -> None:
    """Register them."""
    offer(
        app,
        Export("pipeline.meeting_list", READ, meeting_list),
        Export("pipeline.one_meeting", READ, one_meeting),
    )
