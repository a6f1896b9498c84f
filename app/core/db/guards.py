"""Promises held by the database itself, declared in one place for both engines.

`rebuild()` drops and re-creates every trigger from the catalogue as it is, so a migration
(above all SQLite's copy-and-rename) can never lose one silently.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text

#: Tables whose rows are never changed or removed.
APPEND_ONLY = ("revision_note", "security_event", "verdict_change")


@dataclass(frozen=True)
class NoOverlap:
    """Rows of one owner, where a condition holds, never share a day.

    `{r}` in the condition stands before each column name.
    """

    name: str
    table: str
    owner: str
    condition: str


#: Intervals that must not overlap: exclusion on PostgreSQL, trigger on SQLite.
NO_OVERLAP = (
    NoOverlap("ex_residency_counted", "residency", "firm_id", "{r}counted"),
    NoOverlap("ex_firm_name_days", "firm_name", "firm_id", "{r}firm_id > 0"),
    NoOverlap("ex_place_registered", "place", "firm_id", "{r}kind = 'registered'"),
    NoOverlap("ex_place_operating", "place", "firm_id", "{r}kind = 'operating'"),
    NoOverlap("ex_place_tax", "place", "firm_id", "{r}kind = 'tax'"),
    NoOverlap("ex_unit_hold", "unit_hold", "unit_id", "{r}unit_id > 0"),
)

#: What is in use or kept of a unit on a day: occupancies, and accepted claims that name it.
_IN_USE = """(SELECT COALESCE(SUM(o.{measure}), 0) FROM occupancy o WHERE o.unit_id = u.id
        AND o.starts <= {day} AND (o.ends IS NULL OR o.ends > {day}))"""
_KEPT = """ + (SELECT COALESCE(SUM(c.{measure}), 0) FROM claim c WHERE c.unit_id = u.id
        AND c.state = 'accepted' AND c.reserved_from <= {day})"""
#: An occupancy of a unit, or a claim that keeps some of it, begins on a day when more is taken
#: than there is, of a kind that it is not let by, or outside the days on which the unit exists.
#: What is taken only grows where one begins, so no other day need be looked at.
_USED_WRONG = """SELECT 1 FROM occupancy p JOIN unit u ON u.id = p.unit_id
  WHERE p.unit_id = {unit} AND (
    p.starts < u.starts OR (u.ends IS NOT NULL AND (p.ends IS NULL OR p.ends > u.ends))
    OR {full})"""
_KEPT_WRONG = """SELECT 1 FROM claim r JOIN unit u ON u.id = r.unit_id
  WHERE r.unit_id = {unit} AND r.state = 'accepted' AND r.reserved_from IS NOT NULL AND (
    r.reserved_from < u.starts OR (u.ends IS NOT NULL AND r.reserved_from >= u.ends)
    OR {full})"""
#: guard → (table, the column that names the unit); the check runs when either table changes
_ROOM = {"room_occupancy": ("occupancy", "unit_id"), "room_unit": ("unit", "id")}
_ROOM_KEPT = {"room_claim": ("claim", "unit_id")}

_OPEN = "(SELECT id FROM revision WHERE NOT sealed)"


def rebuild(connection: Connection) -> None:
    """Make every declared guard anew, from the tables and columns that exist."""
    drop(connection)
    if not inspect(connection).has_table("revision"):
        return
    if connection.dialect.name == "postgresql":
        connection.execute(text(_PG_FUNCTIONS))
    for statement in statements(connection).values():
        connection.exec_driver_sql(statement)


def drop(connection: Connection) -> None:
    """Remove all guards; a migration works without them and `rebuild()` brings them back."""
    for name, table in existing(connection):
        if connection.dialect.name == "postgresql":
            if name.startswith("ex_"):
                connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            else:
                connection.exec_driver_sql(f"DROP TRIGGER {name} ON {table}")
        else:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")


def existing(connection: Connection) -> list[tuple[str, str]]:
    """(guard, table) pairs of the catalogue."""
    if connection.dialect.name == "postgresql":
        query = (
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE NOT tgisinternal UNION ALL SELECT conname, relname FROM pg_constraint "
            "JOIN pg_class ON pg_class.oid = conrelid WHERE contype = 'x' ORDER BY 1"
        )
    else:
        query = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' ORDER BY 1"
    return [(row[0], row[1]) for row in connection.exec_driver_sql(query)]


def statements(connection: Connection) -> dict[str, str]:
    """guard name → statement that makes it, for the tables that exist."""
    tables = set(inspect(connection).get_table_names())
    postgresql = connection.dialect.name == "postgresql"
    made: dict[str, str] = {}
    for table in sorted(tables):
        if f"{table}_history" in tables:
            columns = [c["name"] for c in inspect(connection).get_columns(table)]
            made |= _pg_history(table, columns) if postgresql else _lite_history(table, columns)
            made |= _sealed(f"{table}_history", postgresql, ("UPDATE", "DELETE"))
    for table in APPEND_ONLY:
        if table in tables:
            made |= _sealed(table, postgresql, ("UPDATE", "DELETE"))
    if "revision" in tables:
        made |= _pg_revision() if postgresql else _lite_revision()
    for rule in NO_OVERLAP:
        if rule.table in tables:
            made |= _pg_overlap(rule) if postgresql else _lite_overlap(rule)
    if "occupancy" in tables:
        keeps = "reserved_from" in {c["name"] for c in inspect(connection).get_columns("claim")}
        for name, (table, unit) in (_ROOM | (_ROOM_KEPT if keeps else {})).items():
            check = _overfull(f"NEW.{unit}", keeps)
            made |= _pg_room(name, table, check) if postgresql else _lite_room(name, table, check)
    return made


def _overfull(unit: str, keeps: bool) -> str:
    """The query that finds a unit with more taken of it than there is; `keeps`: the tables are at
    a revision in which claims name units."""

    def full(day: str) -> str:
        taken = _IN_USE + _KEPT if keeps else _IN_USE
        area, desks = (taken.format(measure=m, day=day) for m in ("area_dm2", "desks"))
        return (
            f"{area} > CASE WHEN u.desks IS NULL THEN u.area_dm2 ELSE 0 END "
            f"OR {desks} > COALESCE(u.desks, 0)"
        )

    used = _USED_WRONG.format(unit=unit, full=full("p.starts"))
    if not keeps:
        return used
    return f"{used} UNION ALL {_KEPT_WRONG.format(unit=unit, full=full('r.reserved_from'))}"


# ---- SQLite -------------------------------------------------------------------------------


def _lite_history(table: str, columns: list[str]) -> dict[str, str]:
    names = ", ".join(columns)
    old = ", ".join(f"OLD.{c}" for c in columns)
    wrong = f"SELECT RAISE(ABORT, 'guard_rev_{table}') WHERE"
    copy = f"INSERT INTO {table}_history ({names}, rev_to) SELECT {old}"
    return {
        f"tr_{table}_ins": f"CREATE TRIGGER tr_{table}_ins BEFORE INSERT ON {table} BEGIN "
        f"{wrong} NEW.rev IS NOT {_OPEN}; END",
        f"tr_{table}_upd": f"CREATE TRIGGER tr_{table}_upd BEFORE UPDATE ON {table} BEGIN "
        f"{wrong} NEW.rev IS NOT {_OPEN} OR NEW.id IS NOT OLD.id; "
        f"{copy}, NEW.rev WHERE OLD.rev <> NEW.rev; END",
        f"tr_{table}_del": f"CREATE TRIGGER tr_{table}_del BEFORE DELETE ON {table} BEGIN "
        f"{wrong} {_OPEN} IS NULL; "
        f"{copy}, {_OPEN} WHERE OLD.rev <> {_OPEN}; END",
    }


def _lite_revision() -> dict[str, str]:
    return {
        "tr_revision_upd": "CREATE TRIGGER tr_revision_upd BEFORE UPDATE ON revision "
        "WHEN OLD.sealed BEGIN SELECT RAISE(ABORT, 'guard_sealed_revision'); END",
        "tr_revision_del": "CREATE TRIGGER tr_revision_del BEFORE DELETE ON revision "
        "BEGIN SELECT RAISE(ABORT, 'guard_sealed_revision'); END",
    }


def _lite_overlap(rule: NoOverlap) -> dict[str, str]:
    new_ok, row_ok = (rule.condition.format(r=row) for row in ("NEW.", "o."))
    body = (
        f"BEGIN SELECT RAISE(ABORT, '{rule.name}') WHERE {new_ok} AND EXISTS ("
        f"SELECT 1 FROM {rule.table} o WHERE o.{rule.owner} = NEW.{rule.owner} AND {row_ok} "
        "AND o.id <> NEW.id AND o.starts < COALESCE(NEW.ends, '9999-12-31') "
        "AND NEW.starts < COALESCE(o.ends, '9999-12-31')); END"
    )
    return {
        f"{rule.name}_ins": f"CREATE TRIGGER {rule.name}_ins AFTER INSERT ON {rule.table} {body}",
        f"{rule.name}_upd": f"CREATE TRIGGER {rule.name}_upd AFTER UPDATE ON {rule.table} {body}",
    }


def _lite_room(name: str, table: str, check: str) -> dict[str, str]:
    body = f"BEGIN SELECT RAISE(ABORT, 'guard_room') WHERE EXISTS ({check}); END"
    return {
        f"{name}_{act[:3].lower()}": f"CREATE TRIGGER {name}_{act[:3].lower()} AFTER {act} "
        f"ON {table} {body}"
        for act in ("INSERT", "UPDATE")
    }


# ---- PostgreSQL ---------------------------------------------------------------------------

_PG_FUNCTIONS = """
CREATE OR REPLACE FUNCTION guard_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'guard_sealed_%', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE OR REPLACE FUNCTION guard_rev_refuse(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'guard_rev_%', name USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE OR REPLACE FUNCTION guard_open() RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT id FROM revision WHERE NOT sealed
$$;
"""


def _pg_history(table: str, columns: list[str]) -> dict[str, str]:
    names = ", ".join(columns)
    old = ", ".join(f"OLD.{c}" for c in columns)
    copy = f"INSERT INTO {table}_history ({names}, rev_to) SELECT {old}"
    body = (
        f"CREATE OR REPLACE FUNCTION guard_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"DECLARE open_rev bigint := guard_open(); BEGIN "
        f"IF TG_OP = 'DELETE' THEN "
        f"IF open_rev IS NULL THEN PERFORM guard_rev_refuse('{table}'); END IF; "
        f"IF OLD.rev <> open_rev THEN {copy}, open_rev; END IF; RETURN OLD; END IF; "
        f"IF NEW.rev IS DISTINCT FROM open_rev THEN PERFORM guard_rev_refuse('{table}'); END IF; "
        f"IF TG_OP = 'UPDATE' THEN "
        f"IF NEW.id <> OLD.id THEN PERFORM guard_rev_refuse('{table}'); END IF; "
        f"IF OLD.rev <> NEW.rev THEN {copy}, NEW.rev; END IF; END IF; "
        f"RETURN NEW; END $$; "
        f"CREATE TRIGGER tr_{table} BEFORE INSERT OR UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION guard_{table}()"
    )
    return {f"tr_{table}": body}


def _pg_revision() -> dict[str, str]:
    return {
        "tr_revision_upd": "CREATE TRIGGER tr_revision_upd BEFORE UPDATE ON revision FOR EACH ROW "
        "WHEN (OLD.sealed) EXECUTE FUNCTION guard_refuse()",
        "tr_revision_del": "CREATE TRIGGER tr_revision_del BEFORE DELETE ON revision "
        "FOR EACH ROW EXECUTE FUNCTION guard_refuse()",
    }


def _pg_overlap(rule: NoOverlap) -> dict[str, str]:
    where = f" WHERE ({rule.condition.format(r='')})"
    return {
        rule.name: f"ALTER TABLE {rule.table} ADD CONSTRAINT {rule.name} EXCLUDE USING gist ("
        f"int8range({rule.owner}, {rule.owner}, '[]') WITH &&, "
        f"daterange(starts, ends, '[)') WITH &&){where}"
    }


def _pg_room(name: str, table: str, check: str) -> dict[str, str]:
    return {
        name: f"CREATE OR REPLACE FUNCTION guard_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF EXISTS ({check}) THEN RAISE EXCEPTION 'guard_room' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NULL; END $$; "
        f"CREATE TRIGGER {name} AFTER INSERT OR UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION guard_{name}()"
    }


def _sealed(table: str, postgresql: bool, acts: tuple[str, ...]) -> dict[str, str]:
    made = {}
    for act in acts:
        name = f"tr_{table}_{act[:3].lower()}"
        made[name] = (
            f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW "
            "EXECUTE FUNCTION guard_refuse()"
            if postgresql
            else f"CREATE TRIGGER {name} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'guard_sealed_{table}'); END"
        )
    return made
