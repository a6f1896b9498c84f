"""Forms of the chain: shape and parsing; the rules are in the move tables."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from app.core.days import today
from app.core.forms import BaseForm, CodeField, DayField, Filled, PickField, RevField, ScaledField
from app.core.text import N_, Coded, _
from app.firms.forms.parts import PapersField
from app.firms.models import Destination, LeaveReason
from app.pipeline.models import ClaimStepKind
from app.pipeline.words import (
    CLAIMANT_ENDS,
    COUNTED_KINDS,
    FIRM_ENDS,
    SIDE_KINDS,
    ClaimEnd,
    ReturnReason,
)

LEAVE_REASONS = (
    LeaveReason.NOT_GRADUATED,
    LeaveReason.GRADUATED,
    LeaveReason.OVER_LIMIT,
    LeaveReason.CARRIER_CLOSED,
    LeaveReason.DISSOLVED,
)


def words(*codes: Coded) -> Any:
    """Choices that are worded when the form is made."""
    return lambda: [(code.value, code.label) for code in codes]


def a_day(text: str, required: bool = False) -> DayField:
    """A day; optional unless said."""
    return DayField(text, validators=[Filled() if required else Optional()])


def a_note(text: str, required: bool = False, length: int = 200) -> StringField:
    """One line of text."""
    check = Filled() if required else Optional()
    return StringField(text, validators=[check, Length(max=length)])


def an_area() -> IntegerField:
    """Square metres."""
    return IntegerField(N_("面积（㎡）"), validators=[Optional(), NumberRange(1, 10_000_000)])


def desk_count() -> IntegerField:
    """Desks of a room let by desks."""
    return IntegerField(N_("使用工位数"), validators=[Optional(), NumberRange(1, 100_000)])


class ActForm(BaseForm):
    """A form of one act."""

    def said(self, name: str) -> Any:
        """What a field holds once the form is valid."""
        return self[name].data

    def given(self) -> dict[str, Any]:
        """What was typed, by field; empty boxes are None."""
        left_out = ("csrf_token", "rev", "carrier", "token")
        return {
            name: None if value == "" else value
            for name, value in self.data.items()
            if name not in left_out
        }


class PlainForm(ActForm):
    """Nothing to fill in: the press is the act."""


class ReasonForm(ActForm):
    """A reason in words, for the version of a record that was read."""

    rev = RevField()
    reason = a_note(N_("理由"), required=True)


class AdmitForm(ActForm):
    """入孵."""

    starts = a_day(N_("入孵日期"), required=True)
    agreement_on = a_day(N_("孵化协议签订日期"))
    kind = PickField(N_("入驻方式"), choices=words(*COUNTED_KINDS), default="on_site")
    site = SelectField(N_("场地"), choices=[], validate_choice=False, validators=[Optional()])
    area_m2 = an_area()
    lease_ends = a_day(N_("租期至"))
    remark = a_note(N_("备注"))


class TieForm(ActForm):
    """Another tie."""

    kind = PickField(N_("入驻方式"), choices=words(*SIDE_KINDS))
    starts = a_day(N_("开始日期"), required=True)
    ends = a_day(N_("结束日期"))
    site = SelectField(N_("场地"), choices=[], validate_choice=False, validators=[Optional()])
    area_m2 = an_area()
    remark = a_note(N_("备注"))


class StayForm(ActForm):
    """A graduate moves in."""

    starts = a_day(N_("入驻日期"), required=True)
    site = SelectField(N_("场地"), choices=[], validate_choice=False, validators=[Optional()])
    area_m2 = an_area()
    lease_ends = a_day(N_("租期至"))


class ExtendForm(ActForm):
    """延长孵化."""

    rev = RevField()
    to = a_day(N_("延长至"), required=True)
    reason = a_note(N_("延长理由"), required=True)


class LeaveForm(ActForm):
    """离园."""

    on = a_day(N_("离园日期"), required=True)
    destination = PickField(N_("去向"), choices=words(*Destination))
    reason = PickField(N_("离园原因"), choices=words(*LEAVE_REASONS))
    registered = BooleanField(N_("注册地仍在本载体，自离园日期起记为仅注册"))
    remark = a_note(N_("备注"))


class TraceForm(ActForm):
    """登记去向 of a firm that has left."""

    destination = PickField(
        N_("查明的去向"), choices=words(*(d for d in Destination if d != Destination.UNKNOWN))
    )
    remark = a_note(N_("怎样得知"))


class TransferForm(ActForm):
    """转入."""

    on = a_day(N_("转入日期"), required=True)


class AskForm(ActForm):
    """申请转入."""

    wanted_on = a_day(N_("希望转入日期"), required=True)
    note = a_note(N_("说明"))


class AnswerForm(ActForm):
    """An answer to a request, in words."""

    note = a_note(N_("说明"))


class GraduateForm(ActForm):
    """办理毕业. 条件达成日, 毕业日期 and 计入报告期 are three things."""

    graduated_on = a_day(N_("毕业日期"), required=True)
    eligible_on = a_day(N_("条件达成日"))
    agreement_on = a_day(N_("孵化协议签订日期"))
    destination = PickField(
        N_("毕业后去向"),
        choices=lambda: [("", _("仍在本园（毕业留驻）")), *words(*Destination)()],
        optional=True,
        default="",
    )
    override = a_note(N_("资料不全仍办理的理由"))


class RepeatForm(GraduateForm):
    """更正后重报 of one that was sent back."""

    rev = RevField()


class CorrectForm(ActForm):
    """更正. The kind is offered among those that count alike."""

    rev = RevField()
    kind = PickField(N_("入驻方式"))
    starts = a_day(N_("开始日期"), required=True)
    ends = a_day(N_("结束日期"))
    agreement_on = a_day(N_("孵化协议签订日期"))
    lease_ends = a_day(N_("租期至"))
    area_m2 = an_area()
    remark = a_note(N_("备注"))
    reason = a_note(N_("更正理由"), required=True)


class ClaimForm(ActForm):
    """提交承接意向."""

    token = HiddenField(validators=[Filled(), Length(min=8, max=40)])
    carrier = SelectField(N_("意向方"), choices=[], validate_choice=False)
    planned_on = a_day(N_("计划入驻"))
    unit = SelectField(N_("意向房源"), choices=[], validate_choice=False, validators=[Optional()])
    unit_number = a_note(N_("或填房号"), length=80)
    area_m2 = an_area()
    amount = desk_count()
    message = TextAreaField(N_("给企业的话"), validators=[Optional(), Length(max=200)])


class RoomForm(ActForm):
    """改意向房源: which room is meant, how much of it, and from when."""

    rev = RevField()
    planned_on = a_day(N_("计划入驻"))
    unit = SelectField(N_("意向房源"), choices=[], validate_choice=False, validators=[Optional()])
    unit_number = a_note(N_("或填房号"), length=80)
    area_m2 = an_area()
    amount = desk_count()


class ChooseForm(ActForm):
    """The firm's choice, with its letter where the claimant records it."""

    letter = PapersField(N_("企业选定函"))


