"""Pages made of several rooms: the list of firms and the firm's page."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.service import drop_view as forget_view
from app.accounts.service import keep_view
from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import steady, write
from app.core.errors import NotFound
from app.core.text import _
from app.criteria.queries import in_force
from app.exchange.out.answer import file_name, sent
from app.firms import queries
from app.workbench import board as boards
from app.workbench import firm_list, firm_package, firm_page, gap_list, list_views
from app.workbench.blueprint import bp
from app.workbench.candidates.results import GRADUATION


@bp.get("/firms")
@requires(Permission.FIRM_READ)
def firms() -> ResponseReturnValue:
    """The list of firms within the viewer's scope; a search of the bar opens the only hit."""
    found = firm_list.build(viewer(), today(), list_views.start(viewer()))
    if request.args.get("go") and found.query and found.page.total == 1:
        return redirect(url_for("workbench.firm", pid=found.page.items[0].pid), 303)
    return render_template("workbench/firms.html", list=found)


@bp.get("/firms/board")
@requires(Permission.FIRM_READ)
def board() -> ResponseReturnValue:
    """接力看板: how many stand at each stage of the chain, the first of them by name."""
    return render_template("workbench/board.html", board=boards.build(viewer(), today()))


@bp.get("/firms/gaps")
@requires(Permission.FIRM_READ)
def gaps() -> ResponseReturnValue:
    """差距清单 of the chosen firms, with a text that asks them for what is missing."""
    rule = gap_list.rule_asked(today())
    found = gap_list.build(viewer(), request.args.getlist("firm"), today(), rule)
    if not found:
        flash(_("没有选择企业。"), "gap")
        return redirect(url_for("workbench.firms"), 303)
    return render_template(
        "workbench/gaps.html", rows=found, today_is=today(), record=gap_list.record(rule),
        graduating=rule == GRADUATION, version=in_force(today()).get(rule),
    )  # fmt: skip


@bp.post("/firms/views")
@requires(Permission.FIRM_READ)
def save_view() -> ResponseReturnValue:
    """Keep the present conditions under a name."""
    name = request.form.get("name", "").strip()
    query = request.form.get("query", "")
    if not name or not query:
        flash(_("视图没有保存：需要至少一个条件和一个名称。"), "gap")
        return redirect(url_for("workbench.firms") + (f"?{query}" if query else ""), 303)
    with write("view:save", actor=viewer()):
        kept = firm_list.conditions(query)
        keep_view(actor=viewer(), page=firm_list.SAVED, name=name, query=kept)
    flash(_("视图“%(name)s”已保存，仅您自己可见。", name=name), "ok")
    return redirect(f"{url_for('workbench.firms')}?{query}", 303)


@bp.post("/firms/views/<int:view_id>/drop")
@requires(Permission.FIRM_READ)
def drop_view(view_id: int) -> ResponseReturnValue:
    """Forget one of the viewer's own views."""
    with write("view:drop", actor=viewer()):
        forget_view(actor=viewer(), page=firm_list.SAVED, number=view_id)
    return redirect(url_for("workbench.firms"), 303)


@bp.get("/firms/<pid>")
@requires(Permission.FIRM_READ)
def firm(pid: str) -> ResponseReturnValue:
    """One firm on one screen."""
    found = queries.find(viewer(), pid)
    page = firm_page.build(viewer(), found, today())
    return render_template("workbench/firm.html", page=page, firm=page.firm, today_is=today())


@bp.post("/firms/<pid>/package")
@requires(Permission.FIRM_READ)
def package(pid: str) -> ResponseReturnValue:
    """企业资料包: all that is recorded of a firm with its files; noted in the audit first."""
    found = queries.find(viewer(), pid)
    if not firm_package.may(viewer(), found, today()):
        raise NotFound()
    with write("export:package", actor=viewer(), reason=pid):
        pass
    steady()
    firm = queries.find(viewer(), pid)
    name = file_name(_("%(firm)s资料包", firm=firm.name), today(), "zip")
    return sent(lambda into: firm_package.pack(into, viewer(), firm, today()), name, "zip")
