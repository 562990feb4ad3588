"""Who looks alike and shares a value that waits for a person is asked about there alone."""

import pyarrow as pa

from huaxiang.analyse.identity_records import Tables
from huaxiang.analyse.open_holds import MOST_CUSTOMERS
from huaxiang.analyse.waiting_pairs import open_pairs
from huaxiang.engine import Engine
from huaxiang.prepare.unify import Decisions
from huaxiang.prepare.unify.customers import identity_holds
from huaxiang.prepare.unify.records import Group, HoldReason, Use, hold

#: Which accounts, each a customer of its own, use the value of a phone that is held, and for what reason.
HELD: dict[str, tuple[list[str], HoldReason]] = {
    "13900000001": (["family1", "family2"], "other_name"),
    "13800138000": (["someone", "another"], "placeholder"),
    "13900000003": ([f"till{number:02d}" for number in range(MOST_CUSTOMERS + 1)], "other_name"),
}
ALONE = ["far1", "far2"]
#: Pairs that look alike, with how probable it is that they are one person.
ALIKE = {
    ("family1", "family2"): 0.9,
    ("family1", "far1"): 0.8,
    ("another", "someone"): 0.7,
    ("till00", "till01"): 0.6,
    ("far1", "far2"): 0.5,
}


def tables_of(engine: Engine) -> Tables:
    """The published tables of these accounts."""
    users = [(value, each) for value, (several, _) in HELD.items() for each in several]
    keys = [*(each for _, each in users), *ALONE]
    known = {"account_key": [each for _, each in users], "customer_id": [f"c_{each}" for _, each in users]}
    known |= {"identifier_type": ["phone"] * len(users), "identifier_value": [value for value, _ in users]}
    holds = [
        hold(Group("phone", value, tuple(Use(each, True) for each in several)), reason)
        for value, (several, reason) in HELD.items()
    ]
    pairs = {
        "account_key_a": [one for one, _ in ALIKE],
        "account_key_b": [other for _, other in ALIKE],
        "band": ["ask"] * len(ALIKE),
        "probability": list(ALIKE.values()),
    }
    return {
        "account": engine.bring(
            "made_account", pa.table({"account_key": keys, "customer_id": [f"c_{each}" for each in keys]})
        ),
        "customer_identifier": engine.bring("made_identifier", pa.table(known)),
        "identity_hold": identity_holds(engine, holds),
        "match_pair": engine.bring("made_pair", pa.table(pairs)),
    }


def test_a_pair_that_shares_a_value_to_settle_waits_there_and_only_there(engine: Engine) -> None:
    """A placeholder is nobody's to settle, and of a value that very many use only some customers are named."""
    found = open_pairs(engine, tables_of(engine), Decisions())
    assert [pair[:2] for pair in found.pairs] == [pair for pair in ALIKE if pair != ("family1", "family2")]
    assert (found.total, found.held) == (4, 1)
    second = open_pairs(engine, tables_of(engine), Decisions(), limit=1, offset=1)
    assert [pair[:2] for pair in second.pairs] == [("another", "someone")]
    assert (second.total, second.held) == (4, 1)
