"""Doubtful customers: what somebody decided is settled, and whoever joins later and contradicts it is seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa
from tests.engines import new_lake

from huaxiang.analyse.suspicious import doubtful, suspicious
from huaxiang.engine import DuckEngine, Engine
from huaxiang.ledger import Pseudonym
from huaxiang.model.identity import identity_rules
from huaxiang.prepare.unify import Decision, Decisions

AT, KEY = datetime(2026, 6, 1, tzinfo=UTC), Pseudonym(b"k" * 32)
#: account, name, gender, birth date; all of them one customer.
Person = tuple[str, str | None, str | None, date | None]
LI: Person = ("a", "李芳", "f", None)
NEW_NAME: Person = ("b", "李红", "f", date(1990, 5, 1))
SAME: Person = ("c", "李芳", None, None)
NOBODY: Person = ("d", None, None, None)
MAN: Person = ("e", None, "m", None)


def decided(*merges: tuple[str, str]) -> Decisions:
    """Return one decision for each pair of accounts (a letter each) on the left and on the right, from entry 1 on."""
    sides = [tuple(tuple(KEY.of("account", key) for key in side) for side in pair) for pair in merges]
    return Decisions(
        tuple(Decision(seq, "merge", left, right, AT, "kim", "-") for seq, (left, right) in enumerate(sides, 1)), KEY
    )


def tables(engine: Engine, people: Sequence[Person], links: Sequence[tuple[str, str, str]]) -> dict[str, ir.Table]:
    """Return the published tables of the customer that these people are, each account with one phone."""
    text, flag = pa.string(), pa.bool_()
    link = ("customer_id", "account_key_a", "account_key_b", "identifier_type", "identifier_value", "rule", "detail")
    made = {
        "account": pa.table(
            {
                "customer_id": ["c1"] * len(people),
                **{
                    name: pa.array([row[at] for row in people], kind)
                    for at, (name, kind) in enumerate(
                        (("account_key", text), ("person_name", text), ("gender", text), ("birth_date", pa.date32()))
                    )
                },
            }
        ),
        "customer": pa.table({"customer_id": ["c1"], "account_count": [len(people)]}),
        "customer_identifier": pa.table(
            {
                "customer_id": ["c1"] * len(people),
                "account_key": [row[0] for row in people],
                "identifier_type": ["phone"] * len(people),
                "identifier_value": [f"phone {row[0]}" for row in people],
            }
        ),
        "identity_link": pa.table(
            {
                **{
                    name: pa.array(values, text)
                    for name, values in zip(
                        link,
                        zip(*(("c1", one, other, "-", "-", rule, "") for one, other, rule in links), strict=True),
                        strict=True,
                    )
                },
                "is_verified": pa.array([True] * len(links), flag),
            }
        ),
    }
    return {name: engine.bring(f"doubt_{name}", rows) for name, rows in made.items()}


def reasons(engine: Engine, people: Sequence[Person], decisions: Decisions) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return why the customer of these people, linked in a chain, is doubtful, and who joined since the decision."""
    pairs = {(one[0], other[0]): "shared_value" for one, other in pairwise(people)}
    if decisions.standing:
        pairs["a", "b"] = "decided_same"
    known = tables(engine, people, [(*pair, said) for pair, said in pairs.items()])
    found = doubtful(engine, known, identity_rules(), decisions)
    assert found.total == len(found.rows)
    if not found.rows:
        return (), ()
    (one,) = suspicious(engine, known, found.rows, decisions)
    assert found.by_reason == dict.fromkeys(one.reasons, 1)
    if one.growth:
        assert one.growth.decided + len(one.growth.joined) == len(people)
    return one.reasons, one.growth.joined if one.growth else ()


def test_only_the_accounts_that_were_decided_about_are_settled(tmp_path: Path) -> None:
    engine, settled = DuckEngine(new_lake(tmp_path)), decided(("a", "b"))
    assert reasons(engine, [LI, NEW_NAME], Decisions()) == (("several_names",), ())
    assert reasons(engine, [LI, NEW_NAME], settled) == ((), ())
    # Who says nothing contradicts nobody; whoever says something else than one of the two makes them doubtful again.
    assert reasons(engine, [LI, NEW_NAME, NOBODY], settled) == ((), ())
    assert reasons(engine, [LI, NEW_NAME, SAME], settled) == (("several_names",), ("c",))
    assert reasons(engine, [LI, NEW_NAME, NOBODY, MAN], settled) == (("several_genders",), ("d", "e"))
    assert reasons(engine, [LI, NEW_NAME, NOBODY, MAN], decided(("a", "b"), ("ab", "de"))) == ((), ())
    # Two persons of whom each was decided about, joined later: the newer decision is not about the other's accounts.
    assert reasons(engine, [LI, NEW_NAME, SAME, MAN], decided(("a", "b"), ("c", "e")))[1] == ("a", "b")
    engine.close()


def test_numbers_and_likeness_within_what_was_decided_are_settled_too(tmp_path: Path) -> None:
    engine = DuckEngine(new_lake(tmp_path))
    many: list[Person] = [(key, None, None, None) for key in "abcdefghi"]
    everybody = decided(("a", "bcdefghi"))
    assert "near_cap" in reasons(engine, many, decided(("a", "b")))[0]
    assert reasons(engine, many, everybody) == ((), ())
    four: list[Person] = [(key, None, None, None) for key in "abcd"]
    alike, own = ("b", "c", "likely_same"), [("a", "b", "shared_value"), ("c", "d", "shared_value")]
    for judged, expected in ((Decisions(), 1), (decided(("ab", "cd")), 0), (decided(("a", "b")), 1)):
        more = [("a", "b", "decided_same")] if judged.standing else []
        known = tables(engine, four, [alike, *own, *more])
        assert doubtful(engine, known, identity_rules(), judged).total == expected
    engine.close()
