"""Forms of 房源 and of what is used of it."""

from __future__ import annotations

from typing import Any

from wtforms import IntegerField, StringField
from wtforms.validators import Length, NumberRange, Optional, StopValidation
from wtforms.widgets import TextInput

from app.carriers.models import Clean, Exhaust, HoldKind, Unit, UnitUse
from app.core.days import today
from app.core.forms import (
    BaseForm,
    DayField,
    DropField,
    Filled,
    RevField,
    ScaledField,
    TicksField,
)
from app.core.text import N_, _

#: sizes beyond which something was mistyped: 10 ㎢, 100 m, 100 t/㎡, 1 GW, 10,000 元
MOST = {"area": 10**9, "height": 100_000, "load": 100_000, "power": 10**6, "rent": 10**6}


class Within(NumberRange):
    """A range, of which nothing is said where no number was read."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.process_errors:
            raise StopValidation()
        super().__call__(form, field)


def whole(text: str, most: int, least: int = 0) -> IntegerField:
    """A whole number; optional."""
    return IntegerField(text, [Optional(), Within(least, most)], widget=TextInput())


class UnitForm(BaseForm):
    """What is recorded of a unit. What follows from its use is not asked for."""

    rev = RevField()
    site = DropField(N_("场地"), choices=[], validate_choice=False, validators=[Filled()])
    building = StringField(N_("楼栋"), [Length(max=40)])
    floor = IntegerField(N_("楼层"), [Filled(), Within(-9, 200)], widget=TextInput())
    floor_label = StringField(N_("楼层标识"), [Length(max=12)])
    number = StringField(N_("房号"), [Filled(), Length(max=24)])
    area_dm2 = ScaledField(
        N_("建筑面积"), validators=[Filled()], unit="㎡", most=MOST["area"], sample="126.35"
    )
    desks = whole(N_("工位数"), 100_000, 1)
    uses = TicksField(N_("可作用途"), choices=UnitUse.choices)
    approved = TicksField(N_("环评覆盖用途"), choices=UnitUse.choices)
    height_mm = ScaledField(N_("层高"), places=3, unit="m", most=MOST["height"], sample="4.5")
    load_kg = whole(N_("承重"), MOST["load"])
    power_kw = whole(N_("供电"), MOST["power"])
    exhaust = DropField(N_("排风"), choices=lambda: [("", "—"), *Exhaust.choices()])
    clean = DropField(N_("洁净等级"), choices=lambda: [("", "—"), *Clean.choices()])
    rent = ScaledField(N_("租金"), most=MOST["rent"] * 100, sample="4.50")
    starts = DayField(N_("启用日期"), [Filled()], default=today)
    remark = StringField(N_("备注"), [Length(max=200)])

    def values(self) -> dict[str, Any]:
        """Column → value, as the service wants them."""
        names = (
            "floor", "floor_label", "number", "area_dm2", "desks", "height_mm", "load_kg",
            "power_kw", "rent", "starts", "remark",
        )  # fmt: skip
        given = {name: self[name].data for name in names}
        given["building"] = self.building.data or ""
        for name in ("uses", "approved"):
            given[name] = tuple(UnitUse(code) for code in self[name].data)
        given["exhaust"] = Exhaust(self.exhaust.data) if self.exhaust.data else None
        given["clean"] = Clean(self.clean.data) if self.clean.data else None
        return given


class StatusForm(BaseForm):
    """Quick status of one unit: what, and from which day."""

    on = DayField(N_("自哪天起"), [Filled()], default=today)
    ends = DayField(N_("预计到哪天"))
    reason = StringField(N_("说明"), [Length(max=200)])


#: what quick status can do
MOVES = ("vacate", *(kind.value for kind in HoldKind), "release")


def measure(form: Any, unit: Unit, typed: Any = None) -> None:
    """Ask for what the unit is let by; `typed`, the fields of a post, is read again by it.

    A field is read when its form is made, before anybody knows whether it counts desks.
    """
    amount = form.amount
    if unit.desks is None:
        amount.places, amount.unit, amount.most = 2, "㎡", MOST["area"]
    else:
        amount.places, amount.unit, amount.most = 0, N_("个工位"), 100_000
        amount.label.text = _("使用工位")
        amount.sample = "12"
    if typed is not None:
        amount.process(typed)


class UseForm(BaseForm):
    """A firm's use of a unit. The amount is ㎡, or desks where the unit is let by desks."""

    rev = RevField()
    firm = DropField(N_("企业"), choices=[], validate_choice=False)
    code = StringField(N_("或填统一社会信用代码"), [Length(max=40)])
    amount = ScaledField(N_("使用面积"), validators=[Filled()])
    starts = DayField(N_("起始日"), [Filled()], default=today)
    ends = DayField(N_("止日"))
    lease_ends = DayField(N_("租期至"))
    remark = StringField(N_("备注"), [Length(max=200)])


class ResizeForm(BaseForm):
    """From a day on another amount of the same unit."""

    amount = ScaledField(N_("使用面积"), validators=[Filled()])
    on = DayField(N_("自哪天起"), [Filled()], default=today)


class VacateForm(BaseForm):
    """腾退 of one use."""

    on = DayField(N_("腾退日期"), [Filled()], default=today)


class WhyForm(BaseForm):
    """作废: a reason in words."""

    rev = RevField()
    reason = StringField(N_("理由"), [Filled(), Length(max=200)])


class EndUnitForm(BaseForm):
    """停用 from a day on."""

    rev = RevField()
    on = DayField(N_("自哪天停用"), [Filled()], default=today)


class SplitForm(BaseForm):
    """拆分: a number and an amount for each part; empty lines are passed over."""

    rev = RevField()
    on = DayField(N_("拆分日期"), [Filled()], default=today)


SPLIT_LINES = 6
for _n in range(1, SPLIT_LINES + 1):
    setattr(SplitForm, f"number{_n}", StringField(N_("房号"), [Length(max=24)]))
    setattr(SplitForm, f"amount{_n}", ScaledField(N_("面积")))


class MergeForm(BaseForm):
    """合并 with units of the same floor."""

    on = DayField(N_("合并日期"), [Filled()], default=today)
    number = StringField(N_("新房号"), [Filled(), Length(max=24)])
    units = TicksField(N_("并入的房源"), choices=[], validate_choice=False)
