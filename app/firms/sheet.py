"""The sheet of a return: firms as rows, one box a figure, last period below it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from app.carriers.models import Return, Source, Verification
from app.core.access import AnyViewer
from app.core.clash import Row as Compared
from app.core.days import Period
from app.core.errors import DomainError
from app.core.filters import DASH, num, wan, wan_exact, wan_hidden
from app.core.forms import parse_wan
from app.core.text import N_, _
from app.firms import service
from app.firms.figure_columns import FigureColumn, disagreements, for_period, values_of
from app.firms.forms.parts import parse_heads, parse_items, show_heads
from app.firms.models import Figures, Firm
from app.firms.queries.figures import best, of_period, row_of
from app.firms.queries.returns import firms_of

#: A value this many times the one before, or its inverse, is taken for a slip of the unit.
SLIP = 8
#: From here on not one place is meant, but yuan in a column of 万元.
SLIP_OF_UNIT = 1_000
#: What a tick instead of words leaves on the row.
SURE = N_("数值已核对无误")
#: A refusal that holds one firm back; the others are saved.
OF_ONE_FIRM = ("reason_needed", "stale")


def as_text(column: FigureColumn, value: int | None) -> str:
    """A value as it stands in its box: 万元 with every digit, or heads."""
    if column.unit == "items":
        return "" if value is None else str(value)
    return show_heads(value) if column.unit == "heads" else wan_exact(value)


def as_shown(column: FigureColumn, value: int | None) -> str:
    """A value to be read: 万元 with two decimals, or heads; a dash for none."""
    if value is None or column.unit == "money":
        return wan(value)
    if column.unit == "items":
        return num(value)
    whole, _dot, part = show_heads(value).partition(".")
    return num(int(whole)) + (f".{part}" if part else "")


def from_text(column: FigureColumn, text: str) -> int | None:
    """What was typed into a box; ValueError with the sentence for its reader."""
    if not text.strip():
        return None
    if column.unit == "heads":
        return parse_heads(text)
    if column.unit == "items":
        return parse_items(text)
    return parse_wan(text, signed=column.signed)


@dataclass
class Cell:
    """One box with what is wrong or unusual about it."""

    column: FigureColumn
    name: str
    text: str
    past: int | None = None
    value: int | None = None
    error: str | None = None
    warning: str | None = None

    @property
    def shown(self) -> str:
        """The value to be read."""
        return as_shown(self.column, self.value)

    @property
    def last(self) -> str:
        """Last period's value to be read."""
        return as_shown(self.column, self.past)

    def hidden(self, value: int | None) -> str | None:
        """All digits of a value that is shown rounded."""
        return wan_hidden(value) if self.column.unit == "money" else None


@dataclass
class Row:
    """One firm: its boxes, the row they came from, and the words that explain them."""

    firm: Firm
    cells: list[Cell]
    rev: int | None
    remark: str = ""
    verification: Verification | None = None
    broken: list[str] = field(default_factory=list)
    changed: bool = False
    #: whether the remark or a tick speaks for the values as they are now
    explained: bool = False
    sure: bool = False
    #: why this firm was not saved
    problem: str | None = None

    @property
    def notes(self) -> list[str]:
        """What is unusual, each with the name of its figure."""
        doubts = [
            _("%(figure)s%(doubt)s", figure=c.column.label, doubt=c.warning)
            for c in self.cells
            if c.warning
        ]
        return [*doubts, *self.broken]

    @property
    def errors(self) -> list[str]:
        """What cannot be read, each with the name of its figure."""
        return [
            _("%(figure)s：%(error)s", figure=c.column.label, error=c.error)
            for c in self.cells
            if c.error
        ]

    @property
    def doubtful(self) -> bool:
        """Unusual values that nobody has explained yet."""
        return not self.explained and bool(self.broken or any(c.warning for c in self.cells))

    @property
    def wrong(self) -> bool:
        """Boxes that cannot be read."""
        return any(cell.error for cell in self.cells)

    @property
    def held_back(self) -> bool:
        """Whether something typed on this row is not saved."""
        return bool(self.problem) or (self.changed and (self.wrong or self.doubtful))

    @property
    def filled(self) -> int:
        """How many of the figures there are."""
        return sum(cell.value is not None for cell in self.cells)

    @property
    def done(self) -> bool:
        """All figures are there and nothing waits."""
        return self.filled == len(self.cells) and not self.wrong and not self.doubtful

    def beside(self, held: Figures) -> Iterator[Compared]:
        """Each figure as held now and as typed."""
        now = values_of(held)
        for cell in self.cells:
            column = cell.column
            yield Compared(column.label, as_shown(column, now[column.name]), cell.shown)
        yield Compared(_("说明"), held.remark or DASH, self.remark or DASH)

    @property
    def said(self) -> str:
        """The remark in the reader's language where it is the house's own."""
        return _(SURE) if self.remark == SURE else self.remark


