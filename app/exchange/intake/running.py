"""A long write goes on behind its page: it can be left, come back to, and never runs twice.

How far it is stands in a small file and not in the database, where one writer at a time is let
in: this very one. The process that writes holds the file locked, so that a lock which is free
again without an end tells of a process that died; then nothing of the plan was written.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from flask import Flask, current_app, has_app_context

from app.core.text import N_, _
from app.exchange.intake.service import Tick

#: Rows from which on a write goes on behind the page: some four milliseconds each.
LONG = 200
#: Seconds between two notes of how far it is.
PAUSE = 0.3
SIZE = 4_096
#: What is said to those whose own write has to wait.
WRITING = N_("正在写入一批导入（已完成 %(n)s%%），您的这一次没有写入。请过一分钟再提交。")
UNDOING = N_("正在撤销一批导入（已完成 %(n)s%%），您的这一次没有写入。请过一分钟再提交。")
log = logging.getLogger(__name__)
Work = Callable[[Tick], tuple[int, int]]


@dataclass
class Progress:
    """Rows done and in all; once `ended`, how many were written, or why none was. `undo`: they
    are taken back."""

    of: int
    done: int = 0
    ended: bool = False
    new: int = 0
    changed: int = 0
    problem: str = ""
    broken: bool = False
    undo: bool = False

    @property
    def share(self) -> int:
        """How much is done, in per cent."""
        return self.done * 100 // max(self.of, 1)


def _place(pid: str) -> Path:
    """The file of an upload, in a folder of this deployment and of this user."""
    owner = f"{current_app.config['DATABASE_URL']}:{os.getuid()}".encode()
    folder = Path(tempfile.gettempdir()) / f"jieli-{hashlib.sha256(owner).hexdigest()[:16]}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / pid


def _locked(file: int) -> bool:
    """Take the lock of a file; False when another holds it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _note(file: int, held: Progress) -> None:
    """Write how far it is, in one piece of one length: whoever reads meanwhile reads it whole."""
    text = json.dumps(asdict(held)).encode()
    os.pwrite(file, text.ljust(SIZE), 0)


def start(app: Flask, pid: str, of: int, work: Work, *, undo: bool = False) -> bool:
    """Run `work` in a thread; False when it runs already.

    `work` is told how to report rows done and answers how many are new and changed;
    whatever it raises is kept as the reason why nothing was written.
    """
    file = os.open(_place(pid), os.O_RDWR | os.O_CREAT, 0o600)
    if not _locked(file):
        os.close(file)
        return False
    held = Progress(of, undo=undo)
    _note(file, held)
    run = threading.Thread(target=_run, args=(app, file, held, work), name="import", daemon=True)
    run.start()
    return True


def _run(app: Flask, file: int, held: Progress, work: Work) -> None:
    last = 0.0

    def tick(done: int, of: int) -> None:
        nonlocal last
        held.done, held.of = done, of
        if time.monotonic() - last > PAUSE:
            last = time.monotonic()
            _note(file, held)

    try:
        with app.app_context():
            held.new, held.changed = work(tick)
    except Failed as error:
        held.problem = str(error)
    except Exception:
        log.exception("a long import failed")
        held.broken = True
    finally:
        held.ended = True
        _note(file, held)
        os.close(file)


class Failed(Exception):
    """Nothing was written, for a reason that its reader can be told."""


def look(pid: str) -> Progress | None:
    """How far an upload's write is; None when none was begun or its end has been told."""
    try:
        file = os.open(_place(pid), os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        found = Progress(**json.loads(os.pread(file, SIZE, 0)))
        if not found.ended and _locked(file):
            found = Progress(**json.loads(os.pread(file, SIZE, 0)))  # it may just have ended
            found.broken = found.broken or not found.ended
            found.ended = True
        return found
    except ValueError:  # died before its first note
        return Progress(0, ended=True, broken=True) if _locked(file) else Progress(0)
    finally:
        os.close(file)


def told() -> str:
    """That a long import or undo of anybody is under way on this machine and how far it is, for
    those whose own write has to wait; "" when none is, or none can be read: who waits is told that
    it is busy in any case."""
    if not has_app_context():
        return ""
    try:
        held = [running(place.name) for place in _place("").iterdir()]
    except (OSError, TypeError, ValueError):  # a full disk; a file of another version
        return ""
    for found in filter(None, held):
        return _(UNDOING if found.undo else WRITING, n=found.share)
    return ""


def running(pid: str) -> Progress | None:
    """How far a write is that still runs."""
    found = look(pid)
    return found if found is not None and not found.ended else None


def forget(pid: str) -> None:
    """The end was told: nothing is left of it."""
    _place(pid).unlink(missing_ok=True)
