"""Decisions of people: any sequence of them ends where replaying what is left ends, and undo restores exactly."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.prepare.unify.people import Row, bench, customers, person, shared
from tests.prepare.unify.test_invariants import merged, towns

from huaxiang.errors import InputError, NotFound
from huaxiang.ledger import Ledger, Pseudonym
from huaxiang.prepare.unify.contradictions import overruled, overruled_by, said_before
from huaxiang.prepare.unify.decisions import Sides, after_undoing, decide, decisions, proposed, standing, undo
from huaxiang.prepare.unify.join import Joined, join
from huaxiang.prepare.unify.records import Account
from huaxiang.prepare.unify.rulings import Ruling, verdict

AT = datetime(2026, 3, 5, 12, tzinfo=UTC)
PSEUDONYM = Pseudonym(b"k" * 32)
PHONE, OTHER = "13711112222", "13711113333"
Town = tuple[list[Account], list[Row]]


@contextmanager
def new_ledger() -> Iterator[Ledger]:
    """Yield an empty ledger."""
    with tempfile.TemporaryDirectory() as folder, Ledger.open(Path(folder) / "ledger.sqlite3") as ledger:
        yield ledger


def ruled(people: list[Account], rows: list[Row], rulings: list[Ruling]) -> Joined:
    """Join the people by what they share and what was decided."""
    found = verdict(rulings)
    known = [one._replace(person=found.persons.get(one.key, "")) for one in people]
    return join(shared(rows), bench(known), found)


def by_ledger(town: Town, ledger: Ledger) -> Joined:
    """Join the people of a town as the ledger says."""
    people, rows = town
    return ruled(people, rows, standing(ledger, PSEUDONYM).rulings([one.key for one in people]))


def act(draw: st.DataObject, town: Town, ledger: Ledger) -> None:
    """Do one more thing that a person might do, judging by the customers of the moment."""
    sets = sorted(map(sorted, customers(town[0], by_ledger(town, ledger))))
    large = [keys for keys in sets if len(keys) > 1]
    known = [entry.seq for entry in ledger.entries()]
    open_to_undo = [seq for seq in known if not taken_back(ledger, seq)]
    what = draw.draw(st.sampled_from(["merge", "split", "never_same", "undo"]))
    if what == "undo":
        if open_to_undo:
            undo(draw.draw(st.sampled_from(open_to_undo)), "why", ledger, at=AT, actor="kim")
    elif what == "split":
        if large:
            keys = draw.draw(st.sampled_from(large))
            off = draw.draw(st.lists(st.sampled_from(keys), unique=True, min_size=1, max_size=len(keys) - 1))
            write(ledger, "split", off, [key for key in keys if key not in off])
    elif len(sets) > 1:
        left, right = draw.draw(st.permutations(sets))[:2]
        write(ledger, what, left, right)


def write(ledger: Ledger, kind: str, left: list[str], right: list[str]) -> int:
    """Write a decision and return its place."""
    sides = Sides(tuple(left), tuple(right))
    return decide(kind, sides, "why", ledger, PSEUDONYM, at=AT, actor="kim").seq  # type: ignore[arg-type]


def taken_back(ledger: Ledger, seq: int) -> bool:
    """Whether an entry does not hold: asked the slow way, from the entries that name it."""
    return any(
        entry.body["entry"] == seq and not taken_back(ledger, entry.seq) for entry in ledger.entries("identity.undo")
    )


@settings(max_examples=150)
@given(town=towns(), data=st.data())
def test_any_sequence_ends_where_replaying_what_is_left_ends(town: Town, data: st.DataObject) -> None:
    with new_ledger() as ledger, new_ledger() as replayed:
        for _ in range(data.draw(st.integers(1, 7))):
            act(data, town, ledger)
        for entry in ledger.entries():
            if entry.kind != "identity.undo" and not taken_back(ledger, entry.seq):
                replayed.append(entry.kind, entry.body, at=AT, actor="kim")
        assert customers(town[0], by_ledger(town, ledger)) == customers(town[0], by_ledger(town, replayed))


@settings(max_examples=150)
@given(town=towns(), data=st.data())
def test_undo_restores_exactly_and_undoing_that_too(town: Town, data: st.DataObject) -> None:
    with new_ledger() as ledger:
        for _ in range(data.draw(st.integers(0, 4))):
            act(data, town, ledger)
        before, start = by_ledger(town, ledger), ledger.position()
        act(data, town, ledger)
        if ledger.position() == start:
            return
        after = by_ledger(town, ledger)
        back = undo(start + 1, "why", ledger, at=AT, actor="kim")
        assert by_ledger(town, ledger) == before
        undo(back.seq, "why", ledger, at=AT, actor="kim")
        assert by_ledger(town, ledger) == after


@settings(max_examples=200)
@given(town=towns(), data=st.data())
def test_what_was_decided_last_holds_and_every_customer_hangs_together(town: Town, data: st.DataObject) -> None:
    people, rows = town
    with new_ledger() as ledger:
        for _ in range(data.draw(st.integers(1, 5))):
            act(data, town, ledger)
        rulings = standing(ledger, PSEUDONYM).rulings([one.key for one in people])
    found = ruled(people, rows, rulings)
    sets = customers(people, found)
    reached = [frozenset(link[:2]) for link in found.links]
    assert merged((frozenset({one.key}) for one in people), reached) == sets
    assert ruled(data.draw(st.permutations(people)), data.draw(st.permutations(rows)), rulings[::-1]) == found
    if rulings:
        last = rulings[-1]
        crossing = [keys for keys in sets if keys & set(last.left) and keys & set(last.right)]
        if last.kind == "merge":
            assert any({last.left[0], last.right[0]} <= keys for keys in sets)
        else:
            assert crossing == []
    overruled = verdict(rulings).overruled
    for ruling in rulings:
        if ruling.kind == "merge" and ruling.seq not in overruled:
            assert any({ruling.left[0], ruling.right[0]} <= keys for keys in sets)


def three() -> Town:
    """Return a customer of three accounts: all share a phone, the last two a card as well."""
    people = [person("openid:o1"), person("member_no:M1", "张三"), person("shop_account:A")]
    rows: list[Row] = [(one.key, "phone", PHONE, True) for one in people]
    return people, [*rows, *((one.key, "email", "zhang@qq.com", True) for one in people[1:])]


def test_a_split_keeps_the_rest_together_and_names_the_value_that_was_cut() -> None:
    people, rows = three()
    found = ruled(people, rows, [Ruling(1, "split", ("openid:o1",), ("member_no:M1", "shop_account:A"))])
    assert customers(people, found) == {frozenset({"openid:o1"}), frozenset({"member_no:M1", "shop_account:A"})}
    assert [(held.identifier_value, held.reason) for held in found.holds] == [(PHONE, "split")]


def test_a_third_account_does_not_bring_back_what_was_split_and_goes_where_its_link_is_stronger() -> None:
    people, rows = three()
    newcomer = person("customer_no:9")
    uses: list[Row] = [(newcomer.key, "phone", PHONE, True), (newcomer.key, "unionid", "oU1x2y3z", True)]
    uses.append(("openid:o1", "unionid", "oU1x2y3z", True))
    ruling = Ruling(1, "split", ("openid:o1",), ("member_no:M1", "shop_account:A"))
    found = ruled([*people, newcomer], [*rows, *uses], [ruling])
    assert frozenset({"openid:o1", "customer_no:9"}) in customers([*people, newcomer], found)
    assert {held.reason for held in found.holds} == {"split"}


def test_never_the_same_goes_before_a_link_that_comes_later() -> None:
    people = [person("openid:o1"), person("member_no:M1", "张三")]
    ruling = Ruling(1, "never_same", ("openid:o1",), ("member_no:M1",))
    assert customers(people, ruled(people, [], [ruling])) == customers(people, ruled(people, [], []))
    found = ruled(people, [(one.key, "phone", PHONE, True) for one in people], [ruling])
    assert len(customers(people, found)) == 2
    assert [held.reason for held in found.holds] == ["never_same"]


def test_a_merge_is_stronger_than_what_contradicts_it_and_settles_the_values_that_were_held() -> None:
    people = [person("member_no:M1", "张三"), person("member_no:M2", "李四"), person("openid:o1")]
    rows: list[Row] = [(one.key, "phone", PHONE, True) for one in people]
    assert len(customers(people, ruled(people, rows, []))) == 3
    found = ruled(people, rows, [Ruling(7, "merge", ("member_no:M1",), ("member_no:M2",))])
    assert customers(people, found) == {frozenset(one.key for one in people)}
    assert found.holds == []
    assert ("member_no:M1", "member_no:M2", "decision", "7", "decided_same", True, "") in found.links


def test_a_merge_of_one_forgives_nobody_else() -> None:
    people = [person("member_no:M1", "张三"), person("member_no:M2", "李四"), person("member_no:M3", "王五")]
    rows: list[Row] = [(one.key, "phone", PHONE, True) for one in people]
    found = ruled(people, rows, [Ruling(1, "merge", ("member_no:M1",), ("member_no:M2",))])
    assert customers(people, found) == {frozenset({"member_no:M1", "member_no:M2"}), frozenset({"member_no:M3"})}


def test_the_newer_decision_wins_whatever_the_order_in_which_they_are_read() -> None:
    people = [person("openid:o1"), person("member_no:M1")]
    split = Ruling(1, "never_same", ("openid:o1",), ("member_no:M1",))
    merge = Ruling(2, "merge", ("openid:o1",), ("member_no:M1",))
    for rulings in ([split, merge], [merge, split]):
        assert len(customers(people, ruled(people, [], rulings))) == 1
        later = [one._replace(seq=3) if one is split else one for one in rulings]
        assert len(customers(people, ruled(people, [], later))) == 2
        assert verdict(later).overruled == {2}


def test_a_device_that_was_split_off_is_not_attached_again() -> None:
    people = [person("device_id:d1"), person("shop_account:A")]
    rows: list[Row] = [(one.key, "device_id", "3f2a9c1e-77aa", False) for one in people]
    assert len(customers(people, ruled(people, rows, []))) == 1
    found = ruled(people, rows, [Ruling(1, "split", ("device_id:d1",), ("shop_account:A",))])
    assert len(customers(people, found)) == 2
    assert [held.reason for held in found.holds] == ["split"]


def test_the_ledger_keeps_decisions_without_personal_data_and_says_who_undid_them() -> None:
    with new_ledger() as ledger:
        sides = Sides(("member_no:M1",), (f"phone:till:{PHONE}|张三",))
        made = decide("merge", sides, f"  他打了 {PHONE} ", ledger, PSEUDONYM, at=AT, actor="kim")
        undo(made.seq, "看错了", ledger, at=AT, actor="lee")
        assert not any(secret in str(entry) for entry in ledger.entries() for secret in ("M1", PHONE, "张三"))
        (one,) = decisions(ledger)
        assert (one.kind, one.actor, one.undone_by) == ("merge", "kim", 2)
        assert standing(ledger, PSEUDONYM).standing == ()
        with pytest.raises(InputError, match="already"):
            undo(made.seq, "again", ledger, at=AT, actor="kim")
        with pytest.raises(NotFound):
            undo(99, "what", ledger, at=AT, actor="kim")
        for wrong in (Sides((), ("a:1",)), Sides(("a:1",), ("a:1",))):
            with pytest.raises(InputError):
                decide("merge", wrong, "why", ledger, PSEUDONYM, at=AT, actor="kim")
        with pytest.raises(InputError):
            decide("merge", Sides(("a:1",), ("a:2",)), " ", ledger, PSEUDONYM, at=AT, actor="kim")


def test_a_decision_about_an_account_that_is_gone_waits_for_it() -> None:
    with new_ledger() as ledger:
        write(ledger, "merge", ["openid:o1"], ["member_no:M1"])
        found = standing(ledger, PSEUDONYM)
    assert found.rulings(["openid:o1"]) == [Ruling(1, "merge", ("openid:o1",), ())]
    assert verdict(found.rulings(["openid:o1"])).same == ()
    assert found.rulings(["member_no:M1", "openid:o1"]) == [Ruling(1, "merge", ("openid:o1",), ("member_no:M1",))]


def test_two_identity_cards_are_never_joined_by_a_weaker_value() -> None:
    cards = [frozenset({("id_card", number)}) for number in ("11010519491231002x", "110105194912310038")]
    people = [
        person(f"shop_account:{name}", "张三")._replace(exclusive=card) for name, card in zip("AB", cards, strict=True)
    ]
    found = ruled(people, [(one.key, "phone", PHONE, True) for one in people], [])
    assert found.links == []
    assert [held.reason for held in found.holds] == ["other_id_card"]
    both = [*people, person("shop_account:C", "张三")._replace(exclusive=cards[0] | cards[1])]
    assert len(customers(both, ruled(both, [(one.key, "phone", PHONE, True) for one in both], []))) == 1


@given(town=towns(), data=st.data())
def test_likely_pairs_join_nothing_that_contradicts(town: Town, data: st.DataObject) -> None:
    from huaxiang.prepare.unify.records import Likely

    people, rows = town
    pair = st.tuples(*(st.sampled_from([one.key for one in people]),) * 2).filter(lambda two: two[0] != two[1])
    drawn = data.draw(st.lists(st.tuples(pair, st.sampled_from([0.9, 0.99, 0.999])), max_size=8))
    likely = [Likely(*two, probability) for two, probability in drawn]
    found = join(shared(rows), bench(people), likely=likely)
    assert join(shared(rows), bench(people), likely=likely[::-1]) == found
    by_key = {one.key: one for one in people}
    sure = customers(people, join(shared(rows), bench(people)))
    for keys in customers(people, found):
        logins = [by_key[key] for key in sorted(keys) if not key.startswith("device_id")]
        for one, other in combinations(logins, 2):
            assert None in (one.gender, other.gender) or one.gender == other.gender
            assert None in (one.birth_date, other.birth_date) or one.birth_date == other.birth_date
            assert one.namespace != other.namespace or one.namespace != "member_no"
    joined_anyway = [keys for keys in sure if not any(key.startswith("device_id") for key in keys)]
    assert all(any(keys <= larger for larger in customers(people, found)) for keys in joined_anyway)


def test_a_newer_decision_overrules_the_opposite_and_its_undoing_brings_that_back() -> None:
    with new_ledger() as ledger:
        never = write(ledger, "never_same", ["a:1", "a:2"], ["b:1"])
        body = proposed("merge", Sides(("b:1",), ("a:1",)), PSEUDONYM)
        assert [one.seq for one in overruled_by(standing(ledger, PSEUDONYM), "merge", body)] == [never]
        merge = write(ledger, "merge", ["b:1"], ["a:1"])
        assert overruled(standing(ledger, PSEUDONYM).standing) == {never: merge}
        again = write(ledger, "never_same", ["a:1"], ["b:1"])
        # The first one holds again, since what overruled it is overruled itself.
        assert overruled(standing(ledger, PSEUDONYM).standing) == {merge: again}
        seen = after_undoing(again, ledger, PSEUDONYM)
        back = undo(again, "why", ledger, at=AT, actor="kim").seq
        assert standing(ledger, PSEUDONYM) == seen
        assert [one.seq for one in after_undoing(back, ledger, PSEUDONYM).standing] == [never, merge, again]
        undo(merge, "why", ledger, at=AT, actor="kim")
        assert overruled(standing(ledger, PSEUDONYM).standing) == {}


def test_the_same_said_again_is_known_whichever_way_round() -> None:
    with new_ledger() as ledger:
        never = write(ledger, "never_same", ["a:1", "a:2"], ["b:1"])
        known = standing(ledger, PSEUDONYM)
        for sides, same in (
            (Sides(("b:1",), ("a:1",)), never),
            (Sides(("a:2", "a:1"), ("b:1",)), never),
            (Sides(("a:1", "a:3"), ("b:1",)), None),
        ):
            before = said_before(known, "never_same", proposed("never_same", sides, PSEUDONYM))
            assert (before and before.seq) == same
        assert said_before(known, "merge", proposed("merge", Sides(("a:1",), ("b:1",)), PSEUDONYM)) is None
        write(ledger, "merge", ["b:1"], ["a:1"])
        again = proposed("never_same", Sides(("a:1",), ("b:1",)), PSEUDONYM)
        assert said_before(standing(ledger, PSEUDONYM), "never_same", again) is None
