"""The one input that a rule misses, saved from the band on top of its conditions."""

from __future__ import annotations

import re
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import write
from app.core.errors import DomainError
from app.core.text import _
from app.firms import answer as answers
from app.firms import fields, queries
from app.firms.hooks import hooks
from app.firms.models import Firm
from app.firms.views.blueprint import bp

RECORD = (Permission.FIRM_RECORD, Permission.FIRM_VERIFY)


@bp.post("/firms/<pid>/answer")
@requires(*RECORD)
def answer(pid: str) -> ResponseReturnValue:
    """Save it and go back to the conditions, which are judged anew in the same write."""
    firm = queries.find(viewer(), pid)
    fields.need_record(viewer(), firm.id, today())
    missing = answers.Missing.read(request.form)
    entry = answers.held(viewer(), firm, missing, today())
    form = answers.form_for(missing)()
    if not form.validate_on_submit():
        return _page(firm, missing, form, 422)
    try:
        with write("answer:save", actor=viewer(), note=form.reason.data or None) as txn:
            answers.save(actor=viewer(), today=today(), firm=firm, missing=missing, form=form)
    except DomainError as error:
        form.refuse(error, entry)
        return _page(firm, missing, form, error.status)
    flash(_("已保存并核对。"), "ok")
    tell_effects(firm, txn.rev)
    if rule := _rule():
        return redirect(url_for("criteria.conditions", pid=pid, rule=rule), 303)
    return redirect(url_for("workbench.firm", pid=pid) + "#check", 303)


def _rule() -> str | None:
    """The standard on whose own page the box stands; None for the one on the firm's page."""
    rule = request.form.get("rule", "")
    return rule if re.fullmatch(r"[a-z_.]{1,60}", rule) else None


def tell_effects(firm: Firm, rev: int) -> None:
    """Say what a write changed."""
    for sentence in effects_of(firm.id, rev):
        flash(sentence, "info")


def effects_of(firm_id: int, rev: int) -> list[str]:
    """Sentences on what a write changed, as the rooms above tell it."""
    return [said for effect in hooks().effects for said in effect(viewer(), firm_id, rev)]


def _page(firm: Firm, missing: answers.Missing, form: Any, status: int) -> ResponseReturnValue:
    page = render_template("firms/answer.html", firm=firm, missing=missing, form=form, rule=_rule())
    return page, status
