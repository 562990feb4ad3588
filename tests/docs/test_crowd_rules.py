"""The section on crowd rules: every kind of condition has an example, and each example means whom it says."""

import hashlib
import json
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pyarrow as pa
import pytest
import yaml
from tests.analyse.made import AS_OF, arrow
from tests.cli.conftest import Run, _made, files, run, shop
from tests.docs.test_guides import DOCS, blocks
from tests.engines import new_lake

from huaxiang.analyse.packs import pack_sizes
from huaxiang.analyse.population import Population
from huaxiang.analyse.portrait import portrait_fields
from huaxiang.analyse.segments import check_segments
from huaxiang.engine import DuckEngine
from huaxiang.model.condition_text import text_of
from huaxiang.model.conditions import MEASURES, Capped, Condition, Did, Leaf, caps, leaves
from huaxiang.model.foreign.names import names_from
from huaxiang.model.foreign.reading import foreign_crowds
from huaxiang.model.segments import Segment, segments_from, shipped_segments
from huaxiang.model.tags import shipped_tags
from huaxiang.model.vocabulary import Vocabulary

__all__ = ["_made", "files", "run", "shop"]
GUIDE = DOCS / "how-to" / "define.md"
DAY = datetime.combine(AS_OF, datetime.min.time())
PEOPLE: list[dict[str, Any]] = [
    {"customer_id": "a", "city": "上海市", "age_years": 30, "member_level": "金卡", "net_revenue_365d": Decimal(900),
     "preferred_brands": ["甲", "乙"], "last_order_on": date(2026, 6, 29), "birth_date": date(1996, 7, 6)},
    {"customer_id": "b", "city": "北京市", "age_years": 45, "member_level": "银卡", "net_revenue_365d": Decimal(100),
     "preferred_brands": ["乙"], "last_order_on": date(2026, 3, 1), "birth_date": date(1981, 7, 7)},
    {"customer_id": "c", "member_level": "普通"},
]  # fmt: skip
#: Who, what, how many days ago.
ACTS = [("a", "view", 10), ("a", "cart", 2), ("b", "view", 20), ("b", "cart", 18), ("b", "pay", 17), ("c", "view", 40)]
SALES = [("a", 1, "微信小程序", 600), ("a", 100, "门店", 300), ("b", 121, "天猫", 100)]
#: Whom each crowd of the guide means, told by hand.
TOLD = {
    "two_cities": "ab", "worth_keeping": "a", "likes_a_brand": "a", "bought_since_june": "a", "age_unknown": "c",
    "bought_these_30_days": "a", "away_for_long": "b", "birthday_soon": "a", "not_of_the_coast": "b",
    "a_brand_that_begins_so": "b",
    "another_age": "b", "not_thirty": "bc", "viewed_lately": "a", "not_viewed_lately": "bc", "viewed_before": "b",
    "bought_in_spring": "ab", "bought_twice": "a", "two_channels": "a", "spent_enough": "a", "small_and_large": "a",
    "from_store_to_app": "a", "left_the_cart": "a", "others_of_two_cities": "b", "invited_buyers": "a",
    "as_a_record": "ab", "best_two": "ab", "least_of_two_cities": "b", "most_active": "b", "spring_test": "abc",
}  # fmt: skip


@pytest.fixture(scope="module")
def crowds() -> dict[str, Segment]:
    """The crowds of the guide."""
    (text,) = blocks(GUIDE, "yaml crowds")
    return segments_from(yaml.safe_load(text))


def lots(draw: str, *who: str) -> list[str]:
    """The customers in the order of their lots, in plain Python."""
    return sorted(who, key=lambda one: hashlib.md5(f"{draw}:{one}".encode(), usedforsecurity=False).hexdigest())


def test_every_kind_of_condition_has_an_example(crowds: dict[str, Segment]) -> None:
    every: list[Condition] = [leaf for one in crowds.values() for leaf in leaves(one.condition)]
    assert {type(leaf) for leaf in every} == set(get_args(Leaf))
    assert {leaf.measure for leaf in every if isinstance(leaf, Did)} == set(MEASURES)
    found = [one for segment in crowds.values() for one in caps(segment.condition)]
    assert {str(one.cap.by) if isinstance(one.cap.by, str) else "figure" for one in found} >= {"random", "figure"}
    assert {one.cap.order for one in found} == {"highest", "lowest"}
    assert any(isinstance(one.condition, Capped) for one in crowds.values())
    assert any(one.packs for one in crowds.values())
    check_segments(crowds, shipped_tags(), {"spring_fair"})


