"""This room's entries in the rail."""

from __future__ import annotations

from typing import Any

from app.core.access import Permission
from app.core.panels import NavEntry
from app.core.text import N_


def _accounts(viewer: Any) -> bool:
    return any(viewer.may(p) for p in (Permission.ACCOUNT_ALL, Permission.ACCOUNT_COLLEAGUES))


def _all(viewer: Any) -> bool:
    return bool(viewer.may(Permission.ACCOUNT_ALL))


def _audit(viewer: Any) -> bool:
    return bool(viewer.may(Permission.AUDIT_READ))


ENTRIES = (
    NavEntry(N_("账号"), N_("人员"), "accounts.people", "people", 80, _accounts),
    NavEntry(N_("账号"), N_("单位"), "accounts.organisations", "buildings", 81, _all),
    NavEntry(N_("审计"), N_("审计日志"), "accounts.audit_log", "journal-text", 90, _audit),
    NavEntry(N_("审计"), N_("安全事件"), "accounts.security_events", "shield-lock", 91, _audit),
    NavEntry(N_("审计"), N_("完整性核验"), "accounts.audit_check", "shield-check", 92, _audit),
)
