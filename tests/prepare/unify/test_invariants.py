"""What holds for any data: the answer does not depend on order, contradicts nothing, and equals a naive second one."""

from collections.abc import Iterable
from datetime import date
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.prepare.unify.people import Row, customers, joined, person

from huaxiang.model.identity import identity_rules
from huaxiang.prepare.unify.records import Account

RULES = identity_rules()
KEYS = [f"{space}:{number}" for space in ("member_no", "openid", "shop_account", "device_id") for number in range(4)]
VALUES = [("phone", f"1371111222{number}") for number in range(4)] + [
    ("email", f"someone{number}@qq.com") for number in range(3)
]
NAMES = st.sampled_from([None, None, "张三", "李四"])
PEOPLE = st.lists(st.sampled_from(KEYS), unique=True, min_size=2).flatmap(
    lambda keys: st.tuples(*(
        st.builds(
            person,
            st.just(key),
            NAMES if key.startswith(("member", "shop")) else st.none(),
            st.sampled_from([None, None, "female", "male"]),
            st.sampled_from([None, None, date(1990, 1, 1), date(1991, 1, 1)]),
        )
        for key in keys
    ))
)  # fmt: skip


@st.composite
def towns(draw: st.DrawFn) -> tuple[list[Account], list[Row]]:
    """Draw accounts and what they use."""
    people = list(draw(PEOPLE))
    uses = st.tuples(st.sampled_from(people), st.sampled_from([*VALUES, ("device_id", "3f2a9c1e")]), st.booleans())
    rows = [(one.key, *value, verified) for one, value, verified in draw(st.lists(uses, max_size=24))]
    return people, rows


@given(town=towns(), data=st.data())
def test_the_answer_does_not_depend_on_the_order(town: tuple[list[Account], list[Row]], data: st.DataObject) -> None:
    people, rows = town
    shuffled = joined(data.draw(st.permutations(people)), data.draw(st.permutations(rows)))
    assert shuffled == joined(people, rows)


@settings(max_examples=300)
@given(town=towns())
def test_no_customer_contradicts_itself(town: tuple[list[Account], list[Row]]) -> None:
    people, rows = town
    by_key = {one.key: one for one in people}
    for keys in customers(people, joined(people, rows)):
        members = [by_key[key] for key in keys if not key.startswith("device_id")]
        assert not any(contradict(one, other) for one, other in combinations(members, 2))


@settings(max_examples=300)
@given(town=towns())
def test_it_equals_the_naive_closure_where_that_is_sound_and_refines_it_elsewhere(
    town: tuple[list[Account], list[Row]],
) -> None:
    people, rows = town
    logins = [one for one in people if one.namespace != "device_id"]
    found = customers(logins, joined(logins, rows_of(logins, rows)))
    for naive in closure(logins, rows):
        parts = [keys for keys in found if keys & naive]
        assert all(part <= naive for part in parts)
        members = [one for one in logins if one.key in naive]
        if not any(contradict(one, other) for one, other in combinations(members, 2)):
            assert parts == [naive]


@settings(max_examples=300)
@given(town=towns())
def test_every_pair_of_one_customer_is_connected_by_links(town: tuple[list[Account], list[Row]]) -> None:
    people, rows = town
    found = joined(people, rows)
    uses = {row[:3] for row in rows}
    reached = [frozenset((link.account_key_a, link.account_key_b)) for link in found.links]
    assert merged((frozenset({one.key}) for one in people), reached) == customers(people, found)
    for link in found.links:
        value = (link.identifier_type, link.identifier_value)
        assert {(link.account_key_a, *value), (link.account_key_b, *value)} <= uses


def rows_of(people: list[Account], rows: list[Row]) -> list[Row]:
    """Return the rows of these people."""
    keys = {one.key for one in people}
    return [row for row in rows if row[0] in keys]


def contradict(one: Account, other: Account) -> bool:
    """Whether two accounts cannot be one person."""
    if one.namespace == other.namespace and one.namespace in RULES.one_per_customer:
        return True
    return any(
        None not in pair and pair[0] != pair[1]
        for pair in ((one.name, other.name), (one.gender, other.gender), (one.birth_date, other.birth_date))
    )


def closure(people: list[Account], rows: list[Row]) -> set[frozenset[str]]:
    """Return the customers that come out when every value is judged alone, pair by pair, and pairs are put together."""
    pairs: list[frozenset[str]] = []
    for kind, value in VALUES:
        verified: dict[str, bool] = {}
        for key, of_kind, of_value, is_verified in rows_of(people, rows):
            if (of_kind, of_value) == (kind, value):
                verified[key] = verified.get(key, False) or is_verified
        users = [one for one in people if one.key in verified]
        names = {one.name for one in users if one.name}
        if len(names) + sum(one.name is None for one in users) > RULES.sharing.most_people:
            continue
        for part in [[one for one in users if one.name == name] for name in names] if len(names) > 1 else [users]:
            if any(verified[one.key] for one in part) and not any(contradict(*pair) for pair in combinations(part, 2)):
                pairs += [frozenset((one.key, other.key)) for one, other in combinations(part, 2)]
    return merged((frozenset({one.key}) for one in people), pairs)


def merged(singles: Iterable[frozenset[str]], pairs: Iterable[frozenset[str]]) -> set[frozenset[str]]:
    """Return the sets that come out when every pair puts together the sets that it touches."""
    sets = set(singles)
    for pair in pairs:
        touched = {found for found in sets if found & pair}
        sets -= touched
        sets.add(frozenset().union(*touched))
    return sets
