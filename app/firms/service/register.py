"""Entering firms and teams, and what changes who they are: code, name, form."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import func, select

from app.core.access import AnyViewer, Permission
from app.core.days import FIRST_DAY
from app.core.db import session
from app.core.errors import (
    Conflict,
    DomainError,
    Forbidden,
    register_constraints,
    register_messages,
)
from app.core.pinyin import sort_key
from app.core.text import N_
from app.firms import uscc
from app.firms.fields import need_record
from app.firms.models import Firm, FirmKind, FirmName, LegalForm, Residency
from app.firms.queries import by_code
from app.firms.search_text import refill

register_messages(
    {
        "not_recorder": N_("这家企业由其所在载体登记，您的岗位只能查看。"),
        "code_check": N_("校验码不符：请对照营业执照；确认无误的，勾选并写明原因后可以继续。"),
        "code_taken": N_("这个代码已登记为“%(name)s”，不能重复登记。"),
        "form_against_code": N_("代码前两位表示“%(form)s”，与所选组织形式不一致。"),
        "code_known": N_("这个代码已经登记，不能重复登记。"),
        "code_held": N_("这个代码刚刚被登记，不能重复登记。"),
        "number_held": N_("这个专利号或登记号已经登记。"),
        "code_unknown": N_("没有登记过这个代码。"),
        "name_needed": N_("请填写名称。"),
        "name_same": N_("新名称与现在的名称相同。"),
        "name_day": N_("更名日期应晚于上一次更名（或成立）之日 %(day)s。"),
        "future_day": N_("日期不能晚于今天 %(today)s。"),
        "already_firm": N_("这条记录已经是企业，不需要再转企。"),
        "founded_late": N_("成立日期不能晚于今天。"),
    }
)

#: SQLite names the columns of a unique index, PostgreSQL the index.
register_constraints(
    {
        "uq_firm_code": ("code_held", "code"),
        "firm.code": ("code_held", "code"),
        "uq_milestone_ip": ("number_held", "number"),
        "milestone.firm_id, milestone.number": ("number_held", "number"),
        "uq_figures": ("stale", None),
        "figures.firm_id, figures.year": ("stale", None),
    }
)

#: Columns of the register entry that are edited freely; the rest have verbs of their own.
PROFILE = frozenset(
    {
        "banned_business",
        "business",
        "closed_on",
        "controller",
        "corporate_controlled",
        "counted_only",
        "economic_type",
        "field",
        "founded_on",
        "incubation_field",
        "industry",
        "leader",
        "legal_form",
        "listed",
        "mainland",
        "old_code",
        "sector",
        "short_name",
        "tech_business",
    }
)


def check_code(code: str | None, reason: str | None) -> str:
    """A code fit to be entered; with a wrong check character only if a reason is given.

    Codes are in use whose check character does not fit (GB 32100-2015 was not always kept),
    so a mismatch warns instead of refusing.
    """
    parsed = uscc.parse(code)
    if not uscc.check(parsed).ok and not reason:
        raise DomainError("code_check", "code")
    return parsed


def form_of(code: str, given: LegalForm | None) -> LegalForm | None:
    """The legal form, taken from the code where its prefix says it."""
    said = uscc.form(code)
    if said is not None and given not in (None, said):
        raise DomainError("form_against_code", "legal_form", form=said.label)
    return given if said is None else said


def refuse_taken(code: str, mine: int | None = None) -> None:
    """Raise Conflict when another firm holds the code; a 仅计数 firm is not named."""
    holder = by_code(code)
    if holder is not None and holder.id != mine:
        if holder.counted_only:
            raise Conflict("code_known", "code")
        raise Conflict("code_taken", "code", name=holder.name)


def _need_entry(actor: AnyViewer) -> None:
    if not actor.may(Permission.FIRM_RECORD) and not actor.may(Permission.FIRM_VERIFY):
        raise Forbidden()


def register_firm(
    *,
    actor: AnyViewer,
    today: dt.date,
    name: str,
    code: str,
    code_reason: str | None = None,
    **profile: Any,
) -> Firm:
    """Enter a firm and make it findable. It is tied to no carrier yet: the chain does that.

    Raises `code_*`, `form_against_code`, `name_needed`, `founded_late`.
    """
    _need_entry(actor)
    parsed = check_code(code, code_reason)
    refuse_taken(parsed)
    firm = Firm(
        kind=FirmKind.FIRM,
        code=parsed,
        code_reason=None if uscc.check(parsed).ok else code_reason,
    )
    return _enter(firm, today, name, {**profile, "legal_form": profile.get("legal_form")})


def register_team(
    *, actor: AnyViewer, today: dt.date, name: str, leader: str, **profile: Any
) -> Firm:
    """Enter a team that has no code yet; it never counts as 在孵企业."""
    _need_entry(actor)
    return _enter(Firm(kind=FirmKind.TEAM), today, name, {**profile, "leader": leader})


def _enter(firm: Firm, today: dt.date, name: str, profile: dict[str, Any]) -> Firm:
    _set_name(firm, name, profile.pop("short_name", None))
    set_profile(firm, today, profile)
    session.add(firm)
    session.flush()
    refill([firm.id])
    return firm


def _set_name(firm: Firm, name: str, short_name: str | None) -> None:
    if not name or not name.strip():
        raise DomainError("name_needed", "name")
    firm.name = name.strip()
    firm.short_name = (short_name or name).strip()[:60]
    firm.sort_key = sort_key(firm.name)


def set_profile(firm: Firm, today: dt.date, values: dict[str, Any]) -> None:
    """Set columns of the register entry; TypeError for a column that has its own verb."""
    unknown = set(values) - PROFILE
    if unknown:
        raise TypeError(f"not part of the profile: {sorted(unknown)}")
    for name, value in values.items():
        setattr(firm, name, value)
    firm.short_name = firm.short_name or firm.name[:60]
    if firm.founded_on is not None and firm.founded_on > today:
        raise DomainError("founded_late", "founded_on")
    if firm.code is not None:
        firm.legal_form = form_of(firm.code, firm.legal_form)


def seen(row: Any, rev: int | None) -> None:
    """Raise Conflict when a row changed after its form was opened; None skips the check."""
    if rev is not None and row.rev != rev:
        raise Conflict("stale")


def edit_profile(
    *, actor: AnyViewer, today: dt.date, firm: Firm, rev: int | None = None, **values: Any
) -> Firm:
    """Change the register entry (never code or name). Raises `stale` and what set_profile does."""
    need_record(actor, firm.id, today)
    seen(firm, rev)
    set_profile(firm, today, values)
    session.flush()
    refill([firm.id])
    return firm


def rename(
    *,
    actor: AnyViewer,
    today: dt.date,
    firm: Firm,
    name: str,
    day: dt.date,
    short_name: str | None = None,
    rev: int | None = None,
) -> Firm:
    """Give a firm a new name from a day on; the former one stays findable with its days.

    Raises `name_same`, `name_day`, `future_day`, `stale`.
    """
    need_record(actor, firm.id, today)
    seen(firm, rev)
    if name.strip() == firm.name:
        raise DomainError("name_same", "name")
    _former_name(firm, day, today)
    _set_name(firm, name, short_name)
    session.flush()
    refill([firm.id])
    return firm


def _former_name(firm: Firm, day: dt.date, today: dt.date) -> None:
    if day > today:
        raise DomainError("future_day", "day", today=today)
    since = name_since(firm)
    if day <= since:
        raise DomainError("name_day", "day", day=since)
    session.add(FirmName(firm_id=firm.id, name=firm.name, starts=since, ends=day))


def name_since(firm: Firm) -> dt.date:
    """The day from which a firm carries its present name, as far as recorded."""
    renamed = session.scalar(select(func.max(FirmName.ends)).where(FirmName.firm_id == firm.id))
    if renamed is not None:
        return renamed
    first_tie = select(func.min(Residency.starts)).where(Residency.firm_id == firm.id)
    return firm.founded_on or session.scalar(first_tie) or FIRST_DAY


def become_firm(
    *,
    actor: AnyViewer,
    today: dt.date,
    team: Firm,
    name: str,
    code: str,
    founded_on: dt.date,
    code_reason: str | None = None,
    rev: int | None = None,
    **profile: Any,
) -> Firm:
    """团队转企业: the team's record gets a code and a name; its history stays with it.

    The project's name becomes a former name up to the day of foundation. Raises
    `already_firm` and what register_firm raises.
    """
    need_record(actor, team.id, today)
    seen(team, rev)
    if team.kind is not FirmKind.TEAM:
        raise DomainError("already_firm")
    parsed = check_code(code, code_reason)
    refuse_taken(parsed, team.id)
    if team.name != name.strip() and name_since(team) < founded_on:
        _former_name(team, founded_on, today)
    team.kind = FirmKind.FIRM
    team.code = parsed
    team.code_reason = None if uscc.check(parsed).ok else code_reason
    _set_name(team, name, profile.pop("short_name", None))
    set_profile(team, today, {**profile, "founded_on": founded_on})
    session.flush()
    refill([team.id])
    return team


def correct_code(
    *,
    actor: AnyViewer,
    today: dt.date,
    firm: Firm,
    code: str,
    reason: str,
    rev: int | None = None,
) -> Firm:
    """Mend a mistyped code. `reason` is kept where the check character does not fit."""
    need_record(actor, firm.id, today)
    seen(firm, rev)
    parsed = check_code(code, reason)
    refuse_taken(parsed, firm.id)
    firm.legal_form = form_of(parsed, None if uscc.form(parsed) else firm.legal_form)
    firm.code = parsed
    firm.code_reason = None if uscc.check(parsed).ok else reason
    session.flush()
    refill([firm.id])
    return firm
