"""The lists of the chain: own claims, and the firms that may be claimed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask, request

from app.core.access import Permission, Viewer
from app.core.errors import NotFound
from app.core.terms import term
from app.core.text import _
from app.exchange.out.book import Book, Export, Head, Table, Value, offer
from app.firms import demand_words, unit_words
from app.pipeline.matching import words
from app.pipeline.matching.rule import rule_on
from app.pipeline.models import Claim, ClaimState
from app.pipeline.moves.sides import is_district
from app.pipeline.queries import credits, handovers, matches, mediations, pages, ties
from app.pipeline.queries import openings as pool
from app.pipeline.queries.ties import bids

PIECE = 200


def claims(viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
    """招商台账 of the tab that is open."""
    if not bids(viewer):
        raise NotFound()
    live = request.args.get("tab") != "ended"

    def rows() -> Iterator[list[Value]]:
        found = pages.claims(viewer, day, live)
        steps, standing = pages.steps([c.id for c in found]), pages.standing(day)
        told = credits.of_claims(found)
        others = pool.others([c.firm_id for c in found], viewer, day)
        for row in found:
            last, credit = next(iter(steps.get(row.id, [])), None), told[row.id]
            left = (row.follow_until - day).days if live and row.state == ClaimState.OPEN else None
            yield [
                row.firm.short_name, row.carrier.short_name, standing(row).label,
                last.step.label if last else None, last.day if last else None,
                last.next_on if last else None, None if row.accepted_on else row.follow_until, left,
                row.planned_on,
                pages.area(row), unit_words.place(row.unit) if row.unit else None, row.desks,
                credit.own.day if credit.own else None,
                _("是") if credit.is_first else _("否") if credit.first else None,
                others.get(row.firm_id, 0) if live else None, row.opened_on, row.ended_on,
                pages.ended(row),
            ]  # fmt: skip

    heads = [
        Head(_("企业")), Head(_("意向方")), Head(_("状态")), Head(_("进展")),
        Head(_("最近跟进日期"), "day"), Head(_("下次联系"), "day"), Head(_("跟进期至"), "day"),
        Head(_("剩余天数"), "number", _("天")), Head(_("计划入驻"), "day"),
        Head(_("面积"), "exact", "㎡"), Head(_("意向房源")),
        Head(_("使用工位数"), "number", _("个")), Head(_("首次接洽"), "day"), Head(_("首谈")),
        Head(_("其他意向"), "number", _("家")), Head(_("提交日期"), "day"),
        Head(_("结束"), "day"), Head(_("结束原因")),
    ]  # fmt: skip
    tab = _("进行中") if live else _("已结束")
    table = Table(_("承接意向"), heads, rows())
    return Book(_("招商台账"), [table], conditions=[(_("范围"), tab)])


def choices(viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
    """企业的选择: who courts the firms of the viewer's carriers."""
    found = pages.suitors(viewer, day)
    steps, told = pages.steps([c.id for c in found]), credits.of_claims(found)
    standing = pages.standing(day)

    def line(row: Claim) -> list[Value]:
        last, first = next(iter(steps.get(row.id, [])), None), told[row.id].first
        return [
            row.firm.short_name, row.carrier.short_name, standing(row).label, row.opened_on,
            last.step.label if last else None, last.day if last else None, row.planned_on,
            pages.area(row, row.state in pages.ROOM_TOLD), row.message,
            first.carrier if first else None, first.day if first else None,
        ]  # fmt: skip

    heads = [
        Head(_("企业")), Head(_("意向方")), Head(_("状态")), Head(_("提交日期"), "day"),
        Head(_("进展")), Head(_("最近跟进日期"), "day"), Head(_("计划入驻"), "day"),
        Head(_("面积"), "exact", "㎡"), Head(_("给企业的话")), Head(_("首谈")),
        Head(_("首次接洽"), "day"),
    ]  # fmt: skip
    return Book(_("企业的选择"), [Table(_("承接意向"), heads, [line(row) for row in found])])


