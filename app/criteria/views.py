"""Sheets of conditions, and the standards as everybody may read them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import write
from app.core.errors import DomainError, Forbidden
from app.core.text import _
from app.criteria import drafts, reading, service, showing
from app.criteria.paper import paper
from app.criteria.queries import assess
from app.firms import fields
from app.firms import queries as firms

bp = Blueprint("criteria", __name__)


@bp.get("/firms/<pid>/sheet/<rule>")
@requires(Permission.FIRM_READ)
def sheet(pid: str, rule: str) -> ResponseReturnValue:
    """One rule's sheet for a firm, on one A4 page."""
    firm = firms.find(viewer(), pid)
    if "values" not in fields.open_to(viewer(), firm.id, today()):
        raise Forbidden()
    verdict = assess(rule, firm.id, today())
    return render_template(
        "criteria/sheet.html",
        firm=firm,
        verdict=verdict,
        rows=showing.rows(verdict, firm.pid),
        more=paper(verdict, firm),
    )


@bp.get("/standards")
@requires(Permission.STANDARD_READ)
def standards() -> ResponseReturnValue:
    """All standards by rule, with the version in force today."""
    return render_template("criteria/standards.html", rules=reading.rules(today()), day=today())


@bp.get("/standards/<rule>")
@requires(Permission.STANDARD_READ)
def standard(rule: str) -> ResponseReturnValue:
    """One rule: its clauses with thresholds, its versions and when each is in force."""
    found = reading.find(rule, today())
    waiting = drafts.drafts(rule, today()) if viewer().may(Permission.STANDARD_APPROVE) else []
    return render_template("criteria/standard.html", rule=found, day=today(), drafts=waiting)


@bp.post("/standards/<rule>/drafts/<int:number>/approve")
@requires(Permission.STANDARD_APPROVE)
def approve(rule: str, number: int) -> ResponseReturnValue:
    """Put a draft in force; not by its author."""
    try:
        with write("standard:approve", actor=viewer()):
            service.approve(actor=viewer(), today=today(), standard=service.draft_of(rule, number))
        flash(_("已批准第 %(n)s 版，名单随即按新标准核对。", n=number), "ok")
    except DomainError as error:
        flash(error.message, "no")
    return redirect(url_for(".standard", rule=rule), 303)
