"""Values that are no identifier: what people type when they have none, in any width, case or quotes."""

from __future__ import annotations

import re
from functools import lru_cache

from huaxiang.model.folding import folded
from huaxiang.model.identity import IdentityRules, Placeholders
from huaxiang.prepare.check_digits import check_digit


def is_placeholder(identifier_type: str, value: str, rules: IdentityRules) -> bool:
    """Whether the value says nothing about who somebody is; also an identity card number with a wrong check digit."""
    text = folded(value)
    forms = {text, _digits(text)} if identifier_type == "phone" else {text}
    if identifier_type == "id_card" and _is_broken_id_card(text):
        return True
    return any(_matches(form, identifier_type, rules.placeholders) for form in forms)


def _matches(text: str, identifier_type: str, placeholders: Placeholders) -> bool:
    for kind in ("any", identifier_type):
        if text in placeholders.values.get(kind, frozenset()):
            return True
        if any(_compiled(pattern).fullmatch(text) for pattern in placeholders.patterns.get(kind, ())):
            return True
    return False


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _digits(text: str) -> str:
    digits = text if text.isdecimal() else re.sub(r"\D", "", text)
    return re.sub(r"^(0086|86)(?=\d{7,})", "", digits)


def _is_broken_id_card(text: str) -> bool:
    if not re.fullmatch(r"\d{17}[\dx]", text):
        return False
    return check_digit(text[:17]) != text[17].upper()
