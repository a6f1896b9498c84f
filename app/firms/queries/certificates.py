"""Whose a certificate is: one number belongs to one firm and to those that carry it on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select

from app.core.access import AnyViewer
from app.core.db import session
from app.core.text import _
from app.firms.models import Firm, FirmLink, Milestone, MilestoneKind
from app.firms.queries.scope import visible

#: so many numbers are asked for at once
PIECE = 500


def kin(firm_id: int) -> set[int]:
    """The firm, and all that it carries on or that carry it on, over any number of links."""
    found, ahead = {firm_id}, [firm_id]
    while ahead:
        one = ahead.pop()
        links = select(FirmLink.from_id, FirmLink.to_id).where(
            or_(FirmLink.from_id == one, FirmLink.to_id == one)
        )
        further = {end for pair in session.execute(links) for end in pair} - found
        found |= further
        ahead += sorted(further)
    return found


def numbered(numbers: Iterable[str]) -> dict[str, list[Milestone]]:
    """The recognitions of some numbers, by the number in capitals, the oldest first."""
    wanted = sorted({form(one.strip()) for one in numbers for form in (str, str.upper, str.lower)})
    found: dict[str, list[Milestone]] = {}
    for start in range(0, len(wanted), PIECE):
        statement = (
            select(Milestone)
            .join(Firm, Firm.id == Milestone.firm_id)
            .where(
                Milestone.kind == MilestoneKind.RECOGNITION, Firm.merged_into_id.is_(None),
                Milestone.number.in_(wanted[start : start + PIECE]),
            )
            .order_by(Milestone.id)
        )  # fmt: skip
        for entry in session.scalars(statement):
            found.setdefault((entry.number or "").upper(), []).append(entry)
    return found


def stranger(firm_id: int, held: Sequence[Milestone]) -> Milestone | None:
    """Of some recognitions the first that is of a firm no kin (承继) of this one."""
    others = [one for one in held if one.firm_id != firm_id]
    own = kin(firm_id) if others else set()
    return next((one for one in others if one.firm_id not in own), None)


def held_elsewhere(firm_id: int, number: str | None) -> Milestone | None:
    """The recognition of a number that is on record for a firm no kin of this one."""
    if not number or not number.strip():
        return None
    with session.no_autoflush:
        return stranger(firm_id, numbered([number]).get(number.strip().upper(), []))


def holder(viewer: AnyViewer, entry: Milestone) -> str:
    """The firm that holds it, by name where the viewer may know it."""
    name = session.scalar(
        visible(viewer).where(Firm.id == entry.firm_id).with_only_columns(Firm.name)
    )
    return name or _("另一家企业")


__all__ = ["held_elsewhere", "holder", "kin", "numbered", "stranger"]
