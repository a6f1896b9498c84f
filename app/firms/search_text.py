"""Search text of a firm: everything somebody may type to find it, on one line.

Two-character Chinese terms are the ordinary query, so the text is searched as it is (LIKE);
no tokeniser can lose them.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, insert, select

from app.core.db import session
from app.core.pinyin import plain, spellings
from app.firms.models import Firm, FirmName, FirmSearch

#: Stands between the parts, so that no query matches across two of them.
SEPARATOR = " | "


def search_text(names: Iterable[str], codes: Iterable[str | None]) -> str:
    """The searchable line for a firm's names (present, short, former) and codes."""
    parts: list[str] = []
    for name in dict.fromkeys(n for n in names if n):
        parts += [plain(name), *spellings(name)]
    parts += [plain(code) for code in codes if code]
    return SEPARATOR.join(dict.fromkeys(parts))


def refill(firm_ids: Iterable[int]) -> None:
    """Write the search text of some firms anew, inside the writer's transaction.

    A firm merged into another is found under the one that remains.
    """
    for firm_id in sorted(set(firm_ids)):
        session.execute(delete(FirmSearch).where(FirmSearch.firm_id == firm_id))
        firms = _with_merged(firm_id)
        if not firms or firms[0].merged_into_id is not None:
            continue
        former = session.scalars(
            select(FirmName.name)
            .where(FirmName.firm_id.in_([f.id for f in firms]))
            .order_by(FirmName.starts, FirmName.id)
        ).all()
        names = [name for firm in firms for name in (firm.name, firm.short_name)]
        codes = [code for firm in firms for code in (firm.code, firm.old_code)]
        text = search_text([*names, *former], codes)
        session.execute(insert(FirmSearch).values(firm_id=firm_id, text=text))


def _with_merged(firm_id: int) -> list[Firm]:
    """The firm first, then those merged into it."""
    found = session.scalars(
        select(Firm)
        .where((Firm.id == firm_id) | (Firm.merged_into_id == firm_id))
        .order_by(Firm.id)
    ).all()
    return sorted(found, key=lambda firm: firm.id != firm_id)
