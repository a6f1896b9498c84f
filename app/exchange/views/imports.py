"""导入: upload, preview, mend in place, write, undo; and the files that go with it."""

from __future__ import annotations

from flask import (
    Flask,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from app.core.access import Permission, Viewer, requires, viewer
from app.core.days import Period, today
from app.core.db import steady, write
from app.core.errors import DomainError, Forbidden, NotFound, register_messages
from app.core.filters import num
from app.core.forms import parse_day
from app.core.paging import Page, page_number
from app.core.text import N_, _, language
from app.exchange.heap import uncollected
from app.exchange.intake import running, service
from app.exchange.intake.content import HEAD, LEAVE, TAKE, said_words
from app.exchange.intake.plan import Plan, build
from app.exchange.intake.undo import told, undo
from app.exchange.models import Intake, IntakeState
from app.exchange.out import forms
from app.exchange.out.answer import sent
from app.exchange.out.rounds import collect as collect_forms
from app.exchange.reading import MAX_ROWS, Refused, Upload, read
from app.exchange.sheets import firms, people
from app.exchange.sheets.base import Kind, Sheet, sheets
from app.exchange.sheets.lists import LIST, STAGES
from app.exchange.views.blueprint import bp
from app.firms.models import Title

OF_FIRMS = (Permission.FIRM_RECORD, Permission.FIRM_VERIFY, Permission.LANDING_BOOK)
MAY = (*OF_FIRMS, *people.MAY)
#: Rows of each part of the preview that stand on one page.
SHOWN = 50
WHOLE = "all"


register_messages({"list_what": N_("请选择名单的资质、名单所示的日期种类，并填写日期。")})


def offered() -> list[Sheet]:
    """The sheets of which the viewer may bring rows."""
    return [one for one in sheets().values() if one.may(viewer()) and not one.manual]


def chosen(key: str) -> list[Sheet]:
    """One sheet, or all that are offered; NotFound for any other."""
    found = [one for one in offered() if key in (WHOLE, one.key)]
    if not found:
        raise NotFound()
    return found


@bp.get("/imports")
@requires(*MAY)
def imports() -> ResponseReturnValue:
    """Where a file is chosen; templates, and what was imported before."""
    return _start()


def _start(problem: str = "", status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "exchange/imports.html", offered=offered(), mine=service.mine(viewer()), problem=problem,
        running=running.running, most=MAX_ROWS, titles=Title.choices(),
        stages=[(key, _(text)) for key, text in STAGES], today_is=today(),
        of_firms=any(viewer().may(word) for word in OF_FIRMS), lists=firms.may(viewer()),
    )  # fmt: skip
    return page, status


@bp.post("/imports")
@requires(*MAY)
def upload() -> ResponseReturnValue:
    """Read a file and keep its rows; nothing is written to the records."""
    sent = [one for one in request.files.getlist("file") if one.filename]
    if not sent:
        return _start(_("请选择一个 .xlsx、.xls 或 .csv 文件。"), 422)
    try:
        wanted = _wanted()
        found, unread = _read(sent)
        pid = service.receive(viewer(), found, *wanted, unread)
    except Refused as error:
        words = error.message
        if len(sent) == 1:
            words = _("“%(name)s”没有读取：%(why)s", name=sent[0].filename, why=words)
        return _start(words, 422)
    return redirect(url_for("exchange.one_import", pid=pid), 303)


def _read(sent: list[FileStorage]) -> tuple[list[Upload], list[str]]:
    """The files that can be read, and what to tell of the others; Refused when there is none."""
    found, unread = list[Upload](), list[str]()
    for one in sent:
        name = one.filename or ""
        try:
            found.append(read(name, one.stream.read()))
        except Refused as error:
            if len(sent) == 1:
                raise
            unread.append(_("“%(name)s”没有读取：%(why)s", name=name, why=error.message))
    if not found:
        raise Refused("none_read", why="".join(unread))
    return found, unread


def _wanted() -> tuple[list[Sheet], dict[str, str]]:
    """The sheets to look for; for an official list what it is a list of, said by its reader."""
    if request.form.get("sheet") != LIST:
        return offered(), {}
    if not firms.may(viewer()):
        raise Forbidden()
    stage = request.form.get("stage", "")
    if stage not in dict(STAGES):
        raise Refused("list_what")
    title, day = request.form.get("title", ""), request.form.get("day", "").strip()
    try:
        Title(title)
        day = parse_day(day).isoformat()
    except ValueError as error:
        raise Refused("list_what") from error
    return [sheets()[LIST]], {"title": title, stage: day}


@bp.get("/imports/<pid>")
@requires(*MAY)
@uncollected()
def one_import(pid: str) -> ResponseReturnValue:
    """The preview: what the file will do; how far its write is; what it has done."""
    intake, progress = service.find(viewer(), pid), running.look(pid)
    if progress is None:
        return _preview(intake)
    if not progress.ended:
        page = render_template("exchange/progress.html", intake=intake, progress=progress)
        return page, {"Refresh": "3"}
    running.forget(pid)
    if progress.new + progress.changed:
        _told(progress.new, progress.changed)
    return _preview(intake, progress.problem or (_broken(progress) if progress.broken else ""))


def _broken(progress: running.Progress) -> str:
    if progress.undo:
        return _("撤销中断，没有撤销任何内容。请再试一次。")
    return _("写入中断，没有写入任何内容。请再试一次。")


def _preview(intake: Intake, problem: str = "", status: int = 200) -> ResponseReturnValue:
    empty = intake.content == service.EMPTY[0]
    if intake.state is IntakeState.UNDONE and not empty:
        return render_template("exchange/undone.html", intake=intake, done=told(intake)), status
    if empty or intake.state in (IntakeState.DROPPED, IntakeState.UNDONE):
        page = render_template("exchange/closed.html", intake=intake, problem=problem)
        return page, status
    steady()
    intake = service.find(viewer(), intake.pid)
    plan = build(viewer(), today(), intake)
    titles = [words for words in dict.fromkeys(map(said_words, plan.kept)) if words]
    page = render_template(
        "exchange/preview.html", intake=intake, plan=plan, Kind=Kind, problem=problem, leave=LEAVE,
        parts=_parts(plan), reasons=forms.reasons, titles=titles, take=TAKE, head_key=HEAD,
    )  # fmt: skip
    return page, status


def _parts(plan: Plan) -> dict[Kind, Page]:
    """The rows of each kind on the page asked for."""
    number = page_number()
    found = {}
    for kind in Kind:
        lines = plan.of(kind)
        last = max(1, -(-len(lines) // SHOWN))
        here = min(number, last)
        found[kind] = Page(lines[(here - 1) * SHOWN : here * SHOWN], here, SHOWN, len(lines))
    return found


def _typed() -> dict[str, dict[str, str]]:
    """What was typed and marked in the preview, by `sheet:row` and field."""
    found: dict[str, dict[str, str]] = {}
    columns = request.form.get("then") == "columns"
    for name, text in request.form.items():
        kind, _mark, rest = name.partition("|")
        key, _mark, field = rest.partition("|")
        if kind == "cell" and field and (columns or not key.endswith(f":{HEAD}")):
            found.setdefault(key, {})[field] = text.strip()
    return found


@bp.post("/imports/<pid>")
@requires(*MAY)
@uncollected()
def amend(pid: str) -> ResponseReturnValue:
    """Keep what was typed into the preview, and check again; or write what can be written."""
    intake = service.find(viewer(), pid)
    here = url_for("exchange.one_import", pid=pid, page=request.args.get("page"))
    if running.running(pid):
        return redirect(here, 303)
    typed = _typed()
    reason = request.form.get("reason", "").strip()
    if reason:
        for line in build(viewer(), today(), intake).doubtful:
            typed.setdefault(line.key, {}).setdefault("reason", "")
            typed[line.key]["reason"] = typed[line.key]["reason"] or reason
    if request.form.get("then") != "write":
        service.amend(service.find(viewer(), pid), typed, again=True)
        return redirect(here, 303)
    digest = request.form.get("digest", "")
    try:
        if any(LEAVE in cells for cells in typed.values()):
            digest = service.leave_out(viewer(), today(), pid, digest, typed) or ""
            if not digest:
                flash(_("留出所选的行以后，要写入的与刚才看到的不同。请看过再写入。"), "gap")
                return redirect(here, 303)
        if intake.lines >= running.LONG:
            return _write_behind(pid, digest, typed, intake.lines)
        _told(*_write(viewer(), pid, digest, typed))
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _preview(service.find(viewer(), pid), error.message, error.status)
    return redirect(url_for("exchange.one_import", pid=pid), 303)


def _write(
    person: Viewer, pid: str, digest: str, typed: dict[str, dict[str, str]],
    tick: service.Tick = service.silent,
) -> tuple[int, int]:  # fmt: skip
    """Write what was seen: (new, changed) rows; what was typed since is kept for the next time."""
    try:
        with write("import:commit", actor=person):
            counts = service.commit(person, today(), pid, digest, tick).counts
    except service.RowsRefused as error:
        service.keep_refusals(person, pid, error)
        raise
    if typed and service.find(person, pid).content != service.EMPTY[0]:
        service.amend(service.find(person, pid), typed)
    return counts[Kind.NEW], counts[Kind.UPDATE]


def _told(new: int, changed: int) -> None:
    flash(_("已写入 %(n)s 行：新增 %(a)s，更新 %(b)s。", n=num(new + changed), a=num(new),
            b=num(changed)), "ok")  # fmt: skip


def _write_behind(
    pid: str, digest: str, typed: dict[str, dict[str, str]], lines: int
) -> ResponseReturnValue:
    """Let a long write go on while its page tells how far it is."""
    person = viewer()
    return _behind(pid, lines, lambda tick: _write(person, pid, digest, typed, tick))


def _behind(pid: str, lines: int, act: running.Work, *, undo: bool = False) -> ResponseReturnValue:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    spoken = language()

    def work(tick: service.Tick) -> tuple[int, int]:
        g.locale = spoken
        try:
            return act(tick)
        except DomainError as error:
            raise running.Failed(error.message) from error

    running.start(app, pid, lines, work, undo=undo)
    return redirect(url_for("exchange.one_import", pid=pid), 303)


@bp.post("/imports/<pid>/drop")
@requires(*MAY)
def drop(pid: str) -> ResponseReturnValue:
    """取消导入, or the rest of it: the rows that were not written are forgotten."""
    intake = service.find(viewer(), pid)
    words = _("其余的行不再保留。") if intake.written else _("已取消导入，没有写入任何内容。")
    if running.running(pid):
        return redirect(url_for("exchange.one_import", pid=pid), 303)
    service.drop(intake)
    flash(words, "ok")
    return redirect(url_for("exchange.imports"), 303)


@bp.post("/imports/<pid>/undo")
@requires(*MAY)
def take_back(pid: str) -> ResponseReturnValue:
    """撤销: what the import made goes, what it changed returns; later edits stay and are named."""
    intake, person = service.find(viewer(), pid), viewer()
    if running.running(pid):
        return redirect(url_for("exchange.one_import", pid=pid), 303)

    def act(tick: service.Tick = service.silent) -> tuple[int, int]:
        with write("import:undo", actor=person):
            undo(person, today(), pid, tick)
        return 0, 0

    if intake.state is IntakeState.DONE and intake.written >= running.LONG:
        return _behind(pid, intake.written, act, undo=True)
    act()
    return redirect(url_for("exchange.one_import", pid=pid), 303)


@bp.get("/imports/<pid>/errors.xlsx")
@requires(*MAY)
@uncollected()
def error_rows(pid: str) -> ResponseReturnValue:
    """错误行.xlsx: only the rows that wait, to be mended and uploaded again."""
    intake = service.find(viewer(), pid)
    plan = build(viewer(), today(), intake)
    stem = intake.name.rsplit(".", 1)[0]
    name = _("%(name)s 错误行.xlsx", name=stem)
    return sent(lambda into: forms.errors(into, plan), name, "xlsx")


@bp.get("/imports/templates/<key>.xlsx")
@requires(*MAY)
def template(key: str) -> ResponseReturnValue:
    """模板下载: one sheet, or the whole workbook."""
    found = chosen(key)
    name = _("导入模板 %(sheet)s.xlsx", sheet=found[0].label if key != WHOLE else _("全部"))
    return sent(lambda into: forms.template(into, found), name, "xlsx")


@bp.post("/imports/data/<key>")
@requires(*MAY)
def editable(key: str) -> ResponseReturnValue:
    """导出可修改的数据: in the columns of the import, to be edited and brought back."""
    found = chosen(key)
    with write("export:data", actor=viewer(), reason=key):
        pass
    steady()
    name = _("%(sheet)s数据 %(day)s.xlsx", sheet=found[0].label if key != WHOLE else _("全部"),
             day=today().isoformat())  # fmt: skip
    return sent(lambda into: forms.editable(into, viewer(), today(), found), name, "xlsx")


@bp.post("/imports/collect")
@requires(*OF_FIRMS)
def collect() -> ResponseReturnValue:
    """采集表: a zip with one pre-filled workbook for each firm the viewer records for."""
    found, period = offered(), Period.of(today()).previous
    with write("export:collect", actor=viewer()):
        pass
    steady()
    name = _("采集表 %(day)s.zip", day=today().isoformat())
    return sent(lambda into: collect_forms(into, viewer(), today(), found, period), name, "zip")
