"""One value in full: after it was logged, with a reason, by those who may."""

from datetime import UTC, datetime

import pytest

from huaxiang.errors import Denied, InputError
from huaxiang.ledger import Ledger
from huaxiang.release.reveal import reveal
from huaxiang.release.roles import Access

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def _reveal(access: Access, ledger: Ledger, reason: str = "客户要求核对", stores: tuple[str, ...] = ("S1",)) -> str:
    def fetch() -> str:
        entry = ledger.latest("reveal.shown", "c1|phone")
        assert entry is not None, "the value was fetched before the entry was written"
        return "13800138000"

    return reveal(fetch, access, customer_id="c1", field="phone", stores=stores, reason=reason, ledger=ledger, at=NOW)


def test_a_value_in_full_is_logged_before_it_is_given(analyst: Access, ledger: Ledger) -> None:
    assert _reveal(analyst, ledger) == "13800138000"
    (entry,) = ledger.entries()
    assert (entry.kind, entry.actor, entry.subject, entry.at) == ("reveal.shown", "ana", "c1|phone", NOW)
    assert entry.body == {"customer_id": "c1", "field": "phone", "reason": "客户要求核对"}


def test_personal_data_in_a_reason_are_not_kept(analyst: Access, ledger: Ledger) -> None:
    _reveal(analyst, ledger, reason="回电13800138000，或zhang@qq.com")
    (entry,) = ledger.entries()
    assert entry.body["reason"] == "回电138****8000，或z***@qq.com"


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_without_a_reason_nothing_is_shown_or_logged(analyst: Access, ledger: Ledger, reason: str) -> None:
    with pytest.raises(InputError):
        _reveal(analyst, ledger, reason=reason)
    assert ledger.position() == 0


def test_a_viewer_and_a_foreign_store_are_denied(ledger: Ledger) -> None:
    with pytest.raises(Denied, match="analyst or admin"):
        _reveal(Access("v", "viewer", None), ledger)
    with pytest.raises(Denied, match="store"):
        _reveal(Access("a", "analyst", frozenset({"S2"})), ledger)
    assert ledger.position() == 0


def test_when_the_ledger_cannot_be_written_nothing_is_shown(analyst: Access, ledger: Ledger) -> None:
    ledger.close()
    shown: list[str] = []
    with pytest.raises(Exception, match="closed"):
        reveal(
            lambda: shown.append("13800138000"),
            analyst,
            customer_id="c1",
            field="phone",
            stores=None,
            reason="核对",
            ledger=ledger,
            at=NOW,
        )
    assert shown == []
