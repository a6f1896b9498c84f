"""企业: register entries; a carrier's new firm comes with its tie."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.carriers.models import INCUBATOR, Carrier
from app.core.access import Permission, Viewer
from app.core.db import session
from app.core.terms import term_choices
from app.core.text import N_, _
from app.exchange.sheets import subjects
from app.exchange.sheets.base import Given, Ground, Kind, Planned, Sheet, Trouble, add
from app.exchange.sheets.comparing import changes
from app.exchange.sheets.fields import Field, Words, keyed, same_name
from app.exchange.sheets.subjects import CODE, NAME, Known
from app.firms import queries, service, uscc
from app.firms.models import EconomicType, Firm, LegalForm, ResidencyKind
from app.pipeline import service as chain
from app.pipeline.queries.ties import my_carriers
from app.pipeline.words import COUNTED_KINDS

REASON = Field(
    "reason", N_("说明"), aliases=("备注说明", "原因", "Remark"),  # zh: parsed
    hint=N_("数值或代码不寻常时写明原因"),
)  # fmt: skip


def _terms(name: str) -> Words:
    return lambda: term_choices(name)


PROFILE = (
    Field("short_name", N_("简称"), longest=60, aliases=("企业简称", "公司简称")),  # zh: parsed
    Field("leader", N_("负责人"), longest=40,
          aliases=("法定代表人", "法人代表", "法人", "企业负责人")),  # zh: parsed
    Field("legal_form", N_("组织形式"), "word", words=LegalForm.choices),
    Field("economic_type", N_("经济类型"), "word", words=EconomicType.choices),
    Field("founded_on", N_("成立日期"), "day",
          aliases=("注册日期", "成立时间", "注册时间", "注册成立日期")),  # zh: parsed
    Field("sector", N_("重点领域"), "word", words=_terms("sector"),
          aliases=("领域", "产业领域", "所属领域", "行业领域")),  # zh: parsed
    Field("field", N_("高企技术领域"), "word", words=_terms("field")),
    Field("incubation_field", N_("孵化期限延长领域"), "word", words=_terms("incubation_field")),
    Field("industry", N_("国民经济行业"), "word", words=_terms("industry"),
          aliases=("所属行业", "行业", "行业分类")),  # zh: parsed
    Field("business", N_("主营业务"),
          aliases=("主要产品", "经营范围", "主营产品", "主要业务")),  # zh: parsed
    Field("tech_business", N_("主营为新技术研发、生产或服务"), "flag"),
    Field("banned_business", N_("属于禁止、限制或淘汰类"), "flag"),
    Field("corporate_controlled", N_("大企业控股"), "flag"),
    Field("controller", N_("实际控制人或集团"), longest=80),
)  # fmt: skip
TIE = (
    Field("carrier", N_("入驻载体"),
          aliases=("载体", "孵化器", "载体名称", "孵化器名称",  # zh: parsed
                   "所在载体", "所在孵化器"),  # zh: parsed
          hint=N_("只登记在一家载体的，可以不填")),
    Field("starts", N_("入驻日期"), "day",
          aliases=("入孵日期", "入孵时间", "入驻时间", "入园日期", "入园时间")),  # zh: parsed
    Field("kind", N_("入驻方式"), "word",
          words=lambda: [(k.value, k.label) for k in COUNTED_KINDS]),
    Field("agreement_on", N_("孵化协议签订日期"), "day"),
)  # fmt: skip
OF_PROFILE, ENTRY = keyed(*PROFILE), keyed(*PROFILE, *TIE)
CODED = {"legal_form": LegalForm, "economic_type": EconomicType}


def profile_of(values: dict[str, Any]) -> dict[str, Any]:
    """Values as the services take them: coded words as such."""
    return {k: CODED[k](v) if k in CODED and v is not None else v for k, v in values.items()}


def prepare(ground: Ground, rows: list[Given]) -> None:
    """Firms with their profiles, rights, the viewer's carriers."""
    subjects.prepare(ground, rows)
    subjects.know_recorders(ground)
    ground.held["carriers"] = my_carriers(ground.viewer)
    ids = sorted(subjects.register(ground).meant)
    found: dict[int, Firm] = ground.held.setdefault("profiles", {})
    for start in range(0, len(ids), subjects.PIECE):
        some = Firm.id.in_(ids[start : start + subjects.PIECE])
        found |= {one.id: one for one in session.scalars(select(Firm).where(some))}


