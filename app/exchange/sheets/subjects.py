"""Which firm a row means: by code, else by name or former name, within the viewer's scope."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_, select

from app.core.access import Permission
from app.core.db import session
from app.core.errors import NotFound
from app.core.text import N_, _
from app.exchange.sheets.base import Given, Ground, Kind, Planned, Trouble
from app.exchange.sheets.fields import Field, same_name
from app.firms import fields, queries, uscc
from app.firms.hooks import Relation
from app.firms.models import Firm, FirmName
from app.firms.queries.search import core_name

CODE = Field(
    "code",
    N_("统一社会信用代码"),
    "code",
    aliases=(
        *("信用代码", "社会信用代码", "统一信用代码", "统一代码", "企业代码"),  # zh: parsed
        *("统一社会信用代码证号", "信用代码证号", "纳税人识别号", "税号"),  # zh: parsed
        *("USCC", "Unified social credit code", "Code"),
    ),
)
NAME = Field(
    "name",
    N_("企业名称"),
    "name",
    longest=120,
    aliases=(
        *("企业", "名称", "单位名称", "公司名称", "公司", "企业全称", "公司全称"),  # zh: parsed
        *("单位", "单位全称", "企业名", "在孵企业", "在孵企业名称", "孵化企业"),  # zh: parsed
        *("孵化企业名称", "入驻企业", "入驻企业名称", "申报企业", "申报单位"),  # zh: parsed
        *("专利权人", "权利人", "著作权人", "持证企业", "获奖单位", "被投企业"),  # zh: parsed
        *("Firm", "Name", "Company"),
    ),
)
PIECE = 400
#: A shorter name tells too little to look for others like it; of its first characters, which are
#: the firm's own and not its trade's, so many must be shared; how alike the whole must be.
SHORTEST, OWN, NEAR = 3, 2, 0.7
#: From so many codes on the whole scope is read in one go.
MANY = 2_000


class Known(NamedTuple):
    """What planning has to know of a firm on record."""

    id: int
    code: str | None
    old_code: str | None
    name: str
    short_name: str


@dataclass
class Register:
    """The firms that the rows of a file may mean."""

    by_code: dict[str, Known] = field(default_factory=dict)
    #: codes in use outside the viewer's scope
    closed: set[str] = field(default_factory=set)
    #: ids of the firms that rows mean
    meant: set[int] = field(default_factory=set)
    #: name and former names, read when the first row is found by its name
    by_name: dict[str, list[Known]] | None = None
    #: names without their common parts → the firms
    by_core: dict[str, list[Known]] | None = None
    #: two characters that stand side by side → such names
    by_pair: dict[str, list[str]] | None = None


def prepare(ground: Ground, rows: list[Given]) -> None:
    """Look the firms of all rows up at once."""
    held: Register = ground.held.setdefault("register", Register())
    codes = {row.values.get("code") for row in rows}
    wanted = sorted(code for code in codes - set(held.by_code) if code)
    some = [None] if len(wanted) > MANY else _pieces(wanted)
    for piece in some:
        for firm in _visible(ground, piece):
            for code in (firm.code, firm.old_code):
                if code is not None:
                    held.by_code[code] = firm
    missing = [code for code in wanted if code not in held.by_code]
    for piece in _pieces(missing):
        statement = select(Firm.code, Firm.old_code).where(_coded(piece))
        for pair in session.execute(statement.where(Firm.merged_into_id.is_(None))):
            held.closed.update(code for code in pair if code)
    held.meant.update(held.by_code[code].id for code in codes if code in held.by_code)
    for row in rows:
        if not row.values.get("code") and row.values.get("name"):
            held.meant.update(firm.id for firm in named(ground, row.values["name"]))


def _pieces(codes: list[str]) -> list[list[str]]:
    return [codes[start : start + PIECE] for start in range(0, len(codes), PIECE)]


def _coded(codes: list[str]) -> ColumnElement[bool]:
    return or_(Firm.code.in_(codes), Firm.old_code.in_(codes))


def _visible(ground: Ground, codes: list[str] | None = None) -> Iterator[Known]:
    """The firms of the viewer's scope, all or those of some codes."""
    statement = queries.visible(ground.viewer)
    if codes is not None:
        statement = statement.where(_coded(codes))
    columns = (Firm.id, Firm.code, Firm.old_code, Firm.name, Firm.short_name)
    for found in session.execute(statement.with_only_columns(*columns)):
        yield Known(*found)


