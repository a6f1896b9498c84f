"""Search text of a firm: everything somebody may type to find it, on one line.

Two-character Chinese terms are the ordinary query, so the text is searched as it is (LIKE);
no tokeniser can lose them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from pypinyin import Style, lazy_pinyin
from sqlalchemy import delete, insert, select

from app.core.db import session
from app.firms.models import Firm, FirmName, FirmSearch

#: Parts of company names that nobody searches by; dropped for the initials only.
SEPARATOR = " | "


def plain(text: str) -> str:
    """Lower case, half width, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def initials(name: str) -> str:
    """Pinyin initials: 石上泉传感 → ssqcg. Latin letters and digits stay as they are."""
    return plain("".join(lazy_pinyin(name, style=Style.FIRST_LETTER)))


def spelled(name: str) -> str:
    """Full pinyin: 石上泉 → shishangquan."""
    return plain("".join(lazy_pinyin(name)))


def sort_key(name: str) -> str:
    """Key by which Chinese names sort the same on both engines."""
    return spelled(name)[:200]


def search_text(names: Iterable[str], codes: Iterable[str | None]) -> str:
    """The searchable line for a firm's names (present, short, former) and codes."""
    parts: list[str] = []
    for name in dict.fromkeys(n for n in names if n):
        parts += [plain(name), initials(name), spelled(name)]
    parts += [plain(code) for code in codes if code]
    return SEPARATOR.join(dict.fromkeys(parts))


def refill(firm_ids: Iterable[int]) -> None:
    """Write the search text of some firms anew, inside the writer's transaction."""
    for firm_id in sorted(set(firm_ids)):
        firm = session.scalars(select(Firm).where(Firm.id == firm_id)).one_or_none()
        session.execute(delete(FirmSearch).where(FirmSearch.firm_id == firm_id))
        if firm is None:
            continue
        former = session.scalars(
            select(FirmName.name).where(FirmName.firm_id == firm_id).order_by(FirmName.starts)
        ).all()
        text = search_text([firm.name, firm.short_name, *former], [firm.code, firm.old_code])
        session.execute(insert(FirmSearch).values(firm_id=firm_id, text=text))
