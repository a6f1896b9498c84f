"""The declarative base: naming, money and code checks, and the history table of each record."""

from __future__ import annotations

import secrets
from contextvars import ContextVar
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from app.core.db.types import Code, Codes, Fen

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

BigId = BigInteger().with_variant(Integer, "sqlite")
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_pid() -> str:
    """A random public id: 12 characters that cannot be guessed or misread."""
    return "".join(secrets.choice(ALPHABET) for _ in range(12))


#: Number of the revision that `write()` has open in this context.
OPEN: ContextVar[int | None] = ContextVar("open revision", default=None)


def open_revision(_: Any = None) -> int:
    """The revision of the write in progress; RuntimeError outside one."""
    rev = OPEN.get()
    if rev is None:
        raise RuntimeError("recorded rows are written only inside write()")
    return rev


class Base(DeclarativeBase):
    """Base of all tables. Adds the CHECKs that money and code columns declare."""

    metadata = MetaData(naming_convention=NAMING)

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        table = cls.__dict__.get("__table__")
        if table is None:
            return
        for column in table.columns:
            if isinstance(column.type, Fen | Code | Codes):
                suffix = "bound" if isinstance(column.type, Fen) else "code"
                table.append_constraint(
                    CheckConstraint(column.type.check(column.name), name=f"{column.name}_{suffix}")
                )
        if issubclass(cls, Recorded):
            cls.__history__ = _history_table(table)


def _history_table(table: Table) -> Table:
    """`<name>_history`: every past version with the revision that ended it."""
    columns = [Column(c.name, c.type, nullable=c.nullable) for c in table.columns]
    for column in columns:
        if column.name in ("id", "rev"):
            column.primary_key, column.nullable = True, False
            column.autoincrement = False
    history = Table(
        f"{table.name}_history",
        table.metadata,
        *columns,
        Column("rev_to", BigId, nullable=False),
    )
    Index(f"ix_{table.name}_history_rev_to", history.c.rev_to)
    Index(f"ix_{table.name}_history_rev", history.c.rev)
    return history


class Recorded:
    """A thing on both clocks: the table holds what is true now, `<name>_history` what was.

    Rows are written only inside `write()`; a trigger refuses any other revision number and
    copies the former version to the history. Updates and deletes check `rev`, so a second
    editor is told instead of overwriting the first.
    """

    __history__: ClassVar[Table]

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    rev: Mapped[int] = mapped_column(BigId, ForeignKey("revision.id"), index=True)

    def touches(self) -> set[tuple[str, int]]:
        """(table, id) of the firms and carriers that a write to this row is about."""
        ends = ((name, getattr(self, f"{name}_id", None)) for name in ("firm", "carrier"))
        return {(name, key) for name, key in ends if key is not None}

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.rev, "version_id_generator": open_revision}


class Public:
    """A thing with an address: `pid` is random, so nothing can be learnt by counting."""

    pid: Mapped[str] = mapped_column(String(12), unique=True, default=new_pid)