def carrier_of(ground: Ground, row: Given) -> Carrier | Trouble | None:
    """The viewer's carrier that a row names, or the only one; None for whoever has none."""
    mine: list[Carrier] = ground.held["carriers"]
    typed = row.values.get("carrier")
    if not typed:
        return mine[0] if len(mine) == 1 else None
    found = [c for c in mine if same_name(typed) in (same_name(c.name), same_name(c.short_name))]
    if len(found) == 1:
        return found[0]
    names = _("、").join(c.short_name for c in mine[:5])
    return Trouble("carrier", typed, _("不是您的载体。可填：%(names)s。", names=names or "—"))


def plan(ground: Ground, row: Given) -> Planned:
    """Compare a row with the register, or plan a new entry."""
    code, name = row.values.get("code"), row.values.get("name")
    if not code and not any(t.field == "code" for t in row.troubles):
        found = subjects.find(ground, row)
        if isinstance(found, Trouble):
            row.troubles.append(
                Trouble("code", "", _("请填写统一社会信用代码；创业团队在页面上登记。"))
            )
            return Planned(Kind.ERROR, name or "")
    elif not code:
        trouble = subjects.find(ground, row)
        row.troubles.append(trouble if isinstance(trouble, Trouble) else row.troubles.pop())
        if not subjects.named(ground, name):
            _check_new(ground, row, None, name)
        return Planned(Kind.ERROR, name or "")
    else:
        held = subjects.register(ground).by_code.get(code)
        if held is None:
            return _once(ground, row, code, _new(ground, row, code, name))
        found = held
    assert isinstance(found, Known)
    return _once(ground, row, found.id, _known(ground, row, found, name))


def _once(ground: Ground, row: Given, firm: str | int, planned: Planned) -> Planned:
    """A file enters or changes a firm by one row; one that is written already is that row still."""
    key = ("firm", firm)
    if planned.kind is not Kind.SAME and key in ground.taken:
        words = _("与第 %(n)s 行是同一家企业，只留一行。", n=ground.taken[key])
        row.troubles.append(Trouble("code", planned.code, words))
    ground.taken.setdefault(key, row.number)
    return planned


def _known(ground: Ground, row: Given, known: Known, name: str | None) -> Planned:
    firm: Firm = ground.held["profiles"][known.id]
    planned = Planned(Kind.SAME, firm.short_name, firm.code or _("创业团队"))
    if name and name != firm.name and known not in subjects.named(ground, name):
        words = _(
            "登记的名称是“%(name)s”。更名请在企业页办理；如是代码填错，请改代码。", name=firm.name
        )
        row.troubles.append(Trouble("name", name, words))
    differing, planned.changes = changes(row, OF_PROFILE, _values(firm), firm)
    if not differing:
        return planned
    if not subjects.may_record(ground, known):
        row.troubles.append(
            Trouble("code", firm.code or "", _("这家企业由其所在载体登记，您的岗位只能查看。"))
        )
    _check_profile(ground, row, firm.code)
    rev, values = firm.rev, profile_of(differing)

    def act() -> None:
        service.edit_profile(
            actor=ground.viewer, today=ground.today, firm=session.get_one(Firm, firm.id),
            rev=rev, **values,
        )  # fmt: skip

    planned.kind, planned.act = Kind.UPDATE, act
    return planned


def _values(firm: Firm) -> dict[str, Any]:
    return {one.key: getattr(firm, one.key) for one in PROFILE}


def _check_profile(ground: Ground, row: Given, code: str | None) -> None:
    founded, form = row.values.get("founded_on"), row.values.get("legal_form")
    if founded and founded > ground.today:
        row.troubles.append(
            Trouble("founded_on", row.texts["founded_on"], _("成立日期不能晚于今天。"))
        )
    said = uscc.form(code) if code else None
    if said is not None and form and form != said.value:
        words = _("代码前两位表示“%(form)s”，与所选组织形式不一致。", form=said.label)
        row.troubles.append(Trouble("legal_form", row.texts["legal_form"], words, said.label))


