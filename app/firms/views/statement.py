"""The page of one statement (自述数据) of a firm or a carrier: confirm it, void it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from app.carriers.models import Carrier, CarrierStated, Verification
from app.core.access import Permission, viewer
from app.core.days import today
from app.core.posting import apart, submitted
from app.core.stated import StatedKey
from app.core.text import _
from app.firms import service
from app.firms.forms.milestone import ConfirmForm, VoidForm
from app.firms.forms.stated import StatedEdit
from app.firms.models import Evidence, Firm, StatedFigure
from app.firms.views.milestones import UNCHECKED

Owner = TypeVar("Owner", Firm, Carrier)
Row = TypeVar("Row", StatedFigure, CarrierStated)


@dataclass(frozen=True)
class Statement(Generic[Owner, Row]):
    """One statement with what its page needs.

    `links`: crumb, owner, list, page, void and confirm. `used`: a return or a decision rests
    on it.
    """

    owner: Owner
    key: StatedKey
    row: Row
    links: dict[str, Any]
    papers: Sequence[Evidence]
    may_record: bool
    used: bool = False

    def page(
        self,
        form: StatedEdit | None = None,
        void: VoidForm | None = None,
        confirm: ConfirmForm | None = None,
    ) -> str:
        """The page, with a form as it was sent where one was refused."""
        row = self.row
        return render_template(
            "firms/statement.html",
            owner=self.owner, key=self.key, row=row, form=form or StatedEdit.of(self.key, row),
            links=self.links, may_record=self.may_record, papers=self.papers, used=self.used,
            void=void or apart(VoidForm(formdata=None, obj=row), "void"),
            confirm=confirm or apart(ConfirmForm(formdata=None, obj=row), "confirm"),
            may_confirm=viewer().may(Permission.FIRM_VERIFY) and row.verification in UNCHECKED,
        )  # fmt: skip

    def void(self) -> ResponseReturnValue:
        """作废 with a reason, then the list."""
        form = apart(VoidForm(), "void")

        def act() -> None:
            service.void_entry(
                actor=viewer(), today=today(), row=self.row, reason=form.reason.data,
                rev=form.rev.data,
            )  # fmt: skip

        if submitted(form, "stated:void", act, form.reason.data, self.row):
            flash(_("已作废，原记录可在变动记录中查看。"), "ok")
            return redirect(self.links["list"], 303)
        return self.page(void=form), form.answer

    def confirm(self) -> ResponseReturnValue:
        """区级核实 of the statement as it was read; what it says stays as it is."""
        form = apart(ConfirmForm(), "confirm")

        def act() -> None:
            service.confirm_entry(
                actor=viewer(), row=self.row, verification=Verification.DISTRICT,
                rev=form.rev.data,
            )  # fmt: skip

        if submitted(form, "stated:confirm", act, record=self.row):
            flash(_("已核实。"), "ok")
            return redirect(self.links["page"], 303)
        return self.page(confirm=form), form.answer
