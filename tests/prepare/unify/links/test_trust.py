"""Values that only an untrusted source told ask instead of joining, and stronger values outlast weaker ones."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.prepare.rows import put
from tests.prepare.unify.people import customers, person
from tests.prepare.unify.test_invariants import towns
from tests.prepare.unify.test_unify import identifier, ids

from huaxiang.engine import Engine
from huaxiang.model.identity import IdentityRules, identity_rules
from huaxiang.prepare.unify import unify
from huaxiang.prepare.unify.join import Joined, join
from huaxiang.prepare.unify.judge import Bench
from huaxiang.prepare.unify.records import Account, Shared, Use

RULES = identity_rules()
VICTIM, SPOOFER = "member_no:M1", "user_id:spoofed"


def rules_with(kind: str, **changes: Any) -> IdentityRules:
    """Return the shipped rules with another rule for one type."""
    changed = {kind: RULES.identifiers[kind].model_copy(update=changes)}
    return RULES.model_copy(update={"identifiers": {**RULES.identifiers, **changed}})


TRUSTING_SHOP = rules_with("phone", sources=frozenset({"shop"}))


def test_what_only_a_browser_says_asks_instead_of_joining(engine: Engine) -> None:
    rows = [identifier(VICTIM), identifier(SPOOFER, source="web")]
    put(engine, identifier=rows)
    found = unify(engine, TRUSTING_SHOP, "salt")
    assert found.links == []
    assert [(held.reason, held.account_keys) for held in found.holds] == [("untrusted_source", f"{VICTIM}, {SPOOFER}")]
    assert len(unify(engine, RULES, "salt").links) == 1


def test_the_same_value_from_a_trusted_source_joins(engine: Engine) -> None:
    put(engine, identifier=[identifier(VICTIM), identifier(SPOOFER, source="web"), identifier(SPOOFER)])
    assert len(unify(engine, TRUSTING_SHOP, "salt").links) == 1


def test_another_value_may_join_what_the_untrusted_one_may_not(engine: Engine) -> None:
    mail = [identifier(key, "email", "zhang@qq.com") for key in (VICTIM, SPOOFER)]
    put(engine, identifier=[identifier(VICTIM), identifier(SPOOFER, source="web"), *mail])
    named = ids(engine, unify(engine, TRUSTING_SHOP, "salt"))
    assert named[VICTIM] == named[SPOOFER]


def test_a_flood_of_untrusted_claims_does_not_part_those_who_belong_together(engine: Engine) -> None:
    true = [identifier(VICTIM), identifier("shop_account:z")]
    flood = [identifier(f"openid:o{at:03}", source="web") for at in range(120)]
    put(engine, identifier=[*true, *flood])
    found = unify(engine, TRUSTING_SHOP, "salt")
    named = ids(engine, found)
    assert named[VICTIM] == named["shop_account:z"]
    assert len(set(named.values())) == 121
    assert [(held.reason, held.account_count) for held in found.holds] == [("untrusted_source", 122)]


def test_a_claim_of_an_untrusted_source_verifies_nothing(engine: Engine) -> None:
    rows = [identifier(VICTIM, verified=False), identifier("shop_account:A", verified=False)]
    put(engine, identifier=[*rows, identifier(VICTIM, source="web", verified=True)])
    assert [held.reason for held in unify(engine, TRUSTING_SHOP, "salt").holds] == ["unverified"]


def contested(rules: IdentityRules) -> tuple[list[Account], Joined]:
    """Join one account to two members: by phone to one, by e-mail to the other."""
    people = [person("member_no:M1", "张三"), person("member_no:M2", "李四"), person("openid:o1")]
    values = [
        Shared("phone", "13711112222", 2, (Use("member_no:M1", True), Use("openid:o1", True))),
        Shared("email", "a.li@qq.com", 2, (Use("member_no:M2", True), Use("openid:o1", True))),
    ]
    bench = Bench(rules, {one.key: one for one in people}, frozenset(), 50)
    return people, join(values, bench)


def test_of_two_values_that_contradict_each_other_the_one_of_higher_priority_stands() -> None:
    people, equal = contested(RULES)
    assert len(customers(people, equal)) == 3
    for strong, member, weak in (("phone", "M1", "a.li@qq.com"), ("email", "M2", "13711112222")):
        people, found = contested(rules_with(strong, priority=1))
        assert frozenset({f"member_no:{member}", "openid:o1"}) in customers(people, found)
        assert [held.identifier_value for held in found.holds] == [weak]


@given(town=towns(), trusted=st.sets(st.integers(0, 24)))
def test_untrusted_uses_change_no_customer(
    town: tuple[list[Account], list[tuple[str, str, str, bool]]], trusted: set[int]
) -> None:
    people, rows = town
    uses: dict[tuple[str, str], dict[str, tuple[bool, bool]]] = {}
    for at, (key, kind, value, sure) in enumerate(rows):
        if kind == "device_id":
            continue
        old = uses.setdefault((kind, value), {}).get(key, (False, False))
        is_trusted = at in trusted
        uses[kind, value][key] = (old[0] or (sure and is_trusted), old[1] or is_trusted)
    bench = Bench(RULES, {one.key: one for one in people}, frozenset(), 50)
    every = [
        Shared(*value, len(by), tuple(Use(key, *two[:1], is_trusted=two[1]) for key, two in by.items()), None)
        for value, by in uses.items()
    ]
    only = [
        Shared(one.identifier_type, one.value, one.account_count, tuple(use for use in one.uses if use.is_trusted))
        for one in every
    ]
    assert join(every, bench).links == join([one for one in only if len(one.uses) > 1], bench).links
