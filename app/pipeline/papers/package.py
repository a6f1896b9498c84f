"""The package of a handover sheet, assembled from what the sender may read of the firm.

Contact persons are not in it: they are erasable, and are shown beside it while the firm consents.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from decimal import Decimal

from flask_babel import force_locale
from sqlalchemy import select

from app.core.access import AnyViewer
from app.core.canonical import canonical, digest_of
from app.core.days import SHANGHAI
from app.core.db import session
from app.core.filters import num, wan
from app.core.filters import period as period_words
from app.core.terms import term
from app.core.text import LOCALES, _
from app.criteria.models import Outcome
from app.criteria.queries import assess_rules, in_force
from app.criteria.verdict import SHORT
from app.firms import demand_words, fields
from app.firms.models import Contact, Firm, FirmName, Milestone, Place
from app.firms.queries import evidence, figures, milestones
from app.firms.queries.demand import may_read, open_of
from app.pipeline.queries import ties
from app.pipeline.stage import EFFECTIVE
from app.pipeline.words import basis_words

#: rules whose outcome goes along, where they are in force
RULES = ("incubator.graduation", "tech_sme", "hnte", "park.ready")
#: years of figures, and entries and files at most: the sheet stays a few pages
YEARS, ENTRIES, FILES = 3, 40, 60
HEAD = 24


@dataclass(frozen=True)
class Section:
    """One part of the sheet: a table in words; without heads, pairs of name and value."""

    title: str
    heads: list[str]
    rows: list[list[str]]
    #: how many more there are than are listed
    more: int = 0
    #: places of the columns that hold numbers
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Package:
    """What goes along with a firm, in one language."""

    firm: str
    sections: list[Section] = field(default_factory=list)


def assemble(
    viewer: AnyViewer, firm: Firm, day: dt.date, services: str | None, needs: str | None
) -> Package:
    """The package as the sender may read the firm on a day, in the reader's words."""
    seen = fields.open_to(viewer, firm.id, day)
    parts = [_profile(firm, day, "profile" in seen), _stays(firm)]
    parts += _verdicts(firm, day, "values" in seen)
    parts += [_figures(viewer, firm, day), _entries(viewer, firm, day)]
    if may_read(viewer, firm.id, day):
        parts += _demand(firm)
    said = [(_("已提供的服务"), services), (_("需求与未尽事项"), needs)]
    parts.append(Section(_("服务与需求"), [], [[name, text] for name, text in said if text]))
    if "evidence" in seen:
        parts.append(_files(firm))
    return Package(firm.name, [part for part in parts if part.rows])


def _profile(firm: Firm, day: dt.date, whole: bool) -> Section:
    rows = [
        [_("企业名称"), firm.name], [_("统一社会信用代码"), firm.code or ""],
        [_("领域"), term("sector", firm.sector) or ""],
        [_("成立日期"), _iso(firm.founded_on)], [_("阶段"), ties.stage_now(firm, day).label],
    ]  # fmt: skip
    former = session.scalars(
        select(FirmName.name)
        .where(FirmName.firm_id == firm.id, FirmName.name != firm.name)
        .order_by(FirmName.starts)
    )
    rows.append([_("曾用名"), _("、").join(former)])
    if whole:
        rows.append([_("主营业务"), firm.business or ""])
        rows.append([_("负责人"), firm.leader or ""])
        rows += list(_places(firm, day))
    return Section(_("企业情况"), [], [row for row in rows if row[1]])


def _places(firm: Firm, day: dt.date) -> Iterator[list[str]]:
    statement = select(Place).where(
        Place.firm_id == firm.id, Place.starts <= day, (Place.ends.is_(None)) | (Place.ends > day)
    )
    for one in session.scalars(statement.order_by(Place.kind, Place.starts)):
        where = (term("area", one.area), term("town", one.town), one.address)
        yield [one.kind.label, " ".join(filter(None, where))]


def _stays(firm: Firm) -> Section:
    rows = [
        [tie.carrier.name, tie.kind.label, _iso(tie.starts), _iso(tie.ends),
         _iso(tie.agreement_on)]
        for tie in reversed(ties.all_of(firm))
    ]  # fmt: skip
    graduation = ties.graduation_of(firm)
    if graduation is not None and graduation.state in EFFECTIVE:
        basis = basis_words(graduation.basis)
        words = " ".join(filter(None, (_("毕业"), basis, graduation.state.label)))
        rows.append([graduation.carrier.name, words, _iso(graduation.graduated_on), "", ""])
    heads = [_("载体"), _("入驻方式"), _("开始日期"), _("结束日期"), _("孵化协议签订日期")]
    return Section(_("入驻与毕业"), heads, rows)


