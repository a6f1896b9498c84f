"""Finding a firm by whatever somebody remembers of it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from app.carriers.models import Carrier
from app.core.access import AnyViewer
from app.core.db import session
from app.core.pinyin import plain
from app.firms import uscc
from app.firms.models import Firm, FirmSearch, Residency
from app.firms.queries.scope import visible

#: More words than this narrow nothing further.
WORDS = 6

#: Forms and places that half of all names share; names are compared without them.
_COMMON = re.compile(
    r"[()（）·\-\s]|股份|有限|责任|公司|合伙企业|普通|上海市?|浦东新区|中国"  # zh: parsed
)


def holds(text: str) -> ColumnElement[bool]:
    """Condition on FirmSearch: the search text of a firm holds a piece of text."""
    pattern = re.sub(r"([\\%_])", r"\\\1", plain(text))
    return FirmSearch.text.like(f"%{pattern}%", escape="\\")


def holding(text: str) -> Select[int]:
    """Ids of the firms whose search text holds a piece of text."""
    return select(FirmSearch.firm_id).where(holds(text))


def search(statement: Select[Any], query: str) -> Select[Any]:
    """Narrow a statement over Firm to those whose search text holds every word of the query.

    A join, so that of a small scope only its own texts are looked at.
    """
    words = query.replace("\0", "").split()[:WORDS]
    if not words:
        return statement
    joined = statement.join(FirmSearch, FirmSearch.firm_id == Firm.id)
    return joined.where(*(holds(word) for word in words))


def by_code(code: str) -> Firm | None:
    """The firm of an exact code, whoever holds it. Callers decide what of it to show.

    The code of a record that was merged finds the firm that it was merged into.
    """
    wanted = uscc.normalise(code)
    statement = (
        select(Firm)
        .where(or_(Firm.code == wanted, Firm.old_code == wanted))
        .order_by(Firm.merged_into_id.is_not(None), Firm.id)
    )
    found = session.scalars(statement).first()
    while found is not None and found.merged_into is not None:
        found = found.merged_into
    return found


@dataclass(frozen=True)
class Holder:
    """What anybody may know of a code in use: name, code and the carrier that counts it.

    Of a firm marked 仅计数 outside the viewer's scope neither name nor carrier (`masked`).
    """

    firm: Firm
    in_scope: bool
    carrier: str | None
    carrier_id: int | None
    own: bool

    @property
    def masked(self) -> bool:
        """Whether only the code may be told."""
        return self.firm.counted_only and not self.in_scope


def look_up(viewer: AnyViewer, code: str, day: dt.date) -> Holder | None:
    """Who holds an exact code; None when it is free. Name, code and carrier are not secret."""
    firm = by_code(code)
    if firm is None:
        return None
    in_scope = session.scalar(visible(viewer).with_only_columns(Firm.id).where(Firm.id == firm.id))
    tie = session.execute(
        select(Carrier.id, Carrier.name, Carrier.organisation_id)
        .join(Residency, Residency.carrier_id == Carrier.id)
        .where(
            Residency.firm_id == firm.id,
            Residency.counted,
            Residency.starts <= day,
            or_(Residency.ends.is_(None), Residency.ends > day),
        )
        .order_by(Residency.starts.desc(), Residency.id)
    ).first()
    return Holder(
        firm=firm,
        in_scope=in_scope is not None,
        carrier=tie.name if tie else None,
        carrier_id=tie.id if tie else None,
        own=bool(tie and tie.organisation_id in viewer.organisation_ids),
    )


def core_name(name: str) -> str:
    """A name without its legal form, place and marks."""
    return plain(_COMMON.sub("", name))


def similar(viewer: AnyViewer, name: str, leave_out: int | None = None) -> list[Firm]:
    """Firms within the viewer's scope whose name differs in form, place or marks only."""
    core = core_name(name)
    if not core:
        return []
    statement = visible(viewer).where(Firm.id.in_(holding(core)))
    if leave_out is not None:
        statement = statement.where(Firm.id != leave_out)
    return [firm for firm in session.scalars(statement.limit(20)) if core_name(firm.name) == core]
