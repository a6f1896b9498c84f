"""Office words for what the room writes, as the audit and 已办 say them."""

from __future__ import annotations

from app.core.acts import register_acts, register_records
from app.core.text import N_
from app.pipeline.words import ApplicationAct, FirmAct, HandoverAct, MediationAct, MeetingAct

#: written under the code of the record that they are about
OF_RESIDENCIES = (FirmAct.CORRECT, FirmAct.VOID)

register_acts(
    {f"firm:{one.value}": one.text for one in FirmAct if one not in OF_RESIDENCIES}
    | {"firm:land": N_("登记落地")}
)
register_acts({f"handover:{one.value}": one.text for one in HandoverAct})
register_acts({f"mediation:{one.value}": one.text for one in MediationAct})
register_acts({f"meeting:{one.value}": one.text for one in MeetingAct})
register_acts({f"application:{one.value}": one.text for one in ApplicationAct})
register_acts(
    {
        "openings:watch": N_("调整承接机会的视图或订阅"),
        "claim:choose": N_("记录企业选定"),
        "claim:close": N_("自动结束承接意向"),
        "claim:follow": N_("记录跟进"),
        "claim:open": N_("提交承接意向"),
        "claim:refuse": N_("记录企业未选"),
        "claim:release": N_("释放承接意向"),
        "claim:room": N_("改意向房源"),
        "claim:withdraw": N_("撤回承接意向"),
        "clock:rewind": N_("按新标准重算在孵期限"),
        "graduation:approve": N_("同意毕业"),
        "graduation:check": N_("毕业初核"),
        "graduation:keep": N_("复查后维持毕业"),
        "graduation:repeat": N_("更正后重报毕业"),
        "graduation:return": N_("退回毕业"),
        "graduation:verify": N_("毕业核定"),
        "graduation:withdraw": N_("撤销办理毕业"),
        "residency:correct": N_("更正入驻记录"),
        "residency:void": N_("作废入驻记录"),
        "round:edit": N_("修改申报批次"),
        "round:open": N_("新建申报批次"),
        "round:void": N_("作废申报批次"),
        "transfer:agree": N_("同意转出"),
        "transfer:ask": N_("申请转入"),
        "transfer:decide": N_("协调转入"),
        "transfer:end": N_("转入申请自动结束"),
        "transfer:refuse": N_("不同意转出"),
        "transfer:uphold": N_("维持不转"),
        "transfer:withdraw": N_("撤回转入申请"),
    }
)
register_records(
    {
        "application": N_("资质申报"),
        "application_round": N_("申报批次"),
        "claim": N_("承接意向"),
        "claim_step": N_("跟进记录"),
        "graduation": N_("毕业"),
        "handover": N_("企业输送单"),
        "handover_body": N_("输送单内容"),
        "mediation": N_("意向协调"),
        "mediation_opinion": N_("协调意见"),
        "meeting": N_("对接会"),
        "meeting_entry": N_("上会企业"),
        "meeting_guest": N_("受邀单位"),
        "meeting_minutes": N_("会议纪要"),
        "meeting_talk": N_("对接结果"),
        "meeting_task": N_("跟进事项"),
        "push": N_("推送"),
        "transfer_request": N_("转入申请"),
    }
)
