"""One missing input, asked for where it is missing: the box, and what saving it does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wtforms import StringField
from wtforms.validators import Length

from app.carriers.models import Source
from app.core.access import AnyViewer
from app.core.days import Period
from app.core.db import session
from app.core.errors import Conflict, NotFound
from app.core.forms import BaseForm, DayField, Filled, MoneyField, PickField, RevField
from app.core.text import N_
from app.firms import service
from app.firms.figure_columns import BY_NAME, FigureColumn
from app.firms.forms.milestone import LABELS
from app.firms.forms.parts import CountField, HeadsField, ItemsField, YesNoField
from app.firms.forms.stated import stated_box, stated_range
from app.firms.models import Firm, Milestone, MilestoneKind, MoneyState
from app.firms.queries.figures import row_of
from app.firms.queries.milestones import find_milestone
from app.firms.stated import BY_KEY

#: columns of a milestone that one box settles
SETTLED = ("received_on", "amount", "related", "rank", "serious")


@dataclass(frozen=True)
class Missing:
    """What is asked for: `kind` is milestone, figures, stated or attestation.

    `field` is the column (of something stated its key, of an attestation the kind of milestone,
    "" for all kinds), `year` the fiscal year of a figure, `entry` the public id of a milestone.
    """

    kind: str
    field: str = ""
    year: int = 0
    entry: str = ""

    @classmethod
    def read(cls, typed: Mapping[str, str]) -> Missing:
        """What a form says it answers; NotFound where no box would ask for that."""
        try:
            year = Period.parse(typed.get("year") or "0").year
        except ValueError:
            year = 0
        made = cls(
            typed.get("asked", ""), typed.get("field", ""), year, typed.get("entry", "")
        )  # fmt: skip
        if not made.answerable:
            raise NotFound()
        return made

    @property
    def answerable(self) -> bool:
        """Whether one box can answer it."""
        if self.kind == "milestone":
            return self.field in SETTLED and bool(self.entry)
        if self.kind == "figures":
            return self.field in BY_NAME and self.year > 0
        if self.kind == "stated":
            return self.field in BY_KEY and not BY_KEY[self.field].event  # its day is asked for too
        kinds = {"", *(kind.value for kind in MilestoneKind)}
        return self.kind == "attestation" and self.field in kinds


class AnswerForm(BaseForm):
    """What every answer carries; `form_for` adds the box."""

    rev = RevField()
    reason = StringField(N_("更正原因"), [Length(max=200)])


def form_for(missing: Missing) -> type[AnswerForm]:
    """The form with the one box that is missing."""
    fields: dict[str, Any] = {}
    if missing.kind == "milestone":
        fields["value"] = _box(missing.field, LABELS[missing.field])
    elif missing.kind == "figures":
        fields["value"] = _figure_box(BY_NAME[missing.field])
        fields["source"] = PickField(
            N_("来源"), choices=Source.choices, default=Source.EXPRESS.value
        )
    elif missing.kind == "stated":
        fields["value"] = stated_box(BY_KEY[missing.field])
    return type("Answer", (AnswerForm,), fields)


def _figure_box(column: FigureColumn) -> Any:
    needed = [Filled()]
    if column.unit == "money":
        return MoneyField(column.text, needed, signed=column.signed)
    return (HeadsField if column.unit == "heads" else ItemsField)(column.text, needed)


def _box(name: str, label: str) -> Any:
    needed = [Filled()]
    if name == "received_on":
        return DayField(label, needed)
    if name == "amount":
        return MoneyField(label, needed)
    return CountField(label, low=1) if name == "rank" else YesNoField(label)


def held(viewer: AnyViewer, firm: Firm, missing: Missing, today: dt.date) -> Milestone | None:
    """The entry that is left open; NotFound for somebody else's or a voided one."""
    if missing.kind != "milestone":
        return None
    return find_milestone(viewer, firm, missing.entry, today)


def blank(firm: Firm, missing: Missing, entry: Milestone | None) -> AnswerForm:
    """The form as it stands on the page."""
    form = form_for(missing)(formdata=None)
    form.rev.process_data(entry.rev if entry is not None else None)
    return form


def missing_of(
    kind: str, field: str | None, year: int | None, milestone_id: int | None
) -> tuple[Missing, Milestone | None]:
    """What a rule asks for, as a box would ask it, with the entry left open if it is one."""
    entry = session.get(Milestone, milestone_id) if milestone_id is not None else None
    return Missing(kind, field or "", year or 0, entry.pid if entry is not None else ""), entry


def save(
    *, actor: AnyViewer, today: dt.date, firm: Firm, missing: Missing, form: Any
) -> None:  # fmt: skip
    """Save the answer. Money counts as received on the day given; a promise is since founding.

    Raises `stale` when somebody entered the figure first, and what correct_milestone,
    enter_figures and attest raise.
    """
    reason = form.reason.data or None
    if missing.kind == "attestation":
        kind = MilestoneKind(missing.field) if missing.field else None
        service.attest(actor=actor, today=today, firm=firm, kind=kind, ends=today)
    elif missing.kind == "figures":
        period, source = Period(missing.year), Source(form.source.data)
        row = row_of(firm.id, period, source)
        if row is not None and getattr(row, missing.field) not in (None, form.value.data):
            raise Conflict("stale")
        service.enter_figures(
            actor=actor, today=today, firm=firm, period=period, source=source, reason=reason,
            values={missing.field: form.value.data}, rev=row.rev if row is not None else None,
        )  # fmt: skip
    elif missing.kind == "stated":
        key, (low, high) = BY_KEY[missing.field], stated_range(form.value)
        service.state_figure(
            actor=actor, today=today, firm=firm, key=key.name, day=today, low=low, high=high,
            until=key.until(today, low), reason=reason,
        )  # fmt: skip
    else:
        entry = find_milestone(actor, firm, missing.entry, today)
        value = getattr(form.value, "value", form.value.data)
        changes = {missing.field: value}
        if missing.field == "received_on":
            changes["money_state"] = MoneyState.RECEIVED
        service.correct_milestone(
            actor=actor, today=today, entry=entry, rev=form.rev.data, reason=reason, **changes
        )
