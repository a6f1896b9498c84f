"""What a migration may not take back."""

from __future__ import annotations

import sqlalchemy as sa


def refuse_held(connection: sa.Connection, revision: str, *tables: str, column: str = "id") -> None:
    """Refuse to drop what sealed revisions rest on: rows that have something in a column.

    Without them the audit would accuse the revisions. Raises RuntimeError that says what to do.
    """
    for name in tables:
        table = sa.table(name, sa.column(column))
        filled = sa.select(sa.func.count()).select_from(table).where(table.c[column].is_not(None))
        held = connection.scalar(filled)
        if held:
            raise RuntimeError(
                f"{name} holds {held} rows that the sealed audit covers: going below revision "
                f"{revision} would make `flask audit verify` fail. Restore a backup made before "
                f"the upgrade instead."
            )
