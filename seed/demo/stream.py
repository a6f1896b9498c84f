"""Rows on their way to the database: sorted by the moment of writing, then written in batches.

Lives are made one after another, but each has rows in many moments of ten years. Rows wait here
by slot; when there are many they wait in files, so that memory stays flat at any scale.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Table, bindparam, delete, select, update

from app.core.db import Base, insert_rows, session, write
from app.core.db.base import Recorded
from seed.demo.judging import Judging
from seed.demo.slots import Slot

Row = dict[str, Any]
#: (act, table, row); a row of CHANGE and REMOVE names its id.
Op = tuple[int, str, Row]
ADD, CHANGE, REMOVE = 0, 1, 2
#: Rows held in memory before they are put into files, and rows in one revision.
HELD, BATCH = 350_000, 60_000
#: rows looked up in one statement
LOOKED_UP = 500
#: Tables of which only one row may hold at a time: what ends goes before what begins.
EXCLUSIVE = (
    "residency", "place", "firm_name", "claim", "claim_step", "graduation", "demand",
)  # fmt: skip


class Stream:
    """Rows by slot."""

    def __init__(self) -> None:
        self.limit = HELD
        self.waiting: dict[int, list[Op]] = {}
        self.count = 0
        self.total = 0
        self.folder: tempfile.TemporaryDirectory[str] | None = None

    def add(self, slot: int, table: str, row: Row) -> None:
        """A new row."""
        self._put(slot, (ADD, table, row))

    def change(self, slot: int, table: str, row_id: int, values: Row) -> None:
        """New values of a row written in an earlier slot."""
        self._put(slot, (CHANGE, table, {"id": row_id, **values}))

    def remove(self, slot: int, table: str, row_id: int) -> None:
        """A row withdrawn; the history keeps it."""
        self._put(slot, (REMOVE, table, {"id": row_id}))

    def later(self, first: int, then: int, table: str, row: Row, values: Row) -> None:
        """A row written in one slot and changed in a later one, or at once when they are one."""
        if then <= first:
            self.add(first, table, row | values)
        else:
            self.add(first, table, row)
            self.change(then, table, row["id"], values)

    def _put(self, slot: int, op: Op) -> None:
        found = self.waiting.get(slot)
        if found is None:
            found = self.waiting[slot] = []
        found.append(op)
        self.count += 1
        self.total += 1
        if self.count >= self.limit:
            self._spill()

    def _spill(self) -> None:
        if self.folder is None:
            self.folder = tempfile.TemporaryDirectory(prefix="jieli-seed-")
        for slot, ops in self.waiting.items():
            with (Path(self.folder.name) / str(slot)).open("ab") as file:
                for start in range(0, len(ops), BATCH):
                    pickle.dump(ops[start : start + BATCH], file, pickle.HIGHEST_PROTOCOL)
        self.waiting.clear()
        self.count = 0

    def batches(self, slot: int) -> Iterator[list[Op]]:
        """The rows of a slot in the order given, a batch at a time."""
        batch: list[Op] = []
        for part in self._parts(slot):
            batch += part
            while len(batch) >= BATCH:
                yield batch[:BATCH]
                batch = batch[BATCH:]
        if batch:
            yield batch

    def _parts(self, slot: int) -> Iterator[list[Op]]:
        if self.folder is not None:
            path = Path(self.folder.name) / str(slot)
            if path.exists():
                with path.open("rb") as file:
                    while True:
                        try:
                            yield pickle.load(file)  # noqa: S301 - our own file of this run
                        except EOFError:
                            break
                path.unlink()
        yield self.waiting.pop(slot, [])

    def close(self) -> None:
        """Remove the files."""
        if self.folder is not None:
            self.folder.cleanup()


class Writer:
    """Writes batches, each in one revision dated to its slot."""

    def __init__(
        self,
        judging: Judging | None = None,
        progress: Callable[[int], None] = lambda _rows: None,
    ) -> None:
        self.judging = judging or Judging()
        self.tables: dict[str, Table] = {}
        self.order: dict[str, int] = {}
        for place, table in enumerate(Base.metadata.sorted_tables):
            self.tables[table.name], self.order[table.name] = table, place
        self.recorded = {
            mapper.local_table.name  # type: ignore[attr-defined]
            for mapper in Base.registry.mappers
            if issubclass(mapper.class_, Recorded)
        }
        self.progress = progress

    def run(self, number: int, slot: Slot, stream: Stream, judged: bool = False) -> None:
        """Write a slot; `judged`: firms have verdicts already, so those touched get new ones."""
        for ops in stream.batches(number):
            with write(slot.action, actor=slot.actor, at=slot.at) as txn:
                touched = self._firms(ops) if judged else set()
                self.apply(ops, txn.rev)
                for firm_id in touched:
                    txn.touch("firm", firm_id)
            self.progress(len(ops))

    def _firms(self, ops: list[Op]) -> set[int]:
        """Firms that a batch is about; a change or removal names its row only."""
        found = {row["firm_id"] for _act, _table, row in ops if "firm_id" in row}
        changed: dict[str, list[int]] = {}
        for act, name, row in ops:
            if act != ADD and "firm_id" not in row and "firm_id" in self.tables[name].c:
                changed.setdefault(name, []).append(row["id"])
        for name, ids in changed.items():
            table = self.tables[name]
            for start in range(0, len(ids), LOOKED_UP):
                part = ids[start : start + LOOKED_UP]
                found.update(session.scalars(select(table.c.firm_id).where(table.c.id.in_(part))))
        return found

    def apply(self, ops: list[Op], rev: int) -> None:
        """One batch inside an open write, in an order that no constraint minds."""
        groups: dict[tuple[int, int, str, tuple[str, ...]], list[Row]] = {}
        for act, table, row in ops:
            if table in self.recorded:
                row["rev"] = rev
            if act == ADD:
                step, place = (3 if table in EXCLUSIVE else 1), self.order[table]
            else:
                step, place = (2 if act == CHANGE else 0), -self.order[table]
                if table == "graduation" and row["id"] in self.judging.dropped:
                    continue
            groups.setdefault((step, place, table, tuple(row)), []).append(row)
        # Graduations come last: their verdict rests on all that the batch brings.
        for key in sorted(groups, key=lambda key: (key[2] == "graduation" and key[0] == 3, key)):
            step, _place, name, keys = key
            self._execute(step, self.tables[name], keys, groups[key])

    def _execute(self, step: int, table: Table, keys: tuple[str, ...], rows: list[Row]) -> None:
        if step in (1, 3):
            if table.name == "graduation":
                rows = self.judging.fill(rows)
            if rows:
                insert_rows(table, rows)
        elif step == 0:
            session.execute(
                delete(table).where(table.c.id == bindparam("b_id")),
                [{"b_id": row["id"]} for row in rows],
            )
        else:
            statement = (
                update(table)
                .where(table.c.id == bindparam("b_id"))
                .values({key: bindparam(f"v_{key}") for key in keys if key != "id"})
            )
            renamed = [
                {"b_id" if key == "id" else f"v_{key}": value for key, value in row.items()}
                for row in rows
            ]
            session.execute(statement, renamed)
