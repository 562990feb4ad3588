"""Decisions as answers: every decision counts as one, the newer of two that contradict each other holds."""

from datetime import UTC, datetime
from pathlib import Path

from huaxiang.ledger import Ledger, Pseudonym
from huaxiang.prepare.match.answers import answers
from huaxiang.prepare.unify import NO_DECISIONS, standing
from huaxiang.prepare.unify.decisions import Sides, decide

AT = datetime(2026, 7, 1, tzinfo=UTC)
KEY = Pseudonym(b"k" * 32)
ACCOUNTS = [f"member_no:{letter}" for letter in "abcdefg"]


def test_a_decision_counts_as_one_whatever_the_number_of_accounts(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.sqlite3") as ledger:
        for kind, left, right in (("merge", "ab", "cd"), ("never_same", "e", "f"), ("split", "a", "c")):
            sides = Sides(tuple(f"member_no:{one}" for one in left), tuple(f"member_no:{one}" for one in right))
            decide(kind, sides, "核对过", ledger, KEY, at=AT, actor="kim")  # type: ignore[arg-type]
        found = answers(standing(ledger, KEY), ACCOUNTS)
    assert found == {
        ("member_no:a", "member_no:c"): (False, 1.0),
        ("member_no:a", "member_no:d"): (True, 0.25),
        ("member_no:b", "member_no:c"): (True, 0.25),
        ("member_no:b", "member_no:d"): (True, 0.25),
        ("member_no:e", "member_no:f"): (False, 1.0),
    }


def test_nobody_decided_anything() -> None:
    assert answers(NO_DECISIONS, ACCOUNTS) == {}
