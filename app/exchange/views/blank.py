"""套表: the blank forms, the map of one, and one filled for a return."""

from __future__ import annotations

import io
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField, StringField
from wtforms.validators import Length, NumberRange

from app.carriers.queries.returns import find_return
from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import steady, write
from app.core.errors import DomainError
from app.core.filters import period as period_text
from app.core.forms import BaseForm, Filled, PickField
from app.core.posting import submitted
from app.core.text import N_, _
from app.exchange.blank import book, near, service
from app.exchange.models import BlankForm
from app.exchange.out.answer import file_name, sent
from app.exchange.views.blueprint import bp
from app.firms.queries.evidence import READ_RETURN
from app.statistics.summary.form import form_of
from app.statistics.summary.items import ITEMS, SECTIONS

CHECK = Permission.RETURN_CHECK
BOX, NEAR = "cell-", "near-"


class UploadForm(BaseForm):
    """A blank form as it came."""

    name = StringField(N_("表名"), [Filled(), Length(max=120)])
    year = IntegerField(
        N_("年度"), [Filled(), NumberRange(2000, 2100)], default=lambda: today().year
    )


class MapForm(UploadForm):
    """What is said of the form beside its boxes."""

    money = PickField(
        N_("金额单位"), default="thousand",
        choices=lambda: [("thousand", _("千元")), ("wan", _("万元")), ("yuan", _("元"))],
    )  # fmt: skip


@bp.get("/blank-forms")
@requires(*READ_RETURN)
def blank_forms() -> ResponseReturnValue:
    """All blank forms in their latest version."""
    return _list(UploadForm(formdata=None))


def _list(form: UploadForm, problem: str = "") -> ResponseReturnValue:
    rows = service.forms(viewer())
    page = render_template(
        "exchange/blank/list.html", rows=rows, form=form, problem=problem,
        counts={row.id: len(service.cells_of(row)) for row in rows},
    )  # fmt: skip
    return page, 422 if problem else form.answer


@bp.post("/blank-forms")
@requires(CHECK)
def add_blank_form() -> ResponseReturnValue:
    """Take a blank form in; its own words suggest the boxes."""
    form, given, made = UploadForm(), request.files.get("file"), []
    if given is None or not given.filename:
        return _list(form, _("请选择一个 .xlsx 文件。"))
    content, name = given.stream.read(), given.filename

    def act() -> None:
        made.append(
            service.receive(
                actor=viewer(), name=form.name.data or "", year=form.year.data or 0,
                file_name=name, content=content,
            ).pid
        )  # fmt: skip

    if submitted(form, "blank:add", act):
        flash(_("已读入套表。下面按表中文字对应好的，请核对后保存。"), "ok")
        return redirect(url_for("exchange.blank_form", pid=made[0]), 303)
    return _list(form)


@bp.route("/blank-forms/<pid>", methods=["GET", "POST"])
@requires(*READ_RETURN)
def blank_form(pid: str) -> ResponseReturnValue:
    """The map of a form beside its sheets; saving makes the next version."""
    row = service.find(viewer(), pid)
    form, made = MapForm(obj=row), []
    typed, picked = _boxes_typed(BOX), _boxes_typed(NEAR)

    def act() -> None:
        made.append(
            service.remap(
                actor=viewer(), row=row, name=form.name.data or "", year=form.year.data or 0,
                money=str(form.money.data),
                typed=near.chosen({k: v for k, v in typed.items() if k in boxes()}, picked),
            ).pid
        )  # fmt: skip

    if submitted(form, "blank:map", act):
        flash(_("已保存为第 %(n)s 版。", n=row.number + 1), "ok")
        return redirect(url_for("exchange.blank_form", pid=made[0]), 303)
    return _map(row, form, typed, picked), form.answer


def _boxes_typed(mark: str) -> dict[str, str]:
    """What was typed or picked, by the name after the mark."""
    return {k[len(mark) :]: v for k, v in request.form.items() if k.startswith(mark)}


def boxes() -> list[str]:
    """Every box of the page."""
    return [f"{item.code}{end}" for item in ITEMS for end in ("", ":before")]


def _map(row: BlankForm, form: MapForm, typed: dict[str, str], picked: dict[str, str]) -> str:
    blank = book.opened(row.content)
    cells = service.cells_of(row)
    shown = {
        key: typed.get(key, book.name_of(blank, *cells[key].rsplit("!", 1)) if key in cells else "")
        for key in boxes()
    }
    versions = service.versions(row)
    edits = viewer().may(CHECK) and versions[0].id == row.id
    return render_template(
        "exchange/blank/map.html", row=row, form=form, shown=shown, sheets=book.look(blank),
        sections=[(s, [i for i in ITEMS if i.section == s]) for s in SECTIONS],
        used={cell: key for key, cell in cells.items()}, versions=versions,
        edits=edits, close=near.near(blank, cells) if edits else [], picked=picked,
    )  # fmt: skip


@bp.post("/blank-forms/<pid>/fill")
@requires(*READ_RETURN)
def fill_blank_form(pid: str) -> ResponseReturnValue:
    """The form filled for a return, noted in the audit."""
    row = service.find(viewer(), pid)
    one = find_return(viewer(), request.form.get("return", ""))
    with write("export:blank", actor=viewer(), reason=row.pid):
        pass
    steady()
    row = service.find(viewer(), pid)
    form = form_of(viewer(), find_return(viewer(), request.form.get("return", "")), today())
    values = service.numbers(row, form)
    held = io.BytesIO()
    try:
        book.fill(row.content, values, held)
    except KeyError as error:
        raise DomainError("file_broken") from error
    title = f"{one.carrier.short_name} {period_text(form.asked.period)} {row.name}"
    return sent(lambda into: into.write(held.getvalue()), file_name(title, today(), "xlsx"), "xlsx")


def offered() -> list[Any]:
    """Blank forms that can be filled, for the page of a return's form."""
    return service.forms(viewer())
