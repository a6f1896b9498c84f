"""企业资料包: everything that the page of a firm holds, with its files, as one zip."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from flask import Flask, url_for
from sqlalchemy import select

from app.carriers.models import Carrier, Verification
from app.core.access import Viewer
from app.core.days import SHANGHAI, Period
from app.core.db import session
from app.core.errors import NotFound
from app.core.panels import registry
from app.core.stated import show_stated
from app.core.terms import term
from app.core.text import N_, _
from app.exchange.out import xlsx
from app.exchange.out.answer import IN_MEMORY, first_sheet
from app.exchange.out.book import Book, Head, Table, Value, heads_of, wan_of
from app.exchange.sheets import demands, figures, firms, graduations, milestones, promises, ties
from app.exchange.sheets.fields import Field, shown
from app.exchange.sheets.subjects import CODE, NAME
from app.firms import fields
from app.firms.models import (
    Attestation,
    Demand,
    DemandEnd,
    DemandState,
    Evidence,
    Firm,
    FirmName,
    Milestone,
    MilestoneKind,
    Place,
    Residency,
    ResidencyKind,
)  # fmt: skip
from app.firms.papers import CHUNK, open_paper
from app.firms.queries import figures as held_figures
from app.firms.queries import milestones as held_milestones
from app.pipeline.models import Graduation, GraduationState

VERIFIED = Field("verification", N_("核实"), "word", words=Verification.choices)
KIND = Field("kind", N_("入驻方式"), "word", words=ResidencyKind.choices)
STATE = Field("state", N_("状态"), "word", words=GraduationState.choices)
OPENED, CLOSED = (
    Field("opened_on", N_("提出日期"), "day"),
    Field("closed_on", N_("结束日期"), "day"),
)
STANDS = Field("state", N_("状态"), "word", words=DemandState.choices)
ENDED = Field("end_reason", N_("结果"), "word", words=DemandEnd.choices)
REMARK = Field("remark", N_("备注"))
HEADS = {"money": "wan", "heads": "exact", "day": "day", "count": "number", "code": "code"}


def cell(field: Field, value: Any) -> Value:
    """A value as a sheet holds it: amounts, numbers and days as such, all else in words."""
    if value is None or field.kind in ("day", "count"):
        return value  # type: ignore[no-any-return]
    if field.kind == "money":
        return wan_of(value)
    return heads_of(value) if field.kind == "heads" else shown(field, value)


def table(
    name: str, columns: Sequence[Field], rows: Iterable[Any], of: Callable[[Any, str], Any]
) -> Table:
    """A sheet of some fields, one row a record."""
    heads = [Head(one.label, HEADS.get(one.kind, "text"), one.unit) for one in columns]
    return Table(name, heads, [[cell(f, of(row, f.key)) for f in columns] for row in rows])


def _of(model: Any, firm: Firm, *order: Any) -> list[Any]:
    statement = select(model).where(model.firm_id == firm.id).order_by(*order, model.id)
    return list(session.scalars(statement))


def _profile(firm: Firm) -> Table:
    columns = (CODE, NAME, *firms.PROFILE)
    rows: list[list[Value]] = [
        [one.label, shown(one, getattr(firm, one.key)) or None, None, None] for one in columns
    ]
    rows += [
        [_("曾用名"), one.name, one.starts, one.ends]
        for one in _of(FirmName, firm, FirmName.starts)
    ]
    for one in _of(Place, firm, Place.kind, Place.starts):
        where = (term("area", one.area), term("town", one.town), one.address, one.district)
        rows.append([one.kind.label, " ".join(filter(None, where)), one.starts, one.ends])
    heads = [
        Head(_("数据项")),
        Head(_("内容")),
        Head(_("开始日期"), "day"),
        Head(_("结束日期"), "day"),
    ]
    return Table(_("登记信息"), heads, rows)


def tables(viewer: Viewer, firm: Firm, day: dt.date) -> Iterator[Table]:
    """The sheets, in the order of the page; none for what nobody has recorded."""
    carriers: dict[int, str] = dict(
        session.execute(select(Carrier.id, Carrier.name).order_by(Carrier.id)).all()
    )

    def at(row: Any, key: str) -> Any:
        if key == "carrier":
            return carriers.get(row.carrier_id)
        if key == "period":
            return Period(row.year, row.quarter)
        return getattr(row, milestones.COLUMNS.get(key, key), None)

    yield _profile(firm)
    stays = (ties.CARRIER, KIND, ties.STARTS, *ties.PARTICULARS)
    yield table(_("入驻记录"), stays, _of(Residency, firm, Residency.starts), at)
    entries = sorted(held_milestones.of_firm(viewer, firm, day), key=lambda e: (e.day, e.id))
    for kind in MilestoneKind:
        some = [one for one in entries if one.kind is kind]
        if some:
            columns = (*milestones.fields_of(kind), VERIFIED)
            yield table(kind.label, columns, some, at)
    columns = (figures.PERIOD, figures.SOURCE, *figures.VALUES, VERIFIED, REMARK)
    yield table(_("填报数据"), columns, held_figures.of_firm(viewer, firm, day), at)
    yield _stated(firm)
    columns = (OPENED, *demands.COLUMNS, STANDS, CLOSED, ENDED)
    yield table(_("空间需求"), columns, _of(Demand, firm, Demand.opened_on), at)
    told = [(row, promises.ALL if row.kind is None else row.kind)
            for row in _of(Attestation, firm, Attestation.ends)]  # fmt: skip
    yield table(_("填报承诺"), promises.COLUMNS, told,
                lambda pair, key: pair[1] if key == "kind" else getattr(pair[0], key))  # fmt: skip
    reported = (graduations.CARRIER, STATE, *graduations.COLUMNS)
    yield table(_("毕业记录"), reported, _of(Graduation, firm, Graduation.graduated_on), at)


def _stated(firm: Firm) -> Table:
    heads = [Head(_("数据项")), Head(_("内容")), Head(_("日期"), "day"), Head(VERIFIED.label)]
    rows: list[list[Value]] = [
        [key.label, show_stated(key, one.low, one.high), one.day, shown(VERIFIED, one.verification)]
        for key, one in held_figures.stated_of(firm)
    ]
    return Table(_("自述数据"), heads, rows)


def _papers(firm: Firm, into: zipfile.ZipFile) -> Table:
    """The files of the firm, packed one by one; the list says which one the store has lost."""
    entries, folder = {one.id: one for one in _of(Milestone, firm)}, _("佐证材料")
    rows: list[list[Value]] = []
    for number, one in enumerate(_of(Evidence, firm), start=1):
        name, entry = f"{number:03d} {one.name}", entries.get(one.milestone_id)
        about = _("填报数据") if one.figures_id else _("自述数据") if one.stated_id else None
        if entry is not None:
            about = f"{entry.kind.label} {entry.day.isoformat()}"
        try:
            with open_paper(one.sha256) as source:
                _pack(source, into, f"{folder}/{name}")
            state = _("已放入")
        except FileNotFoundError:
            state = _("文件缺失")
        added = one.added_at.astimezone(SHANGHAI).date()
        rows.append([name, about, added, one.size, one.sha256, state])
    heads = [
        Head(_("文件")), Head(_("证明什么")), Head(_("上传日期"), "day"),
        Head(_("大小"), "number", _("字节")), Head("SHA-256", "code"), Head(_("状态")),
    ]  # fmt: skip
    return Table(folder, heads, rows)


def _pack(source: Any, into: zipfile.ZipFile, name: str) -> None:
    with into.open(name, "w", force_zip64=True) as target:
        shutil.copyfileobj(source, target, CHUNK)


def may(viewer: Viewer, firm: Firm, day: dt.date) -> bool:
    """Whoever sees the whole file: its carrier, and the district."""
    return fields.WHOLE <= set(fields.open_to(viewer, firm.id, day))


def pack(into: BinaryIO, viewer: Viewer, firm: Firm, day: dt.date) -> None:
    """Write the zip. NotFound for whoever does not see the whole file."""
    if not may(viewer, firm, day):
        raise NotFound()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
        files = _papers(firm, packed)
        held = [one for one in tables(viewer, firm, day) if one.rows]
        title = _("%(firm)s资料包", firm=firm.name)
        notes = [(_("范围"), _("企业页上的全部数据和佐证材料；联系人不在其中。"))]
        book = Book(title, [*held, files], notes)
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as sheet:
            xlsx.write(book, sheet, first_sheet(book, viewer))  # type: ignore[arg-type]
            sheet.seek(0)
            _pack(sheet, packed, _("企业档案.xlsx"))
        for one in _of(Graduation, firm):
            packed.writestr(_("毕业核对 %(day)s.json", day=one.graduated_on), one.frozen)


def firm_actions(viewer: Viewer, firm: Firm, day: dt.date) -> Iterator[dict[str, Any]]:
    """The button of the firm's page."""
    if may(viewer, firm, day):
        url = url_for("workbench.package", pid=firm.pid)
        yield {"text": _("下载资料包"), "url": url, "icon": "download", "method": "post",
               "position": 90}  # fmt: skip


def init_app(app: Flask) -> None:
    """Register the button."""
    registry(app).firm_actions.append(firm_actions)
