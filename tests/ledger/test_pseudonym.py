"""Keyed hashes: stable, apart, not guessable without the key, and a key file for its owner only."""

import hmac
import stat
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huaxiang.errors import InputError, WorkspaceError
from huaxiang.ledger import Pseudonym

KEY = bytes(range(32))


def test_it_is_hmac_sha256_over_length_type_and_value() -> None:
    expected = hmac.new(KEY, b"5:phone13800138000", sha256).hexdigest()[:32]
    assert Pseudonym(KEY).of("phone", "13800138000") == expected


@given(one=st.tuples(st.text(), st.text()), two=st.tuples(st.text(), st.text()))
def test_different_identifiers_have_different_names(one: tuple[str, str], two: tuple[str, str]) -> None:
    names = Pseudonym(KEY)
    assert (names.of(*one) == names.of(*two)) == (one == two)


def test_where_the_type_ends_matters() -> None:
    assert Pseudonym(KEY).of("a", "bc") != Pseudonym(KEY).of("ab", "c")


def test_another_key_gives_another_name() -> None:
    assert Pseudonym(KEY).of("phone", "1") != Pseudonym(KEY[::-1]).of("phone", "1")


def test_a_short_key_is_refused() -> None:
    with pytest.raises(InputError):
        Pseudonym(b"short")


def test_the_key_of_a_workspace_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    name = Pseudonym.of_workspace(tmp_path).of("phone", "1")
    key = tmp_path / "secrets" / "pseudonym.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert list(key.parent.iterdir()) == [key]
    assert Pseudonym.of_workspace(tmp_path).of("phone", "1") == name


@pytest.mark.parametrize("content", ["", "zz", "00" * 8])
def test_a_damaged_key_file_is_an_error_and_never_replaced(tmp_path: Path, content: str) -> None:
    Pseudonym.of_workspace(tmp_path)
    key = tmp_path / "secrets" / "pseudonym.key"
    key.write_text(content)
    with pytest.raises(WorkspaceError):
        Pseudonym.of_workspace(tmp_path)
    assert key.read_text() == content
