"""Firms of the pool beside each other, and what a person keeps of 承接机会."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.service import drop_view, keep_view
from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.errors import NotFound
from app.core.forms import BaseForm
from app.core.posting import submitted
from app.core.terms import term
from app.core.text import _
from app.firms import demand_words
from app.firms import queries as firm_queries
from app.pipeline import service
from app.pipeline.matching import words
from app.pipeline.matching.rule import rule_on
from app.pipeline.queries import matches, ties, watching
from app.pipeline.queries import openings as pool
from app.pipeline.views.blueprint import bp

#: firms beside each other
MOST = 3


@bp.get("/openings/compare")
@requires(Permission.CLAIM_MAKE)
def compare() -> ResponseReturnValue:
    """Up to three firms of the pool beside each other, each as far as its relation opens it."""
    if not ties.bids(viewer()):
        raise NotFound()
    day, asked = today(), list(dict.fromkeys(request.args.getlist("firm")))
    rows = {row.id: row for row in pool.pool(viewer(), day)}
    found = [firm_queries.find(viewer(), pid) for pid in asked[:MOST]]
    firms = [firm for firm in found if firm.id in rows]
    ids = [firm.id for firm in firms]
    fits, rule = matches.matches(viewer(), day), rule_on(day)
    demands = matches.shown_demands(viewer(), ids, day)
    return render_template(
        "pipeline/compare.html", firms=firms, rows=rows, fits=fits, demands=demands, term=term,
        said={i: demand_words.facts(row) for i, row in demands.items()}, left=len(asked[MOST:]),
        titles=pool.titles(ids, day), others=pool.others(ids, viewer(), day), rule=rule,
        account={i: words.account(rule, fits[i]) for i in ids if i in fits},
        live=pool.my_live(viewer(), ids, day),
        hosts={firm.id: ties.latest(firm, day) for firm in firms}, names=words.NAMES,
    )  # fmt: skip


def _change() -> str:
    """Do what a form of the list asks and say it; "" where it asks for nothing there is."""
    given, me = request.form, viewer()
    wanted, left = given.get("watch", ""), given.get("unwatch", "")
    if wanted and service.watch_sector(actor=me, sector=wanted):
        said = term("sector", wanted)
        return _("已订阅%(sector)s：新增的可承接企业每周列在待办里。", sector=said)
    if left and service.unwatch_sector(actor=me, sector=left):
        return _("已取消订阅%(sector)s。", sector=term("sector", left))
    if name := given.get("keep", "").strip():
        kept = urlencode(watching.conditions(given.get("query", "")))
        keep_view(actor=me, page=watching.PAGE, name=name, query=kept)
        return _("已存为视图：%(name)s。", name=name)
    number = given.get("drop", type=int)
    if number is not None and drop_view(actor=me, page=watching.PAGE, number=number):
        return _("视图已删除，条件没有变。")
    return ""


@bp.post("/openings/watch")
@requires(Permission.CLAIM_MAKE)
def watch() -> ResponseReturnValue:
    """Subscribe to a sector, or stop; keep the conditions of the list as a view, or drop one."""
    if not ties.bids(viewer()):
        raise NotFound()
    said: list[str] = []
    if submitted(BaseForm(), "openings:watch", lambda: said.append(_change())) and said[-1]:
        flash(said[-1], "ok")
    kept = watching.conditions(request.form.get("query", ""))
    way = url_for(".openings")
    return redirect(f"{way}?{urlencode(kept)}" if kept else way, 303)
