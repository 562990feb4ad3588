"""Ways of learning are chosen by what they say of answers held back, never by those that they learned from."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from huaxiang.prepare.match.proving import Flags, Floats, best_way, parts_of


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(61, 90)), min_size=1, max_size=80, unique=True))
def test_pairs_that_share_a_record_are_in_one_part(pairs: list[tuple[int, int]]) -> None:
    parts = parts_of(pairs).tolist()
    if not parts:
        return
    for place, one in enumerate(pairs):
        for at, other in enumerate(pairs):
            if set(one) & set(other):
                assert parts[place] == parts[at]
    assert set(parts) == set(range(5))


def test_who_only_remembers_is_no_better_than_who_learned_nothing() -> None:
    same = np.array([1.0, 0.0] * 10)
    parts = parts_of([(2 * at, 2 * at + 1) for at in range(20)])

    def by_heart(told: Flags) -> Floats:
        return np.where(told, np.where(same > 0, 20.0, -20.0), np.where(same > 0, -2.0, 2.0))

    def untaught(_: Flags) -> Floats:
        return np.zeros(20)

    def understood(told: Flags) -> Floats:
        return np.asarray(np.where(same > 0, 1.0, -1.0) * told.mean(), np.float64)

    counts = np.ones(20)
    assert best_way([by_heart, untaught], parts, same, counts) == 1
    assert best_way([by_heart, untaught, understood], parts, same, counts) == 2
    assert best_way([untaught, lambda _: np.zeros(20)], parts, same, counts) == 0
    # Answers that do not count prove nothing for anybody, and neither do too few of them.
    assert best_way([by_heart, untaught], parts, same, np.zeros(20)) == 0
    assert best_way([by_heart, untaught], parts_of([(0, 1), (2, 3)]), same[:2], counts[:2]) == 0
