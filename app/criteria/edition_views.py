"""Pages that write a new version of a standard."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import write
from app.core.errors import Conflict, DomainError, Forbidden
from app.core.posting import submitted
from app.core.text import _
from app.criteria import drafts, editions, overlay, reading, service
from app.criteria.editing import sections
from app.criteria.edition_form import EditionForm, form_of
from app.criteria.queries import book

bp = Blueprint("editions", __name__)


@bp.route("/standards/<rule>/copy", methods=["GET", "POST"])
@requires(Permission.STANDARD_EDIT)
def copy(rule: str) -> ResponseReturnValue:
    """A new version from the one in force, kept as a draft."""
    found = reading.find(rule, today())
    number = found.line.version or book()[rule][-1].number
    origin = service.draft_of(rule, number)
    form = form_of(origin.content, fresh=True)

    def keep() -> None:
        editions.create(
            actor=viewer(), origin=service.draft_of(rule, number), content=form.made or {}
        )

    if submitted(form, "standard:draft", keep):
        flash(_("已保存草稿，现行版本不变。"), "ok")
        return redirect(url_for("criteria.standard", rule=rule), HTTPStatus.SEE_OTHER)
    return _page(found, form, _("复制第 %(n)s 版为新版", n=number))


@bp.route("/standards/<rule>/overlay", methods=["GET", "POST"])
@requires(Permission.STANDARD_EDIT)
def overlay_round(rule: str) -> ResponseReturnValue:
    """批次调整: the thresholds that a notice changes for its round, kept as a draft."""
    found = reading.find(rule, today())
    cycle, kind = overlay.asked(request.args, today())
    base = overlay.stored(rule, overlay.base_of(rule, cycle, kind, today()))
    form = overlay.overlay_form(base, cycle, kind, overlay.known(request.args))

    def keep() -> None:
        editions.create(
            actor=viewer(), origin=service.draft_of(rule, base.number), content=form.made or {}
        )

    if submitted(form, "standard:draft", keep):
        flash(_("已保存草稿，现行版本不变。"), "ok")
        return redirect(url_for("criteria.standard", rule=rule), HTTPStatus.SEE_OTHER)
    page = render_template(
        "criteria/overlay.html", rule=found, form=form, base=base, cycle=cycle, kind=kind
    )
    return page, form.answer


@bp.route("/standards/<rule>/drafts/<int:number>/edit", methods=["GET", "POST"])
@requires(Permission.STANDARD_EDIT)
def edit(rule: str, number: int) -> ResponseReturnValue:
    """Edit one's own draft, or a loaded one."""
    row = service.draft_of(rule, number)
    if why := drafts.unreadable(rule, number):
        flash(why, "no")
        return redirect(url_for("criteria.standard", rule=rule), HTTPStatus.SEE_OTHER)
    found = drafts.find(rule, today())
    if not editions.is_open(row):
        flash(DomainError("standard_not_open").message, "no")
        return redirect(url_for("criteria.standard", rule=rule), HTTPStatus.SEE_OTHER)
    if not editions.mine(viewer(), row):
        raise Forbidden()
    form = form_of(row.content, fresh=False, rev=row.rev)

    def keep() -> None:
        held = service.draft_of(rule, number)
        editions.change(actor=viewer(), standard=held, rev=form.rev.data, content=form.made or {})

    if submitted(form, "standard:edit", keep):
        flash(_("已保存草稿，现行版本不变。"), "ok")
        return redirect(url_for("criteria.standard", rule=rule), HTTPStatus.SEE_OTHER)
    if form.refused == Conflict.status:  # what was typed goes over the later one at the next press
        form.rev.renew(service.draft_of(rule, number).rev)
    return _page(found, form, _("修改草稿 第 %(n)s 版", n=number))


@bp.post("/standards/<rule>/drafts/<int:number>/submit")
@requires(Permission.STANDARD_EDIT)
def submit(rule: str, number: int) -> ResponseReturnValue:
    """Hand a draft to a second person."""
    done = _("已提交，等另一人批准。")
    return _act(rule, number, "standard:submit", editions.submit, done)


@bp.post("/standards/<rule>/drafts/<int:number>/withdraw")
@requires(Permission.STANDARD_EDIT)
def withdraw(rule: str, number: int) -> ResponseReturnValue:
    """Take a draft back."""
    done = _("已撤回第 %(n)s 版草稿，现行版本不变。", n=number)
    return _act(rule, number, "standard:withdraw", editions.withdraw, done)


def _act(
    rule: str, number: int, action: str, act: Callable[..., None], done: str
) -> ResponseReturnValue:
    try:
        with write(action, actor=viewer()):
            act(actor=viewer(), standard=service.draft_of(rule, number))
        flash(done, "ok")
    except Forbidden:
        raise
    except DomainError as error:
        flash(error.message, "no")
    return redirect(url_for("criteria.standard", rule=rule), HTTPStatus.SEE_OTHER)


def _page(found: reading.Rule, form: EditionForm, title: str) -> ResponseReturnValue:
    page = render_template(
        "criteria/edition.html", rule=found, form=form, title=title,
        sections=sections(form.content),
    )  # fmt: skip
    return page, form.answer
