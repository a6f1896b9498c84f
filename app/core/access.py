"""Who may do what kind of thing, in words; which rows, is the queries' business."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import wraps
from typing import Any, Protocol, TypeVar

from flask import Flask, g

from app.core.errors import Forbidden

View = TypeVar("View", bound=Callable[..., Any])


class Permission(StrEnum):
    """Permission words `scope:resource:act`, sorted. Posts map to them in the accounts room."""

    ACCOUNT_OWN = "account:self:use"
    ACCOUNT_COLLEAGUES = "account:colleague:manage"
    ACCOUNT_ALL = "account:organisation:manage"
    APPLICATION_DECIDE = "application:state:decide"
    APPLICATION_MAKE = "application:state:make"
    AUDIT_READ = "audit:log:read"
    CARRIER_EDIT = "carrier:profile:edit"
    CARRIER_FIGURES = "carrier:figures:enter"
    CARRIER_READ = "carrier:profile:read"
    CARRIER_STATUS = "carrier:status:set"
    CLAIM_CHOOSE = "claim:choice:record"
    CLAIM_MAKE = "claim:bid:make"
    FIRM_READ = "firm:file:read"
    FIRM_RECORD = "firm:file:record"
    FIRM_VERIFY = "firm:file:verify"
    GRADUATION_CHECK = "graduation:report:check"
    GRADUATION_REPORT = "graduation:report:make"
    GRADUATION_VERIFY = "graduation:report:verify"
    HANDOVER_CONFIRM = "handover:sheet:confirm"
    HANDOVER_SEND = "handover:sheet:send"
    LANDING_BOOK = "landing:arrival:book"
    MEDIATION_ADVISE = "mediation:opinion:write"
    MEDIATION_ASK = "mediation:request:make"
    MEETING_JOIN = "meeting:table:join"
    MEETING_PREPARE = "meeting:table:prepare"
    REPORT_MAKE = "report:figures:make"
    REPORT_SIGN = "report:figures:sign"
    RESIDENCY_MOVE = "residency:tie:move"
    RETURN_CHECK = "return:sheet:check"
    RETURN_SUBMIT = "return:sheet:submit"
    RETURN_VERIFY = "return:sheet:verify"
    ROUND_EDIT = "round:notice:edit"
    STANDARD_APPROVE = "standard:version:approve"
    STANDARD_EDIT = "standard:version:edit"
    STANDARD_READ = "standard:version:read"
    STATISTICS_READ = "statistics:figure:read"
    TARGET_EDIT = "statistics:target:edit"
    TRANSFER_DECIDE = "transfer:request:decide"
    UNIT_EDIT = "unit:stock:edit"
    UNIT_READ = "unit:stock:read"


class Actor(Protocol):
    """Whoever writes: a person under a post, or a named part of the system."""

    @property
    def code(self) -> str: ...
    @property
    def person_id(self) -> int | None: ...
    @property
    def post_id(self) -> int | None: ...


@dataclass(frozen=True)
class PostRef:
    """One post a person holds today."""

    id: int
    role: str
    organisation_id: int
    organisation_pid: str
    organisation: str
    organisation_kind: str
    area_code: str | None = None
    town_code: str | None = None

    @property
    def within(self) -> tuple[str, str] | None:
        """What an area's reader is narrowed to: its 街镇 ("town", code) where it names one, else
        its 片区 ("area", code). A 街镇 in a 片区 reads the 街镇 only."""
        if self.town_code:
            return "town", self.town_code
        return ("area", self.area_code) if self.area_code else None


@dataclass(frozen=True)
class Viewer:
    """The signed-in person with the posts they act under: one, or all when `post_id` is None."""

    person_id: int
    pid: str
    name: str
    posts: tuple[PostRef, ...] = ()
    post_id: int | None = None
    permissions: frozenset[Permission] = field(default_factory=frozenset)
    organisation_ids: frozenset[int] = field(default_factory=frozenset)
    #: (permission, organisation) pairs: which permission holds where, when posts are combined.
    rights: frozenset[tuple[Permission, int]] = field(default_factory=frozenset)
    #: Whether the posts may be combined at all; posts of two sides of the chain may not.
    combinable: bool = True

    @property
    def code(self) -> str:
        """How the audit names this person."""
        return f"person:{self.pid}"

    @property
    def acting(self) -> tuple[PostRef, ...]:
        """The posts in force for this request."""
        return tuple(p for p in self.posts if self.post_id in (None, p.id))

    def may(self, permission: Permission) -> bool:
        """Whether a post in force carries the permission."""
        return permission in self.permissions

    def may_at(self, permission: Permission, organisation_id: int) -> bool:
        """Whether the permission holds at this organisation, by one post that carries both."""
        return (permission, organisation_id) in self.rights

    def need(self, permission: Permission) -> None:
        """Raise Forbidden without the permission."""
        if not self.may(permission):
            raise Forbidden()

    def holds(self, *kinds: str) -> bool:
        """Whether a post in force is at an organisation of one of these kinds."""
        return any(post.organisation_kind in kinds for post in self.acting)


@dataclass(frozen=True)
class System:
    """A named part of the system acting by itself (seed, timer). Sees all; forbidden in views."""

    name: str
    person_id: int | None = None
    post_id: int | None = None
    posts: tuple[PostRef, ...] = ()
    organisation_ids: frozenset[int] = frozenset()

    @property
    def code(self) -> str:
        """How the audit names it."""
        return f"system:{self.name}"

    @property
    def acting(self) -> tuple[PostRef, ...]:
        """The system holds no post."""
        return ()

    def may(self, permission: Permission) -> bool:
        """The system may do everything."""
        return True

    def may_at(self, permission: Permission, organisation_id: int) -> bool:
        """The system may do everything everywhere."""
        return True

    def need(self, permission: Permission) -> None:
        """Never refused."""

    def holds(self, *kinds: str) -> bool:
        """Counts as the district."""
        return "district" in kinds


AnyViewer = Viewer | System


def viewer() -> Viewer:
    """The viewer of this request; Forbidden when nobody is signed in."""
    found = g.get("viewer")
    if found is None:
        raise Forbidden("signed_out")
    return found  # type: ignore[no-any-return]


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Declare what a view needs (any one of them). Checked before anything is loaded."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kw: Any) -> Any:
            person = viewer()
            if not any(person.may(p) for p in permissions):
                raise Forbidden()
            return view(*args, **kw)

        guarded.permissions = permissions  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return wrap


def public(view: View) -> View:
    """Declare that a view is for everybody (sign-in, assets, health)."""
    view.permissions = ()  # type: ignore[attr-defined]
    return view


def refuse_unguarded(app: Flask) -> None:
    """Stop the start-up when a view declares neither a permission nor that it is public."""
    bare = sorted(
        name
        for name, view in app.view_functions.items()
        if getattr(view, "permissions", None) is None
    )
    if bare:
        raise RuntimeError(f"views without a declared permission: {', '.join(bare)}")