@dataclass(frozen=True)
class Tally:
    """How far a sheet is: rows complete, begun, empty, and those that wait for words."""

    total: int
    done: int
    begun: int
    empty: int
    doubtful: int


def tally(rows: list[Row]) -> Tally:
    """Count the rows."""
    done = sum(row.done for row in rows)
    empty = sum(not row.filled for row in rows)
    doubtful = sum(row.doubtful or row.wrong for row in rows)
    return Tally(len(rows), done, len(rows) - done - empty, empty, doubtful)


def totals(rows: list[Row]) -> list[Cell]:
    """The sum of each column, now and last period; None where nobody has a value."""

    def added(values: list[int | None]) -> int | None:
        known = [v for v in values if v is not None]
        return sum(known) if known else None

    columns = zip(*(row.cells for row in rows), strict=True) if rows else ()
    return [
        Cell(
            cells[0].column,
            "",
            "",
            past=added([c.past for c in cells]),
            value=added([c.value for c in cells]),
        )
        for cells in columns
    ]


def before(period: Period) -> Period:
    """The period to compare with: the quarter before, a year for years and first quarters."""
    return period.previous if period.quarter > 1 else Period(period.year - 1, period.quarter)


def build(
    viewer: AnyViewer, sheet: Return, day: dt.date, typed: Mapping[str, str] | None = None
) -> list[Row]:
    """All rows of a return, as recorded or as typed into the form."""
    period = Period(sheet.year, sheet.quarter)
    return rows_of(viewer, firms_of(sheet, day), period, Source.EXPRESS, typed)


def rows_of(
    viewer: AnyViewer,
    firms: Iterable[Firm],
    period: Period,
    source: Source,
    typed: Mapping[str, str] | None = None,
) -> list[Row]:
    """The rows of some firms, whom the caller has found in scope, for a period and source."""
    wanted = list(firms)
    held = of_period(viewer, [f.id for f in wanted], (period, before(period)))
    rows = []
    for firm in wanted:
        now = next((r for r in held.get((firm.id, period), []) if r.source is source), None)
        then = best(held.get((firm.id, before(period)), [])).get((firm.id, before(period)))
        rows.append(_row(firm, period, now, then, typed))
    return rows


def one_row(
    viewer: AnyViewer,
    firm: Firm,
    period: Period,
    source: Source,
    typed: Mapping[str, str] | None = None,
) -> Row:
    """One firm's row of a period and source."""
    return rows_of(viewer, [firm], period, source, typed)[0]


def _row(
    firm: Firm,
    period: Period,
    now: Figures | None,
    then: Figures | None,
    typed: Mapping[str, str] | None,
) -> Row:
    present, past = values_of(now), values_of(then)
    row = Row(firm, [], now.rev if now else None, (now.remark or "") if now else "")
    row.verification = now.verification if now else None
    for column in for_period(period.quarter):
        name, held = f"{firm.pid}-{column.name}", present[column.name]
        cell = Cell(column, name, as_text(column, held), past[column.name], held)
        if typed is not None and name in typed:
            cell.text = typed[name]
            _read(cell, held)
            row.changed |= cell.value != held and not cell.error
            row.changed |= cell.error is not None
        cell.warning = None if cell.error else doubt(cell, past[column.name], period)
        row.cells.append(cell)
    row.explained = bool(row.remark) and not row.changed
    if typed is not None:
        _explain(row, typed)
    row.broken = [
        rule.sentence for rule in disagreements({c.column.name: c.value for c in row.cells})
    ]
    return row


