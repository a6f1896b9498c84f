"""gunicorn reads this from the folder it is started in: each worker watches the clock, and its
collector leaves alone what is loaded."""

from __future__ import annotations

from typing import Any


def post_worker_init(worker: Any) -> None:
    """After midnight one of all workers judges every firm for the new day."""
    from app.core.collector import settle  # the application is loaded by now
    from app.criteria.daily import start

    settle()
    start(worker.wsgi)
