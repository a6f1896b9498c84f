"""Form of 空间需求: what matching uses is asked for, the rest may wait."""

from __future__ import annotations

from typing import Any

from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange

from app.carriers.models import Clean, Exhaust, UnitUse
from app.core.forms import (
    BaseForm,
    DayField,
    Filled,
    MoneyField,
    PickField,
    RevField,
    ScaledField,
    TicksField,
)
from app.core.terms import term_choices
from app.core.text import N_, _
from app.firms.forms.parts import CountField, YesNoField
from app.firms.models import ANYWHERE, SAID, DemandEnd

MOST_M2 = 10_000_000


def regions() -> list[tuple[str, str]]:
    """片区, with 不限 at the end."""
    return [*term_choices("area"), (ANYWHERE, _("不限"))]


class DemandForm(BaseForm):
    """What the firm needs."""

    rev = RevField()
    area_low = IntegerField(N_("面积（至少）"), [Filled(), NumberRange(1, MOST_M2)])
    area_high = CountField(N_("面积（至多）"), 1, MOST_M2)
    uses = TicksField(N_("用途"), [Filled()], choices=UnitUse.choices)
    needed_by = DayField(N_("最迟入驻日"), [Filled()])
    regions = TicksField(N_("意向片区"), choices=regions)
    rent_most = ScaledField(N_("租金预算上限"), unit=N_("元/㎡·天"), most=100_000, sample="4.5")
    load_kg = CountField(N_("楼面承重"), 0, 100_000)
    height_mm = ScaledField(N_("层高"), places=3, unit=N_("米"), most=100_000, sample="5.4")
    power_kw = CountField(N_("供电"), 0, 1_000_000)
    exhaust = PickField(N_("排风"), choices=Exhaust.choices, optional=True)
    clean = PickField(N_("洁净等级"), choices=Clean.choices, optional=True)
    assessment = YesNoField(N_("需要环评"))
    talents = CountField(N_("人才需求人数"), 0, 1_000_000)
    talent_note = StringField(N_("需要哪类人才"), [Length(max=200)])
    finance = MoneyField(N_("融资需求"))
    finance_note = StringField(N_("融资方式与用途"), [Length(max=200)])
    opened_on = DayField(N_("提出日期"))
    remark = TextAreaField(N_("其他要求"), [Length(max=500)])

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        for name, unit in (("area_low", "㎡"), ("area_high", "㎡"), ("load_kg", "kg/㎡"),
                           ("power_kw", "kW"), ("talents", N_("人"))):  # fmt: skip
            self[name].unit = unit

    def said(self) -> dict[str, Any]:
        """What was filled in, as the service takes it."""
        given: dict[str, Any] = {name: self[name].data for name in SAID}
        given["area_high"] = given["area_high"] or given["area_low"]
        given["assessment"] = self.assessment.value
        return given


class CloseDemandForm(BaseForm):
    """How the search ended."""

    rev = RevField()
    reason = PickField(N_("结果"), choices=DemandEnd.choices)
    on = DayField(N_("结束日期"), [Filled()])
    note = StringField(N_("说明"), [Length(max=200)])
