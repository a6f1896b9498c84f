"""Handing out evidence, and adding it to what is already recorded."""

from __future__ import annotations

from flask import flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import write
from app.core.errors import DomainError, NotFound
from app.core.forms import BaseForm
from app.core.text import N_, _
from app.firms import queries, service
from app.firms.forms.milestone import VoidForm
from app.firms.forms.parts import PapersField
from app.firms.papers import keep, open_paper
from app.firms.queries.evidence import find_evidence
from app.firms.queries.milestones import find_milestone
from app.firms.views.blueprint import bp


class PaperForm(BaseForm):
    """Files dropped on something."""

    files = PapersField(N_("佐证材料"))


@bp.get("/evidence/<pid>")
@requires(Permission.FIRM_READ, Permission.CARRIER_READ)
def paper(pid: str) -> ResponseReturnValue:
    """A file, always as a download; pictures also show in place."""
    found = find_evidence(viewer(), pid, today())
    try:
        opened = open_paper(found.sha256)
    except FileNotFoundError:
        raise NotFound() from None
    return send_file(
        opened, mimetype=found.media_type, as_attachment=True, download_name=found.name, max_age=0
    )


@bp.post("/firms/<pid>/milestones/<entry_pid>/evidence")
@requires(Permission.FIRM_RECORD, Permission.FIRM_VERIFY)
def milestone_evidence(pid: str, entry_pid: str) -> ResponseReturnValue:
    """Attach files to a milestone."""
    firm = queries.find(viewer(), pid)
    entry = find_milestone(viewer(), firm, entry_pid, today())
    form = PaperForm()
    back = redirect(url_for("firms.milestone", pid=pid, entry_pid=entry_pid), 303)
    try:
        kept = [keep(f.stream, f.filename or "") for f in form.files.files]
        with write("evidence:add", actor=viewer()):
            for stored in kept:
                service.add_evidence(
                    actor=viewer(), today=today(), firm=firm, stored=stored, milestone=entry
                )
    except DomainError as error:
        flash(error.message, "no")
        return back
    if kept:
        flash(_("已保存 %(n)s 份佐证材料。", n=len(kept)), "ok")
    return back


@bp.post("/evidence/<pid>/void")
@requires(Permission.FIRM_RECORD, Permission.FIRM_VERIFY)
def paper_void(pid: str) -> ResponseReturnValue:
    """Take a file off, with a reason."""
    found = find_evidence(viewer(), pid, today())
    firm_pid = queries.pid_of(viewer(), found.firm_id) if found.firm_id else None
    form = VoidForm()
    with write("evidence:void", actor=viewer(), note=form.reason.data):
        service.void_evidence(actor=viewer(), today=today(), paper=found, reason=form.reason.data)
    flash(_("已作废这份佐证材料。"), "ok")
    return redirect(
        url_for("workbench.firm", pid=firm_pid) if firm_pid else url_for("workbench.home"), 303
    )
