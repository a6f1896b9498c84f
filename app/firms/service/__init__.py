"""What can be done in the firms room; each verb is one act inside `write()`."""

from app.firms.service.demand import (
    close_demand,
    end_by_departure,
    meet_by_landing,
    record_demand,
    reopen_demand,
    resume_search,
)
from app.firms.service.entries import confirm_entry, void_entry
from app.firms.service.evidence import (
    add_carrier_paper,
    add_evidence,
    add_return_paper,
    void_evidence,
)
from app.firms.service.figures import (
    attest,
    enter_figures,
    figures_used,
    withdraw_attestation,
)
from app.firms.service.merge import merge_firms, void_firm
from app.firms.service.milestones import (
    correct_milestone,
    log_milestone,
    used,
)
from app.firms.service.profile import (
    add_contact,
    end_consent,
    erase_contact,
    give_consent,
    link_firms,
    present_place,
    set_place,
    set_tags,
)
from app.firms.service.register import (
    become_firm,
    check_code,
    correct_code,
    edit_profile,
    register_firm,
    register_team,
    rename,
)
from app.firms.service.returns import file_return, send_back_return, verify_return
from app.firms.service.stated import correct_stated, state_figure, stated_used

__all__ = [
    "add_carrier_paper",
    "add_contact",
    "add_evidence",
    "add_return_paper",
    "attest",
    "become_firm",
    "check_code",
    "close_demand",
    "confirm_entry",
    "correct_code",
    "correct_milestone",
    "correct_stated",
    "edit_profile",
    "end_by_departure",
    "end_consent",
    "enter_figures",
    "erase_contact",
    "figures_used",
    "file_return",
    "give_consent",
    "link_firms",
    "log_milestone",
    "meet_by_landing",
    "merge_firms",
    "present_place",
    "record_demand",
    "register_firm",
    "register_team",
    "rename",
    "reopen_demand",
    "resume_search",
    "send_back_return",
    "set_place",
    "set_tags",
    "state_figure",
    "stated_used",
    "used",
    "verify_return",
    "void_entry",
    "void_evidence",
    "void_firm",
    "withdraw_attestation",
]
