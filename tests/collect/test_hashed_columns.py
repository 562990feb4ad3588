"""Phones and addresses that come as hashes are read, and their columns recognised by their headers."""

import hashlib

import pyarrow as pa
import pytest

from huaxiang.collect.convert.column import convert_column
from huaxiang.collect.convert.identities import EMAIL, PHONE
from huaxiang.collect.match import propose

NUMBERS = [f"1371111{at:04}" for at in range(20)]


def hashes(algorithm: str, values: list[str]) -> list[str]:
    """Return the hash of every value."""
    return [hashlib.new(algorithm, value.encode()).hexdigest() for value in values]


@pytest.mark.parametrize("reader", [PHONE, EMAIL], ids=["phone", "email"])
@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256"])
def test_a_hash_is_kept_in_lower_case(reader: object, algorithm: str) -> None:
    (value,) = hashes(algorithm, NUMBERS[:1])
    given = [value, value.upper(), f" {value} ", value[:-1], value[:-1] + "g"]
    found = convert_column(pa.array(given), reader)  # type: ignore[arg-type]
    assert found.values.to_pylist() == [value, value, value, None, None]
    assert [fault is None for fault in found.faults.to_pylist()] == [True, True, True, False, False]


@pytest.mark.parametrize(
    "header", ["手机号", "手机号MD5", "SHA256手机号", "加密手机号", "phone_md5", "hashed phone", "mobile sha256"]
)
def test_a_column_of_hashed_phones_is_the_phone(header: str) -> None:
    sample = {"会员号": [f"M{at}" for at in range(20)], header: hashes("sha256", NUMBERS), "姓名": ["张三"] * 20}
    columns = propose(list(sample), sample, "members").columns
    assert columns["phone"].header == header


def test_a_number_in_clear_is_taken_before_its_hash() -> None:
    sample = {
        "会员号": [f"M{at}" for at in range(20)],
        "手机号MD5": hashes("md5", NUMBERS),
        "手机号": NUMBERS,
        "姓名": ["张三"] * 20,
    }
    assert propose(list(sample), sample, "members").columns["phone"].header == "手机号"


def test_hashes_under_a_header_that_says_nothing_are_no_phone() -> None:
    sample = {"会员号": [f"M{at}" for at in range(20)], "列7": hashes("md5", NUMBERS), "姓名": ["张三"] * 20}
    assert "phone" not in propose(list(sample), sample, "members").columns
