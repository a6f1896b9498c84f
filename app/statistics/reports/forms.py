"""Forms of reports."""

from __future__ import annotations

from typing import Any, ClassVar

from wtforms import SelectMultipleField, StringField
from wtforms.validators import Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.days import today
from app.core.forms import BaseForm, DayField, Filled, PickField, RevField, options
from app.core.text import N_, _
from app.firms.forms.parts import PapersField
from app.statistics.asof import Count
from app.statistics.reports.parts import PARTS


class ReportForm(BaseForm):
    """What a report is of."""

    title = StringField(N_("报告名称"), validators=[Filled(), Length(max=120)])
    day = DayField(N_("统计时点"), validators=[Filled()], default=today)
    count = PickField(N_("毕业口径"), choices=Count.choices, default=Count.VERIFIED.value)
    parts = SelectMultipleField(
        N_("包含的表"),
        choices=options(lambda: [(part.key, part.name) for part in PARTS.values()]),
        validators=[Filled()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def validate_day(self, field: DayField) -> None:
        """A report is of a day that has come."""
        if field.data and field.data > today():
            raise ValidationError(_("统计时点不能晚于今天。"))

    @property
    def chosen(self) -> list[str]:
        """The parts in the order of a report."""
        return [key for key in PARTS if key in (self.parts.data or [])]


class SignForm(BaseForm):
    """签发: nothing is typed."""


class ReturnForm(BaseForm):
    """Why a report is returned."""

    remark = StringField(N_("退回原因"), validators=[Filled(), Length(max=200)])


class OnePaper:
    """A paper is scanned into exactly one file."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, _form: Any, field: PapersField) -> None:
        if not field.files:
            raise ValidationError(_("请上传一份签批件的扫描件。"))
        if len(field.files) > 1:
            raise ValidationError(_("只传一份；有几页的，合成一个 PDF。"))


class ScanForm(BaseForm):
    """线下签批件: who signed on paper, when, and the scan."""

    rev = RevField()
    signer = StringField(N_("签批人"), validators=[Filled(), Length(max=60)])
    day = DayField(N_("签批日期"), validators=[Filled()])
    files = PapersField(N_("签批件扫描件"), validators=[OnePaper()])
