"""The form of a milestone: its fields follow the kind."""

from __future__ import annotations

from functools import cache
from typing import Any

from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from app.core.forms import BaseForm, DayField, DropField, Filled, MoneyField, PickField, RevField
from app.core.text import N_, Coded, _
from app.firms.forms.parts import CountField, PapersField, RateField, YesNoField
from app.firms.kinds import SHAPES, typed_fields
from app.firms.models import (
    AwardLevel,
    DealKind,
    IncidentKind,
    InvestorKind,
    IpObtained,
    IpType,
    MilestoneKind,
    MoneyState,
    Title,
)

WORDS: dict[str, type[Coded]] = {
    "investor": InvestorKind,
    "money_state": MoneyState,
    "ip_type": IpType,
    "obtained": IpObtained,
    "title": Title,
    "deal": DealKind,
    "level": AwardLevel,
    "incident": IncidentKind,
}
LABELS = {
    "day": N_("日期"),
    "name": N_("名称"),
    "number": N_("编号"),
    "remark": N_("备注"),
    "investor": N_("投资方"),
    "money_state": N_("资金"),
    "amount": N_("金额"),
    "received_on": N_("到账日期"),
    "investor_name": N_("投资机构"),
    "currency": N_("币种"),
    "original": N_("原币金额"),
    "rate": N_("汇率"),
    "rate_on": N_("汇率日期"),
    "onshore": N_("境内主体收到"),
    "ip_type": N_("知识产权类别"),
    "obtained": N_("取得方式"),
    "applied_on": N_("申请日"),
    "granted_on": N_("授权日"),
    "obtained_on": N_("取得日"),
    "expires_on": N_("到期日"),
    "related": N_("与主要产品相关"),
    "used_before": N_("以前申报高企时用过"),
    "title": N_("资质名称"),
    "announced_on": N_("公示日"),
    "filed_on": N_("备案日"),
    "issued_on": N_("发证日"),
    "reissued_on": N_("更名换证日"),
    "revoked_on": N_("取消日"),
    "deal": N_("事项"),
    "level": N_("级别"),
    "rank": N_("排名"),
    "incident": N_("异常类别"),
    "serious": N_("情节严重"),
    "ended_on": N_("解除日"),
}
#: What a kind calls a field that others call otherwise.
OWN_LABELS = {
    (MilestoneKind.FINANCING, "name"): N_("轮次"),
    (MilestoneKind.IP, "number"): N_("专利号或登记号"),
    (MilestoneKind.RECOGNITION, "number"): N_("证书编号"),
    (MilestoneKind.DEAL, "name"): N_("对方或市场"),
    (MilestoneKind.STANDARD, "number"): N_("标准号"),
    (MilestoneKind.STANDARD, "rank"): N_("起草排名"),
}
#: What stands on the form at once; the rest of a kind's fields is folded.
QUICK = {
    MilestoneKind.FINANCING: ("investor", "amount", "day", "money_state"),
    MilestoneKind.IP: ("ip_type", "name", "number", "obtained", "granted_on"),
    MilestoneKind.RECOGNITION: ("title", "number", "issued_on", "expires_on"),
    MilestoneKind.DEAL: ("deal", "name", "day"),
    MilestoneKind.AWARD: ("level", "name", "day"),
    MilestoneKind.INSTITUTION: ("level", "name", "day"),
    MilestoneKind.STANDARD: ("level", "name", "number", "day"),
    MilestoneKind.INCIDENT: ("incident", "name", "day", "serious"),
    MilestoneKind.OTHER: ("name", "day"),
}
FOREIGN = (("", N_("人民币")), ("USD", N_("美元")), ("HKD", N_("港元")), ("EUR", N_("欧元")),
           ("JPY", N_("日元")), ("GBP", N_("英镑")))  # fmt: skip


class MilestoneForm(BaseForm):
    """What all kinds share; `for_kind` adds the kind's own fields."""

    kind: MilestoneKind
    quick: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()

    rev = RevField()
    files = PapersField(N_("佐证材料"))
    reason = StringField(N_("更正原因"), [Length(max=200)])

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        for name, field in self._fields.items():
            text = OWN_LABELS.get((self.kind, name)) or LABELS.get(name)
            if text or name in ("files", "reason"):
                field.label.text = _(text or field.label.text)

    def values(self) -> dict[str, Any]:
        """Column → value as the service takes them."""
        found: dict[str, Any] = {}
        for name in (*self.quick, *self.folded):
            field = self._fields[name]
            value: Any = field.value if isinstance(field, YesNoField) else field.data
            if name in WORDS and value is not None:
                value = WORDS[name](value)
            found[name] = None if value == "" else value
        return found


def _field(kind: MilestoneKind, name: str) -> Any:
    needed = name in SHAPES[kind].needs
    label = LABELS[name]
    validators = [Filled()] if needed else []
    if name in WORDS:
        return _WordField(label, words=WORDS[name], optional=not needed)
    if name in ("amount", "original"):
        return MoneyField(label)
    if name == "rate":
        return RateField(label)
    if name == "currency":
        return DropField(label, choices=lambda: [(c, _(t)) for c, t in FOREIGN])
    if name in ("onshore", "related", "used_before", "serious"):
        return YesNoField(label)
    if name == "rank":
        return CountField(label, low=1)
    if name == "day" or name.endswith("_on"):
        return DayField(label)
    if name == "remark":
        return TextAreaField(label, [Length(max=1000)])
    size = {"name": 160, "number": 60}.get(name, 120)
    return StringField(label, [*validators, Length(max=size)])


class _WordField(PickField):
    """A word of a closed list, in the language of the reader."""

    def __init__(self, label: str, words: type[Coded], **kw: Any) -> None:
        super().__init__(label, choices=words.choices(), **kw)
        if not self.optional:
            self.flags.required = True


@cache
def for_kind(kind: MilestoneKind) -> type[MilestoneForm]:
    """The form class of a kind."""
    quick = QUICK[kind]
    folded = tuple(name for name in typed_fields(kind) if name not in quick)
    fields = {name: _field(kind, name) for name in (*quick, *folded)}
    return type(
        f"{kind.value.title()}Form",
        (MilestoneForm,),
        {"kind": kind, "quick": quick, "folded": folded, **fields},
    )


class ConfirmForm(BaseForm):
    """区级核实 of an entry as it was read."""

    rev = RevField()


class VoidForm(BaseForm):
    """作废 with its reason."""

    rev = RevField()
    reason = StringField(N_("原因"), [Filled(), Length(max=200)])
