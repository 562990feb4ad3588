"""Why accounts were joined, and why a value was held back, in words for people."""

from __future__ import annotations

from huaxiang.prepare.unify.records import HoldReason, LinkRule
from huaxiang.words import Message, knows


def link_reason(identifier_type: str, rule: LinkRule, *, is_verified: bool) -> Message:
    """Why two accounts are one customer."""
    verified = "_verified" if is_verified and rule == "shared_value" else ""
    return Message(f"prepare.link.{rule}{verified}", {"type": _type(identifier_type)})


def hold_reason(identifier_type: str, reason: HoldReason, account_count: int) -> Message:
    """Why a value does not join its accounts, and what to do."""
    return Message(f"prepare.hold.{reason}", {"type": _type(identifier_type), "count": account_count})


def _type(identifier_type: str) -> Message | str:
    code = f"prepare.identifier.{identifier_type}"
    return Message(code) if knows(code) else identifier_type
