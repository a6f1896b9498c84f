"""The clocks of a firm and what they are called."""

from __future__ import annotations

from app.core.text import N_, _
from app.firms.models import Title

#: titles whose end a manager must not miss
TITLES = (
    Title.HNTE,
    Title.TECH_SME,
    Title.INNOVATIVE_SME,
    Title.SPECIALISED_SME,
    Title.LITTLE_GIANT,
)
LIMIT, LEASE, ROUND, RENAME = "limit", "lease", "round", "rename"
REVIEW, FOLLOW, ANSWER, CONFIRM, REPORT = "review", "follow", "answer", "confirm", "report"
MOVE, TALK = "move", "talk"
WORDS = {
    LIMIT: N_("在孵期限"), LEASE: N_("场地租期"), ROUND: N_("资质申报截止"),
    RENAME: N_("更名换证"), REVIEW: N_("小巨人复核截止"), FOLLOW: N_("跟进期届满"),
    ANSWER: N_("转入申请答复"), CONFIRM: N_("确认离园"), REPORT: N_("报表截止"),
    MOVE: N_("最迟入驻日"), TALK: N_("对接会跟进"),
    Title.HNTE: N_("高企有效期"), Title.TECH_SME: N_("科技型中小企业有效期"),
    Title.INNOVATIVE_SME: N_("创新型中小企业有效期"),
    Title.SPECIALISED_SME: N_("专精特新有效期"), Title.LITTLE_GIANT: N_("小巨人有效期"),
}  # fmt: skip
#: what fits into a cell
BRIEF = {
    LIMIT: N_("期限"),
    LEASE: N_("租期"),
    ROUND: N_("申报截止"),
    RENAME: N_("换证"),
    REVIEW: N_("复核"),
    FOLLOW: N_("跟进"),
    ANSWER: N_("答复"),
    CONFIRM: N_("离园确认"),
    REPORT: N_("报表"),
    MOVE: N_("搬迁"),
    TALK: N_("对接"),
    Title.HNTE: N_("高企"),
    Title.TECH_SME: N_("科小"),
    Title.INNOVATIVE_SME: N_("创新型"),
    Title.SPECIALISED_SME: N_("专精特新"),
    Title.LITTLE_GIANT: N_("小巨人"),
}
#: clocks that go on when their day has passed
OPEN = (LIMIT, RENAME, ANSWER, CONFIRM, REPORT, MOVE, TALK)
#: clocks of a few days; a calendar reminds of them later than of those of months
SHORT = (FOLLOW, ANSWER, CONFIRM, REPORT, TALK)


def word(key: str) -> str:
    """The name of a clock in the reader's language."""
    return _(WORDS[key])


def brief(key: str) -> str:
    """The same in few characters."""
    return _(BRIEF[key])
