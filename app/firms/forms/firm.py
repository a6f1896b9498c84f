"""Forms of the register entry: new firm or team, profile, name, places, contacts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.forms import BaseForm, CodeField, DayField, DropField, Filled, PickField, RevField
from app.core.terms import term_choices
from app.core.text import N_, _
from app.firms.forms.parts import YesNoField
from app.firms.models import EconomicType, LegalForm, LinkKind, PlaceKind

Pairs = list[tuple[str, str]]


def _or_none(pairs: Callable[[], Pairs]) -> Callable[[], Pairs]:
    return lambda: [("", "—"), *pairs()]


def _terms(name: str) -> Callable[[], Pairs]:
    return _or_none(lambda: term_choices(name))


class ProfileForm(BaseForm):
    """What is edited freely about a firm."""

    rev = RevField()
    short_name = StringField(N_("简称"), [Length(max=60)])
    leader = StringField(N_("负责人"), [Length(max=40)])
    legal_form = DropField(N_("组织形式"), choices=_or_none(LegalForm.choices))
    economic_type = DropField(N_("经济类型"), choices=_or_none(EconomicType.choices))
    founded_on = DayField(N_("成立日期"))
    sector = DropField(N_("重点领域"), choices=_terms("sector"))
    field = DropField(N_("高企技术领域"), choices=_terms("field"))
    incubation_field = DropField(N_("孵化期限延长领域"), choices=_terms("incubation_field"))
    industry = DropField(N_("国民经济行业"), choices=_terms("industry"))
    business = StringField(N_("主营业务"), [Length(max=200)])
    tech_business = YesNoField(N_("主营为新技术研发、生产或服务"))
    banned_business = YesNoField(N_("属于禁止、限制或淘汰类"))
    corporate_controlled = YesNoField(N_("大企业控股"))
    controller = StringField(N_("实际控制人或集团"), [Length(max=80)])
    counted_only = BooleanField(N_("仅计数（涉密企业，不向园区展示）"))

    def profile(self) -> dict[str, Any]:
        """Column → value as the service takes them."""
        values: dict[str, Any] = {}
        for name in PROFILE_FIELDS:
            one = self._fields[name]
            value = one.value if isinstance(one, YesNoField) else one.data
            values[name] = None if value == "" else value
        if values["legal_form"]:
            values["legal_form"] = LegalForm(values["legal_form"])
        if values["economic_type"]:
            values["economic_type"] = EconomicType(values["economic_type"])
        return values


PROFILE_FIELDS = (
    "short_name",
    "leader",
    "legal_form",
    "economic_type",
    "founded_on",
    "sector",
    "field",
    "incubation_field",
    "industry",
    "business",
    "tech_business",
    "banned_business",
    "corporate_controlled",
    "controller",
    "counted_only",
)


class NewFirmForm(ProfileForm):
    """A firm with its code; the code was looked up before."""

    code = CodeField(N_("统一社会信用代码"), [Filled()])
    code_sure = BooleanField(N_("已对照营业执照，代码无误"))
    code_reason = StringField(N_("校验码不符的原因"), [Length(max=200)])
    name = StringField(N_("企业名称"), [Filled(), Length(max=120)])
    name_sure = BooleanField(N_("确认不是同一家企业"))

    @property
    def reason(self) -> str | None:
        """The reason for a code that does not fit; only with the tick."""
        return self.code_reason.data if self.code_sure.data else None


class NewTeamForm(ProfileForm):
    """A team that has no code yet."""

    name = StringField(N_("团队或项目名称"), [Filled(), Length(max=120)])
    name_sure = BooleanField(N_("确认不是同一家企业"))


class FoundForm(BaseForm):
    """团队转企业."""

    rev = RevField()
    name = StringField(N_("企业名称"), [Filled(), Length(max=120)])
    code = CodeField(N_("统一社会信用代码"), [Filled()])
    code_sure = BooleanField(N_("已对照营业执照，代码无误"))
    code_reason = StringField(N_("校验码不符的原因"), [Length(max=200)])
    founded_on = DayField(N_("成立日期"), [Filled()])

    @property
    def reason(self) -> str | None:
        """The reason for a code that does not fit; only with the tick."""
        return self.code_reason.data if self.code_sure.data else None


class NameForm(BaseForm):
    """A new name from a day on."""

    rev = RevField()
    name = StringField(N_("新名称"), [Filled(), Length(max=120)])
    day = DayField(N_("更名日期"), [Filled()])


class PlaceForm(BaseForm):
    """A place from a day on."""

    rev = RevField()
    kind = PickField(N_("地址类别"), choices=PlaceKind.choices)
    district = DropField(N_("行政区"), choices=lambda: term_choices("district"))
    area = DropField(N_("片区"), choices=_terms("area"))
    town = DropField(N_("街镇"), choices=_terms("town"))
    address = StringField(N_("详细地址"), [Length(max=200)])
    starts = DayField(N_("起始日"), [Filled()])


class TagsForm(BaseForm):
    """Founder and team tags, all on one row of ticks; `seen` are those ticked when it opened."""

    seen = HiddenField()
    tags = SelectMultipleField(
        N_("创业者与团队"),
        choices=lambda: [SelectChoice(*pair) for pair in term_choices("founder_tag")],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


#: what people write between digits, also in full width, with the words for an extension
BETWEEN = r"-+() /,;.ext\uff08\uff09\uff0c\uff1b\u3001\u8f6c\u5206\u673a"
PHONE = re.compile(rf"(?=(?:\D*\d){{7}})[{BETWEEN}\d]+", re.IGNORECASE)
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


class ContactForm(BaseForm):
    """A work contact."""

    name = StringField(N_("联系人"), [Filled(), Length(max=40)])
    post = StringField(N_("职务"), [Length(max=40)])
    phone = StringField(N_("电话"), [Length(max=40)])
    email = StringField(N_("邮箱"), [Length(max=120)])

    def validate_phone(self, field: Any) -> None:
        """Seven digits at least, with what people write between them."""
        if field.data and not PHONE.fullmatch(field.data):
            raise ValidationError(_("请填写电话号码，如 021-58880000 转 12 或 13800000000。"))

    def validate_email(self, field: Any) -> None:
        """Something at a domain."""
        if field.data and not EMAIL.fullmatch(field.data):
            raise ValidationError(_("请填写邮箱地址，如 name@example.com。"))


class LinkForm(BaseForm):
    """承继 to another firm, named by its code."""

    code = CodeField(N_("对方统一社会信用代码"), [Filled()])
    kind = PickField(N_("承继方式"), choices=LinkKind.choices)
    day = DayField(N_("承继日期"), [Filled()])
    clock_passes = BooleanField(N_("入孵时间合并计算"))
    milestones_pass = BooleanField(N_("里程碑一并承继"))


class MergeForm(BaseForm):
    """Merge this record into another one, named by its code."""

    code = CodeField(N_("并入企业的统一社会信用代码"), [Filled()])
    reason = StringField(N_("原因"), [Filled(), Length(max=200)])
