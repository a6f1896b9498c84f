"""gunicorn reads this from the folder it is started in: each worker watches the clock, and its
collector leaves alone what is loaded."""

from __future__ import annotations

from typing import Any

#: seconds before a worker counts as hung: a report on every firm of a large district takes its time
timeout = 120


def post_worker_init(worker: Any) -> None:
    """After midnight one of all workers judges every firm for the new day."""
    from app.core.collector import settle  # the application is loaded by now
    from app.criteria.daily import start

    settle()
    start(worker.wsgi)
