"""Sheets of conditions, and the standards as everybody may read them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.carriers import queries as carriers
from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import write
from app.core.errors import Conflict, DomainError, Forbidden, NotFound
from app.core.filters import day
from app.core.panels import registry
from app.core.text import _
from app.criteria import comparing, drafts, panels, reading, service, showing
from app.criteria.carrier_panels import box
from app.criteria.paper import carrier_facts, firm_paper, paper
from app.criteria.queries import assess, in_force
from app.criteria.verdict import Verdict
from app.firms import fields
from app.firms import queries as firms
from app.firms.models import Firm

bp = Blueprint("criteria", __name__)


def _judged(pid: str, rule: str) -> tuple[Firm, Verdict]:
    """A firm whose figures are open to the reader, and how it stands under a rule today."""
    firm = firms.find(viewer(), pid)
    if "values" not in fields.open_to(viewer(), firm.id, today()):
        raise Forbidden()
    if rule not in in_force(today()):
        raise NotFound()
    return firm, assess(rule, firm.id, today())


@bp.get("/firms/<pid>/check/<rule>")
@requires(Permission.FIRM_READ)
def conditions(pid: str, rule: str) -> ResponseReturnValue:
    """条件核对表 of one rule for a firm, with the box for what it misses next."""
    firm, verdict = _judged(pid, rule)
    data = panels.check(viewer(), verdict, firm, values=True)
    return render_template("criteria/conditions.html", firm=firm, rule=rule, data=data)


@bp.get("/firms/<pid>/sheet/<rule>")
@requires(Permission.FIRM_READ)
def sheet(pid: str, rule: str) -> ResponseReturnValue:
    """One rule's sheet for a firm on paper."""
    firm, verdict = _judged(pid, rule)
    return render_template(
        "criteria/sheet.html",
        back=(url_for(".conditions", pid=firm.pid, rule=rule), _("返回核对表")),
        name=firm.short_name,
        verdict=verdict,
        rows=showing.rows(verdict, firm.pid),
        more=firm_paper(verdict, firm),
        boxes={},
        signs=(_("企业负责人"), _("填表人"), _("单位负责人"), _("日期")),
        seals=(_("孵化载体"), _("本企业")),
    )


@bp.get("/carriers/<pid>/sheet/<rule>")
@requires(Permission.CARRIER_READ)
def carrier_sheet(pid: str, rule: str) -> ResponseReturnValue:
    """One rule's sheet for a carrier whose figures are open to the reader."""
    carrier = carriers.find(viewer(), pid)
    if rule not in in_force(today(), subject="carrier"):
        raise NotFound()
    verdict = assess(rule, carrier.id, today())
    return render_template(
        "criteria/sheet.html",
        back=(url_for("carriers.show", pid=carrier.pid), _("返回载体")),
        name=carrier.short_name,
        verdict=verdict,
        rows=showing.rows(verdict, carrier.pid),
        more=paper(verdict, carrier_facts(carrier), []),
        boxes={ask.what: box(viewer(), ask, carrier) for ask in verdict.asks},
        signs=(_("单位负责人"), _("统计负责人"), _("填表人"), _("日期")),
        seals=(_("运营主体"),),
    )


@bp.get("/standards")
@requires(Permission.STANDARD_READ)
def standards() -> ResponseReturnValue:
    """All standards by rule, with the version in force today."""
    drafted = drafts.firsts() if _drafts_shown() else []
    lines = [reading.told(one, today()).line for one in drafted]
    return render_template(
        "criteria/standards.html", rules=[*reading.rules(today()), *lines],
        drafted={one.rule: one.number for one in drafted},
        broken=drafts.broken() if _drafts_shown() else [],
    )  # fmt: skip


def _drafts_shown() -> bool:
    """Whether the reader writes or approves standards."""
    return any(map(viewer().may, (Permission.STANDARD_APPROVE, Permission.STANDARD_EDIT)))


@bp.get("/standards/<rule>")
@requires(Permission.STANDARD_READ)
def standard(rule: str) -> ResponseReturnValue:
    """One rule: its clauses with thresholds, its versions and when each is in force."""
    asked, may = request.args.get("version", type=int), _drafts_shown()
    if may and drafts.broken(rule):
        return render_template(
            "criteria/broken.html", line={"name": rule}, drafts=drafts.drafts(rule, today())
        )
    first = may and asked is None
    found = drafts.find(rule, today()) if first else reading.find(rule, today(), asked)
    waiting = drafts.drafts(rule, today()) if may else []
    outcomes = {n: url for of in registry().editions for n, url in of(rule, viewer()).items()}
    return render_template(
        "criteria/standard.html", rule=found, drafts=waiting, words=reading,
        outcomes=outcomes if may else {}, drafter=may,
    )  # fmt: skip


@bp.get("/standards/<rule>/compare")
@requires(Permission.STANDARD_READ)
def compare(rule: str) -> ResponseReturnValue:
    """Two approved versions of a rule, one beside the other."""
    old, new = (request.args.get(one, type=int) for one in ("old", "new"))
    shown = reading.find(rule, today(), new)
    usual = shown.pair or (shown.number, shown.number)
    pair = [reading.find(rule, today(), one) for one in (old or usual[0], new or usual[1])]
    before, after = (reading.numbered(rule, one.number).content for one in pair)
    lines = comparing.compared(before, after)
    return render_template(
        "criteria/compare.html", pair=pair, lines=lines, whole="whole" in request.args,
        changed=comparing.changes(lines), sorts=comparing.SORTS,
    )  # fmt: skip


@bp.post("/standards/<rule>/drafts/<int:number>/approve")
@requires(Permission.STANDARD_APPROVE)
def approve(rule: str, number: int) -> ResponseReturnValue:
    """Put a draft in force as the approver saw it; not by its author."""
    try:
        kept = service.prepared(rule, number, today())
        with write("standard:approve", actor=viewer()):
            row = service.draft_of(rule, number)
            if request.form.get("seen") != row.content_hash:
                raise Conflict("standard_changed")
            service.approve(
                actor=viewer(), today=today(), standard=row, ticked=request.form.get("gaps", "")
            )
            for keep in kept:
                keep(row)
        begins = service.begins(row)
        if begins > today():
            flash(_("已批准第 %(n)s 版，自 %(day)s 起施行。", n=number, day=day(begins)), "ok")
        else:
            flash(_("已批准第 %(n)s 版，名单随即按新标准核对。", n=number), "ok")
    except DomainError as error:
        flash(error.message, "no")
    return redirect(url_for(".standard", rule=rule), 303)
