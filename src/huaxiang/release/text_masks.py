"""Masks for running text: the numbers and addresses inside a sentence, and a postal address cut at the district."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from huaxiang.release.identifier_masks import HIDDEN, mask_bank_card, mask_email, mask_id_card, mask_phone

_GAP = r"[ \-.\u00a0\u3000\u200b-\u200f\u2060\ufeff]{0,2}"
_AFTER = r"(?![0-9０-９A-Za-z])"
_BEFORE = r"(?<![0-9０-９A-Za-z])"
_MOBILE = rf"(?<!\d)(?:\+?86{_GAP}|0086{_GAP})?[1１][3-9３-９]\d(?:{_GAP}\d){{8}}(?!\d)"

# The order matters: the more telling pattern first, so that a shorter one does not cut into it.
_INSIDE: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (re.compile(r"(?:(?![\u3040-\u9fff])[\w.+%'-]){1,64}(?:@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})+"), mask_email),
    (re.compile(rf"{_BEFORE}\d(?:{_GAP}\d){{16}}{_GAP}[\dXxＸ]{_AFTER}"), mask_id_card),
    (re.compile(rf"{_BEFORE}\d{{4}}(?:{_GAP}\d){{12,15}}{_AFTER}"), mask_bank_card),
    (re.compile(_MOBILE), mask_phone),
    (re.compile(r"(?<!\d)0\d{2,3}[- －)）]?\d{7,8}(?!\d)"), lambda _: HIDDEN),
    (re.compile(r"\d{9,}"), lambda _: HIDDEN),
    (re.compile(r"[零〇一二三四五六七八九幺]{9,}"), lambda _: HIDDEN),
)

_WORTH_A_LOOK = re.compile(r"[@\d]|[零〇一二三四五六七八九幺]{9}")

_HAN = r"[\u3400-\u9fff]"
_DISTRICT = re.compile(
    rf"(?:中国)?(?:{_HAN}{{2,8}}?(?:省|自治区|特别行政区))?"
    rf"(?:{_HAN}{{2,10}}?(?:自治州|(?<![超门城菜夜])市|地区|盟))?"
    rf"(?:{_HAN}{{1,12}}?(?:自治县|自治旗|(?<![小社园校厂院景片街宅墅活])区|县|旗|(?<![超门城菜夜])市))?"
)


def mask_text(value: str) -> str:
    """The text with phone, id card, bank card and other long numbers and e-mail addresses inside it masked."""
    if not _WORTH_A_LOOK.search(value):
        return value
    # What stays visible of one number may stand beside the next one and make a number with it: until nothing changes.
    while (masked := _mask_once(value)) != value:
        value = masked
    return value


def _mask_once(value: str) -> str:
    for pattern, mask in _INSIDE:
        value = pattern.sub(partial(_masked, mask), value)
    return value


def _masked(mask: Callable[[str], str], found: re.Match[str]) -> str:
    return mask(found[0])


def mask_address(value: str) -> str:
    """The address down to its district: ``广东省深圳市南山区****``; nothing of an address that names none."""
    found = _DISTRICT.match(value)
    return (found[0] if found else "") + HIDDEN
