"""Pages of numbered reports."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import steady
from app.core.errors import DomainError, NotFound
from app.core.forms import BaseForm
from app.core.paging import asked, paginate
from app.core.posting import apart, submitted
from app.core.text import _, language
from app.firms.papers import keep
from app.statistics import addresses, dimensions
from app.statistics.asof import Count, last_quarter, now
from app.statistics.citations import service as citations
from app.statistics.forms import ask
from app.statistics.models import Report
from app.statistics.queries.figures import Desk, Figure
from app.statistics.reports import service
from app.statistics.reports.forms import ReportForm, ReturnForm, ScanForm, SignForm
from app.statistics.reports.frozen import Change, changes, freeze
from app.statistics.reports.moves import REPORT, ReportAct, ReportCase, SignedPaper
from app.statistics.reports.parts import KINDS

bp = Blueprint("reports", __name__, url_prefix="/statistics/reports")
P = Permission
#: name on the page → form, and the form of each act
FORMS: dict[str, type[BaseForm]] = {"sign": SignForm, "back": ReturnForm, "paper": ScanForm}
FORM_OF = {ReportAct.SIGN: "sign", ReportAct.RETURN: "back", ReportAct.SCAN: "paper"}


@bp.context_processor
def _helpers() -> dict[str, Any]:
    return addresses.helpers() | {"told": told, "split_url": split_url}


def told(figure: Figure) -> str:
    """What a figure was narrowed to, in words."""
    return dimensions.told(dict(figure.filters))


def split_url(change: Change) -> str:
    """Why a figure of a report is another one now."""
    return addresses.split_url(change.now, change.was.asof)


@bp.get("")
@requires(P.STATISTICS_READ)
def index() -> ResponseReturnValue:
    """统计报告; a number that was typed opens its report."""
    wanted = asked("number")
    row = service.by_number(viewer(), wanted) if wanted else None
    if row is not None:
        return redirect(url_for(".report", pid=row.pid), 303)
    if wanted and citations.by_number(viewer(), wanted):
        return redirect(url_for("citations.index", number=wanted), 303)
    page = paginate(service.visible(viewer()))
    return render_template("statistics/reports/index.html", page=page, wanted=wanted)


@bp.route("/new", methods=["GET", "POST"])
@requires(P.REPORT_MAKE)
def new() -> ResponseReturnValue:
    """生成报告: choose the day and the tables; it is numbered and frozen at once."""
    form = ReportForm()
    kind = request.args.get("kind", "quarter")
    _words, parts = KINDS.get(kind, KINDS["own"])
    if request.method == "GET":
        _suggest(form, kind, parts)
    made: list[Report] = []
    if form.validate_on_submit():
        steady()
        assert form.day.data is not None
        desk = Desk.of(viewer(), now(form.day.data, Count(str(form.count.data))))
        body = freeze(desk, form.chosen)
        title = str(form.title.data)
        if submitted(form, "report:make", lambda: made.append(service.add(viewer(), title, body))):
            flash(_("已生成报告 %(number)s，由另一人签发。", number=made[0].number), "ok")
            return redirect(url_for(".report", pid=made[0].pid), 303)
    page = render_template("statistics/reports/new.html", form=form, kind=kind, kinds=KINDS)
    return page, form.answer


def _suggest(form: ReportForm, kind: str, parts: tuple[str, ...]) -> None:
    """The last quarter or year that has ended, and the tables that such a report has."""
    question = ask(request.args, today())
    ended = last_quarter(today())
    day = ended.last_day if kind == "quarter" else question.asof.day
    if kind == "year":
        day = day.replace(year=today().year - 1, month=12, day=31)
    if request.args.get("as_of"):
        day = question.asof.day
    form.day.data, form.parts.data = day, list(parts)
    form.count.data = question.asof.count.value
    span = (
        _("%(year)s 年", year=day.year)
        if kind == "year"
        else _("%(year)s 年第 %(n)s 季度", year=day.year, n=(day.month + 2) // 3)
    )
    form.title.data = "" if kind == "own" else _("%(span)s毕业统计", span=span)


@bp.get("/<pid>")
@requires(P.STATISTICS_READ)
def report(pid: str) -> ResponseReturnValue:
    """A report as it was frozen."""
    row = service.one(viewer(), pid)
    return _page(row), 200


def _page(row: Report, posted: BaseForm | None = None) -> str:
    """A report with its forms, one of them as it was posted."""
    case = ReportCase(viewer(), today(), row)
    offers = {str(one.action): one.refusal for one in REPORT.offers(case)}
    forms = {
        name: posted
        if isinstance(posted, kind)
        else apart(kind(formdata=None, data={"rev": row.rev}), name)
        for name, kind in FORMS.items()
    }
    return render_template(
        "statistics/reports/report.html", row=row, body=service.body_of(row), offers=offers,
        tongue=language(), **forms,
    )  # fmt: skip


@bp.get("/<pid>/paper")
@requires(P.STATISTICS_READ)
def paper(pid: str) -> ResponseReturnValue:
    """The report on A4."""
    row = service.one(viewer(), pid)
    return render_template(
        "statistics/reports/paper.html", row=row, body=service.body_of(row), tongue=language(),
        seal=service.seal_of(row),
    )  # fmt: skip


@bp.get("/<pid>/scan")
@requires(P.STATISTICS_READ)
def scan(pid: str) -> ResponseReturnValue:
    """线下签批件, always as a download."""
    row = service.one(viewer(), pid)
    return send_file(
        service.open_scan(row), mimetype=row.paper_type, as_attachment=True,
        download_name=row.paper_name, max_age=0,
    )  # fmt: skip


@bp.get("/<pid>/changes")
@requires(P.STATISTICS_READ)
def compared(pid: str) -> ResponseReturnValue:
    """与最新数据核对: the figures that would be others today, each with both lists."""
    row = service.one(viewer(), pid)
    body = service.body_of(row)
    steady()
    desk = Desk.of(viewer(), now(row.as_of, body.asof.count))
    found = changes(desk, body)
    return render_template(
        "statistics/reports/changes.html", row=row, body=body, changes=found, cut=desk.asof.cut
    )


@bp.post("/<pid>/<act>")
@requires(P.REPORT_SIGN, P.REPORT_MAKE)
def decide(pid: str, act: str) -> ResponseReturnValue:
    """签发, 退回, or 按线下签批件签发."""
    row = service.one(viewer(), pid)
    action = next((one for one in ReportAct if one.value == act), None)
    if action is None:
        raise NotFound()
    form = apart(FORMS[FORM_OF[action]](), FORM_OF[action])
    remark = form.remark.data if isinstance(form, ReturnForm) else None
    try:
        paper = _paper(form)
    except DomainError as error:
        form.refuse(error)
        return _page(row, form), form.answer

    def decided() -> None:
        service.act(viewer(), pid, action, remark, paper)

    told_done = _done(action, row)
    if submitted(form, f"report:{action.value}", decided, record=row):
        flash(told_done, "ok")
        return redirect(url_for(".report", pid=pid), 303)
    row = service.one(viewer(), pid)
    if isinstance(form, ScanForm):
        form.rev.renew(row.rev)
    return _page(row, form), form.answer


def _done(action: ReportAct, row: Report) -> str:
    if action is ReportAct.RETURN:
        return _("已退回。")
    return _("已换签批件。") if row.paper_signer else _("已签发。")


def _paper(form: BaseForm) -> SignedPaper | None:
    """What the form says of a signed paper, its scan kept. Raises DomainError for a file that
    cannot be taken."""
    if not isinstance(form, ScanForm) or not form.validate_on_submit():
        return None
    assert form.day.data is not None
    one = form.files.files[0]
    stored = keep(one.stream, one.filename or "")
    return SignedPaper(str(form.signer.data), form.day.data, stored, form.rev.data)
