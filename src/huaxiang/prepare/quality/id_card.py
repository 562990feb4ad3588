"""Chinese identity card numbers (GB 11643): region, birth date, gender and check digit in eighteen characters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from huaxiang.model.places import province_of_code
from huaxiang.prepare.check_digits import check_digit

_FORM = re.compile(r"(\d{2})\d{4}(\d{4})(\d{2})(\d{2})\d{2}(\d)[\dX]")
_FIRST_BIRTH = date(1880, 1, 1)


@dataclass(frozen=True)
class IdCard:
    """What a valid number says: the province that issued it, and the holder's birth date and gender."""

    province: str
    birth_date: date
    gender: str


def read_id_card(text: str) -> IdCard | None:
    """What the number says; None unless form, region, birth date and check digit are all right."""
    found = _FORM.fullmatch(text)
    if not found or check_digit(text[:17]) != text[17]:
        return None
    code, year, month, day, sequence = found.groups()
    province, born = province_of_code(code), _day(int(year), int(month), int(day))
    if province is None or born is None or born < _FIRST_BIRTH:
        return None
    return IdCard(province, born, "male" if int(sequence) % 2 else "female")


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
