"""Why accounts were joined, and why a value was held back, in words for people."""

from __future__ import annotations

from typing import Any

from huaxiang.prepare.unify.records import HoldReason, LinkRule
from huaxiang.words import Message, knows


def link_reason(identifier_type: str, rule: LinkRule, *, is_verified: bool, detail: str = "") -> Message:
    """Why two accounts are one customer; ``detail`` is that of the link."""
    verified = "_verified" if is_verified and rule == "shared_value" else ""
    return _message(f"prepare.link.{rule}{verified}", detail, {"type": _type(identifier_type)})


def hold_reason(identifier_type: str, reason: HoldReason, account_count: int, detail: str = "") -> Message:
    """Why a value does not join its accounts, and what to do; ``detail`` is that of the hold."""
    return _message(f"prepare.hold.{reason}", detail, {"type": _type(identifier_type), "count": account_count})


def _message(code: str, detail: str, params: dict[str, Any]) -> Message:
    detailed = f"{code}_detailed"
    return Message(detailed, {**params, "detail": detail}) if detail and knows(detailed) else Message(code, params)


def _type(identifier_type: str) -> Message | str:
    code = f"prepare.identifier.{identifier_type}"
    return Message(code) if knows(code) else identifier_type
