"""What can be done in the carriers room; each verb is one act inside `write()`."""

from app.carriers.service.returns import (
    check_return,
    open_returns,
    send_back_return,
    submit_return,
    verify_return,
)

__all__ = [
    "check_return",
    "open_returns",
    "send_back_return",
    "submit_return",
    "verify_return",
]
