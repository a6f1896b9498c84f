"""Firms and teams: who they are and where on the chain, as far as the relation opens it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.carriers.models import Carrier
from app.core.access import Permission, viewer
from app.core.days import today
from app.core.db import session
from app.core.errors import DomainError
from app.core.panels import registry
from app.core.problems import Unreadable
from app.core.text import N_
from app.exchange.api.door import Paged, asked, operation, page_of, selected, shown
from app.exchange.api.names import CarrierName
from app.exchange.api.shapes import Day, Flag, Many, Part, Pid, Shape, Text, Word
from app.firms import fields, queries
from app.firms.models import EconomicType, Firm, FirmKind, LegalForm
from app.pipeline.queries import chain, ties
from app.pipeline.stage import Stage, stages

TAG = N_("企业")
#: Whoever writes to the file of a firm.
RECORD = (Permission.FIRM_RECORD, Permission.FIRM_VERIFY)
#: Every field set that a relation can open.
SETS = sorted(set().union(*fields.FIELD_SETS.values()))


class Profile(Shape):
    """The rest of the register entry; null is not known."""

    leader = Text(required=True, allow_none=True)
    legal_form = Word(LegalForm, required=True, allow_none=True)
    economic_type = Word(EconomicType, required=True, allow_none=True)
    founded_on = Day(required=True, allow_none=True)
    mainland = Flag(required=True)
    field = Text(required=True, allow_none=True)
    incubation_field = Text(required=True, allow_none=True)
    industry = Text(required=True, allow_none=True)
    business = Text(required=True, allow_none=True)
    tech_business = Flag(required=True, allow_none=True)
    banned_business = Flag(required=True, allow_none=True)
    counted_only = Flag(required=True)
    corporate_controlled = Flag(required=True, allow_none=True)
    controller = Text(required=True, allow_none=True)
    listed = Flag(required=True, allow_none=True)
    closed_on = Day(required=True, allow_none=True)


class FirmShape(Shape):
    """A firm or team. `open` names the field sets that its relation to the token's post opens."""

    id = Pid(required=True)
    kind = Word(FirmKind, required=True)
    code = Text(
        required=True,
        allow_none=True,
        metadata={"description": N_("统一社会信用代码；创业团队为 null。")},
    )
    name = Text(required=True)
    short_name = Text(required=True)
    sector = Text(required=True, allow_none=True)
    stage = Word(Stage, required=True)
    carrier = Part(
        CarrierName,
        required=True,
        allow_none=True,
        metadata={"description": N_("今天计数所在的载体；没有时为 null。")},
    )
    pushed_on = Day(
        required=True,
        allow_none=True,
        metadata={"description": N_("推送自哪一天起；没有推送的为 null。")},
    )
    open = Many(
        Word(SETS),
        required=True,
        metadata={"description": N_("令牌的岗位对这家企业可见的内容类别。")},
    )
    profile = Part(
        Profile,
        required=True,
        allow_none=True,
        metadata={"description": N_("登记信息；可见范围不含 profile 时为 null。")},
    )


FirmPage = page_of(FirmShape, "FirmPage")


def shapes(firms: Sequence[Firm]) -> list[dict[str, Any]]:
    """Firms of the viewer's scope as the interface shows them."""
    day, ids = today(), [firm.id for firm in firms]
    seen = fields.open_to_each(viewer(), ids, day)
    told = stages(day, firms=ids)
    where = {
        row.firm_id: row
        for row in session.execute(
            select(told.c.firm_id, told.c.stage, told.c.present, Carrier.pid, Carrier.name)
            .outerjoin(Carrier, Carrier.id == told.c.carrier_id)
            .order_by(told.c.firm_id)
        )
    }
    since, bids = chain.pushed_since(ids, day), ties.bids(viewer())
    return [
        _shape(firm, seen[firm.id], where[firm.id])
        | {"pushed_on": since.get(firm.id) if bids or "history" in seen[firm.id] else None}
        for firm in firms
    ]


def one(firm: Firm) -> tuple[dict[str, Any], int]:
    """A firm with the revision of its register entry."""
    return shapes([firm])[0], firm.rev


def _shape(firm: Firm, seen: frozenset[str], where: Any) -> dict[str, Any]:
    here = where.present and where.pid is not None
    return {
        "id": firm.pid,
        "kind": firm.kind,
        "code": firm.code,
        "name": firm.name,
        "short_name": firm.short_name,
        "sector": firm.sector,
        "stage": Stage(where.stage),
        "carrier": {"pid": where.pid, "name": where.name} if here else None,
        "open": sorted(seen),
        "profile": _profile(firm, seen) if "profile" in seen else None,
    }


def _profile(firm: Firm, seen: frozenset[str]) -> dict[str, Any]:
    """The register entry; who leads the firm is told to those who keep its file."""
    held = {name: getattr(firm, name) for name in Profile().fields}
    return held | ({} if "history" in seen else {"leader": None})


@cache
def _filters(keys: tuple[tuple[str, str], ...]) -> type[Shape]:
    held = {key: Text(most=80, metadata={"description": text}) for key, text in keys}
    words = Text(most=80, metadata={"description": N_("名称、代码、拼音")})
    return type("FirmsAsked", (Paged,), {"q": words, **held})


def filters() -> type[Shape]:
    """Search words and the conditions of the list of firms, whichever room offers them."""
    return _filters(tuple((argument(one.key), one.text) for one in registry().filters))


def argument(key: str) -> str:
    """A condition as an argument; one that is called as a part of paging is told apart."""
    return f"{key}_filter" if key in Paged().fields else key


def recordable(pid: str) -> Firm:
    """The firm of an address; Forbidden unless the viewer may write to its file."""
    firm = queries.find(viewer(), pid)
    fields.need_record(viewer(), firm.id, today())
    return firm


@operation(
    "GET", "/firms", tag=TAG, answer=FirmPage, query=filters,
    summary=N_("可见范围内的企业和团队，条件与企业列表页相同"),
)  # fmt: skip
def list_firms() -> ResponseReturnValue:
    """Firms within the viewer's scope under the conditions of the pages' list."""
    wanted, day = asked(), today()
    statement = queries.visible(viewer())
    if wanted.get("q"):
        statement = queries.search(statement, wanted["q"])
    for one in registry().filters:
        value = wanted.get(argument(one.key))
        if value:
            choose(value, argument(one.key), dict(one.choices()))
            statement = one.apply(statement, viewer(), value, day)
    return selected(FirmPage, statement, Firm.pid, shapes)


def choose(value: str, key: str, words: Any) -> None:
    """Unreadable for a value that a condition does not have."""
    if value not in words:
        raise Unreadable([("not_among", key, DomainError("not_among").message)])


@operation(
    "GET", "/firms/<pid>", tag=TAG, answer=FirmShape, summary=N_("一家企业或团队"),
)  # fmt: skip
def get_firm(pid: str) -> ResponseReturnValue:
    """One firm within the viewer's scope."""
    asked()
    return shown(FirmShape, *one(queries.find(viewer(), pid)))