def _explain(row: Row, typed: Mapping[str, str]) -> None:
    """Take the words or the tick of a row; words that stood before do not explain new values."""
    pid, stood = row.firm.pid, row.remark
    row.remark = typed.get(f"{pid}-remark", stood).strip()[:200]
    row.sure = f"{pid}-sure" in typed
    seen = typed.get(f"{pid}-rev", "")
    row.rev = int(seen) if seen.isdigit() else None
    new = row.remark != stood
    row.explained |= row.sure or (bool(row.remark) and new)
    row.explained &= bool(row.remark) or row.sure
    if row.sure and not row.remark:
        row.remark, new = SURE, True
    row.changed |= new


def _read(cell: Cell, held: int | None) -> None:
    """Read a box. One that still shows what is held is what is held: heads are kept finer."""
    if cell.text == as_text(cell.column, held):
        return
    try:
        cell.value = from_text(cell.column, cell.text)
    except ValueError as error:
        cell.error = str(error)


def doubt(cell: Cell, past: int | None, period: Period) -> str | None:
    """What is unusual about a value beside the one before; None when nothing is."""
    value = cell.value
    if value is None or past is None:
        return None
    if value < 0 <= past or past < 0 <= value:
        return _("正负与上期不同")
    if not value or not past:
        return None
    if cell.column.cumulative and period.quarter > 1 and value < past:
        return _("本季累计小于上季累计")
    large, small = max(abs(value), abs(past)), min(abs(value), abs(past))
    if large < SLIP * small:
        return None
    times = num(large // small)
    if abs(value) == large and large >= SLIP_OF_UNIT * small:
        return _("为上期的 %(n)s 倍，请核对是否以元填报", n=times)
    if abs(value) == large:
        return _("为上期的 %(n)s 倍，请核对单位", n=times)
    return _("不足上期的 1/%(n)s，请核对单位", n=times)


def save(
    *, actor: AnyViewer, today: dt.date, sheet: Return, rows: list[Row], reason: str | None = None
) -> int:
    """Write the rows of a return as `save_rows` does; how many."""
    period = Period(sheet.year, sheet.quarter)
    return save_rows(actor=actor, today=today, period=period, rows=rows, reason=reason)


def save_rows(
    *, actor: AnyViewer, today: dt.date, period: Period, rows: list[Row], reason: str | None = None
) -> int:
    """Write the rows that changed and are neither wrong nor unexplained; how many.

    A firm that somebody else changed meanwhile, or whose used figures lack a reason, stays
    behind with its `problem`; the others are written.
    """
    done = 0
    for row in rows:
        if not row.changed or row.wrong or row.doubtful:
            continue
        try:
            held = service.enter_figures(
                actor=actor, today=today, firm=row.firm, period=period,
                source=Source.EXPRESS, values={c.column.name: c.value for c in row.cells},
                rev=row.rev, reason=reason or row.remark or None, remark=row.remark,
            )  # fmt: skip
        except DomainError as error:
            if error.code not in OF_ONE_FIRM:
                raise
            row.problem = error.message
            if error.code == "stale":
                _overtaken(row, period)
            continue
        row.rev, row.changed, row.verification = held.rev, False, held.verification
        done += 1
    return done


def _overtaken(row: Row, period: Period) -> None:
    """Tell what somebody else entered, and let the next save go over it."""
    now = row_of(row.firm.id, period, Source.EXPRESS)
    row.rev = now.rev if now is not None else None
    held = values_of(now)
    others = [
        f"{c.column.label} {as_shown(c.column, held[c.column.name])}"
        for c in row.cells
        if held[c.column.name] != c.value
    ]
    row.problem = _(
        "他人刚保存过：%(values)s。您填的还在，再按一次保存即以您的为准。",
        values=_("、").join(others) or _("数值相同"),
    )
