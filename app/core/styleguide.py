"""All parts of pages on one page, with invented data. Demo and tests only: `/styleguide`."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, Flask, render_template
from wtforms import BooleanField, FileField, SelectField, StringField, TextAreaField

from app.core.access import Permission, PostRef, Viewer, public
from app.core.clash import Clash, Row
from app.core.days import add_months, now, today
from app.core.forms import BaseForm, CodeField, DayField, Filled, MoneyField, PickField
from app.core.lifeline import Bar, Lane, Mark, draw
from app.core.paging import Page
from app.core.shell import RailEntry
from app.core.text import N_, _

blueprint = Blueprint("styleguide", __name__)
FEN = 1_000_000
NAMES = (
    "石上泉传感技术",  # zh: invented names are data, as in the register
    "苇间雪软件",  # zh: an invented name
    "一家名称特别长需要折成两行才放得下的有限公司",  # zh: an invented name
)
CARRIER = "金科路青禾孵化器"  # zh: an invented name
PERSON = "沈知远"  # zh: an invented name


class SampleForm(BaseForm):
    """One field of each kind, filled and partly wrong."""

    kind = PickField(N_("类型"))
    amount = MoneyField(N_("到账金额"), validators=[Filled()])
    day = DayField(N_("日期"), validators=[Filled()])
    code = CodeField(N_("统一社会信用代码"), validators=[Filled()])
    sector = SelectField(N_("领域"))
    name = StringField(N_("获得方式"))
    files = FileField(N_("佐证材料"))
    remark = TextAreaField(N_("备注"))
    sure = BooleanField(N_("确认无误"))


def sample_form() -> SampleForm:
    """The form as it comes back with two faults."""
    form = SampleForm(formdata=None, meta={"csrf": False})
    for field in form:
        field.label.text = _(field.label.text)
    form.kind.choices = [
        ("financing", _("融资")), ("ip", _("知识产权")), ("award", _("获奖")),
    ]  # fmt: skip
    form.kind.data = "financing"
    form.sector.choices = [("ic", _("集成电路")), ("bio", _("生物医药"))]
    form.amount.data, form.day.data = 600 * FEN, today()
    form.code.data = "91310115MA0000O237"
    form.code.errors = [_("第 15 位不能是字母 O")]
    return form


def sample_life() -> Any:
    """A firm four years in."""
    now = today()
    start = add_months(now, -43)
    counted = Bar(start, None, _("实地 · %(name)s（计数归属）", name=CARRIER))
    loose = Bar(add_months(start, -10), start, _("仅注册"), "loose")
    pilot = Bar(add_months(now, -19), None, _("中试间 260 ㎡"), "extra")
    lanes = [
        Lane(_("入驻"), [loose, counted]),
        Lane(_("扩展场地"), [pilot]),
        Lane(_("融资"), marks=[
            Mark(add_months(now, -38), _("天使 120 万")),
            Mark(add_months(now, -20), _("Pre-A 轮 300 万")),
            Mark(add_months(now, -1), _("A 轮 300 万待到账"), state="wait"),
        ]),
        Lane(_("知识产权"), marks=[
            Mark(add_months(now, -37), _("实用新型"), "square"),
            Mark(add_months(now, -30), _("发明受理"), "square", "open"),
            Mark(add_months(now, -14), _("软著 2 项"), "square"),
            Mark(add_months(now, -3), _("发明授权"), "square"),
        ]),
        Lane(_("资质"), marks=[
            Mark(add_months(now, -31), _("科小入库"), "diamond"),
            Mark(add_months(now, -19), _("科小入库"), "diamond"),
            Mark(now - dt.timedelta(days=8), _("高企公示"), "diamond", "wait"),
        ]),
        Lane(_("时限"), marks=[
            Mark(dt.date(now.year, 12, 31), _("科小到期"), "end"),
            Mark(add_months(start, 48), _("在孵期限"), "end"),
        ]),
    ]  # fmt: skip
    return draw(lanes, now)


def sample_charts() -> dict[str, Any]:
    """Data of one chart of each kind."""
    points = [[0, 0, 0, 0], [12, 0.9, 0.6, 1.2], [24, 3.8, 3.1, 4.5], [36, 8.7, 7.5, 9.8]]
    names = [_("孵化器毕业"), _("加速器"), _("特色产业园区"), _("区内楼宇或自建"), _("不明")]
    return {
        "flow": {
            "nodes": [
                {"name": name, "tone": tone, "depth": depth}
                for name, tone, depth in zip(names, (1, 2, 1, 6, 4), (0, 1, 2, 2, 2), strict=True)
            ],
            "links": [
                {"source": names[a], "target": names[b], "value": value}
                for a, b, value in ((0, 2, 58), (0, 1, 22), (0, 3, 71), (0, 4, 5), (1, 2, 14))
            ],
        },
        "stacked": {
            "labels": ["2023", "2024", "2025", "2026"],
            "series": [
                {"name": _("核定"), "values": [181, 189, 195, 138]},
                {"name": _("申报未核"), "values": [3, 4, 8, 13]},
            ],
        },
        "steps": {
            "x": _("入孵后月数"),
            "max": 48,
            "series": [{"name": _("2022—2024 年入孵"), "points": points}],
        },
        "bullets": {
            "rows": [
                {"name": _("毕业企业"), "value": 138, "target": 200, "pace": 150},
                {"name": _("登记孵化器"), "value": 194, "target": 200, "pace": None},
            ]
        },
    }


def sample_clash() -> Clash:
    """Two fields, one of which differs."""
    rows = [
        Row(_("计划入驻"), "2027-04-01", "2027-03-01"),
        Row(_("意向房源"), "B5-1", "B5-1"),
    ]
    return Clash(PERSON, now(), rows, "#")


def sample_reader() -> Viewer:
    """Somebody with two posts, so that the menus of the bar show."""
    posts = (
        PostRef(1, _("经办"), 1, "a", _("浦东新区 · 创新孵化科"), "district"),
        PostRef(2, _("填报员"), 2, "b", CARRIER, "carrier"),
    )
    return Viewer(1, "sample", PERSON, posts, 1, frozenset({Permission.FIRM_READ}))


def sample_rail() -> list[tuple[str, list[RailEntry]]]:
    """Two groups, one entry chosen, one hot count."""
    return [
        (N_("日常"), [
            RailEntry(N_("工作台"), "#", "house", 9, True, False),
            RailEntry(N_("企业"), "#", "building", 4389, False, False),
        ]),
        (N_("统计"), [RailEntry(N_("组件"), "#", "book", None, False, True)]),
    ]  # fmt: skip


@blueprint.get("/styleguide")
@public
def page() -> str:
    """Everything at once."""
    return render_template(
        "core/styleguide.html",
        form=sample_form(),
        life=sample_life(),
        charts=sample_charts(),
        page=Page([], 2, 20, 137),
        clash=sample_clash(),
        reader=sample_reader(),
        rail=sample_rail,
        names=NAMES,
        carrier=CARRIER,
        days=[today() + dt.timedelta(days=n) for n in (-3, 0, 1, 7)],
    )


@blueprint.get("/styleguide/sheet")
@public
def sheet() -> str:
    """One A4 sheet."""
    return render_template("core/styleguide_sheet.html", name=NAMES[0], carrier=CARRIER)


def init_app(app: Flask) -> None:
    """Only where nothing is real."""
    if app.config["DEMO"] or app.config["TESTING"]:
        app.register_blueprint(blueprint)
