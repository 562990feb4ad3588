"""What an overlap tells to those who must not see small counts, beside every count that a reader could think of."""

from __future__ import annotations

from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from huaxiang.analyse.groups.concealed_overlap import concealed_overlap, told_overlap
from huaxiang.analyse.groups.overlap import Overlap, from_masks

SMALLEST = 3


def parts(crowds: int) -> list[tuple[int, ...]]:
    """Every combination of so many crowds, that of none of them included."""
    return [places for size in range(crowds + 1) for places in combinations(range(crowds), size)]


def overlap_of(counts: list[int], crowds: int) -> Overlap:
    """The overlap in which the combinations have these counts."""
    masks = {sum(2**place for place in places): n for places, n in zip(parts(crowds), counts, strict=True)}
    return from_masks(masks, crowds)


def fitting(counts: list[int], hidden: list[int], crowds: int) -> list[list[int]]:
    """All counts that agree with what is shown, with the sizes of the crowds and with the number of all customers,
    tried one by one."""
    sizes = overlap_of(counts, crowds).sizes
    found = []
    for values in product(range(1, sum(counts) + 1), repeat=len(hidden)):
        other = list(counts)
        for place, value in zip(hidden, values, strict=True):
            other[place] = value
        if sum(other) == sum(counts) and overlap_of(other, crowds).sizes == sizes:
            found.append(other)
    return found


@settings(max_examples=60)
@given(counts=st.lists(st.integers(0, 6), min_size=4, max_size=4))
def test_a_hidden_small_count_of_two_crowds_could_be_another(counts: list[int]) -> None:
    """Unless the sizes of the crowds alone tell it, when everything that is not 0 is hidden."""
    found = overlap_of(counts, 2)
    safe = concealed_overlap(found, SMALLEST)
    shown = dict(safe.exactly) | {(): safe.nowhere}
    hidden = [place for place, one in enumerate(parts(2)) if counts[place] and shown[one] is None]
    all_hidden = len(hidden) == sum(count > 0 for count in counts)
    thought_of = fitting(counts, hidden, 2)
    for place, count in enumerate(counts):
        one = parts(2)[place]
        if 0 < count < SMALLEST:
            assert shown[one] is None
            assert all_hidden or len({other[place] for other in thought_of}) > 1
        elif count:
            assert shown[one] in (count, None)
    assert bool(hidden) == any(0 < count < SMALLEST for count in counts), "nothing is hidden without need"
    assert (safe.everybody is None) == bool(hidden)


def test_three_crowds_hide_what_would_give_a_small_count_back() -> None:
    """Only in the first: 20; in the first and second: 2; in all: 9; in none: 30. The first crowd has 31 customers and
    all are 61, so that the 2 would follow from 20 and 9; and the second has 11, so from 9 alone."""
    counts = dict.fromkeys(parts(3), 0) | {(0,): 20, (0, 1): 2, (0, 1, 2): 9, (2,): 12, (): 30}
    found = overlap_of(list(counts.values()), 3)
    safe = concealed_overlap(found, SMALLEST)
    hidden = [places for places, count in safe.exactly if count is None]
    assert (0, 1) in hidden
    assert (0, 1, 2) in hidden
    assert [places for places, count in safe.exactly if count is not None] == sorted(
        (places for places in counts if places and counts[places] and places not in hidden),
        key=lambda one: -counts[one],
    )
    assert {(pair.first, pair.second) for pair in safe.pairs}.isdisjoint({(0, 1), (0, 2), (1, 2)}), (
        "all share (0, 1, 2)"
    )
    everything = told_overlap(found)
    assert (everything.exactly, everything.pairs, everything.nowhere) == (found.exactly, found.pairs, 30)
    assert everything.everybody == 43


def test_nothing_is_hidden_where_nobody_is_few() -> None:
    found = overlap_of([30, 10, 20, 5], 2)
    assert concealed_overlap(found, SMALLEST) == told_overlap(found)
