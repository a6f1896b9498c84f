"""What can be done in the carriers room; each verb is one act inside `write()`."""

from app.carriers.service.profile import (
    add_act,
    add_site,
    add_title,
    enter_carrier_figures,
    register_carrier,
    set_sectors,
)
from app.carriers.service.returns import (
    check_return,
    note_reminder,
    open_returns,
    send_back_return,
    submit_return,
    verify_return,
)

__all__ = [
    "add_act",
    "add_site",
    "add_title",
    "check_return",
    "enter_carrier_figures",
    "note_reminder",
    "open_returns",
    "register_carrier",
    "send_back_return",
    "set_sectors",
    "submit_return",
    "verify_return",
]
