"""Numbers that change hands: every owner keeps what is of their days, and nobody is cut in two."""

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.prepare.rows import put, read
from tests.prepare.unify.people import bench, customers, person
from tests.prepare.unify.test_unify import identifier, ids

from huaxiang.engine import Engine
from huaxiang.model.identity import identity_rules
from huaxiang.prepare.unify import unify
from huaxiang.prepare.unify.join import Joined, join
from huaxiang.prepare.unify.records import Account, Shared, Use

RULES = identity_rules()
PHONE = "13711112222"
CARDS = frozenset({("id_card", "11010519491231002x")}), frozenset({("id_card", "110105199003072936")})


def used(key: str, first: str | None, last: str | None = None, *, verified: bool = True) -> Use:
    """Return the use of the phone from one day to another."""
    seen = (date.fromisoformat(first), date.fromisoformat(last or first)) if first else None
    return Use(key, verified, seen=seen)


def joined(people: list[Account], *uses: Use) -> Joined:
    """Join the people by one phone."""
    return join([Shared("phone", PHONE, len(uses), uses)], bench(people))


def pairs(found: Joined) -> set[tuple[str, str]]:
    """Return the pairs that are linked."""
    return {(link.account_key_a, link.account_key_b) for link in found.links}


MEMBER, SHOP = person("member_no:M1", "张三"), person("shop_account:B", "李四")
OLD, NEW, LATE, LATER = (person(f"openid:{name}") for name in ("old", "new", "late", "later"))


def test_each_period_joins_its_own_and_the_hold_tells_the_days() -> None:
    found = joined(
        [MEMBER, SHOP, OLD, NEW, LATE],
        used("member_no:M1", "2022-01-01", "2022-06-30"),
        used("openid:old", "2022-03-01", "2022-07-10"),
        used("shop_account:B", "2023-01-05", "2023-09-01"),
        used("openid:new", "2023-02-01"),
        used("openid:late", "2024-06-01"),
    )
    assert customers([MEMBER, SHOP, OLD, NEW, LATE], found) == {
        frozenset({"member_no:M1", "openid:old"}), frozenset({"shop_account:B", "openid:new", "openid:late"}),
    }  # fmt: skip
    assert {link.rule for link in found.links} == {"shared_in_period"}
    assert {link.detail for link in found.links} == {"2022-01-01–2022-07-10", "2023-01-05–2024-06-01"}
    (held,) = found.holds
    assert (held.reason, held.account_count) == ("changed_hands", 5)
    assert held.detail == "2022-01-01–2022-07-10, 2023-01-05–2024-06-01"


def test_the_figure_decides_to_the_day() -> None:
    for days, reason in ((89, "other_name"), (90, "changed_hands")):
        start = date(2022, 6, 30) + timedelta(days=days)
        later = used("shop_account:B", start.isoformat(), (start + timedelta(days=60)).isoformat())
        found = joined([MEMBER, SHOP], used("member_no:M1", "2022-01-01", "2022-06-30"), later)
        assert [held.reason for held in found.holds] == [reason]


def test_who_buys_seldom_needs_a_year() -> None:
    for last, reason in (("2022-12-31", "other_name"), ("2023-01-01", "changed_hands")):
        found = joined([MEMBER, SHOP], used("member_no:M1", "2022-01-01"), used("shop_account:B", last))
        assert [held.reason for held in found.holds] == [reason]


def test_days_that_overlap_stay_held_as_a_family_phone() -> None:
    found = joined(
        [MEMBER, SHOP, OLD],
        used("member_no:M1", "2022-01-01", "2023-06-30"),
        used("shop_account:B", "2023-01-05", "2024-09-01"),
        used("openid:old", "2022-02-01"),
    )
    assert (pairs(found), [held.reason for held in found.holds]) == (set(), ["other_name"])


