"""Values that people give to tags, from what they type or write into a file to the one text that stands for it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from huaxiang.errors import InputError, nearest
from huaxiang.model.places import whole_name
from huaxiang.model.rules import Given, Golden
from huaxiang.model.tags import Tag, Tags, tag_named

LONGEST = 200
_SPOILED = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_YES, _NO = frozenset({"true", "yes", "y", "1", "是", "有", "√"}), frozenset({"false", "no", "n", "0", "否", "无", "×"})
# Beyond this a float no longer tells whole numbers apart, and no tag counts so far.
_GREATEST = 2**53


def value_text(tag: Tag, typed: str) -> str:
    """The text that stands for a typed value of the tag: a code, an ISO day, a plain number, ``true`` or ``false``.

    Of coded values the code and its names in both languages are understood, of places every spelling. Raises
    :class:`InputError` for a value that does not fit the tag.
    """
    text = unicodedata.normalize("NFC", typed).strip()
    if not text or len(text) > LONGEST or _SPOILED.search(text):
        raise InputError("tag.value_unfit", tag=tag.name.message, given=_SPOILED.sub("?", text)[:40], most=LONGEST)
    if tag.place:
        return whole_name(text, tag.place) or text
    return _code(tag, text) if tag.values else _READ.get(tag.type, _text)(tag, text)


def value_of(tag: Tag, text: str) -> Any:
    """The value that :func:`value_text` wrote down, in the type of the tag."""
    return TYPED[tag.type](text) if tag.type in TYPED else text


def is_sealed(tag: Tag) -> bool:
    """Whether values of the tag may be personal, so that the ledger must not hold them: all but codes of open tags."""
    return not tag.values or tag.sensitivity in ("personal", "sensitive")


def tag_to_give(key: str, tags: Tags) -> Tag:
    """The tag of that key, when people may say its value: a given one, or a golden one that they decide.

    Raises :class:`DefinitionError` for an unknown tag and :class:`InputError` for one that is computed.
    """
    tag = tag_named(key, tags)
    if not isinstance(tag.rule, Given | Golden):
        raise InputError("tag.is_computed", tag=tag.name.message)
    return tag


def names_of(tags: Tags) -> Mapping[str, Tag]:
    """The given tags by every name that a file may call them: key, names in both languages, synonyms."""
    found: dict[str, Tag] = {}
    for tag in tags.values():
        if isinstance(tag.rule, Given):
            for name in (tag.key, tag.zh, tag.en, *tag.synonyms):
                found.setdefault(plain(name), tag)
    return found


def plain(text: str) -> str:
    """A name without case, width and spaces, to be compared."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _code(tag: Tag, text: str) -> str:
    for code, labels in tag.values.items():
        if plain(text) in (plain(code), plain(labels.zh), plain(labels.en)):
            return code
    known = {label: code for code, labels in tag.values.items() for label in (labels.zh, labels.en, code)}
    raise InputError("tag.value_unknown", tag=tag.name.message, given=text[:40], nearest=nearest(text, known))


def _text(_tag: Tag, text: str) -> str:
    return text


def _whole(tag: Tag, text: str) -> str:
    number = Decimal(_number(tag, text))
    return str(int(number)) if number == int(number) else _refuse(tag, text)


def _number(tag: Tag, text: str) -> str:
    try:
        number = Decimal(text.replace(",", "").removeprefix("¥").strip())
    except InvalidOperation:
        _refuse(tag, text)
    if not number.is_finite() or abs(number) > _GREATEST:
        _refuse(tag, text)
    return f"{number:f}"


def _money(tag: Tag, text: str) -> str:
    number = Decimal(_number(tag, text))
    return f"{number:f}" if number == number.quantize(Decimal("0.0001")) else _refuse(tag, text)


def _share(tag: Tag, text: str) -> str:
    plain_text = text.replace("\uff05", "%")
    number = Decimal(_number(tag, plain_text.removesuffix("%"))) / (100 if plain_text.endswith("%") else 1)
    return f"{number:f}" if 0 <= number <= 1 else _refuse(tag, text)


def _yes_or_no(tag: Tag, text: str) -> str:
    word = plain(text)
    return "true" if word in _YES else "false" if word in _NO else _refuse(tag, text)


def _day(tag: Tag, text: str) -> str:
    try:
        return date.fromisoformat(_iso(text)).isoformat()
    except ValueError:
        _refuse(tag, text)


def _instant(tag: Tag, text: str) -> str:
    try:
        return datetime.fromisoformat(_iso(text)).replace(tzinfo=None).isoformat(sep=" ")
    except ValueError:
        _refuse(tag, text)


def _iso(text: str) -> str:
    found = re.match(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(.*)$", text)
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}{found[4]}" if found else text


def _refuse(tag: Tag, text: str) -> NoReturn:
    raise InputError("tag.value_of_type", tag=tag.name.message, given=text[:40], type=tag.type)


_READ: dict[str, Callable[[Tag, str], str]] = {
    "int": _whole,
    "number": _number,
    "money": _money,
    "quantity": _money,
    "share": _share,
    "bool": _yes_or_no,
    "date": _day,
    "timestamp": _instant,
}
#: How a value that was written as text reads back, by the type of its tag; other types are text themselves.
TYPED: Mapping[str, Callable[[str], Any]] = {
    "int": int,
    "number": float,
    "share": float,
    "money": Decimal,
    "quantity": Decimal,
    "bool": lambda text: text == "true",
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
}
