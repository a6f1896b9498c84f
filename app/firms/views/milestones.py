"""Logging, correcting and voiding milestones, and their evidence."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.carriers.models import Verification
from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import session, write
from app.core.errors import DomainError, NotFound
from app.core.posting import apart, submitted
from app.core.text import _
from app.firms import fields, queries, service
from app.firms.forms.milestone import ConfirmForm, MilestoneForm, VoidForm, for_kind
from app.firms.kinds import word
from app.firms.models import Firm, Milestone
from app.firms.panels import blank_form, kind_asked, log_data
from app.firms.papers import Stored, keep
from app.firms.queries.evidence import of_milestones
from app.firms.queries.milestones import find_milestone
from app.firms.views.answer import tell_effects
from app.firms.views.blueprint import bp

RECORD = (Permission.FIRM_RECORD, Permission.FIRM_VERIFY)
#: entries that the district has not yet gone through
UNCHECKED = (Verification.SELF, Verification.CARRIER)


def keep_all(form: Any) -> list[Stored]:
    """Keep the files of a form before the write begins; a refusal goes to the field."""
    return [keep(f.stream, f.filename or "") for f in form.files.files]


@bp.get("/firms/<pid>/log")
@requires(*RECORD)
def log(pid: str) -> ResponseReturnValue:
    """The form 记一笔 as a page of its own; `?kind=` chooses the kind."""
    firm = queries.find(viewer(), pid)
    fields.need_record(viewer(), firm.id, today())
    return _log_page(firm, blank_form(viewer(), kind_asked(viewer()), today()))


def _log_page(firm: Firm, form: MilestoneForm, status: int = 200) -> ResponseReturnValue:
    data = log_data(firm, form)
    return render_template("firms/log.html", firm=firm, data=data), status


@bp.post("/firms/<pid>/log")
@requires(*RECORD)
def log_save(pid: str) -> ResponseReturnValue:
    """Log a milestone with its files; back to the firm's page, which says what it did."""
    firm = queries.find(viewer(), pid)
    kind = kind_asked(viewer())
    form = for_kind(kind)()
    if not form.validate_on_submit():
        return _log_page(firm, form, 422)
    try:
        kept = keep_all(form)
        with write("milestone:log", actor=viewer()) as txn:
            entry = service.log_milestone(
                actor=viewer(), today=today(), firm=firm, kind=kind, papers=kept, **form.values()
            )
    except DomainError as error:
        form.refuse(error)
        return _log_page(firm, form, error.status)
    _tell(firm, entry, txn.rev)
    if request.form.get("again"):
        return redirect(url_for("firms.log", pid=pid, kind=kind.value), 303)
    return redirect(url_for("workbench.firm", pid=pid), 303)


def _tell(firm: Firm, entry: Milestone, rev: int) -> None:
    """Say what was recorded, and what it changed."""
    flash(_("已记入%(kind)s：%(what)s。", kind=entry.kind.label, what=word(entry)), "ok")
    tell_effects(firm, rev)


@bp.get("/firms/<pid>/milestones/<entry_pid>")
@requires(Permission.FIRM_READ)
def milestone(pid: str, entry_pid: str) -> ResponseReturnValue:
    """One milestone: correct it, add evidence, void it."""
    firm = queries.find(viewer(), pid)
    entry = find_milestone(viewer(), firm, entry_pid, today())
    return _milestone_page(firm, entry, for_kind(entry.kind)(obj=entry))


def _void_form(entry: Milestone | None = None) -> VoidForm:
    """作废 beside the form of the correction: ids of its own."""
    return apart(VoidForm(formdata=None, obj=entry) if entry else VoidForm(), "void")


