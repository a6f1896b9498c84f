"""What can be done in the carriers room; each verb is one act inside `write()`."""

from app.carriers.service.life import (
    add_succession,
    close_carrier,
    void_announced,
    void_succession,
)
from app.carriers.service.profile import (
    add_act,
    add_site,
    add_title,
    end_site,
    end_title,
    enter_carrier_figures,
    set_sectors,
    void_carrier_figures,
)
from app.carriers.service.register import (
    change_registration,
    edit_profile,
    operator_for,
    register_carrier,
)
from app.carriers.service.returns import (
    check_return,
    note_reminder,
    open_returns,
    send_back_return,
    submit_return,
    verify_return,
)
from app.carriers.service.stated import state_of_carrier

__all__ = [
    "add_act",
    "add_site",
    "add_succession",
    "add_title",
    "change_registration",
    "check_return",
    "close_carrier",
    "edit_profile",
    "end_site",
    "end_title",
    "enter_carrier_figures",
    "note_reminder",
    "open_returns",
    "operator_for",
    "register_carrier",
    "send_back_return",
    "set_sectors",
    "state_of_carrier",
    "submit_return",
    "verify_return",
    "void_announced",
    "void_carrier_figures",
    "void_succession",
]
