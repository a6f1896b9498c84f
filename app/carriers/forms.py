"""Forms of a carrier's page."""

from __future__ import annotations

from typing import Any

from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.carriers.models import Level, StatusAct
from app.core.forms import BaseForm, DayField, DropField, MoneyField, PickField
from app.core.terms import term_choices
from app.core.text import N_, _


class CarrierForm(BaseForm):
    """Labels are marked texts, put into the reader's language here."""

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        for field in self._fields.values():
            field.label.text = _(str(field.label.text))


class ActForm(CarrierForm):
    """A dated act on the registration."""

    act = PickField(N_("事项"), choices=StatusAct.choices)
    day = DayField(N_("日期"), [InputRequired()])
    document = StringField(N_("文号"), [Length(max=80)])
    batch = StringField(N_("批次"), [Length(max=40)])


class TitleForm(CarrierForm):
    """A level held from a day on."""

    level = PickField(N_("级别"), choices=Level.choices)
    starts = DayField(N_("起始日"), [InputRequired()])
    ends = DayField(N_("止日"))
    document = StringField(N_("文号"), [Length(max=80)])


class SiteForm(CarrierForm):
    """A site, or a block of a park."""

    name = StringField(N_("场地名称"), [InputRequired(), Length(max=80)])
    address = StringField(N_("详细地址"), [InputRequired(), Length(max=200)])
    area = DropField(N_("片区"), choices=lambda: [("", "—"), *term_choices("area")])
    town = DropField(N_("街镇"), choices=lambda: [("", "—"), *term_choices("town")])
    area_m2 = IntegerField(N_("面积"), [Optional(), NumberRange(0, 100_000_000)])
    starts = DayField(N_("起始日"), [InputRequired()])


MONEY = {
    "total_income": N_("总收入"),
    "service_income": N_("服务收入"),
    "property_income": N_("物业收入"),
    "investment_income": N_("投资收入"),
    "other_income": N_("其他收入"),
    "net_profit": N_("净利润"),
    "tax_paid": N_("上缴税金"),
    "fund_total": N_("孵化基金总额"),
    "grants": N_("财政资助"),
    "fixed_assets": N_("固定资产"),
}
COUNTS = {
    "staff": N_("管理机构人员"),
    "staff_professional": N_("其中专业人员"),
    "mentors": N_("创业导师"),
    "events": N_("活动场次"),
}


class FiguresForm(CarrierForm):
    """A carrier's own figures of a period."""

    def values(self) -> dict[str, Any]:
        """Column → value."""
        return {name: self._fields[name].data for name in (*MONEY, *COUNTS)}


for _name, _text in MONEY.items():
    setattr(FiguresForm, _name, MoneyField(_text, signed=_name == "net_profit"))
for _name, _text in COUNTS.items():
    setattr(FiguresForm, _name, IntegerField(_text, [Optional(), NumberRange(0, 10_000_000)]))
