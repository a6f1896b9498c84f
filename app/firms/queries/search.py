"""Finding a firm by whatever somebody remembers of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, or_, select

from app.core.db import session
from app.firms import uscc
from app.firms.models import Firm, FirmSearch
from app.firms.search_text import plain


def search(statement: Select[Any], query: str) -> Select[Any]:
    """Narrow a statement over Firm to those whose search text holds every word of the query."""
    for word in query.split()[:6]:
        pattern = plain(word).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        found = select(FirmSearch.firm_id).where(FirmSearch.text.like(f"%{pattern}%", escape="\\"))
        statement = statement.where(Firm.id.in_(found))
    return statement


def by_code(code: str) -> Firm | None:
    """The firm of an exact code, whoever holds it. Callers decide what of it to show."""
    wanted = uscc.normalise(code)
    statement = select(Firm).where(
        or_(Firm.code == wanted, Firm.old_code == wanted), Firm.merged_into_id.is_(None)
    )
    return session.scalars(statement.order_by(Firm.id)).first()
