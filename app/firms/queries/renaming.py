"""Recognitions that have to be issued anew once their firm carries another name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import func, or_, select

from app.core.days import add_months
from app.core.db import session
from app.firms.models import FirmName, Milestone, MilestoneKind, Title

#: 国科发火〔2016〕32号 第十七条 (HNTE); 工信部企业〔2022〕63号 and 〔2026〕2号 (the three tiers)
TITLES = (Title.HNTE, Title.INNOVATIVE_SME, Title.SPECIALISED_SME, Title.LITTLE_GIANT)
#: months after a new name within which it is to be reported
MONTHS = 3


def reissues(firms: Collection[int], day: dt.date) -> dict[int, dt.date]:
    """Firm → the day by which its new name is to be reported: those of which a recognition was
    issued before their last new name, is valid on the day and has not been issued in it."""
    names = (
        select(FirmName.firm_id, func.max(FirmName.ends).label("since"))
        .where(FirmName.firm_id.in_(firms), FirmName.ends <= day)
        .group_by(FirmName.firm_id)
        .subquery()
    )
    m = Milestone
    statement = (
        select(names.c.firm_id, names.c.since)
        .join(m, m.firm_id == names.c.firm_id)
        .where(
            m.kind == MilestoneKind.RECOGNITION, m.title.in_(TITLES),
            m.issued_on < names.c.since, m.expires_on >= day,
            or_(m.revoked_on.is_(None), m.revoked_on > day),
            or_(m.reissued_on.is_(None), m.reissued_on < names.c.since),
        )
        .order_by(names.c.firm_id)
    )  # fmt: skip
    return {firm: add_months(since, MONTHS) for firm, since in session.execute(statement)}
