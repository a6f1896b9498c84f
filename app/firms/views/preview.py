"""What pressing 记一笔 would do, said before it is pressed."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import write
from app.core.errors import DomainError
from app.firms import fields, queries, service
from app.firms.forms.milestone import MilestoneForm, for_kind
from app.firms.models import Firm
from app.firms.panels import kind_asked
from app.firms.views.answer import effects_of
from app.firms.views.blueprint import bp


class Undone(Exception):
    """Carries what a write would have done out of it; the write itself is rolled back."""

    def __init__(self, told: list[str]) -> None:
        super().__init__()
        self.told = told


@bp.post("/firms/<pid>/log/preview")
@requires(Permission.FIRM_RECORD, Permission.FIRM_VERIFY)
def log_preview(pid: str) -> ResponseReturnValue:
    """The effect of the form as it stands: really written, judged, and taken back."""
    firm = queries.find(viewer(), pid)
    fields.need_record(viewer(), firm.id, today())
    form = for_kind(kind_asked(viewer()))()
    told: list[str] = []
    problem = None
    if form.validate():
        try:
            told = would_tell(firm, form)
        except DomainError as error:
            form.refuse(error)
            problem = next(said for messages in form.errors.values() for said in messages)
    return render_template("firms/preview.html", told=told, problem=problem)


def would_tell(firm: Firm, form: MilestoneForm) -> list[str]:
    """Sentences on what logging the entry would change. Raises what log_milestone raises."""
    try:
        with write("milestone:preview", actor=viewer()) as txn:
            service.log_milestone(
                actor=viewer(), today=today(), firm=firm, kind=form.kind, **form.values()
            )
            raise Undone(effects_of(firm.id, txn.rev))
    except Undone as undone:
        return undone.told
