"""Which fields each kind of milestone has, what names an entry, and what makes two the same."""

from __future__ import annotations

from dataclasses import dataclass

from app.firms.models import Milestone, MilestoneKind, MoneyState


@dataclass(frozen=True)
class Shape:
    """Fields of a kind in the order of its form; `needs` may not stay empty.

    `days` are the fields of which the first one filled is the entry's own day, unless the day
    is given. `same` are the groups of fields whose equality makes an entry a duplicate.
    """

    fields: tuple[str, ...]
    needs: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    same: tuple[tuple[str, ...], ...] = ()


COMMON = ("name", "number", "remark")

SHAPES: dict[MilestoneKind, Shape] = {
    MilestoneKind.FINANCING: Shape(
        (
            "investor", "money_state", "amount", "received_on", "name", "investor_name",
            "currency", "original", "rate", "rate_on", "onshore",
        ),
        needs=("investor", "money_state"),
        days=("received_on",),
        same=(("name", "day", "amount", "investor_name"),),
    ),
    MilestoneKind.IP: Shape(
        (
            "ip_type", "name", "number", "obtained", "applied_on", "granted_on", "obtained_on",
            "expires_on", "related", "used_before",
        ),
        needs=("ip_type", "obtained"),
        days=("granted_on", "obtained_on", "applied_on"),
        same=(("number",),),
    ),
    MilestoneKind.RECOGNITION: Shape(
        (
            "title", "number", "announced_on", "filed_on", "issued_on", "expires_on",
            "reissued_on", "revoked_on",
        ),
        needs=("title",),
        days=("issued_on", "filed_on", "announced_on"),
        same=(("number",), ("title", "issued_on"), ("title", "announced_on")),
    ),
    MilestoneKind.DEAL: Shape(
        ("deal", "name", "amount"), needs=("deal",), same=(("deal", "day"),)
    ),
    MilestoneKind.AWARD: Shape(
        ("level", "name", "number", "rank"),
        needs=("level", "name"),
        same=(("number",), ("name", "day")),
    ),
    MilestoneKind.INSTITUTION: Shape(
        ("level", "name", "number", "expires_on"),
        needs=("level", "name"),
        same=(("number",), ("name", "level")),
    ),
    MilestoneKind.STANDARD: Shape(
        ("level", "name", "number", "rank"),
        needs=("level",),
        same=(("number",), ("name", "day")),
    ),
    MilestoneKind.INCIDENT: Shape(
        ("incident", "serious", "name", "number", "ended_on"),
        needs=("incident",),
        same=(("incident", "day"),),
    ),
    MilestoneKind.OTHER: Shape(("name",), needs=("name",), same=(("name", "day"),)),
}  # fmt: skip


def typed_fields(kind: MilestoneKind) -> tuple[str, ...]:
    """Every column that an entry of a kind may fill, the day included."""
    shape = SHAPES[kind]
    return ("day", *shape.fields, *(f for f in COMMON if f not in shape.fields))


def word(entry: Milestone) -> str:
    """The coded word that says what an entry is, in the reader's language."""
    for column in ("title", "ip_type", "deal", "incident"):
        value = getattr(entry, column)
        if value is not None:
            return str(value.label)
    if entry.kind is MilestoneKind.FINANCING and entry.investor is not None:
        return entry.investor.label
    if entry.level is not None:
        return f"{entry.level.label}{entry.kind.label}"
    return entry.kind.label


def is_settled(entry: Milestone) -> bool:
    """Whether it has certainly happened: money received, right granted, title issued."""
    if entry.kind is MilestoneKind.FINANCING:
        return entry.money_state is MoneyState.RECEIVED
    if entry.kind is MilestoneKind.IP:
        return entry.granted_on is not None or entry.obtained_on is not None
    if entry.kind is MilestoneKind.RECOGNITION:
        return entry.issued_on is not None or entry.filed_on is not None
    return True