def _new(ground: Ground, row: Given, code: str, name: str | None) -> Planned:
    planned = Planned(Kind.NEW, name or "", code)
    trouble, reason = row.troubles.append, row.values.get("reason")
    if code in subjects.register(ground).closed:
        trouble(
            Trouble(
                "code",
                code,
                _(
                    "这个代码已由其他单位登记，不在您的可见范围内；可在“登记企业”中查代码、申请转入。"
                ),
            )
        )
        return planned
    doubt = subjects.check_doubt(code)
    if doubt:
        trouble(Trouble("code", code, doubt, doubt=True))
    carrier = _check_new(ground, row, code, name)
    _values_now, planned.changes = changes(row, ENTRY, None)
    ground.coming[code] = name or code
    given = {one.key: row.values[one.key] for one in PROFILE if one.key in row.values}
    tie = {one.key: row.values[one.key] for one in TIE if one.key in row.values}
    planned.act = lambda: _register(ground, name or "", code, reason, given, carrier, tie)
    return planned


def _check_new(
    ground: Ground, row: Given, code: str | None, name: str | None
) -> Carrier | Trouble | None:
    """What is wrong or unusual about a new firm besides its code; the carrier that it enters."""
    trouble = row.troubles.append
    if not name:
        trouble(Trouble("name", "", _("请填写企业名称。")))
    twins = subjects.twins(ground, name)
    if twins:
        words = _(
            "与已登记的“%(name)s”名称相近，可能是同一家；确认不是的在“说明”列写明原因。",
            name=twins[0].name,
        )
        trouble(Trouble("name", name or "", words, doubt=True))
    _check_profile(ground, row, code)
    carrier = carrier_of(ground, row)
    if isinstance(carrier, Trouble):
        trouble(carrier)
    starts = row.values.get("starts")
    if ground.held["carriers"] and not isinstance(carrier, Trouble):
        if carrier is None:
            trouble(Trouble("carrier", "", _("请填写入驻载体。")))
        elif starts is None:
            row.lacks("starts", _("请填写入驻日期，例如 2026-03-31。"))
    return carrier


def _register(
    ground: Ground, name: str, code: str, reason: str | None, given: dict[str, Any],
    carrier: Any, tie: dict[str, Any],
) -> None:  # fmt: skip
    base: dict[str, Any] = {"actor": ground.viewer, "today": ground.today}
    firm = service.register_firm(
        **base, name=name, code=code, code_reason=reason, **profile_of(given)
    )  # fmt: skip
    if carrier is None:
        return
    place = session.get_one(Carrier, carrier.id)
    if place.tier == INCUBATOR:
        kind = ResidencyKind(tie.get("kind") or ResidencyKind.ON_SITE)
        chain.admit(**base, firm=firm, carrier=place, starts=tie["starts"], kind=kind,
                    agreement_on=tie.get("agreement_on"))  # fmt: skip
    else:
        chain.land(**base, firm=firm, carrier=place, arrived_on=tie["starts"])


def may(viewer: Viewer) -> bool:
    """Whoever may register firms."""
    return viewer.may(Permission.FIRM_RECORD) or viewer.may(Permission.FIRM_VERIFY)


def rows(viewer: Viewer, day: dt.date) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """(id, version, values) of the firms that the viewer may write to, by name."""
    for firm in recordable(viewer, day):
        yield firm.pid, firm.rev, {"code": firm.code, "name": firm.name, **_values(firm)}


def recordable(viewer: Viewer, day: dt.date) -> list[Firm]:
    """Firms of the viewer's scope whose file is theirs to write, by name."""
    ground = Ground(viewer, day)
    found = list(session.scalars(queries.visible(viewer).where(Firm.code.is_not(None))))
    subjects.prepare(ground, [])
    subjects.register(ground).meant.update(firm.id for firm in found)
    subjects.know_recorders(ground)
    return [firm for firm in found if ground.held["recorder"].get(firm.id)]


def init_app(app: Flask) -> None:
    """Register the sheet."""
    add(
        app,
        Sheet("firms", N_("企业"), (CODE, NAME, *PROFILE, *TIE, REASON), prepare, plan, may, rows,
              N_("已登记的企业按代码更新，没有登记过的新登记；空格不改原值。")),
    )  # fmt: skip
