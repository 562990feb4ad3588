"""How the cells of a file are shown before they are understood: personal ones masked, by the field or by the header."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache

import pyarrow as pa

from huaxiang.collect.match import plain_header
from huaxiang.model.mapping import Mapping as FileMapping
from huaxiang.model.mapping import source_fields
from huaxiang.release.door import ColumnPolicy, release
from huaxiang.release.roles import Access

#: Field to mask. Ids of people are shown in part, names by their first letter, free text without numbers.
PERSONAL_FIELDS: dict[str, str] = {
    **dict.fromkeys(("member_no", "shop_account", "customer_no", "user_id", "referrer_member_no"), "identifier"),
    **dict.fromkeys(("openid", "unionid", "device_id"), "openid"),
    **dict.fromkeys(("person_name", "first_name", "last_name", "nickname", "staff_name"), "name"),
    **dict.fromkeys(("buyer_note", "feedback_text", "event_text", "answer", "search_words"), "text"),
    "phone": "phone",
    "email": "email",
    "id_card": "id_card",
    "birth_date": "birth_date",
    "address": "address",
    "street_no": "address",
    "other_id_no": "identifier",
    "income_yearly": "all",
    "tag_value": "all",
}
#: Headers that speak of a person without being a field's word.
_PERSON_WORDS = (
    "顾客",
    "客户",
    "买家",
    "用户",
    "联系人",
    "收件人",
    "收货人",
    "家长",
    "student",
    "guest",
    "contact",
    "buyer",
)
#: The hundred commonest Chinese surnames; and two or three capitalised words.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_NAME = re.compile(rf"[{_SURNAMES}][\u3400-\u9fff]{{1,3}}|[A-Z][a-z]+(?: [A-Z][a-z'-]+){{1,2}}")


def masked_rows(rows: list[dict[str, str]], mapping: FileMapping | None, access: Access) -> list[dict[str, str]]:
    """The rows as this person may see them, header to text. Store-scoped people raise :class:`Denied`: a row of a file
    does not say reliably which store it belongs to."""
    headers = list(dict.fromkeys(header for row in rows for header in row))
    if not headers:
        return rows
    table = pa.table({header: pa.array([_text(row.get(header)) for row in rows], pa.string()) for header in headers})
    rules = policies(headers, mapping, {name: table.column(name).to_pylist() for name in headers})
    shown = release(table, rules, access).table.to_pylist()
    return [{header: row[header] or "" for header in known} for row, known in zip(shown, rows, strict=True)]


def policies(
    headers: Iterable[str], mapping: FileMapping | None, values: Mapping[str, list[str | None]]
) -> list[ColumnPolicy]:
    """How each column is protected: by its field, else by what its header or its values resemble, else as text."""
    fields = {match.header: field for field, match in mapping.columns.items()} if mapping else {}
    return [_policy(header, fields.get(header), values[header]) for header in headers]


def cells_of(raw_text: str) -> dict[str, str] | None:
    """The cells of a row that waits, header to text; None for a line that could not be split into cells."""
    try:
        found = json.loads(raw_text)
    except ValueError:
        return None
    return {str(name): _text(value) or "" for name, value in found.items()} if isinstance(found, Mapping) else None


def _policy(header: str, field: str | None, values: list[str | None]) -> ColumnPolicy:
    if field is not None:
        mask = PERSONAL_FIELDS.get(field)
        return ColumnPolicy(header, "personal" if mask else "open", mask)
    names = "name" if are_names([value for value in values if value]) else "text"
    return ColumnPolicy(header, "personal", _mask_by_header(plain_header(header)) or names)


def are_names(values: list[str]) -> bool:
    """Whether at least half of the values look like names of people."""
    return bool(values) and 2 * sum(bool(_NAME.fullmatch(value.strip())) for value in values) >= len(values)


def _mask_by_header(header: str) -> str | None:
    return next((mask for word, mask in _personal_words() if word in header), None)


@cache
def _personal_words() -> tuple[tuple[str, str], ...]:
    """Header words of personal fields, the longest first; of Latin words only those long enough to mean something."""
    words = {
        (plain_header(word), mask)
        for field, mask in PERSONAL_FIELDS.items()
        if mask != "text"
        for word in (field, *source_fields()[field].words)
    }
    words |= {(word, "name") for word in _PERSON_WORDS}
    telling = [(word, mask) for word, mask in words if len(word) >= (5 if word.isascii() else 2)]
    return tuple(sorted(telling, key=lambda pair: (-len(pair[0]), pair)))


def _text(value: object) -> str | None:
    return None if value is None else str(value)
