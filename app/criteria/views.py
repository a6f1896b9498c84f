"""Sheets of conditions, and the standards as everybody may read them."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.errors import Forbidden
from app.core.terms import term
from app.core.text import _
from app.criteria import reading, showing
from app.criteria.queries import assess
from app.firms import fields
from app.firms import queries as firms
from app.firms.models import Firm

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
        facts=_facts(firm),
    )


def _facts(firm: Firm) -> list[list[tuple[str, object]]]:
    return [
        [(_("企业名称"), firm.name), (_("统一社会信用代码"), firm.code)],
        [
            (_("成立日期"), firm.founded_on and firm.founded_on.isoformat()),
            (_("领域"), term("sector", firm.sector)),
        ],
    ]


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
    return render_template("criteria/standard.html", rule=found, day=today())
