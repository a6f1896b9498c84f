"""The acts of this room, one keyword-only function each."""

from app.accounts.service.organisations import (
    close_organisation,
    create_organisation,
    edit_organisation,
)
from app.accounts.service.people import (
    create_person,
    disable,
    edit_person,
    enable,
    end_post,
    engage,
    give_post,
    hand_over,
)
from app.accounts.service.saved_views import drop_view, keep_view
from app.accounts.service.secrets import (
    change_password,
    end_access,
    end_sessions,
    issue_first_password,
    refuse_password,
    set_password,
)
from app.accounts.service.tokens import end_token, make_token

__all__ = [
    "change_password",
    "close_organisation",
    "create_organisation",
    "create_person",
    "disable",
    "drop_view",
    "edit_organisation",
    "edit_person",
    "enable",
    "end_access",
    "end_post",
    "end_sessions",
    "end_token",
    "engage",
    "give_post",
    "hand_over",
    "issue_first_password",
    "keep_view",
    "make_token",
    "refuse_password",
    "set_password",
]