def _verdicts(firm: Firm, day: dt.date, values: bool) -> list[Section]:
    standing = in_force(day)
    rules = [rule for rule in RULES if rule in standing]
    if not rules:
        return []
    rows = []
    for one in assess_rules(rules, firm.id, day):
        said = str(one.reason) if values or one.display == "not_applicable" else ""
        shown = _("暂未达到") if one.display == SHORT else Outcome(one.display).label
        rows.append([str(one.standard.short), shown, said])
    return [Section(_("核对结果"), [_("标准"), _("结果"), _("说明")], rows)]


def _figures(viewer: AnyViewer, firm: Firm, day: dt.date) -> Section:
    yearly = [row for row in figures.of_firm(viewer, firm, day) if row.quarter == 0]
    best = sorted(figures.best(yearly).items(), key=lambda pair: pair[0][1], reverse=True)
    rows = [
        [period_words(period), wan(row.revenue), wan(row.rd_accounting), wan(row.net_profit),
         wan(row.tax_paid), _heads(row.staff_end), row.source.label, row.verification.label]
        for (_firm, period), row in best[:YEARS]
    ]  # fmt: skip
    heads = [
        _("年度"), _("营业收入"), _("研发费用"), _("净利润"), _("实缴税金"),
        _("期末从业人员（人）"), _("来源"), _("核验"),
    ]  # fmt: skip
    return Section(_("近三年数据（万元）"), heads, rows, numbers=(1, 2, 3, 4, 5))


def _heads(count: int | None) -> str:
    """Heads, which are held in 24ths."""
    if count is None:
        return num(None)
    return num(Decimal(count) / HEAD, 0 if count % HEAD == 0 else 2)


def _entries(viewer: AnyViewer, firm: Firm, day: dt.date) -> Section:
    found = milestones.of_firm(viewer, firm, day)
    rows = [
        [one.kind.label, _iso(one.day), _name(one), one.number or "", one.verification.label]
        for one in found[:ENTRIES]
    ]
    heads = [_("类别"), _("日期"), _("名称"), _("编号"), _("核验")]
    return Section(_("融资、知识产权、资质等记录"), heads, rows, max(0, len(found) - ENTRIES))


def _name(one: Milestone) -> str:
    title = one.title.label if one.title else None
    if title and one.name and title in one.name:
        title = None  # a certificate that bears the title's own name is told once
    amount = _("%(n)s 万元", n=wan(one.amount)) if one.amount is not None else None
    return " ".join(filter(None, (title, one.name, amount)))


def _demand(firm: Firm) -> list[Section]:
    """What room the firm looks for, as far as it is said."""
    row = open_of(firm.id)
    if row is None:
        return []
    rows = [[name, str(value)] for name, value in demand_words.said(row)]
    return [Section(_("空间需求"), [], rows)]


def _files(firm: Firm) -> Section:
    found = evidence.of_firm(firm)[::-1]
    entries = {one.id: one for one in session.scalars(
        select(Milestone).where(Milestone.firm_id == firm.id).order_by(Milestone.id)
    )}  # fmt: skip
    rows = []
    for one in found[:FILES]:
        about = entries.get(one.milestone_id or 0)
        proves = f"{about.kind.label} {_iso(about.day)}" if about else ""
        added = _iso(one.added_at.astimezone(SHANGHAI).date())
        rows.append([one.name, proves, added, one.sha256[:12]])
    heads = [_("文件"), _("证明什么"), _("上传日期"), _("校验码前 12 位")]
    return Section(_("佐证材料目录"), heads, rows, max(0, len(found) - FILES))


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def freeze(
    viewer: AnyViewer, firm: Firm, day: dt.date, services: str | None, needs: str | None
) -> tuple[str, str]:
    """The package in both languages with what the sender wrote, canonical JSON, and its SHA-256."""
    told: dict[str, object] = {"services": services or "", "needs": needs or ""}
    for language in LOCALES:
        with force_locale(language):
            told[language] = asdict(assemble(viewer, firm, day, services, needs))
    text = canonical(told)
    return text, digest_of(text)


def thaw(text: str, language: str) -> Package:
    """The package as it was sent."""
    held = json.loads(text)[language]
    return Package(held["firm"], [Section(**one) for one in held["sections"]])


def typed(text: str) -> dict[str, str]:
    """What the sender wrote: the next sheet begins with it."""
    held = json.loads(text)
    return {"services": held["services"], "needs": held["needs"]}


def contacts(viewer: AnyViewer, firm: Firm, day: dt.date) -> list[Contact] | None:
    """Work contacts as they stand now; None where the viewer may not read them."""
    if "contact" not in fields.open_to(viewer, firm.id, day):
        return None
    statement = select(Contact).where(Contact.firm_id == firm.id)
    return list(session.scalars(statement.order_by(Contact.id)))


def contact_rows(found: list[Contact]) -> list[tuple[str, str]]:
    """Work contacts as pairs of name and how to reach them."""
    return [(one.name, " · ".join(filter(None, (one.post, one.phone, one.email)))) for one in found]
