"""Firms of the pool beside each other, and what a person keeps of 承接机会."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.errors import NotFound
from app.core.forms import BaseForm
from app.core.posting import submitted
from app.core.terms import term
from app.core.text import _
from app.firms import demand_words
from app.firms import queries as firm_queries
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


def _told(done: str) -> str:
    """What a form of the list did."""
    sector = term("sector", request.form.get("watch") or request.form.get("unwatch"))
    return {
        "watched": _("已订阅%(sector)s：新增的可承接企业每周列在待办里。", sector=sector),
        "unwatched": _("已取消订阅%(sector)s。", sector=sector),
        "kept": _("已存为视图：%(name)s。", name=request.form.get("keep", "").strip()),
        "dropped": _("视图已删除，条件没有变。"),
    }[done]


@bp.post("/openings/watch")
@requires(Permission.CLAIM_MAKE)
def watch() -> ResponseReturnValue:
    """Subscribe to a sector, or stop; keep the conditions of the list as a view, or drop one."""
    if not ties.bids(viewer()):
        raise NotFound()
    done: list[str] = []

    def change() -> None:
        done.append(watching.change(viewer(), request.form))

    if submitted(BaseForm(), "openings:watch", change) and done[-1]:
        flash(_told(done[-1]), "ok")
    back = dict(parse_qsl(request.form.get("query", "")))
    kept = {key: back[key] for key in matches.CONDITIONS if back.get(key)}
    way = url_for(".openings")
    return redirect(f"{way}?{urlencode(kept)}" if kept else way, 303)
