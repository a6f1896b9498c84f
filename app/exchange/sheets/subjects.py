"""Which firm a row means: by code, else by name or former name, within the viewer's scope."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select

from app.core.db import session
from app.core.text import N_, _
from app.exchange.sheets.base import Given, Ground, Trouble
from app.exchange.sheets.fields import Field, same_name
from app.firms import queries, uscc
from app.firms.models import Firm, FirmName

CODE = Field(
    "code", N_("统一社会信用代码"), "code",
    aliases=("信用代码", "社会信用代码", "统一信用代码", "统一代码", "企业代码", "USCC",  # zh: parsed
             "Unified social credit code", "Code"),  # fmt: skip
)  # fmt: skip
NAME = Field(
    "name", N_("企业名称"), "name", longest=120, sample="示例科技（上海）有限公司",  # zh: parsed
    aliases=("企业", "名称", "单位名称", "公司名称", "公司", "企业全称", "Firm", "Name", "Company"),  # zh: parsed
)  # fmt: skip
PIECE = 400


@dataclass
class Register:
    """The firms that the rows of a file may mean."""

    by_code: dict[str, Firm]
    by_name: dict[str, list[Firm]]
    #: codes in use outside the viewer's scope
    closed: set[str]


def prepare(ground: Ground, rows: list[Given]) -> None:
    """Look the firms of all rows up at once."""
    held: Register = ground.held.setdefault("register", Register({}, {}, set()))
    wanted = {str(row.values["code"]) for row in rows if row.values.get("code")}
    wanted -= set(held.by_code)
    if rows and not held.by_name:
        _names(ground, held)
    found = sorted(wanted)
    for start in range(0, len(found), PIECE):
        some = found[start : start + PIECE]
        statement = select(Firm).where(
            or_(Firm.code.in_(some), Firm.old_code.in_(some)), Firm.merged_into_id.is_(None)
        )
        mine = set(
            session.scalars(
                queries.visible(ground.viewer)
                .where(or_(Firm.code.in_(some), Firm.old_code.in_(some)))
                .with_only_columns(Firm.id)
            )
        )
        for firm in session.scalars(statement.order_by(Firm.id)):
            for code in (firm.code, firm.old_code):
                if code is None:
                    continue
                if firm.id in mine:
                    held.by_code[code] = firm
                else:
                    held.closed.add(code)


def _names(ground: Ground, held: Register) -> None:
    """All names in the viewer's scope, former ones too."""
    firms = {firm.id: firm for firm in session.scalars(queries.visible(ground.viewer))}
    for firm in firms.values():
        held.by_name.setdefault(same_name(firm.name), []).append(firm)
        if firm.code:
            held.by_code[firm.code] = firm
    for former in session.scalars(select(FirmName).order_by(FirmName.id)):
        if former.firm_id in firms:
            held.by_name.setdefault(same_name(former.name), []).append(firms[former.firm_id])


def register(ground: Ground) -> Register:
    """What was looked up."""
    return ground.held["register"]  # type: ignore[no-any-return]


def named(ground: Ground, name: str | None) -> list[Firm]:
    """Firms of a name or former name within the viewer's scope."""
    found = register(ground).by_name.get(same_name(name), []) if name else []
    return list({firm.id: firm for firm in found}.values())


def find(ground: Ground, row: Given) -> Firm | Trouble:
    """The firm of a row, or what is wrong. A firm out of scope looks like none at all."""
    code, name = row.values.get("code"), row.values.get("name")
    if code:
        firm = register(ground).by_code.get(code)
        if firm is not None:
            return firm
        if code in ground.coming:
            return Trouble("code", code, _("这家企业由本文件新登记，先写入企业再导入这一行。"))
        offer = next((f.code for f in named(ground, name) if f.code), "") or ""
        return Trouble("code", code, _("没有登记过这个代码，或不在您的可见范围内。"), offer)
    if any(one.field == "code" for one in row.troubles):
        return _damaged(ground, row, name)
    found = named(ground, name)
    if len(found) == 1:
        return found[0]
    if not name:
        return Trouble("code", "", _("请填写统一社会信用代码。"))
    if found:
        return Trouble("code", name, _("有 %(n)s 家同名，请填写统一社会信用代码。", n=len(found)))
    return Trouble("name", name, _("没有登记过这个名称，或不在您的可见范围内。"))


def _damaged(ground: Ground, row: Given, name: str | None) -> Trouble:
    """A code that cannot be read: the one that the name has is offered, never taken by itself."""
    stood = next(one for one in row.troubles if one.field == "code")
    codes = [firm.code for firm in named(ground, name) if firm.code]
    row.troubles.remove(stood)
    return Trouble("code", stood.value, stood.reason, codes[0] if len(codes) == 1 else "")


def check_doubt(code: str) -> str | None:
    """What is unusual about a code of the right shape; None when its check characters fit."""
    return None if uscc.check(code).ok else _("校验码不符，请对照营业执照；确认无误的在“说明”列写明原因。")
