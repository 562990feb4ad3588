"""Matching whole: the right pairs with their reasons, the same ones in any order, and none that a person must judge."""

import random
from datetime import date
from itertools import combinations

import pytest
from tests.prepare.match.people import compared, linked, listed, matched, number, put, record, town

from huaxiang.analyse.match_words import left_out_words
from huaxiang.engine import Engine
from huaxiang.model.identity import identity_rules
from huaxiang.model.matching import TrainedModel, matching_rules
from huaxiang.prepare.match import estimate, matches, matches_of_new
from huaxiang.words import LANGUAGES

RULES, MATCHING = identity_rules(), matching_rules()


def test_two_records_of_a_person_are_linked_and_nobody_else(each_engine: Engine) -> None:
    pairs = linked(each_engine, matched(each_engine, town(300)))
    right = {keys for keys in pairs if number(keys[0]) == number(keys[1])}
    assert pairs == right
    assert len(right) >= 290


def test_every_pair_says_why(engine: Engine) -> None:
    found = matched(engine, town(150))
    assert found.model is not None
    for row in listed(engine, found).values():
        parts = sum(value for name, value in row.items() if name.startswith("weight_"))
        prior = found.model.prior / (1 - found.model.prior)
        assert row["probability"] == pytest.approx(1 / (1 + 2 ** -row["weight"]))
        assert 2 ** (row["weight"] - parts) == pytest.approx(prior, rel=1e-3)


def test_the_order_of_the_records_never_matters(engine: Engine) -> None:
    records = town(120)
    first = matched(engine, records)
    as_listed = listed(engine, first)
    random.Random(1).shuffle(records)
    second = matched(engine, records)
    assert second.model == first.model
    assert listed(engine, second) == as_listed


def test_new_records_meet_the_known_ones_as_in_a_full_run(engine: Engine) -> None:
    records = town(200)
    whole = matched(engine, records)
    assert whole.model is not None
    of_whole = {keys: round(row["probability"], 9) for keys, row in listed(engine, whole).items()}
    everybody = compared(engine)
    late = everybody.account_key >= "shop_account:b0150"
    new, known = engine.keep("test_new", everybody.filter(late)), engine.keep("test_known", everybody.filter(~late))
    some = matches_of_new(engine, new, known, RULES, MATCHING, whole.model)
    of_new = {keys: round(row["probability"], 9) for keys, row in listed(engine, some).items()}
    expected = {keys: value for keys, value in of_whole.items() if keys[1] >= "shop_account:b0150"}
    assert of_new == expected
    assert len(of_new) >= 45
    assert some.compared < whole.compared


def test_a_model_can_be_kept_as_json(engine: Engine) -> None:
    model = matched(engine, town(100)).model
    assert model is not None
    kept = TrainedModel.model_validate_json(model.model_dump_json())
    assert kept == model
    assert kept.versioned().version == model.version


def test_a_family_on_one_phone_is_not_linked(engine: Engine) -> None:
    family = [
        record(
            "fa0001",
            "13512345670",
            person_name="孟建国",
            birth_date=date(1960, 1, 1),
            city="北京市",
            address="幸福里1号",
        ),
        record(
            "fb0002",
            "13512345670",
            person_name="孟晓燕",
            birth_date=date(1991, 6, 30),
            city="北京市",
            address="幸福里1号",
        ),
        record("fc0003", "13512345670"),
    ]
    pairs = linked(engine, matched(engine, [*town(200), *family]))
    of_family = {one["account_key"] for one in family}
    assert not [keys for keys in pairs if set(keys) & of_family]


def test_a_phone_alone_joins_when_one_name_uses_it(engine: Engine) -> None:
    phones = {one["account_key"]: one["phone"] for one in town(200)}
    alone = record("n0007", phones["shop_account:a0007"])
    pairs = linked(engine, matched(engine, [*town(200), alone]))
    assert ("shop_account:a0007", "shop_account:n0007") in pairs


def test_two_member_numbers_are_for_a_person_to_judge(engine: Engine) -> None:
    records = [{**one, "account_key": one["account_key"].replace("shop_account", "member_no")} for one in town(100)]
    found = matched(engine, records)
    assert linked(engine, found) == set()
    assert {row["doubt"] for row in listed(engine, found).values() if row["band"] == "ask"} == {
        "two_accounts_one_source"
    }


def test_answers_make_a_model_of_their_own(engine: Engine) -> None:
    plain = matched(engine, town(200))
    known = listed(engine, plain)
    pairs = sorted(known)
    refused = matched(engine, town(200), answers=dict.fromkeys(pairs[:40], (False, 1.0)))
    assert all(row["weight"] < known[keys]["weight"] for keys, row in listed(engine, refused).items())
    agreed = matched(engine, town(200), answers=dict.fromkeys(pairs[:40], (True, 1.0)))
    assert plain.model is not None
    assert refused.model is not None
    assert agreed.model is not None
    assert refused.model.shift < 0 <= agreed.model.shift
    assert len({plain.model.version, refused.model.version, agreed.model.version}) == 3
    assert refused.model.answers == 40
    assert linked(engine, plain) <= linked(engine, agreed)


def test_a_value_that_thousands_share_brings_nobody_together(engine: Engine) -> None:
    same = [record(f"s{place:04d}", person_name="王伟", birth_date=date(1990, 1, 1)) for place in range(3_000)]
    found = matched(engine, [*town(60), *same])
    assert found.compared < 1_000
    [told] = found.messages
    assert told.params["largest"] == 3_000
    assert all(told.say(lang) for lang in LANGUAGES)
    assert estimate(engine, compared(engine), MATCHING).messages == found.messages


def test_too_little_is_said(engine: Engine) -> None:
    for records in ([], [record("one", "13911112222", person_name="王一")]):
        found = matched(engine, records)
        assert found.model is None
        assert listed(engine, found) == {}
        assert found.messages[-1].code == "match.too_little"


def test_the_estimate_is_near_the_pairs_compared(engine: Engine) -> None:
    put(engine, town(300))
    records = compared(engine)
    guess = estimate(engine, records, MATCHING)
    found = matches(engine, records, RULES, MATCHING)
    assert guess.records == 600
    assert found.compared / 2 <= guess.pairs <= found.compared * 2
    assert guess.seconds > 0
    assert guess.memory_mb > 0


def test_a_block_that_was_too_coarse_stays_left_out(engine: Engine) -> None:
    limits = MATCHING.limits.model_copy(update={"few_pairs": 0, "most_pairs_per_record": 2})
    fine = MATCHING.model_copy(update={"limits": limits})
    put(engine, town(200))
    everybody = compared(engine)
    whole = matches(engine, everybody, RULES, fine)
    assert whole.model is not None
    assert whole.model.too_coarse
    before = estimate(engine, everybody, fine)
    assert before.too_coarse == whole.model.too_coarse
    assert left_out_words(before, "zh")[-1].count("；") == len(before.too_coarse) - 1
    late = everybody.account_key >= "shop_account:b0150"
    new, known = engine.keep("test_new", everybody.filter(late)), engine.keep("test_known", everybody.filter(~late))
    some = set(listed(engine, matches_of_new(engine, new, known, RULES, fine, whole.model)))
    assert some == {keys for keys in listed(engine, whole) if keys[1] >= "shop_account:b0150"}


def test_pairs_are_told_once_the_lesser_first(engine: Engine) -> None:
    keys = list(listed(engine, matched(engine, town(80))))
    assert all(a < b for a, b in keys)
    assert not [one for one, other in combinations(keys, 2) if one == other[::-1]]