def test_an_owner_who_comes_back_was_never_away() -> None:
    again = person("openid:again", "张三")
    found = joined(
        [MEMBER, SHOP, again],
        used("member_no:M1", "2022-01-01", "2022-06-30"),
        used("shop_account:B", "2023-01-01", "2023-06-30"),
        used("openid:again", "2024-01-01", "2024-06-30"),
    )
    assert [held.reason for held in found.holds] == ["other_name"]
    assert pairs(found) == {("member_no:M1", "openid:again")}


def test_a_persons_own_later_use_is_not_cut() -> None:
    for later in (LATER, person("openid:later", "张三")):
        found = joined(
            [MEMBER, later], used("member_no:M1", "2020-01-01", "2020-06-30"), used("openid:later", "2025-01-01")
        )
        assert pairs(found) == {("member_no:M1", "openid:later")}
        assert found.holds == []
        assert [link.rule for link in found.links] == ["shared_value"]


def test_what_falls_between_two_owners_belongs_to_neither() -> None:
    found = joined(
        [MEMBER, SHOP, OLD, NEW],
        used("member_no:M1", "2022-01-01", "2022-06-30"),
        used("openid:old", "2023-01-01"),
        used("shop_account:B", "2023-06-05", "2023-09-01"),
        used("openid:new", None),
    )
    assert (pairs(found), [held.reason for held in found.holds]) == (set(), ["changed_hands"])


def test_a_name_without_days_goes_to_the_only_period_with_that_name() -> None:
    ticket = person("phone:till:x|李四", "李四")
    found = joined(
        [MEMBER, SHOP, ticket],
        used("member_no:M1", "2022-01-01", "2022-06-30"),
        used("shop_account:B", "2023-01-05", "2023-09-01"),
        used("phone:till:x|李四", None, verified=False),
    )
    assert pairs(found) == {("shop_account:B", "phone:till:x|李四")}


def test_the_name_beside_an_unverified_number_says_nothing_about_its_owner() -> None:
    found = joined(
        [MEMBER, SHOP],
        used("member_no:M1", "2022-01-01", "2022-06-30"),
        used("shop_account:B", "2023-01-05", "2023-09-01", verified=False),
    )
    assert [held.reason for held in found.holds] == ["other_name"]


def test_identity_cards_and_birth_dates_tell_owners_apart_and_decisions_put_them_together() -> None:
    days = ("2022-01-01", "2022-06-30"), ("2023-01-05", "2023-09-01")
    for one, other in (
        (MEMBER._replace(name=None, exclusive=CARDS[0]), SHOP._replace(name=None, exclusive=CARDS[1])),
        (person("member_no:M1", born=date(1960, 1, 1)), person("shop_account:B", born=date(1999, 9, 9))),
    ):
        uses = [used(one.key, *days[0]), used(other.key, *days[1])]
        assert [held.reason for held in joined([one, other], *uses).holds] == ["changed_hands"]
        same = [account._replace(person=one.key) for account in (one, other)]
        assert joined(same, *uses).holds == []


def test_a_name_that_differs_beside_the_same_birth_date_is_one_person_who_changed_it() -> None:
    people = [MEMBER._replace(birth_date=date(1990, 1, 1)), SHOP._replace(birth_date=date(1990, 1, 1))]
    found = joined(
        people, used("member_no:M1", "2022-01-01", "2022-06-30"), used("shop_account:B", "2023-01-05", "2023-09-01")
    )
    assert [held.reason for held in found.holds] == ["other_name"]