def _names(ground: Ground) -> dict[str, list[Known]]:
    """All names in the viewer's scope, former ones too."""
    held = register(ground)
    if held.by_name is None:
        firms = {firm.id: firm for firm in _visible(ground)}
        held.by_name = {}
        for firm in firms.values():
            held.by_name.setdefault(same_name(firm.name), []).append(firm)
        former = select(FirmName.firm_id, FirmName.name).order_by(FirmName.id)
        for firm_id, name in session.execute(former):
            if firm_id in firms:
                held.by_name.setdefault(same_name(name), []).append(firms[firm_id])
    return held.by_name


def _cores(ground: Ground) -> dict[str, list[Known]]:
    """All names, former ones too, without what half of all names share."""
    held = register(ground)
    if held.by_core is None:
        held.by_core = {}
        for name, firms in _names(ground).items():
            some = held.by_core.setdefault(core_name(name), [])
            some.extend(firm for firm in firms if firm not in some)
    return held.by_core


def twins(ground: Ground, name: str | None) -> list[Known]:
    """Firms whose name differs from this one in legal form, place or marks only."""
    core = core_name(name) if name else ""
    return _cores(ground).get(core, []) if core else []


def alike(ground: Ground, name: str | None, limit: int = 3) -> list[Known]:
    """Firms that may be meant by a name that no firm has: its twins, else those whose name, bare
    of legal form and place, is nearest by its letters."""
    found = twins(ground, name)
    core = core_name(name) if name else ""
    if found or len(core) < SHORTEST:
        return found[:limit]
    held, cores = register(ground), _cores(ground)
    if held.by_pair is None:
        held.by_pair = {}
        for one in cores:
            for pair in _pairs(one):
                held.by_pair.setdefault(pair, []).append(one)
    shared = Counter(
        one
        for pair in _pairs(core)
        for one in held.by_pair.get(pair, ())
        if len(set(core[:SHORTEST]) & set(one[:SHORTEST])) >= OWN
    )
    near = difflib.get_close_matches(core, [one for one, _n in shared.most_common(40)], limit, NEAR)
    return list({firm.id: firm for one in near for firm in cores[one]}.values())[:limit]


def _pairs(text: str) -> set[str]:
    return {text[n : n + 2] for n in range(len(text) - 1)}


def register(ground: Ground) -> Register:
    """What was looked up."""
    return ground.held["register"]  # type: ignore[no-any-return]


def named(ground: Ground, name: str | None) -> list[Known]:
    """Firms of a name or former name within the viewer's scope."""
    found = _names(ground).get(same_name(name), []) if name else []
    return list({firm.id: firm for firm in found}.values())


@dataclass(frozen=True)
class Coming:
    """A firm that an earlier row of the same file registers."""

    code: str
    name: str


Subject = Known | Coming


def firm_of(found: Subject) -> Firm:
    """The firm when its row is written: by then earlier rows have registered theirs."""
    if isinstance(found, Known):
        return session.get_one(Firm, found.id)
    firm = queries.by_code(found.code)
    if firm is None:
        raise NotFound()
    return firm


def firms_of(ground: Ground) -> list[Firm]:
    """The firms on record that the rows of a plan mean; while they are held, `firm_of` reads
    nothing."""
    held: Register | None = ground.held.get("register")
    ids = sorted(held.meant) if held is not None else []
    found: list[Firm] = []
    for start in range(0, len(ids), PIECE):
        some = Firm.id.in_(ids[start : start + PIECE])
        found += session.scalars(select(Firm).where(some).order_by(Firm.id))
    return found


def told(found: Subject) -> tuple[str, str]:
    """(name, code) for the preview."""
    if isinstance(found, Known):
        return found.short_name, found.code or _("创业团队")
    return found.name, found.code