class FollowForm(ActForm):
    """记跟进."""

    step = PickField(N_("进展"), choices=words(*ClaimStepKind))
    day = DayField(N_("日期"), validators=[Filled()], default=today)
    note = a_note(N_("记录"))
    next_on = a_day(N_("下次联系"))


class EndForm(ActForm):
    """Why a claim ends, in the claimant's words or the firm's."""

    reason = PickField(N_("原因"), choices=words(*CLAIMANT_ENDS))
    note = a_note(N_("备注"))

    def end(self) -> dict[str, Any]:
        """Reason and note for the service."""
        return {"reason": ClaimEnd(self.said("reason")), "note": self.note.data}


class DeclineForm(EndForm):
    """The firm's own reasons."""

    reason = PickField(N_("原因"), choices=words(*FIRM_ENDS))


class MediationForm(ActForm):
    """提请协调, or once more."""

    reason = a_note(N_("要协调的事"))


class WishForm(ActForm):
    """登记企业意愿."""

    wish = TextAreaField(N_("企业的意愿"), validators=[Filled(), Length(max=300)])


class OpinionForm(ActForm):
    """出具协调意见."""

    text = TextAreaField(N_("协调意见"), validators=[Filled(), Length(max=2000)])


class HandoverForm(ActForm):
    """发企业输送单: what the program cannot know of itself."""

    to = SelectField(N_("接收方"), choices=[], validate_choice=False)
    services = TextAreaField(N_("已提供的服务"), validators=[Optional(), Length(max=600)])
    needs = TextAreaField(N_("需求与未尽事项"), validators=[Optional(), Length(max=600)])


class ReceiptForm(ActForm):
    """The receiver's word on a sheet."""

    remark = TextAreaField(N_("说明"), validators=[Optional(), Length(max=300)])


class ReturnForm(ActForm):
    """退回."""

    rev = RevField()
    reason = PickField(N_("退回原因"), choices=words(*ReturnReason))
    note = a_note(N_("说明"))


class LandForm(ActForm):
    """登记落地: four days apart; 实际入驻 is the one that counts."""

    code = CodeField(N_("统一社会信用代码"), validators=[Filled()])
    carrier = SelectField(N_("接收单位"), choices=[], validate_choice=False)
    name = a_note(N_("企业名称"), length=120)
    code_reason = a_note(N_("校验位不符仍登记的理由"))
    arrived_on = a_day(N_("实际入驻"), required=True)
    signed_on = a_day(N_("签约"))
    registered_on = a_day(N_("注册迁入"))
    taxed_on = a_day(N_("税收迁入"))
    site = SelectField(N_("场地"), choices=[], validate_choice=False, validators=[Optional()])
    area_m2 = an_area()
    unit = SelectField(N_("使用房源"), choices=[], validate_choice=False, validators=[Optional()])
    amount = ScaledField(N_("使用工位数"))
    lease_ends = a_day(N_("租期至"))
    remark = a_note(N_("备注"))
