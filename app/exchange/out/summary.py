"""综合情况表 of a return: the form, its checks, and every line that a number is made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask

from app.carriers.queries.returns import find_return
from app.core.access import Viewer
from app.core.db import steady
from app.core.filters import day as day_words
from app.core.filters import period as period_words
from app.core.text import _
from app.exchange.out.book import Book, Export, Head, Table, Value, offer
from app.firms.queries.evidence import READ_RETURN
from app.statistics.summary import words
from app.statistics.summary.form import Form, form_of


def _lines(form: Form) -> Iterator[list[Value]]:
    for section, rows in form.sections:
        for row in rows:
            yield [
                _(section), row.value.item.code, row.value.item.label, words.unit(row.value),
                words.exact(row.value), words.exact(row.before), row.value.missing or None,
                _(row.value.item.definition),
            ]  # fmt: skip


def _checks(form: Form) -> Iterator[list[Value]]:
    said = {True: _("相符"), False: _("不符"), None: _("数据不全")}
    for finding in form.findings:
        yield [finding.label, said[finding.holds], finding.values]


def _parts(form: Form) -> Iterator[list[Value]]:
    for _section, rows in form.sections:
        for row in rows:
            for line in row.value.lines:
                yield [
                    row.value.item.code, row.value.item.label, line.name, line.code,
                    words.in_unit(row.value.item.unit, line.amount), words.unit(row.value),
                    line.note or None,
                ]  # fmt: skip


def build(viewer: Viewer, day: dt.date, path: Mapping[str, Any]) -> Book:
    """The form of the return that the path names."""
    steady()
    form = form_of(viewer, find_return(viewer, str(path.get("pid", ""))), day)
    one, period = form.one, period_words(form.asked.period)
    tables = [
        Table(_("综合情况表"), [
            Head(_("部分")), Head(_("代码"), "code"), Head(_("指标")), Head(_("计量单位")),
            Head(_("本期"), "exact"), Head(_("上年同期"), "exact"),
            Head(_("未登记"), "number", _("项")), Head(_("口径")),
        ], _lines(form)),
        Table(_("勾稽关系"), [Head(_("关系")), Head(_("结果")), Head(_("数值"))], _checks(form)),
        Table(_("构成"), [
            Head(_("代码"), "code"), Head(_("指标")), Head(_("项目")),
            Head(_("统一社会信用代码"), "code"), Head(_("数值"), "exact"), Head(_("计量单位")),
            Head(_("说明")),
        ], _parts(form)),
    ]  # fmt: skip
    title = _("%(carrier)s%(period)s综合情况表", carrier=one.carrier.short_name, period=period)
    notes = [
        (_("报表状态"), one.state.label),
        (_("统计时点"), day_words(form.asked.day)),
        (_("口径"), _("金额为千元，保留全部位数；空格为未登记，不是零。")),
    ]
    if one.explained:
        notes.append((_("勾稽说明"), one.explained))
    return Book(title, tables, notes, [(_("报告期"), period)])


def init_app(app: Flask) -> None:
    """Register it."""
    offer(app, Export("summary.form", READ_RETURN, build))