def find(ground: Ground, row: Given) -> Subject | Trouble:
    """The firm of a row, or what is wrong. A firm out of scope looks like none at all."""
    code, name = row.values.get("code"), row.values.get("name")
    if code:
        firm = register(ground).by_code.get(code)
        if firm is not None:
            if name and name != firm.name:
                _other_name(row, firm, named(ground, name), name)
            return firm
        if code in ground.coming:
            return Coming(code, ground.coming[code])
        offer = next((f.code for f in named(ground, name) if f.code), "") or ""
        words = _("没有登记过这个代码，或不在您的可见范围内。")
        if not uscc.check(code).ok:
            words = _("没有登记过这个代码，或不在您的可见范围内；校验码也不符，可能抄错。")
        return Trouble("code", code, words, offer)
    if any(one.field == "code" for one in row.troubles):
        return _damaged(ground, row, name)
    found = named(ground, name)
    if len(found) == 1:
        return found[0]
    if not name:
        return Trouble("code", "", _("请填写统一社会信用代码。"))
    if found:
        return Trouble("code", name, _("有 %(n)s 家同名，请填写统一社会信用代码。", n=len(found)))
    near = alike(ground, name)
    return Trouble(
        "name", name, _("没有登记过这个名称，或不在您的可见范围内。"),
        near[0].name if near else "",
    )  # fmt: skip


def begin(ground: Ground, row: Given) -> tuple[Planned, Subject | None]:
    """The plan of a row about a firm; without a firm when there is none, which the row says."""
    planned, found = Planned(Kind.NEW), find(ground, row)
    if isinstance(found, Trouble):
        row.troubles.append(found)
        planned.subject = row.values.get("name") or ""
        return planned, None
    planned.subject, planned.code = told(found)
    return planned, found


def _other_name(row: Given, firm: Known, held: list[Known], name: str) -> None:
    """Code and name of two firms: a figure must not land in the wrong file unasked."""
    if firm.id in {one.id for one in held}:
        return
    if same_name(name) == same_name(firm.short_name) or core_name(name) == core_name(firm.name):
        return
    words = _("这个代码登记的是“%(name)s”，请核对代码和名称。", name=firm.name)
    row.troubles.append(Trouble("name", name, words, doubt=not held))


def _damaged(ground: Ground, row: Given, name: str | None) -> Trouble:
    """A code that cannot be read: the one that the name has is offered, never taken by itself."""
    stood = next(one for one in row.troubles if one.field == "code")
    codes = [firm.code for firm in named(ground, name) if firm.code]
    row.troubles.remove(stood)
    return Trouble("code", stood.value, stood.reason, codes[0] if len(codes) == 1 else "")


def check_doubt(code: str) -> str | None:
    """What is unusual about a code of the right shape; None when its check characters fit."""
    return (
        None
        if uscc.check(code).ok
        else _("校验码不符，请对照营业执照；确认无误的在“说明”列写明原因。")
    )


def may_record(ground: Ground, found: Subject) -> bool:
    """Whether the viewer may write to the firm's file; hosts and the district at a glance."""
    if isinstance(found, Coming):
        return True
    known: dict[int, bool] = ground.held.setdefault("recorder", {})
    if found.id not in known:
        known[found.id] = fields.may_record(ground.viewer, found.id, ground.today)
    return known[found.id]


def know_recorders(ground: Ground) -> None:
    """Ask for the relations to all firms in question in one go."""
    known: dict[int, bool] = ground.held.setdefault("recorder", {})
    wanted = sorted(register(ground).meant - set(known))
    for start in range(0, len(wanted), PIECE):
        held = fields.relations_of(ground.viewer, wanted[start : start + PIECE], ground.today)
        for firm_id, relations in held.items():
            if Relation.DISTRICT in relations:
                known[firm_id] = ground.viewer.may(Permission.FIRM_VERIFY)
            elif Relation.HOSTING in relations:
                known[firm_id] = ground.viewer.may(Permission.FIRM_RECORD)
