"""Masks for numbers and names that identify a person. Each takes stripped, non-empty text and hides its middle.

Every mask gives back unchanged what it gave before, so masking twice is masking once.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata

from huaxiang.model.surnames import surnames

HIDDEN = "****"

_PHONE_MASKED = re.compile(r"(\+86 )?(\d{3}\*{4}\d{4}|\*{4}(\d{4})?)")
_MOBILE = re.compile(r"(\+86|0086|86)?(1[3-9]\d)\d{4}(\d{4})", re.ASCII)
_ID_MASKED = re.compile(r"\w{3}(\*{8}|\*{11})\w{4}|\*{4}(\w{4})?")
_CARD_MASKED = re.compile(r"\*{4}( \d{4})?")
_EMAIL_MASKED = re.compile(r"\S?\*{3}@[\w.-]+|\*{4}")
_EMAIL = re.compile(r"([^@\s])([^@\s]*)@([\w-]+(?:\.[\w-]+)+)")
_PLATE_MASKED = re.compile(r"\w{2}\*{3}\w{2}|\*{4}")
_ENDS_MASKED = re.compile(r"\S{4}\*{4}\S{4}|\*{4}")
_ACCOUNT = re.compile(r"([A-Za-z][A-Za-z0-9_]{0,31}):(.+)", re.DOTALL)
#: An account that stands for nothing but a value in one source, and the name told with it.
_TOLD_ACCOUNT = re.compile(r"(phone|email):([^|]*):([^:|]*)\|(.*)", re.DOTALL)
_TAIL_MASKED = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}:\*{4}\S{4}")
_YEAR = re.compile(r"(?:18|19|20)\d\d", re.ASCII)
_WIDTHS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff().·-]+")


def mask_phone(value: str) -> str:
    """``138****8000``, with ``+86`` in front when it was given; the last four digits of any other long number."""
    if _PHONE_MASKED.fullmatch(value):
        return value
    plain = _compact(value)
    mobile = _MOBILE.fullmatch(plain)
    if mobile:
        return f"{'+86 ' if mobile[1] else ''}{mobile[2]}{HIDDEN}{mobile[3]}"
    digits = re.sub(r"\D", "", plain)
    return HIDDEN + digits[-4:] if len(digits) >= 9 else HIDDEN


def mask_id_card(value: str) -> str:
    """``110***********1234`` for 18 or 15 characters; the last four of a shorter document number of nine or more."""
    if _ID_MASKED.fullmatch(value):
        return value
    plain = _compact(value)
    if len(plain) in (15, 18) and plain.isalnum():
        return plain[:3] + "*" * (len(plain) - 7) + plain[-4:]
    return HIDDEN + plain[-4:] if len(plain) >= 9 and plain[-4:].isalnum() else HIDDEN


def mask_bank_card(value: str) -> str:
    """``**** 1234``: the last four digits of a card number of twelve or more."""
    if _CARD_MASKED.fullmatch(value):
        return value
    digits = re.sub(r"\D", "", _compact(value))
    return f"{HIDDEN} {digits[-4:]}" if len(digits) >= 12 else HIDDEN


def mask_name(value: str) -> str:
    """``张*``, ``欧阳*``, ``J***``: the surname of a Chinese name, the first letter of another."""
    if len(value) == 1 or "*" in value[:1]:
        return "***"
    if not _is_han(value[0]):
        return _first(value) + "***"
    surname = value[:2] if len(value) > 2 and value[:2] in surnames().compound else value[0]
    return surname + "*"


def mask_email(value: str) -> str:
    """``z***@qq.com``; everything is hidden when it is no address, the whole name when it has one letter."""
    if _EMAIL_MASKED.fullmatch(value):
        return value
    parts = _EMAIL.fullmatch(value)
    if parts is None:
        return HIDDEN
    return f"{parts[1] if parts[2] else ''}***@{parts[3]}"


def mask_plate(value: str) -> str:
    """``粤B***12``: where the car is registered and the last two."""
    if _PLATE_MASKED.fullmatch(value):
        return value
    plain = _compact(value)
    return f"{plain[:2]}***{plain[-2:]}" if len(plain) in (7, 8) and plain.isalnum() else HIDDEN


def mask_ip(value: str) -> str:
    """The network it belongs to: ``203.0.113.0/24``, ``2001:db8:1::/48``."""
    try:
        network = ipaddress.ip_network(value, strict=True) if "/" in value else None
        address = network.network_address if network else ipaddress.ip_address(value)
    except ValueError:
        return HIDDEN
    bits = 24 if address.version == 4 else 48
    if network is not None:
        return value if network.prefixlen <= bits else HIDDEN
    mapped = getattr(address, "ipv4_mapped", None)
    return mask_ip(str(mapped)) if mapped else str(ipaddress.ip_network(f"{str(address).split('%')[0]}/{bits}", False))


def mask_ends(value: str) -> str:
    """The first four and the last four of an id of sixteen or more (openid, unionid, device); else nothing of it."""
    if _ENDS_MASKED.fullmatch(value):
        return value
    ends = value[:4] + value[-4:]
    return f"{value[:4]}{HIDDEN}{value[-4:]}" if len(value) >= 16 and not re.search(r"\s", ends) else HIDDEN


def mask_birth_date(value: str) -> str:
    """The year, when the text starts with one; else nothing."""
    year = _YEAR.match(value)
    return year[0] if year else HIDDEN


def mask_identifier(value: str) -> str:
    """An identifier of unknown type: as an e-mail address, a mobile number, an id card, or a long id, by its look."""
    plain = _compact(value)
    if "@" in value:
        return mask_email(value)
    if _MOBILE.fullmatch(plain) or _PHONE_MASKED.fullmatch(value):
        return mask_phone(value)
    if re.fullmatch(r"\d{17}[\dXx]", plain) or _ID_MASKED.fullmatch(value):
        return mask_id_card(value)
    return mask_ends(value)


def mask_account(value: str) -> str:
    """An account key ``namespace:value``: the name space stays, the value is masked as an identifier. In a key
    ``namespace:source:value|name`` the source stays too, and the name is masked as one."""
    if told := _TOLD_ACCOUNT.fullmatch(value):
        name = mask_name(told[4].strip()) if told[4].strip() else ""
        return f"{told[1]}:{told[2]}:{mask_identifier(told[3].strip() or HIDDEN)}|{name}"
    parts = _ACCOUNT.fullmatch(value)
    return f"{parts[1]}:{mask_identifier(parts[2].strip() or HIDDEN)}" if parts else mask_identifier(value)


def mask_account_tail(value: str) -> str:
    """An account key masked; of a value that would be hidden altogether the last four of nine or more stay, so that a
    person can tell accounts apart."""
    if _TAIL_MASKED.fullmatch(value):
        return value
    masked, (_, _, rest) = mask_account(value), value.partition(":")
    tail = rest.strip()[-4:]
    is_hidden = masked.endswith(f":{HIDDEN}") and len(rest.strip()) >= 9 and not re.search(r"\s", tail)
    return masked + tail if is_hidden else masked


def hide(value: str) -> str:
    """Nothing of the value, not even its length."""
    return HIDDEN if value else value


def _compact(value: str) -> str:
    return _WIDTHS.sub("", unicodedata.normalize("NFKC", value))


def _first(value: str) -> str:
    # A mark or half of a surrogate pair means nothing alone.
    return value[0] if value[0].isalnum() else ""


def _is_han(letter: str) -> bool:
    return "\u3400" <= letter <= "\u9fff" or "\uf900" <= letter <= "\ufaff" or "\U00020000" <= letter <= "\U0003ffff"
