"""What tells people apart: numbers, phones, e-mail addresses, ID cards, names."""

from __future__ import annotations

import re

import pyarrow as pa

from huaxiang.collect.convert.column import Fault, Read, Reader
from huaxiang.collect.convert.text import narrow
from huaxiang.model.hashes import HASH_SHAPE

_SCIENTIFIC = re.compile(r"^\d(\.\d+)?[eE]\+?\d+$")
_MOBILE = re.compile(r"^(?:(?:\+|00)?86|0)?(1[3-9]\d{9})$")
_OTHER_PHONE = re.compile(r"^(0\d{9,11}|[48]00\d{7}|95\d{3,6}|\+\d{7,15})$")
_EMAIL = re.compile(r"^[^@\s<>,;]{1,64}@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z]{2,}$")
#: MD5, SHA-1 or SHA-256 of a phone number or an address: as good as the number itself to see who is the same.
_HASH = re.compile(HASH_SHAPE)
_ID_CARD = re.compile(r"^\d{17}[\dX]$")


def _id(text: str) -> Read:
    plain = narrow(text)
    if _SCIENTIFIC.match(plain):
        raise Fault("id_scientific")
    cut = re.sub(r"^(\d+)\.0$", r"\1", plain)
    if cut != plain:
        return Read(cut, "id_decimal_cut")
    return Read(plain, "width_folded" if plain != text else None)


def _phone(text: str) -> Read:
    plain = narrow(text)
    if "*" in plain:
        raise Fault("phone_masked")
    if _HASH.match(plain.lower()):
        return Read(plain.lower())
    if _SCIENTIFIC.match(plain):
        raise Fault("phone_scientific")
    digits = re.sub(r"[\s\-().]", "", re.sub(r"\.0$", "", plain))
    mobile = _MOBILE.match(digits)
    value = mobile[1] if mobile else re.sub(r"^00(?=[1-9]\d{6,14}$)", "+", digits)
    if not mobile and not _OTHER_PHONE.match(value):
        raise Fault("phone_invalid")
    return Read(value, "phone_reworded" if value != text else None)


def _email(text: str) -> Read:
    plain = narrow(text).lower()
    if _HASH.match(plain):
        return Read(plain)
    if not _EMAIL.match(plain) or ".." in plain:
        raise Fault("email_invalid")
    return Read(plain, "email_reworded" if plain != text else None)


def _id_card(text: str) -> Read:
    plain = narrow(text).upper().replace(" ", "")
    if not _ID_CARD.match(plain):
        raise Fault("id_card_invalid")
    return Read(plain)


def _name(text: str) -> Read:
    plain = re.sub(r"\s+", " ", narrow(text))
    return Read(plain, "width_folded" if plain != text else None)


# With a digit, so that no word for 'no value' passes; not one digit and an E, which would be scientific notation.
_PLAIN_ID = r"^([A-Za-z_][A-Za-z0-9_\-]*\d|\d[0-9A-DF-Za-df-z_\-])[A-Za-z0-9_\-]*$|^\d$"

#: A number or code kept as text; a spreadsheet's ``.0`` is cut, scientific notation has lost digits and is a fault.
ID = Reader(pa.string(), _id, _PLAIN_ID)
#: Eleven digits for a Chinese mobile, digits with area code for a landline, ``+`` and digits for one abroad; a hash in
#: lower case.
PHONE = Reader(pa.string(), _phone, r"^1[3-9]\d{9}$")
EMAIL = Reader(pa.string(), _email)
ID_CARD = Reader(pa.string(), _id_card, r"^\d{17}[\dX]$")
NAME = Reader(pa.string(), _name)
#: Text as written, blanks trimmed.
TEXT = Reader(pa.string(), Read)