def test_each_example_means_whom_it_says(crowds: dict[str, Segment], tmp_path: Path) -> None:
    engine = DuckEngine(new_lake(tmp_path))
    lineage = {"import_id": "i", "source": "s"}
    acts = [{"customer_id": who, "event_name": name, "occurred_at": DAY - timedelta(days=days), "row_key": str(place),
             "source_row": place, "import_id": "i"} for place, (who, name, days) in enumerate(ACTS)]  # fmt: skip
    sales = [{"customer_id": who, "ordered_at": DAY - timedelta(days=days), "channel": channel, "is_purchase": True,
              "net_revenue": Decimal(paid), "order_no": str(place), "source_row": place, **lineage}
             for place, (who, days, channel, paid) in enumerate(SALES)]  # fmt: skip
    facts = {"act": engine.bring("act", arrow("act", acts)), "sale": engine.bring("sale", arrow("sale", sales))}
    lists = {"spring_fair": engine.bring("fair", pa.table({"customer_id": ["a", "c"]}))}
    people = engine.bring("people", pa.Table.from_pylist([{**PEOPLE[0], **dict.fromkeys(PEOPLE[0])}, *PEOPLE]).slice(1))
    asked = Population(engine, people, portrait_fields(shipped_tags()), AS_OF, facts, crowds, lists)
    rows = engine.arrow(asked.marked({key: one.condition for key, one in crowds.items()}).order_by("customer_id"))
    found = {
        key: "".join(who for who, inside in zip("abc", rows[key].to_pylist(), strict=True) if inside) for key in crowds
    }
    lucky, lot = lots("五一", "a", "b", "c")[:2], lots("五一", "a", "b")[0]
    control = [who for who in "abc" if int(hashlib.md5(f"pack:春:{who}".encode()).hexdigest()[:8], 16) >= 2**31]  # noqa: S324
    by_lot = {"lucky_two": "".join(sorted(lucky)), "one_line_of_caps": "".join(sorted({"a", lot})),
              "spring_control": "".join(control)}  # fmt: skip
    assert found == TOLD | by_lot
    packs = crowds["spring_test"].packs
    assert packs is not None
    sizes = pack_sizes(asked, crowds["spring_test"].condition, packs)
    assert {name: size.customers for name, size in sizes.items()} == {"试验": 3 - len(control), "对照": len(control)}
    engine.close()


def test_the_rules_of_other_tools_become_what_the_guide_shows(tmp_path: Path) -> None:
    known = Vocabulary(portrait_fields(shipped_tags()), shipped_segments(), frozenset())
    names = names_from(yaml.safe_load(blocks(GUIDE, "yaml names")[0]))
    told = []
    for kind in ("json sensors", "json ga4"):
        path = tmp_path / "given.json"
        path.write_text(blocks(GUIDE, kind)[0], "utf-8")
        condition = foreign_crowds(path, None, names, known)[0].allowed(approximate=False)
        assert condition is not None
        told.append(text_of(condition))
    assert told == blocks(GUIDE, "text")[0].splitlines()


def test_the_commands_of_the_section_work(run: Run, shop: Path, tmp_path: Path) -> None:
    (shop / "definitions" / "segments").mkdir(parents=True, exist_ok=True)
    body = yaml.safe_load(blocks(GUIDE, "yaml crowds")[0])
    # The list of the spring fair is not uploaded here.
    body.pop("invited_buyers")
    (shop / "definitions" / "segments" / "rules.yaml").write_text(yaml.safe_dump(body, allow_unicode=True), "utf-8")
    given = {"group.json": "json sensors", "audience.json": "json ga4", "names.yaml": "yaml names"}
    for name, kind in given.items():
        (tmp_path / name).write_text(blocks(GUIDE, kind)[0], "utf-8")
    lines = [line for kind in ("bash crowds", "bash import") for line in blocks(GUIDE, kind)[0].splitlines()]
    assert len(lines) == 7
    for line in lines:
        words = re.findall(r'"[^"]*"|\S+', line)[1:]
        words = [word.strip('"') for word in words]
        done = run(*(tmp_path / word if word in {*given, "packs.csv"} else word for word in words), "-w", shop)
        assert done.code == 0, (line, done.out, done.err)
    assert json.loads(run("segment", "--list", "-w", shop, "--json").out)["segments"][-1]["zh"] in (
        "上海活跃",
        "看了没买",
    )
