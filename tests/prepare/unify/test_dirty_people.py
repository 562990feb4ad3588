"""Over-merging: with the dirt of real customer tables, few values may join the wrong people, and none makes a blob."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.dirty_people import dirty_people, put
from benchmarks.over_merge import alike, judged, naive, ours
from tests.engines import new_lake

from huaxiang.engine import DuckEngine
from huaxiang.model.identity import identity_rules


@pytest.mark.slow
def test_dirty_keys_join_nobody_wrongly_and_hardly_anybody_is_missed(tmp_path: Path) -> None:
    people = dirty_people(2_000)
    duck = DuckEngine(new_lake(tmp_path))
    put(duck, people)
    most = identity_rules().identifiers["phone"].most_per_customer
    for likely in ((), alike(duck)):
        found = judged(ours(duck, people, likely), people)
        assert found.largest <= most
        assert found.people_in_blobs == 0
        assert found.precision >= 0.995
    assert found.recall >= 0.97
    without = judged(naive(people, lambda *_: True), people)
    assert without.largest > most
    assert without.precision < found.precision
    duck.close()
