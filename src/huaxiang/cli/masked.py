"""Identifiers, accounts and what they are called, as the command line shows them."""

from __future__ import annotations

from huaxiang.cli.desk import Desk
from huaxiang.number_words import chance
from huaxiang.prepare.unify.records import DECISION, LIKENESS
from huaxiang.release.masking import mask_value
from huaxiang.words import knows, say

_MASKS = {
    "phone": "phone", "email": "email", "id_card": "id_card", "openid": "openid", "unionid": "openid",
    "device_id": "openid",
}  # fmt: skip


def masked_value(kind: str, value: str) -> str:
    """An identifier as people may see it."""
    if kind == LIKENESS:
        return chance(float(value.split(" ", maxsplit=1)[0]), "en")  # of a pair only how alike it is
    if kind == DECISION:
        return value
    return mask_value(value, _MASKS.get(kind, "identifier")) or ""


def masked_account(key: str) -> str:
    """An account key as people may see it."""
    return mask_value(key, "account") or ""


def headers(desk: Desk, *names: str) -> list[str]:
    """The headers of a table."""
    return [desk.say(f"cli.identity.column.{name}") for name in names]


def type_words(kind: str, lang: str) -> str:
    """An identifier type in words."""
    code = f"prepare.identifier.{kind}"
    return say(code, lang) if knows(code) else kind