@given(
    data=st.lists(
        st.tuples(
            st.sampled_from(["张三", "李四", "王五", None]), st.integers(0, 2000), st.integers(0, 300), st.booleans()
        ),
        min_size=2, max_size=5,
    ),
    shuffle=st.randoms(use_true_random=False),
)  # fmt: skip
def test_no_order_matters_and_no_link_crosses_names(
    data: list[tuple[str | None, int, int, bool]], shuffle: object
) -> None:
    start = date(2020, 1, 1)
    people = [person(f"openid:o{at}", name) for at, (name, *_) in enumerate(data)]
    uses = [
        Use(f"openid:o{at}", sure, seen=(start + timedelta(days=first), start + timedelta(days=first + length)))
        for at, (_, first, length, sure) in enumerate(data)
    ]
    found = joined(people, *uses)
    mixed = list(uses)
    shuffle.shuffle(mixed)  # type: ignore[attr-defined]
    assert joined(people, *mixed) == found
    names = {one.key: one.name for one in people}
    seen = {use.account: use.seen for use in uses}
    for link in found.links:
        told = {names[link.account_key_a], names[link.account_key_b]} - {None}
        assert len(told) < 2
        if link.rule == "shared_in_period":
            first, last = (date.fromisoformat(day) for day in link.detail.split("–"))
            for key in link[:2]:
                span = seen[str(key)]
                assert span is not None
                assert first <= span[0] <= span[1] <= last


def use(key: str, moment: str, day: datetime) -> dict[str, object]:
    """Return a row of the table `identifier_use` about the phone."""
    return {
        "account_key": key,
        "identifier_type": "phone",
        "identifier_value": PHONE,
        "moment": moment,
        "occurred_at": day,
    }


def test_the_days_of_a_number_go_before_those_of_its_accounts(engine: Engine) -> None:
    # Both are customers to this day, so that only the days of the number itself tell that it was given on.
    orders = [
        (key, datetime(year, month, 3))
        for key in ("member_no:M1", "shop_account:B")
        for year in (2022, 2026)
        for month in (1, 6)
    ]
    told: dict[str, list[dict[str, Any]]] = {
        "orders": [{"order_no": str(n), "account_key": key, "occurred_at": day} for n, (key, day) in enumerate(orders)],
        "person_record": [
            {"account_key": "member_no:M1", "person_name": "张三"},
            {"account_key": "shop_account:B", "person_name": "李四"},
        ],
        "identifier": [identifier(key) for key in ("member_no:M1", "shop_account:B")],
    }  # fmt: skip
    ends = [use("member_no:M1", "last", datetime(2023, 3, 1)), use("shop_account:B", "first", datetime(2023, 9, 1))]
    for uses, reason, detail in (
        ([], "other_name", ""),
        (ends[:1], "other_name", ""),
        (ends, "changed_hands", "2022-01-03–2023-03-01, 2023-09-01–2026-06-03"),
        # The wrong way round: until 2024, since 2023, and nobody is cut off.
        ([ends[1], use("member_no:M1", "last", datetime(2024, 3, 1))], "other_name", ""),
    ):
        put(engine, **told, identifier_use=uses)
        (row,) = read(engine, unify(engine, RULES, "salt").identity_hold)
        assert (row["reason"], row["detail"]) == (reason, detail)


def test_the_days_come_from_what_the_accounts_did(engine: Engine) -> None:
    orders = [
        *(("member_no:M1", datetime(2022, month, 3)) for month in range(1, 7)),
        *(("shop_account:B", datetime(2024, month, 3)) for month in range(1, 7)),
        ("openid:o1", datetime(2022, 4, 1)),
    ]
    put(
        engine,
        orders=[{"order_no": str(at), "account_key": key, "occurred_at": day} for at, (key, day) in enumerate(orders)],
        person_record=[
            {"account_key": "member_no:M1", "person_name": "张三"},
            {"account_key": "shop_account:B", "person_name": "李四"},
        ],
        identifier=[identifier(key) for key in ("member_no:M1", "shop_account:B", "openid:o1")],
    )
    found = unify(engine, RULES, "salt")
    named = ids(engine, found)
    assert named["member_no:M1"] == named["openid:o1"] != named["shop_account:B"]
    (row,) = read(engine, found.identity_hold)
    assert (row["reason"], row["detail"]) == ("changed_hands", "2022-01-03–2022-06-03, 2024-01-03–2024-06-03")
