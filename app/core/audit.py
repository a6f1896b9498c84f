"""Reading the audit: is the chain of revisions whole, and does each still cover what it wrote?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from app.core.db import Revision, RevisionNote, session, steady
from app.core.db.revision import FIRST_HASH, digest, seal_hash, strays
from app.core.text import N_, Coded


class Damage(Coded):
    """What can be wrong with a revision."""

    GAP = "gap", N_("缺少修订号")
    CHAIN = "chain", N_("与前一条不相连")
    SEAL = "seal", N_("条目被改过，或封存所用的审计密钥不同")
    DIGEST = "digest", N_("这次写入的数据被改过")
    OPEN = "open", N_("没有封存")
    STRAY = "stray", N_("有数据标着这个修订号，却没有这次写入")
    HEAD = "head", N_("与另行保存的末条不符：末尾被截断或改过")


@dataclass(frozen=True)
class Fault:
    """One damaged revision."""

    rev: int
    damage: Damage


def head() -> tuple[int, str]:
    """Number and hash of the last revision; keep them elsewhere to notice a cut-off tail."""
    row = session.execute(
        select(Revision.id, Revision.hash).order_by(Revision.id.desc()).limit(1)
    ).first()
    return (row.id, row.hash or "") if row else (0, FIRST_HASH)


def size() -> int:
    """Number of revisions."""
    return session.scalar(select(func.count()).select_from(Revision)) or 0


def verify(
    *,
    kept: tuple[int, str] | None = None,
    digests_from: int = 1,
    seen: Callable[[int], None] = lambda _rev: None,
) -> Iterator[Fault]:
    """Every damaged revision, in order.

    `kept` is a head noted earlier. The chain is always checked whole; what revisions wrote is
    compared from `digests_from` on, which takes about a millisecond each. `seen` is called with
    each revision number, for a progress bar.
    """
    steady()  # or what others write meanwhile would look like damage
    key = current_app.config["AUDIT_KEY"].encode()
    last, hash_before, at_kept = 0, FIRST_HASH, None
    rows = session.execute(
        select(*Revision.__table__.c, RevisionNote.note)
        .outerjoin(RevisionNote, RevisionNote.rev == Revision.id)
        .order_by(Revision.id)
        .execution_options(yield_per=1000)
    )
    for row in rows:
        seen(row.id)
        yield from _faults(row, last, hash_before, key)
        if row.id >= digests_from and row.sealed and row.digest != _digest(row):
            yield Fault(row.id, Damage.DIGEST)
        last, hash_before = row.id, row.hash or ""
        if kept is not None and row.id == kept[0]:
            at_kept = hash_before
    for rev in sorted(strays(session.connection(), last)):
        yield Fault(rev, Damage.STRAY)
    if kept is not None and kept[0] > 0 and at_kept != kept[1]:
        yield Fault(kept[0], Damage.HEAD)


def _faults(row: Any, last: int, hash_before: str, key: bytes) -> Iterator[Fault]:
    for missing in range(last + 1, row.id):
        yield Fault(missing, Damage.GAP)
    if not row.sealed:
        yield Fault(row.id, Damage.OPEN)
        return
    if row.prev_hash != hash_before:
        yield Fault(row.id, Damage.CHAIN)
    if row.hash != seal_hash(key, row):
        yield Fault(row.id, Damage.SEAL)


def _digest(row: Any) -> str:
    return digest(session.connection(), row.id, row.note)
