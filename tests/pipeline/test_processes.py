"""Choices over HTTP against a server of several processes: one is told yes, the others taken."""

from __future__ import annotations

import datetime as dt
import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import func, select

from app.accounts import sessions
from app.accounts.models import Role
from app.carriers.models import PARK
from app.core.db import session, write
from app.core.db.revision import Revision
from app.pipeline.models import Claim, ClaimState, Push
from tests.conftest import SECRET, SOAKING
from tests.factories.accounts import person_with_post
from tests.factories.carriers import ACTOR, make_carrier
from tests.factories.firms import make_firm

TODAY = dt.date(2026, 11, 24)
ROOT = Path(__file__).parents[2]
CLIENTS, PROCESSES = 16, 3
FIRMS = 100 if SOAKING or os.environ.get("FULL_RACES") else 4


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def serving(url: str, folder: Path) -> Iterator[tuple[int, int]]:
    """Port and process of a real server with several workers on a database."""
    port = free_port()
    given = {
        "APP_ENV": "testing", "TODAY": TODAY.isoformat(), "SECRET_KEY": SECRET,
        "AUDIT_KEY": SECRET[::-1], "DATABASE_URL": url, "TLS": "0",
        "EVIDENCE_URL": f"file://{folder / 'evidence'}",
    }  # fmt: skip
    command = [
        sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}",
        "--workers", str(PROCESSES), "--worker-class", "gthread", "--threads", "8",
        "--log-level", "warning", "--control-socket", str(folder / "control"),
    ]  # fmt: skip
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **given})
    try:
        for _ in range(300):
            try:
                ask(port, "GET", "/", "")
                break
            except OSError:
                time.sleep(0.2)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(30)


def spent(parent: int) -> dict[int, int]:
    """Worker process → ticks of processor time that it has used."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    stats = {int(pid): Path(f"/proc/{pid}/stat").read_text() for pid in children}
    return {
        pid: sum(map(int, text.rsplit(")", 1)[1].split()[11:13])) for pid, text in stats.items()
    }


def ask(
    port: int, method: str, path: str, sid: str, data: dict[str, str] | None = None
) -> tuple[int, str]:
    """One request as a browser sends it; status and body."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    heads = {"Cookie": f"jieli-sid={sid}", "Content-Type": "application/x-www-form-urlencoded"}
    link.request(method, path, urlencode(data) if data else None, heads)
    answer = link.getresponse()
    body = answer.read().decode()
    link.close()
    return answer.status, body


def token(body: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', body)
    assert found, body[:500]
    return found[1]


def test_sixteen_choose_over_http_and_one_holds(
    app: Flask, database_url: str, tmp_path: Path
) -> None:
    home = make_carrier()
    parks = [make_carrier(tier=PARK) for _ in range(CLIENTS)]
    posts = [person_with_post(Role.CARRIER_CLERK, home.organisation) for _ in range(CLIENTS)]
    sids = [sessions.open_row(post.person_id, post.id) for post in posts]
    wanted: list[tuple[int, list[str]]] = []
    for number in range(FIRMS):
        firm = make_firm(at=home)
        with write("test:claims", actor=ACTOR):
            session.add(Push(firm_id=firm.id, carrier_id=home.id, starts=TODAY))
            rows = [
                Claim(firm_id=firm.id, carrier_id=park.id, state=ClaimState.OPEN,
                      token=f"{number}-{park.id}", opened_on=TODAY, follow_until=TODAY)
                for park in parks
            ]  # fmt: skip
            session.add_all(rows)
            session.flush()
            wanted.append((firm.id, [row.pid for row in rows]))
    session.rollback()
    with serving(database_url, tmp_path) as (port, server), ThreadPoolExecutor(CLIENTS) as pool:
        tokens = [token(ask(port, "GET", f"/claims/{wanted[0][1][0]}", sid)[1]) for sid in sids]
        before = spent(server)
        assert len(before) == PROCESSES
        for firm_id, claims in wanted:
            gate = Barrier(CLIENTS)

            def choose(n: int, claims: list[str] = claims, gate: Barrier = gate) -> int:
                gate.wait()
                form = {"csrf_token": tokens[n]}
                status, body = ask(port, "POST", f"/claims/{claims[n]}/choose", sids[n], form)
                if status == 409:
                    assert "企业已选定另一家" in body
                return status

            told = list(pool.map(choose, range(CLIENTS)))
            assert Counter(told) == {303: 1, 409: CLIENTS - 1}
            held = session.scalars(
                select(Claim).where(Claim.firm_id == firm_id, Claim.state == ClaimState.ACCEPTED)
            ).all()
            assert [row.pid for row in held] == [claims[told.index(303)]]
            session.rollback()
            shown = ask(port, "GET", f"/claims/{claims[told.index(303)]}", sids[0])[1]
            assert "企业已选定" in shown
        worked = [pid for pid, ticks in spent(server).items() if ticks > before[pid]]
        assert len(worked) >= 2, "the race was between processes"
    acts = select(func.count()).where(Revision.action == "claim:choose")
    assert session.scalar(acts) == FIRMS, "one sealed revision for each choice, none for a refusal"
    session.rollback()
