"""What can be done in the firms room; each verb is one act inside `write()`."""

from app.firms.service.milestones import (
    confirm_milestone,
    correct_milestone,
    log_milestone,
    void_milestone,
)
from app.firms.service.register import (
    become_firm,
    correct_code,
    edit_profile,
    register_firm,
    register_team,
    rename,
)

__all__ = [
    "become_firm",
    "confirm_milestone",
    "correct_code",
    "correct_milestone",
    "edit_profile",
    "log_milestone",
    "register_firm",
    "register_team",
    "rename",
    "void_milestone",
]
