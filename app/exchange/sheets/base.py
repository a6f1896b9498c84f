"""What a sheet is, and what planning a row gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from flask import Flask, current_app

from app.core.access import Viewer
from app.core.text import N_, Coded, _
from app.exchange.sheets.fields import Field, shown


class Kind(Coded):
    """What becomes of a row."""

    ERROR = "error", N_("错误")
    ASK = "ask", N_("待认")
    CONFLICT = "conflict", N_("冲突")
    UPDATE = "update", N_("更新")
    NEW = "new", N_("新增")
    SAME = "same", N_("不变")
    ABSENT = "absent", N_("不在册")
    LEFT = "left", N_("不导入")


#: The kinds of rows that are not written and wait for somebody.
WAITING = (Kind.ERROR, Kind.ASK, Kind.CONFLICT)


@dataclass(frozen=True)
class Choice:
    """One of several things that a cell may mean: what to write, how it is called, what tells it
    from the others.

    `likely`: taken beforehand, to be confirmed by whoever looks at it.
    """

    value: str
    name: str
    about: str = ""
    likely: bool = False


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a row: column, what stood there, why, and how to mend it.

    `doubt`: unusual, not wrong; accepted once the row's 说明 says why.
    """

    field: str
    value: str
    reason: str
    offer: str = ""
    doubt: bool = False
    #: what may be meant, to choose from
    choices: tuple[Choice, ...] = ()


@dataclass(slots=True)
class Change:
    """One field, the value on record and the one to be written; in words when they are read.

    A plan of thousands of rows shows few. `original`: the value of an older export, in words.
    """

    of: Field
    held: Any
    given: Any
    original: str | None = None

    @property
    def field(self) -> str:
        """The field's key."""
        return self.of.key

    @property
    def label(self) -> str:
        """The field's head."""
        return self.of.head

    @property
    def old(self) -> str:
        """What is on record, as its reader sees it."""
        return shown(self.of, self.held)

    @property
    def new(self) -> str:
        """What will be, as its reader sees it."""
        return shown(self.of, self.given)

    @property
    def clashes(self) -> bool:
        """Whether somebody changed the field since the export, and nobody has decided yet."""
        return self.original is not None


class Fresh(Sequence[Change]):
    """The changes of a row of which all is new, made when they are looked at."""

    __slots__ = ("of", "values")

    def __init__(self, of: Mapping[str, Field], values: dict[str, Any]) -> None:
        self.of, self.values = of, values

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Change]:
        return (Change(self.of[key], None, value) for key, value in self.values.items())

    def __getitem__(self, place: Any) -> Any:
        return list(self)[place]


@dataclass(slots=True)
class Planned:
    """What a row will do. `act` runs inside the write; None where nothing is written."""

    kind: Kind
    subject: str = ""
    code: str = ""
    changes: Sequence[Change] = ()
    troubles: list[Trouble] = field(default_factory=list)
    act: Callable[[], Any] | None = None


NONE: Mapping[str, str] = MappingProxyType({})


class Given:
    """One row with its cells read: `values` holds the fields that are filled and readable.

    `keys` and `cells` are the fields of the sheet's columns and the texts below them, `rev` the
    version that an export of ours gave this row.
    """

    __slots__ = ("_texts", "cells", "keys", "mends", "number", "rev", "takes", "troubles", "values")

    def __init__(
        self, number: int, keys: Sequence[str], cells: Sequence[str], values: dict[str, Any],
        rev: int | None = None,
    ) -> None:  # fmt: skip
        self.number, self.keys, self.cells, self.values = number, keys, cells, values
        self.rev = rev
        #: what was mended on reading, by field
        self.mends: Mapping[str, str] = NONE
        #: field → `mine` or `held`, where a conflict was decided
        self.takes: Mapping[str, str] = NONE
        self.troubles: list[Trouble] = []
        self._texts: dict[str, str] | None = None

    @property
    def texts(self) -> dict[str, str]:
        """The texts of the cells that are not empty, by field."""
        if self._texts is None:
            pairs = zip(self.keys, self.cells, strict=True)
            self._texts = {key: text for key, cell in pairs if (text := cell.strip())}
        return self._texts

    def lacks(self, name: str, words: str) -> None:
        """Say that a field is missing, unless what stands there is complained of already."""
        if not any(one.field == name for one in self.troubles):
            self.troubles.append(Trouble(name, "", words))


@dataclass
class Ground:
    """What the rows of one plan share: who, when, and what is looked up once for all."""

    viewer: Viewer
    today: dt.date
    #: looked-up things, by name of the lookup
    held: dict[str, Any] = field(default_factory=dict)
    #: codes that earlier rows of the same file register
    coming: dict[str, str] = field(default_factory=dict)
    #: keys of rows planned before, so that a file does not say one thing twice
    taken: dict[Any, int] = field(default_factory=dict)


Plan = Callable[[Ground, Given], Planned]


@dataclass(frozen=True)
class Sheet:
    """A sheet: its fields, what is looked up beforehand, and how a row is planned."""

    key: str
    text: str
    fields: tuple[Field, ...]
    prepare: Callable[[Ground, list[Given]], None]
    plan: Plan
    #: who may bring rows of it
    may: Callable[[Viewer], bool]
    #: the present rows of a viewer, as values by field key, for an export that can come back
    rows: Callable[[Viewer, dt.date], Any] | None = None
    hint: str = ""
    #: chosen by whoever uploads, never recognised by its heads
    manual: bool = False
    #: the columns of which one must be there: whom or what a row is about
    subject: tuple[str, ...] = ("code", "name")

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return _(self.text)

    @property
    def by_key(self) -> Mapping[str, Field]:
        """key → field."""
        return {one.key: one for one in self.fields}


def sheets(app: Flask | None = None) -> dict[str, Sheet]:
    """key → sheet, in the order in which rows are written."""
    return (app or current_app).extensions.setdefault("sheets", {})  # type: ignore[no-any-return]


def add(app: Flask, *found: Sheet) -> None:
    """Register sheets."""
    for one in found:
        sheets(app)[one.key] = one
