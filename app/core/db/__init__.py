"""The ground under every record: base, guards, the writer, the revision clock, the past."""

from app.core.db.aside import aside
from app.core.db.base import Base, BigId, Public, Recorded, new_pid
from app.core.db.base import open_revision as current_revision
from app.core.db.bulk import filling, insert_rows
from app.core.db.engine import SQLITE_FUNCTIONS, make_engine
from app.core.db.known import known
from app.core.db.numbered import Numbered
from app.core.db.planner import refresh_statistics
from app.core.db.revision import Revision, RevisionNote
from app.core.db.session import engine, session, steady
from app.core.db.types import FEN_LIMIT, Code, CodeList, Codes, Fen, Instant, holds
from app.core.db.write import SPAN, Txn, cut_at, last_revision, on_open, on_seal, write

__all__ = [
    "FEN_LIMIT",
    "SPAN",
    "SQLITE_FUNCTIONS",
    "Base",
    "BigId",
    "Code",
    "CodeList",
    "Codes",
    "Fen",
    "Instant",
    "Numbered",
    "Public",
    "Recorded",
    "Revision",
    "RevisionNote",
    "Txn",
    "aside",
    "current_revision",
    "cut_at",
    "engine",
    "filling",
    "holds",
    "insert_rows",
    "known",
    "last_revision",
    "make_engine",
    "new_pid",
    "on_open",
    "on_seal",
    "refresh_statistics",
    "session",
    "steady",
    "write",
]
