"""Closed lists of words of the chain: acts, standings, reasons."""

from __future__ import annotations

from app.core.text import N_, Coded
from app.criteria.reading import cites
from app.firms.models import ResidencyKind

COUNTED_KINDS = (ResidencyKind.ON_SITE, ResidencyKind.OFFICE_ONLY, ResidencyKind.FIT_OUT)
#: Served only: an address or services, which no tie counts.
SERVED_KINDS = (ResidencyKind.REGISTERED_ONLY, ResidencyKind.EMPOWERED)
#: Kinds of a tie beside the one that counts.
SIDE_KINDS = (
    ResidencyKind.REGISTERED_ONLY,
    ResidencyKind.OFFICE_ONLY,
    ResidencyKind.EMPOWERED,
    ResidencyKind.EXTENSION,
    ResidencyKind.FIT_OUT,
    ResidencyKind.ON_SITE,
)


class FirmAct(Coded):
    """What can be done with a firm on the chain."""

    ADMIT = "admit", N_("办理入孵")
    TIE = "tie", N_("增加入驻关系")
    EXTEND = "extend", N_("延长孵化")
    GRADUATE = "graduate", N_("办理毕业")
    PROPOSE = "propose", N_("提请毕业")
    PUSH = "push", N_("推送")
    UNPUSH = "unpush", N_("停止推送")
    CLAIM = "claim", N_("提交承接意向")
    TRANSFER = "transfer", N_("办理转入")
    ASK = "ask", N_("申请转入")
    HAND_OVER = "hand_over", N_("转出")
    RESETTLE = "resettle", N_("整体转入")
    ACCELERATE = "accelerate", N_("登记落地（加速器）")
    SETTLE = "settle", N_("登记落地（园区）")
    STAY = "stay", N_("毕业企业入驻")
    LEAVE = "leave", N_("办理离园")
    CONFIRM = "confirm", N_("确认未毕业离园")
    TRACE = "trace", N_("登记去向")
    CORRECT = "correct", N_("更正入驻记录")
    VOID = "void", N_("作废入驻记录")


class GraduationAct(Coded):
    """What can be done with a graduation."""

    REPORT = "report", N_("办理毕业")
    PROPOSE = "propose", N_("提请毕业")
    APPROVE = "approve", N_("同意毕业")
    CHECK = "check", N_("初核")
    VERIFY = "verify", N_("核定")
    RETURN = "return", N_("退回")
    REPEAT = "repeat", N_("更正后重报")
    WITHDRAW = "withdraw", N_("撤销办理")
    KEEP = "keep", N_("复查后维持")


class Absent(Coded):
    """The state of a thing that is not there yet."""

    GRADUATION = "no_graduation", N_("未办理毕业")
    TRANSFER = "no_request", N_("未申请")
    APPLICATION = "no_application", N_("未列入")
    MEDIATION = "no_mediation", N_("未提请协调")
    HANDOVER = "no_handover", N_("未发送")
    MEETING = "no_meeting", N_("未筹备")


#: 办理毕业, by the carrier itself or by proposal where the district is a gate
GRADUATING = (FirmAct.GRADUATE, FirmAct.PROPOSE)


class ClaimAct(Coded):
    """What can be done with a claim."""

    OPEN = "open", N_("提交承接意向")
    FOLLOW = "follow", N_("记跟进")
    ROOM = "room", N_("改意向房源")
    CHOOSE = "choose", N_("记录企业选定")
    REFUSE = "refuse", N_("记录企业未选")
    WITHDRAW = "withdraw", N_("撤回意向")
    RELEASE = "release", N_("释放")
    LAND = "land", N_("登记落地")
    CLOSE = "close", N_("自动结束")
    REOPEN = "reopen", N_("落地作废后恢复")


class ClaimStanding(Coded):
    """What a claim is on a day; a lapse follows from the days and is not stored."""

    NONE = "none", N_("无意向")
    OPEN = "open", N_("跟进中")
    ACCEPTED = "accepted", N_("企业已选定")
    DONE = "done", N_("已落地")
    WITHDRAWN = "withdrawn", N_("已撤回")
    REFUSED = "refused", N_("企业未选")
    RELEASED = "released", N_("已释放")
    LAPSED = "lapsed", N_("跟进期满")


class TransferAct(Coded):
    """What can be done with a request to take over a firm."""

    ASK = "ask", N_("申请转入")
    AGREE = "agree", N_("同意转出")
    REFUSE = "refuse", N_("不同意转出")
    DECIDE = "decide", N_("协调转入")
    UPHOLD = "uphold", N_("维持不转")
    WITHDRAW = "withdraw", N_("撤回申请")
    END = "end", N_("自动结束")


