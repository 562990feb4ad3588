"""Somebody who registered again: two member numbers that show one person in rows of files."""

from datetime import date
from typing import Any

import pytest
from tests.prepare.rows import put, read
from tests.prepare.unify.test_unify import identifier

from huaxiang.engine import Engine
from huaxiang.model.identity import identity_rules
from huaxiang.prepare.unify import unify

HOME = {"city": "深圳市", "address": "人民路12号阳光花园3栋1201室"}


def card(key: str, name: str, **more: Any) -> dict[str, Any]:
    """Return a member in the register."""
    return {"account_key": key, "person_name": name, "birth_date": date(1990, 5, 1), **HOME, **more}


@pytest.mark.parametrize(
    ("second", "links"),
    [
        (card("member_no:M2", "王女士"), 1),
        (card("member_no:M2", "王芳", address="和平路9号紫荆园2栋305室"), 0),
        (card("member_no:M2", "王芳", address="人民路"), 0),
        (card("member_no:M2", "王芳", birth_date=None), 0),
    ],
)
def test_the_same_home_and_birth_date_make_one_customer(engine: Engine, second: dict[str, Any], links: int) -> None:
    put(
        engine,
        person_record=[card("member_no:M1", "王芳"), second],
        identifier=[identifier(key, value="13711112222") for key in ("member_no:M1", "member_no:M2")],
    )
    found = unify(engine, identity_rules(), "salt")
    assert len(read(engine, found.identity_link)) == links
    assert len(read(engine, found.identity_hold)) == 1 - links


def test_whoever_moved_shows_no_home(engine: Engine) -> None:
    moved = card("member_no:M1", "王芳", address="和平路9号紫荆园2栋305室")
    put(
        engine,
        person_record=[{**moved, "source": "old"}, card("member_no:M1", "王芳"), card("member_no:M2", "王芳")],
        identifier=[identifier(key, value="13711112222") for key in ("member_no:M1", "member_no:M2")],
    )
    found = unify(engine, identity_rules(), "salt")
    assert [row["reason"] for row in read(engine, found.identity_hold)] == ["two_accounts_one_source"]
