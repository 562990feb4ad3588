"""Values that never join anybody, in any width, case and quotes."""

from itertools import cycle, product

import pytest
from tests.prepare.unify.people import joined, person, reasons

from huaxiang.model.identity import identity_rules
from huaxiang.prepare.unify.placeholders import is_placeholder

RULES = identity_rules()
# What others refuse as an identifier, and what people in China type when they have none.
KNOWN = {
    "user_id": [
        "", " ", "0", "-1", "null", "None", "NaN", "nan", "undefined", "anonymous", "guest", "distinctid",
        "distinct_id",
        "id", "not_authenticated", "email", "true", "false",
        "[object Object]", "000000", "0000-0000", "---", "无", "没有",
        "不详", "未知", "暂无", "测试", "n/a", "N/A", "(not set)", "(none)", "xxxx", "****", "test", "invalid", "#N/A",
        "游客",
    ],
    "phone": [
        "13800000000", "13800138000", "13888888888", "18888888888", "13900000000", "17000000000", "12345678901",
        "11111111111", "00000000000", "4008001234", "400-800-1234", "8008101234", "95588", "955880", "010-12345678",
        "01012345678", "+8613800138000", "86 138 0013 8000", "0086-13800138000", "138****1234", "无", "10086",
        "15000000000",
    ],
    "email": [
        "test@test.com", "1@1.com", "a@qq.com", "123456@qq.com", "none@none.com", "no-reply@shop.cn", "noreply@shop.cn",
        "who@example.com", "NULL@NULL.com", "x@localhost", "无",
    ],
    "id_card": [
        "111111111111111111", "000000000000000000", "123456789012345678", "110101199001011230", "11010119900101****",
    ],
    "device_id": [
        "00000000-0000-0000-0000-000000000000", "02:00:00:00:00:00", "000000000000000", "9774d56d682e549c", "unknown",
        "00:00:00:00:00:00", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
    ],
    "openid": ["test_openid_1", "oTEST-0001", "undefined", "openid"],
}  # fmt: skip
REAL = {
    "phone": ["13711112222", "18612345679", "+8613712345678", "02087654321", "01088886666", "13800138888"],
    "email": ["zhang.san@qq.com", "1234567@qq.com", "testa@gmail.com"],
    "user_id": ["10001", "u-77", "abcd"],
    "member_no": ["M0001", "900012345"],
    "id_card": ["11010519491231002X", "110105194912310021x"],
    "device_id": ["3f2a9c1e-77aa-4b1c-9d2e-0a1b2c3d4e5f", "a4:83:e7:12:34:56"],
    "openid": ["oX1aB2c3D4e5F6g7H8i9J0kLmNoP"],
}
#: What stands for no value of any type, each of a type in turn.
LISTED_FOR_ANY = list(zip(cycle(KNOWN), sorted(RULES.placeholders.values["any"]), strict=False))


def fullwidth(text: str) -> str:
    """Return the text with its ASCII characters in full width."""
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


def variants(value: str) -> set[str]:
    """Return the value in the dress in which it turns up."""
    dressed = [value, value.upper(), value.title(), fullwidth(value)]
    around = [("", ""), ("'", "'"), ('"', '"'), ("“", "”"), (" ", "\t"), ("\u200b", "\ufeff"), ("\u3000", " ")]
    return {left + text + right for text, (left, right) in product(dressed, around)}


def test_placeholders_in_every_dress_are_seen() -> None:
    listed = {kind: sorted(values) for kind, values in RULES.placeholders.values.items() if kind in KNOWN}
    every = {*LISTED_FOR_ANY, *((kind, value) for some in (KNOWN, listed) for kind in some for value in some[kind])}
    assert len(every) >= 200
    dressed = [(kind, form) for kind, value in every for form in variants(value)]
    assert [given for given in dressed if not is_placeholder(*given, RULES)] == []


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in REAL.items() for value in values])
def test_real_values_are_not_taken_for_placeholders(kind: str, value: str) -> None:
    assert not is_placeholder(kind, value, RULES)


def test_a_placeholder_joins_nobody() -> None:
    people = [person("openid:a"), person("openid:b")]
    every = {*LISTED_FOR_ANY, *((kind, value) for kind, values in KNOWN.items() for value in values)}
    rows = [(one.key, kind, value, True) for kind, value in every for one in people]
    found = joined(people, rows)
    assert found.founders == {}
    assert set(reasons(found).values()) == {"placeholder"}
