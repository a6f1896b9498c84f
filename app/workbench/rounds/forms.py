"""Forms of rounds and of the steps in them."""

from __future__ import annotations

from typing import Any

from wtforms import IntegerField
from wtforms.validators import NumberRange, Optional

from app.core.days import today
from app.core.forms import BaseForm, DayField, DropField, Filled, PickField, RevField
from app.core.text import N_
from app.pipeline import service
from app.pipeline.forms import a_day, a_note
from app.pipeline.models import FailReason, RoundKind
from app.pipeline.queries.rounds import TITLES


class RoundForm(BaseForm):
    """A round as its notice says."""

    rev = RevField()
    rule = DropField(
        N_("标准"), choices=lambda: [(k, t.label) for k, t in TITLES.items()],
        validators=[Filled()],
    )  # fmt: skip
    year = IntegerField(
        N_("年度"), validators=[Filled(), NumberRange(2000, 2100)],
        default=lambda: today().year,
    )  # fmt: skip
    batch = IntegerField(N_("批次"), validators=[Filled(), NumberRange(1, 99)], default=1)
    kind = PickField(N_("申报种类"), choices=RoundKind.choices, default="new")
    district_on = a_day(N_("区级截止日"), required=True)
    city_on = a_day(N_("市级截止日"))
    notice_number = a_note(N_("通知文号"), length=60)
    notice_name = a_note(N_("通知名称"), length=160)
    notice_on = a_day(N_("通知日期"))

    def notice(self) -> service.Notice:
        """What was typed."""
        given: dict[str, Any] = {
            k: v or None for k, v in self.data.items() if k not in ("csrf_token", "rev")
        }
        return service.Notice(**(given | {"kind": RoundKind(str(self.kind.data))}))


class VoidForm(BaseForm):
    """Why a round is voided."""

    rev = RevField()
    reason = a_note(N_("作废原因"), required=True)


class AddForm(BaseForm):
    """The firms are ticked in the table."""


class StepForm(BaseForm):
    """A step on a day."""

    day = DayField(N_("日期"), validators=[Filled()], default=today)


class RecogniseForm(StepForm):
    """What the notice of the recognition says of all; each firm's number stands in the table."""

    day = DayField(N_("认定日期"), validators=[Filled()], default=today)
    issued_on = DayField(
        N_("发证日期"), validators=[Optional()], description=N_("留空即与认定日期相同")
    )
    expires_on = DayField(N_("有效期至"), validators=[Optional()])


class FailForm(StepForm):
    """Why it came to nothing."""

    code = PickField(N_("未通过的原因"), choices=FailReason.choices)
    reason = a_note(N_("说明"))


class ReasonForm(BaseForm):
    """Why a step is taken back."""

    reason = a_note(N_("理由"), required=True)