class TransferEnd(Coded):
    """Why a request to take over a firm ended by itself."""

    GRADUATED = "graduated", N_("企业已毕业")
    MOVED = "moved", N_("企业已转往他处")
    LEFT = "left", N_("企业已离园")
    CORRECTED = "corrected", N_("入驻记录已作废或更正")
    CLOSED = "closed", N_("申请方的登记已取消或注销")


class MediationAct(Coded):
    """What can be done with a mediation."""

    ASK = "ask", N_("提请协调")
    WISH = "wish", N_("登记企业意愿")
    ADVISE = "advise", N_("出具协调意见")
    AGAIN = "again", N_("申请再次协调")
    READVISE = "readvise", N_("再次出具意见")
    WITHDRAW = "withdraw", N_("撤回提请")
    END = "end", N_("自动结束")


class HandoverAct(Coded):
    """What can be done with a handover sheet."""

    SEND = "send", N_("发企业输送单")
    CONFIRM = "confirm", N_("确认收到")
    REMARK = "remark", N_("确认并说明")
    REPLACE = "replace", N_("以新单替代")
    WITHDRAW = "withdraw", N_("撤回输送单")


class MeetingAct(Coded):
    """What can be done with a meeting."""

    PREPARE = "prepare", N_("筹备对接会")
    EDIT = "edit", N_("修改安排")
    INVITE = "invite", N_("邀请单位")
    UNINVITE = "uninvite", N_("取消邀请")
    PUT = "put", N_("列入企业")
    TAKE = "take", N_("移出企业")
    ORDER = "order", N_("调整顺序")
    NOTIFY = "notify", N_("发出通知")
    ANSWER = "answer", N_("回复邀请")
    HOLD = "hold", N_("登记召开")
    TALK = "talk", N_("登记对接结果")
    TASK = "task", N_("登记跟进事项")
    DONE = "done", N_("办结跟进事项")
    MINUTES = "minutes", N_("出具会议纪要")
    CANCEL = "cancel", N_("取消对接会")


class MediationEnd(Coded):
    """Why a mediation ended by itself."""

    CHOSEN = "chosen", N_("企业已选定")
    LANDED = "landed", N_("企业已落地")
    NO_CLAIM = "no_claim", N_("各方意向都已结束")


class ApplicationAct(Coded):
    """What can be done with a firm in a round of applications."""

    PLAN = "plan", N_("列入拟申报")
    FILE = "file", N_("登记已报")
    RECOMMEND = "recommend", N_("推荐")
    ANNOUNCE = "announce", N_("登记公示")
    RECOGNISE = "recognise", N_("登记认定")
    FAIL = "fail", N_("登记未通过")
    BACK = "back", N_("退回上一步")
    VOID = "void", N_("作废申报")


class ReturnReason(Coded):
    """Why the district returns a graduation."""

    EVIDENCE = "evidence", N_("佐证不足")
    DATES = "dates", N_("日期有误")
    DUPLICATE = "duplicate", N_("重复申报")
    NOT_MET = "not_met", N_("条件不符")
    OTHER = "other", N_("其他")


class ClaimEnd(Coded):
    """Why a claim ended before the firm arrived."""

    NO_FIT = "no_fit", N_("场地不合适")
    PRICE = "price", N_("价格未谈拢")
    DECLINED = "declined", N_("企业无意向")
    TIMING = "timing", N_("时间不合")
    PLAN_CHANGED = "plan_changed", N_("计划调整")
    CHOSE_OTHER = "chose_other", N_("企业选择他处")
    NOT_MOVING = "not_moving", N_("企业暂不搬迁")
    LAPSED = "lapsed", N_("跟进期满")
    LANDED_ELSEWHERE = "landed_elsewhere", N_("已在他处落地")
    FIRM_LEFT = "firm_left", N_("企业已迁离")
    CLAIMANT_CLOSED = "claimant_closed", N_("意向方的登记已取消或注销")


#: Reasons a park gives when it lets go.
CLAIMANT_ENDS = (
    ClaimEnd.NO_FIT,
    ClaimEnd.PRICE,
    ClaimEnd.DECLINED,
    ClaimEnd.TIMING,
    ClaimEnd.PLAN_CHANGED,
)
#: Reasons of the firm, as its carrier records them.
FIRM_ENDS = (ClaimEnd.NO_FIT, ClaimEnd.PRICE, ClaimEnd.CHOSE_OTHER, ClaimEnd.NOT_MOVING)


class ChosenBy(Coded):
    """Who recorded the firm's choice."""

    HOST = "host", N_("所在载体记录")
    CLAIMANT = "claimant", N_("凭企业函件由意向方记录")


def clause_words(code: str) -> str:
    """A clause of the graduation standard, as it is cited: 9-2 is 第九条（二）."""
    return cites(code) or code


def basis_words(codes: str) -> str:
    """The clauses that a graduation rests on, as they are cited; empty for none."""
    return cites(codes) or ""
