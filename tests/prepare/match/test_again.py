"""Comparing only what could have changed gives what comparing everything gives, whatever came, changed or went."""

from __future__ import annotations

import random
from typing import Any

import pytest
from tests.prepare import rows
from tests.prepare.match.people import compared, put, record, town

from huaxiang.engine import Engine
from huaxiang.model.identity import identity_rules
from huaxiang.model.matching import matching_rules
from huaxiang.prepare.match import Before, Matched, matches, matches_again

RULES = identity_rules()
#: Blocks turn crowded with a handful of records, so that single records turn them.
MATCHING = matching_rules().model_copy(
    update={"limits": matching_rules().limits.model_copy(update={"most_in_block": 4})}
)


def listed(engine: Engine, found: Matched) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Return band, doubt and weight of the pairs by their keys."""
    return {
        (row["account_key_a"], row["account_key_b"]): (row["band"], row["doubt"], round(row["weight"], 6))
        for row in rows.read(engine, found.pairs)
    }


def changed(records: list[dict[str, Any]], chance: random.Random) -> list[dict[str, Any]]:
    """Return the records with some gone, some changed, and the phones and birth dates of others made the same."""
    kept = [dict(one) for one in records if chance.random() > 0.1]
    for one in chance.sample(kept, 12):
        field = chance.choice(["person_name", "phone", "birth_date", "city"])
        one[field] = chance.choice(kept).get(field)
    return kept


@pytest.mark.parametrize("seed", range(6))
def test_only_what_could_have_changed_is_compared(engine: Engine, seed: int) -> None:
    chance = random.Random(seed)
    everybody = town(90)
    first = everybody if seed % 2 else everybody[: len(everybody) * 2 // 3]
    put(engine, first)
    records = engine.keep("first_records", compared(engine))
    before = matches(engine, records, RULES, MATCHING)
    assert before.model is not None
    pairs = engine.keep("first_pairs", before.pairs)
    put(engine, changed(everybody, chance))
    now = compared(engine)
    again = matches_again(engine, now, Before(records, pairs), RULES, MATCHING, before.model)
    found = listed(engine, again)
    whole = matches(engine, now, RULES, MATCHING, trained=before.model)
    assert found == listed(engine, whole)
    assert 0 < again.compared < whole.compared or seed % 2 == 0


def test_without_news_nothing_is_compared(engine: Engine) -> None:
    put(engine, town(60))
    records = engine.keep("first_records", compared(engine))
    before = matches(engine, records, RULES, MATCHING)
    assert before.model is not None
    pairs, at_first = engine.keep("first_pairs", before.pairs), listed(engine, before)
    again = matches_again(engine, records, Before(records, pairs), RULES, MATCHING, before.model)
    assert again.compared == 0
    assert listed(engine, again) == at_first != {}


def test_a_value_that_becomes_too_crowded_and_is_not_any_more_turns_the_pairs_of_all_who_use_it(engine: Engine) -> None:
    shared = [record(f"s{number}", "13900000001", is_verified=False) for number in range(5)]
    put(engine, [*town(60), *shared[:4]])
    records = engine.keep("first_records", compared(engine))
    before = matches(engine, records, RULES, MATCHING)
    assert before.model is not None
    few, at_first = engine.keep("first_pairs", before.pairs), listed(engine, before)
    put(engine, [*town(60), *shared])
    crowded = engine.keep("second_records", compared(engine))
    without = matches_again(engine, crowded, Before(records, few), RULES, MATCHING, before.model)
    many = engine.keep("second_pairs", without.pairs)
    among = {keys for keys in at_first if keys[0].startswith("shop_account:s")}
    assert len(among) == 6
    assert listed(engine, without).keys() == at_first.keys() - among
    back = matches_again(engine, records, Before(crowded, many), RULES, MATCHING, before.model)
    assert listed(engine, back) == at_first
