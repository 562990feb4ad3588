"""The log of links: only changes are written, and nothing personal."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast, get_args

import ibis.expr.types as ir
import pytest

from huaxiang.ledger import Ledger, Pseudonym
from huaxiang.prepare.unify import Hold, Link, Unified, hold_reason, link_log, link_reason
from huaxiang.prepare.unify.certainty import differ, told
from huaxiang.prepare.unify.records import HoldReason, LinkRule
from huaxiang.words import LANGUAGES

AT = datetime(2026, 3, 5, 12, tzinfo=UTC)
PHONE = "13711112222"
ONE = Link("member_no:M1", "openid:o1", "phone", PHONE, "shared_value", True)
TWO = Link("member_no:M1", "device_id:d1", "device_id", "3f2a9c1e", "only_user_of_device", False)
HELD = Hold("email", "who@where.cn", "other_name", 2, "member_no:M1, member_no:M2")


def unified(links: list[Link], holds: list[Hold]) -> Unified:
    """Return a unification of which only the records matter."""
    nothing = cast("ir.Table", None)
    return Unified(nothing, nothing, nothing, nothing, nothing, nothing, links, holds)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Return a new ledger."""
    return Ledger.open(tmp_path / "ledger.sqlite3")


def test_only_changes_are_written(ledger: Ledger) -> None:
    pseudonym = Pseudonym(b"k" * 32)
    steps: list[tuple[list[Link], list[Hold], list[str]]] = [
        ([ONE, TWO], [HELD], ["identity.link", "identity.link", "identity.hold"]),
        ([TWO, ONE], [HELD], []),
        ([TWO], [HELD, HELD._replace(reason="contradiction")], ["identity.unlink", "identity.hold"]),
        ([TWO, ONE], [], ["identity.link"]),
        ([ONE, TWO], [HELD._replace(reason="contradiction")], []),
    ]
    for day, (links, holds, kinds) in enumerate(steps):
        start = ledger.position()
        link_log(unified(links, holds), ledger, pseudonym, AT + timedelta(days=day), "refresh")
        assert [entry.kind for entry in ledger.entries(after=start)] == kinds
    ledger.close()


def test_entries_say_why_and_hold_nothing_personal(ledger: Ledger) -> None:
    pseudonym = Pseudonym(b"k" * 32)
    link_log(unified([ONE], [HELD]), ledger, pseudonym, AT, "refresh")
    link_log(unified([], [HELD]), ledger, pseudonym, AT, "refresh")
    link, held, unlink = ledger.entries()
    assert link.body["rule"] == "shared_value"
    assert link.body["left"] == unlink.body["left"] == pseudonym.of("account", "member_no:M1")
    assert link.body["value"] == pseudonym.of("phone", PHONE)
    assert (held.body["reason"], held.body["account_count"]) == ("other_name", 2)
    assert unlink.body["reason"] == "no_longer_holds"
    assert not any(secret in str(entry) for entry in ledger.entries() for secret in (PHONE, "M1", "who@where"))
    ledger.close()


def test_a_likeness_is_told_in_clear_and_only_what_matters_writes_it_anew(ledger: Ledger) -> None:
    pseudonym = Pseudonym(b"k" * 32)
    odds = ["0.99996", "0.99995", "0.9999", "0.999999"]
    alike = [Link("member_no:M1", "openid:o1", "likeness", one, "likely_same", False) for one in odds]
    before = {
        "left": pseudonym.of("account", "member_no:M1"),
        "right": pseudonym.of("account", "openid:o1"),
        "identifier_type": "likeness",
        "value": pseudonym.of("likeness", "1.0000"),
        "rule": "likely_same",
        "is_verified": False,
    }
    ledger.append("identity.link", before, at=AT, actor="an earlier version")
    start = ledger.position()
    link_log(unified([alike[0]], []), ledger, pseudonym, AT, "refresh", "m1")
    assert ledger.position() == start
    link_log(unified([], []), ledger, pseudonym, AT, "refresh", "m1")
    link_log(unified([alike[0]], []), ledger, pseudonym, AT, "refresh", "m1")
    link_log(unified([alike[1]], []), ledger, pseudonym, AT, "refresh", "m2")
    *_, written = ledger.entries()
    assert (written.body["probability"], written.body["model_version"], written.body["value"]) == ("0.99996", "m1", "")
    start = ledger.position()
    link_log(unified([alike[2]], []), ledger, pseudonym, AT, "refresh", "m2")
    unlink, link = ledger.entries(after=start)
    assert (unlink.body["reason"], link.body["probability"]) == ("other_probability", "0.9999")
    assert link.body["model_version"] == "m2"
    assert ledger.verify().ok
    ledger.close()


def test_a_value_that_changed_hands_says_in_which_period_it_links(ledger: Ledger) -> None:
    turn = ONE._replace(rule="shared_in_period", detail="2025-01-01–2025-06-30")
    link_log(unified([turn, TWO], []), ledger, Pseudonym(b"k" * 32), AT, "refresh")
    assert [entry.body.get("period") for entry in ledger.entries()].count("2025-01-01–2025-06-30") == 1
    ledger.close()


@pytest.mark.parametrize("probability", [0.38, 0.9, 0.9876, 0.99996, 1.0, 1 - 1e-9])
def test_a_told_probability_is_near_and_never_certain(probability: float) -> None:
    said = told(probability)
    assert said < 1
    assert abs(said - probability) <= max(0.06 * (1 - probability), 1.1e-6)
    assert not differ(said, told(probability))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_is_worded(lang: str) -> None:
    rules: tuple[LinkRule, ...] = get_args(LinkRule)
    holds: tuple[HoldReason, ...] = get_args(HoldReason)
    said = [link_reason("phone", rule, is_verified=sure).say(lang) for rule in rules for sure in (True, False)]
    said += [hold_reason("phone", reason, 3).say(lang) for reason in holds]
    assert len(set(said)) == 1 + len(rules) + len(holds)
    assert "手机号" in said[0] or "phone number" in said[0]
    assert "tax_no" in hold_reason("tax_no", "placeholder", 2).say(lang)
