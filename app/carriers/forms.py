"""Forms of a carrier's page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import (
    BooleanField,
    IntegerField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional
from wtforms.widgets import TextInput

from app.carriers.models import CarrierType, Level, StatusAct, SuccessionKind
from app.carriers.stated import KEYS as STATED
from app.core.forms import (
    BaseForm,
    CodeField,
    DayField,
    DropField,
    Filled,
    MoneyField,
    PickField,
    RevField,
    options,
)
from app.core.stated_form import StatementForm
from app.core.terms import term_choices
from app.core.text import N_


class ActForm(BaseForm):
    """A dated act on the registration."""

    act = PickField(N_("事项"), choices=StatusAct.choices)
    day = DayField(N_("日期"), [Filled()])
    document = StringField(N_("文号"), [Length(max=80)])
    batch = StringField(N_("批次"), [Length(max=40)])
    remark = StringField(N_("备注"), [Length(max=200)])


class EndForm(BaseForm):
    """The day from which a level or a site is over."""

    ends = DayField(N_("止日"), [Filled()])


class VoidForm(BaseForm):
    """Why an entry is taken out again."""

    reason = StringField(N_("理由"), [Filled(), Length(max=200)])


class TitleForm(BaseForm):
    """A level held from a day on."""

    level = PickField(N_("级别"), choices=Level.choices)
    starts = DayField(N_("起始日"), [Filled()])
    ends = DayField(N_("止日"))
    document = StringField(N_("文号"), [Length(max=80)])


def places(list_: str) -> Any:
    """Choices of a code list, none first."""
    return lambda: [("", "—"), *term_choices(list_)]


def metres(text: str) -> IntegerField:
    """Square metres, whole."""
    return IntegerField(text, [Optional(), NumberRange(0, 100_000_000)])


class SiteForm(BaseForm):
    """A site, or a block of a park."""

    name = StringField(N_("场地名称"), [Filled(), Length(max=80)])
    address = StringField(N_("详细地址"), [Filled(), Length(max=200)])
    area = DropField(N_("片区"), choices=places("area"))
    town = DropField(N_("街镇"), choices=places("town"))
    area_m2 = metres(N_("面积"))
    starts = DayField(N_("起始日"), [Filled()])
    ends = DayField(N_("止日"))


class SectorsField(SelectMultipleField):
    """Lead sectors as ticks; the first one is the declared speciality."""

    def __init__(self, label: str, **kw: Any) -> None:
        super().__init__(label, choices=self._offered, **kw)

    @staticmethod
    def _offered() -> list[Any]:
        return [SelectChoice(code, word) for code, word in term_choices("sector")]


class SuccessionForm(BaseForm):
    """What goes on in which other carrier: the carrier of the page and one that the view offers."""

    side = PickField(
        N_("关系"),
        choices=[("after", N_("本载体由对方承接")), ("before", N_("对方是本载体的前身"))],
    )
    other = DropField(N_("对方载体"), choices=[("", "—")], validators=[Filled()])
    kind = PickField(N_("方式"), choices=SuccessionKind.choices)
    day = DayField(N_("起始日"), [Filled()])
    document = StringField(N_("文号"), [Length(max=80)])
    remark = StringField(N_("备注"), [Length(max=200)])
    closes = BooleanField(N_("前身同日注销登记"))

    def offer(self, carriers: Iterable[tuple[str, str]]) -> None:
        """Let one of these (public id, name) be chosen."""
        self.other.choices = options([("", "—"), *carriers])


class OperatorPart(BaseForm):
    """运营主体 by name and code; a known one is taken up, a new one recorded."""

    operator_name = StringField(N_("运营主体"), [Filled(), Length(max=120)])
    operator_code = CodeField(N_("运营主体统一社会信用代码"), [Length(max=40)])
    operator_sure = BooleanField(N_("已对照营业执照，代码无误"))


class DocumentPart(BaseForm):
    """The day and paper of an act."""

    day = DayField(N_("登记日期"), [Filled()])
    document = StringField(N_("文号"), [Length(max=80)])
    batch = StringField(N_("批次"), [Length(max=40)])


class NewCarrierForm(OperatorPart, DocumentPart):
    """Registration of a carrier with its first site, and the one that goes on in it."""

    type = PickField(N_("类型"), choices=CarrierType.choices)
    name = StringField(N_("载体名称"), [Filled(), Length(max=120)])
    short_name = StringField(N_("简称"), [Length(max=40)])
    level = PickField(N_("级别"), choices=Level.choices, optional=True)
    sectors = SectorsField(N_("主导领域"))
    founded_on = DayField(N_("成立日期"))
    predecessor = DropField(N_("前身载体"), choices=[("", "—")])
    area_m2 = metres(N_("总面积"))
    incubating_m2 = metres(N_("在孵企业使用面积"))
    site_name = StringField(N_("场地名称"), [Filled(), Length(max=80)])
    address = StringField(N_("详细地址"), [Filled(), Length(max=200)])
    area = DropField(N_("片区"), choices=places("area"))
    town = DropField(N_("街镇"), choices=places("town"))
    site_m2 = metres(N_("场地面积"))

    def offer(self, carriers: Iterable[tuple[str, str]]) -> None:
        """Let one of these (public id, name) be the predecessor, or none."""
        self.predecessor.choices = options([("", "—"), *carriers])


class ChangeForm(OperatorPart, DocumentPart):
    """变更: another name, another operator, or both."""

    rev = RevField()
    name = StringField(N_("载体名称"), [Filled(), Length(max=120)])


class ProfileForm(BaseForm):
    """What a carrier keeps up to date itself."""

    rev = RevField()
    short_name = StringField(N_("简称"), [Filled(), Length(max=40)])
    founded_on = DayField(N_("成立日期"))
    area_m2 = metres(N_("总面积"))
    incubating_m2 = metres(N_("在孵企业使用面积"))
    capacity = IntegerField(N_("承载能力"), [Optional(), NumberRange(1, 100_000)])
    sectors = SectorsField(N_("主导领域"))
    remark = TextAreaField(N_("备注"), [Length(max=1000)])

    def values(self) -> dict[str, Any]:
        """Column → value of what stands on the carrier itself."""
        names = ("short_name", "founded_on", "area_m2", "incubating_m2", "capacity", "remark")
        return {name: self._fields[name].data for name in names}


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


class FiguresForm(BaseForm):
    """A carrier's own figures of a period."""

    rev = RevField()

    def values(self) -> dict[str, Any]:
        """Column → value."""
        return {name: self._fields[name].data for name in (*MONEY, *COUNTS)}


for _name, _text in MONEY.items():
    setattr(FiguresForm, _name, MoneyField(_text, signed=_name == "net_profit"))
for _name, _text in COUNTS.items():
    _whole = IntegerField(_text, [Optional(), NumberRange(0, 10_000_000)], widget=TextInput())
    setattr(FiguresForm, _name, _whole)


class CarrierStatedForm(StatementForm):
    """What a carrier states."""

    keys = STATED
