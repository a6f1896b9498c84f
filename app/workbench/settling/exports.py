"""The list 待安置 as a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask import Flask

from app.core.access import Permission, Viewer
from app.core.text import _
from app.exchange.out.book import Book, Export, Head, Table, Value, offer
from app.workbench.settling import listing

READ = (Permission.RESIDENCY_MOVE, Permission.TRANSFER_DECIDE)


def book(viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
    """The rows of the page under its conditions."""
    asked, every = listing.Asked.read(), listing.rows(viewer, day)
    lines: list[list[Value]] = [
        [one.name, one.code, _("团队") if one.team else _("企业"), one.carrier.name,
         one.carrier.act.label, one.carrier.day, one.carrier.document, one.days, one.left,
         one.carrier.heir, one.kind.label, one.starts, one.incubated, one.wants or None]
        for one in every if asked.meets(one)
    ]  # fmt: skip
    heads = [
        Head(_("企业名称")), Head(_("统一社会信用代码"), "code"), Head(_("类型")), Head(_("载体")),
        Head(_("载体状态")), Head(_("日期"), "day"), Head(_("文号")),
        Head(_("已等待"), "number", _("天")), Head(_("距关停"), "number", _("天")),
        Head(_("承接载体")), Head(_("入驻方式")), Head(_("入驻日期"), "day"),
        Head(_("入孵日期"), "day"), Head(_("空间需求")),
    ]  # fmt: skip
    notes = [(_("统计时点"), day.isoformat())]
    return Book(_("待安置企业"), [Table(_("企业"), heads, lines)], notes, asked.words(every))


def init_app(app: Flask) -> None:
    """Register it."""
    offer(app, Export("workbench.settling", READ, book))
