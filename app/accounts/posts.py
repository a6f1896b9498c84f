"""What each post may do, where it can be held, and which posts one person may combine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from app.accounts.models import OrganisationKind, Role
from app.core.access import Permission as P

OWN = frozenset({P.ACCOUNT_OWN})
READ_CHAIN = OWN | {
    P.CARRIER_READ, P.FIRM_READ, P.STANDARD_READ, P.STATISTICS_READ, P.UNIT_READ,
}  # fmt: skip

#: What people at a carrier do with their own firms, whatever its tier. Which tier may do what
#: with which firm is the move tables' business.
CARRIER_WORK = READ_CHAIN | {
    P.APPLICATION_MAKE,
    P.CARRIER_EDIT,
    P.CARRIER_FIGURES,
    P.CLAIM_CHOOSE,
    P.CLAIM_MAKE,
    P.FIRM_RECORD,
    P.GRADUATION_REPORT,
    P.HANDOVER_CONFIRM,
    P.HANDOVER_SEND,
    P.LANDING_BOOK,
    P.MEDIATION_ASK,
    P.MEETING_JOIN,
    P.RESIDENCY_MOVE,
    P.UNIT_EDIT,
}
PARK_WORK = CARRIER_WORK - {P.GRADUATION_REPORT}
DISTRICT_WORK = READ_CHAIN | {
    P.APPLICATION_DECIDE,
    P.CARRIER_STATUS,
    P.FIRM_VERIFY,
    P.GRADUATION_CHECK,
    P.MEDIATION_ADVISE,
    P.MEETING_PREPARE,
    P.REPORT_MAKE,
    P.RETURN_CHECK,
    P.ROUND_EDIT,
    P.STANDARD_EDIT,
    P.TARGET_EDIT,
    P.TRANSFER_DECIDE,
}

#: The one table: post → permission words.
PERMISSIONS: dict[Role, frozenset[P]] = {
    Role.CARRIER_CLERK: CARRIER_WORK,
    Role.CARRIER_HEAD: CARRIER_WORK | {P.RETURN_SUBMIT},
    Role.CARRIER_ACCOUNTS: OWN | {P.ACCOUNT_COLLEAGUES},
    Role.PARK_INVEST: PARK_WORK,
    Role.PARK_SERVICE: PARK_WORK | {P.RETURN_SUBMIT},
    Role.DISTRICT_CLERK: DISTRICT_WORK,
    Role.DISTRICT_HEAD: DISTRICT_WORK
    | {P.GRADUATION_VERIFY, P.REPORT_SIGN, P.RETURN_VERIFY, P.STANDARD_APPROVE},
    Role.AGENCY_CLERK: READ_CHAIN | {P.GRADUATION_CHECK, P.RETURN_CHECK},
    Role.AREA_READER: READ_CHAIN,
    Role.AUDITOR: OWN | {P.AUDIT_READ},
    Role.ADMINISTRATOR: OWN | {P.ACCOUNT_ALL},
}

_CARRIERS = frozenset({OrganisationKind.CARRIER, OrganisationKind.OPERATOR})
_CHAIN = _CARRIERS | {OrganisationKind.PARK}

#: At which kinds of organisation a post can be held.
PLACES: dict[Role, frozenset[OrganisationKind]] = {
    Role.CARRIER_CLERK: _CARRIERS,
    Role.CARRIER_HEAD: _CARRIERS,
    Role.CARRIER_ACCOUNTS: _CHAIN,
    Role.PARK_INVEST: frozenset({OrganisationKind.PARK, OrganisationKind.OPERATOR}),
    Role.PARK_SERVICE: frozenset({OrganisationKind.PARK, OrganisationKind.OPERATOR}),
    Role.DISTRICT_CLERK: frozenset({OrganisationKind.DISTRICT}),
    Role.DISTRICT_HEAD: frozenset({OrganisationKind.DISTRICT}),
    Role.AGENCY_CLERK: frozenset({OrganisationKind.AGENCY}),
    Role.AREA_READER: frozenset({OrganisationKind.AREA}),
    Role.AUDITOR: frozenset({OrganisationKind.PLATFORM}),
    Role.ADMINISTRATOR: frozenset({OrganisationKind.PLATFORM}),
}

#: Posts that nobody holds beside another one, so that each of the three watches the others.
ALONE = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})

#: Posts that the administrator of accounts at a carrier or park may give to colleagues.
COLLEAGUE_ROLES = frozenset(
    {
        Role.CARRIER_CLERK,
        Role.CARRIER_HEAD,
        Role.CARRIER_ACCOUNTS,
        Role.PARK_INVEST,
        Role.PARK_SERVICE,
    }
)


class Held(Protocol):
    """A post with its role and the kind of its organisation."""

    @property
    def role(self) -> str: ...
    @property
    def organisation_kind(self) -> str: ...


def permissions(role: str) -> frozenset[P]:
    """The words of a post; none for an unknown one."""
    return PERMISSIONS[Role(role)] if role in {r.value for r in Role} else frozenset()


def label_of(post: Held) -> str:
    """The word of a post in the reader's language."""
    known = {role.value: role for role in Role}
    return known[post.role].label if post.role in known else post.role


def combinable(posts: Iterable[Held]) -> bool:
    """Whether posts may be used together: those of the chain, or those of offices, not both.

    Somebody at a carrier who also serves the district must not look at all firms with the
    rights of one and change them with the rights of the other.
    """
    return len({_side(post) for post in posts}) <= 1


def _side(post: Held) -> str:
    if post.role in ALONE:
        return post.role
    return "chain" if post.organisation_kind in _CHAIN else "office"


def fits(role: Role, kind: OrganisationKind) -> bool:
    """Whether the post exists at such an organisation."""
    return kind in PLACES[role]