def mediation_list(viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
    """意向协调 of the tab that is open."""
    if not (is_district(viewer) or ties.my_carriers(viewer)):
        raise NotFound()
    live = request.args.get("tab") != "ended"
    told = [one for one in mediations.told(viewer, day) if one.live is live]
    said = mediations.opinions([one.row for one in told])

    def line(one: mediations.Told) -> list[Value]:
        row, opinions = one.row, said.get(one.row.id, [])
        numbers = _("、").join(opinion.number for opinion in opinions)
        return [
            row.firm.short_name, one.asker, row.asked_on, one.state.label,
            row.due_on if one.state in mediations.WAITING else None, one.claims,
            numbers or None, opinions[-1].day if opinions else None, row.ended_on,
            one.why.label if one.why else None,
        ]  # fmt: skip

    heads = [
        Head(_("企业")), Head(_("提请方")), Head(_("提请日期"), "day"), Head(_("状态")),
        Head(_("出具期限"), "day"), Head(_("意向"), "number", _("家")), Head(_("协调意见")),
        Head(_("出具日期"), "day"), Head(_("结束"), "day"), Head(_("结束原因")),
    ]  # fmt: skip
    tab = _("进行中") if live else _("已结束")
    table = Table(_("意向协调"), heads, [line(one) for one in told])
    return Book(_("意向协调"), [table], conditions=[(_("范围"), tab)])


def handover_list(viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
    """企业输送单 of the tab that is open; what the sheets say stands on the sheets."""
    if not (is_district(viewer) or ties.my_carriers(viewer)):
        raise NotFound()
    tab = request.args.get("tab", "")
    tabs = {"waiting": handovers.waiting(viewer), "late": handovers.late(viewer, day)}
    found = handovers.rows(tabs.get(tab, handovers.visible(viewer)))
    rows: list[list[Value]] = [
        [
            row.number, row.firm.short_name, row.from_carrier.short_name,
            row.to_carrier.short_name, row.sent_on, row.state.label, row.due_on, row.answered_on,
            row.remark,
        ]
        for row in found
    ]  # fmt: skip
    heads = [
        Head(_("编号"), "code"), Head(_("企业")), Head(_("送出方")), Head(_("接收方")),
        Head(_("发出日期"), "day"), Head(_("状态")), Head(_("确认期限"), "day"),
        Head(_("确认日期"), "day"), Head(_("说明")),
    ]  # fmt: skip
    words = {"waiting": _("待确认"), "late": _("超期未确认")}.get(tab, _("全部"))
    table = Table(_("企业输送单"), heads, rows)
    return Book(_("企业输送单"), [table], conditions=[(_("范围"), words)])


def openings(viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
    """承接机会 under the tab and sector of the address: outcomes in words, no values."""
    if not bids(viewer):
        raise NotFound()
    held = matches.listed(viewer, day, request.args)
    found, fits = held.found, held.fits

    def rows() -> Iterator[list[Value]]:
        for start in range(0, len(found), PIECE):
            items = found[start : start + PIECE]
            firms = pool.firms([row.id for row in items])
            titles = pool.titles([row.id for row in items], day)
            others = pool.others([row.id for row in items], viewer, day)
            for row in items:
                firm, one = firms[row.id], fits.get(row.id)
                need = one.need if one else None
                yield [
                    firm.short_name, term("sector", firm.sector) or None, row.stage.label,
                    _("、").join(t.title.label for t in titles.get(row.id, []) if t.title),
                    others.get(row.id, 0), _(words.LEVELS[one.level]) if one else None,
                    one.score if one else None,
                    _("；").join(text for _answer, text in words.reasons(one, 6)) if one else None,
                    need.area_low if need else None, need.area_high if need else None,
                    demand_words.uses(need.uses) if need else None,
                    need.needed_by if need else None,
                ]  # fmt: skip

    heads = [
        Head(_("企业")), Head(_("领域")), Head(_("阶段")), Head(_("资质")),
        Head(_("其他意向"), "number", _("家")), Head(_("契合度")), Head(_("得分"), "number"),
        Head(_("有利与不利")), Head(_("面积（至少）"), "number", "㎡"),
        Head(_("面积（至多）"), "number", "㎡"), Head(_("用途")), Head(_("最迟入驻日"), "day"),
    ]  # fmt: skip
    conditions = [(_("领域"), term("sector", held.sector))] if held.sector else []
    notes = [(_("契合度"), _("评分规则第 %(n)s 版", n=rule_on(day).version))]
    table = Table(_("承接机会"), heads, rows())
    return Book(_("承接机会"), [table], notes, conditions)


def init_app(app: Flask) -> None:
    """Register them."""
    offer(
        app,
        Export("pipeline.claims", (Permission.CLAIM_MAKE,), claims),
        Export("pipeline.choices", (Permission.CLAIM_CHOOSE,), choices),
        Export(
            "pipeline.mediation_list",
            (Permission.MEDIATION_ASK, Permission.MEDIATION_ADVISE),
            mediation_list,
        ),
        Export(
            "pipeline.handover_list",
            (
                Permission.HANDOVER_SEND,
                Permission.HANDOVER_CONFIRM,
                Permission.TRANSFER_DECIDE,
            ),
            handover_list,
        ),
        Export("pipeline.openings", (Permission.CLAIM_MAKE,), openings),
    )