def _milestone_page(
    firm: Firm,
    entry: Milestone,
    form: MilestoneForm,
    status: int = 200,
    void: VoidForm | None = None,
    confirm: ConfirmForm | None = None,
) -> ResponseReturnValue:
    may = fields.may_record(viewer(), firm.id, today())
    sees = "evidence" in fields.open_to(viewer(), firm.id, today())
    papers = of_milestones([entry.id]).get(entry.id, []) if sees else []
    page = render_template(
        "firms/milestone.html",
        firm=firm,
        entry=entry,
        form=form,
        may_record=may,
        used=service.used(entry),
        papers=papers,
        title=word(entry),
        void=void or _void_form(entry),
        confirm=confirm or ConfirmForm(formdata=None, obj=entry),
        may_confirm=viewer().may(Permission.FIRM_VERIFY) and entry.verification in UNCHECKED,
    )
    return page, status


@bp.post("/firms/<pid>/milestones/<entry_pid>")
@requires(*RECORD)
def milestone_save(pid: str, entry_pid: str) -> ResponseReturnValue:
    """Correct a milestone; what it was stays in the history."""
    firm = queries.find(viewer(), pid)
    entry = find_milestone(viewer(), firm, entry_pid, today())
    form = for_kind(entry.kind)()
    if not form.validate_on_submit():
        return _milestone_page(firm, entry, form, 422)
    try:
        kept = keep_all(form)
        with write("milestone:correct", actor=viewer(), note=form.reason.data):
            service.correct_milestone(
                actor=viewer(), today=today(), entry=entry, rev=form.rev.data or 0,
                reason=form.reason.data, papers=kept, **form.values(),
            )  # fmt: skip
    except DomainError as error:
        return _refused(firm, entry, form, error)
    flash(_("已保存更正，原值可在变动记录中查看。"), "ok")
    return redirect(url_for("firms.milestone", pid=pid, entry_pid=entry_pid), 303)


def _refused(
    firm: Firm, entry: Milestone, form: MilestoneForm, error: DomainError
) -> ResponseReturnValue:
    """The form as typed; after a conflict with what is held now beside it."""
    form.refuse(error, entry)
    if form.clash and form.clash.gone:
        raise NotFound()
    session.refresh(entry)
    return _milestone_page(firm, entry, form, error.status)


@bp.post("/firms/<pid>/milestones/<entry_pid>/void")
@requires(*RECORD)
def milestone_void(pid: str, entry_pid: str) -> ResponseReturnValue:
    """作废 with a reason."""
    firm = queries.find(viewer(), pid)
    entry = find_milestone(viewer(), firm, entry_pid, today())
    form = _void_form()

    def void() -> None:
        service.void_entry(
            actor=viewer(), today=today(), row=entry, reason=form.reason.data, rev=form.rev.data
        )

    if submitted(form, "milestone:void", void, form.reason.data, entry):
        flash(_("已作废，原记录可在变动记录中查看。"), "ok")
        return redirect(url_for("workbench.firm", pid=pid), 303)
    fresh = for_kind(entry.kind)(formdata=None, obj=entry)
    return _milestone_page(firm, entry, fresh, form.answer, form)


@bp.post("/firms/<pid>/milestones/<entry_pid>/confirm")
@requires(Permission.FIRM_VERIFY)
def milestone_confirm(pid: str, entry_pid: str) -> ResponseReturnValue:
    """区级核实 of an entry as it was read; what it says stays as it is."""
    firm = queries.find(viewer(), pid)
    entry = find_milestone(viewer(), firm, entry_pid, today())
    form = ConfirmForm()

    def confirm() -> None:
        service.confirm_entry(
            actor=viewer(), row=entry, rev=form.rev.data,
            verification=Verification.DISTRICT,
        )  # fmt: skip

    if submitted(form, "milestone:confirm", confirm, record=entry):
        flash(_("已核实。"), "ok")
        return redirect(url_for("firms.milestone", pid=pid, entry_pid=entry_pid), 303)
    fresh = for_kind(entry.kind)(formdata=None, obj=entry)
    return _milestone_page(firm, entry, fresh, form.answer, confirm=form)
