"""What changed in tags and since when values stand: against plain Python over profiles, on both engines."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from tests import engines
from tests.analyse.plain_tag_history import FIRST, Refresh, Row, Since, by_hand

from huaxiang.analyse.crowd_moves import Run
from huaxiang.analyse.recorded_tags import moving, recorded, rule_of
from huaxiang.analyse.tag_lives import Begun, since_of_history
from huaxiang.analyse.value_text import value_of
from huaxiang.engine import Engine
from huaxiang.maintain.tag_changes import TagComparer
from huaxiang.model.tags import Tag, shipped_tags, tags_from

engine, lake = engines.engine, engines.lake
#: One tag of every type; the rules are not computed here.
TYPES = ("text", "int", "number", "share", "money", "quantity", "bool", "date", "timestamp", "list")
VALUES: Mapping[str, tuple[Any, ...]] = {
    "text": ("a", 'b"\\,c', "北京", "", None),
    "int": (0, -3, 2**40, None),
    "number": (0.1, 1e-7, 12345678901234567.0, -2.5, None),
    "share": (0.0, 1 / 3, 1.0, None),
    "money": (Decimal("12.5000"), Decimal("-0.0100"), None),
    "quantity": (Decimal("3.0000"), Decimal("1000000.2500"), None),
    "bool": (True, False, None),
    "date": (date(2026, 6, 30), date(1970, 1, 1), None),
    "timestamp": (datetime(2026, 6, 30, 10, 0, 0), datetime(2026, 6, 30, 10, 0, 0, 250000), None),
    "list": (["a"], ["a", 'b"\\'], ["b", "a"], [], None),
}
BODY = {"zh": "签", "en": "tag", "meaning_zh": "义", "meaning_en": "meaning", "element": "basic"}
GIVEN = {"kind": "given"}


def tag_of(kind: str, **more: object) -> Tag:
    """A tag of that type, called like it."""
    return tags_from({kind: {**BODY, "type": kind, "rule": GIVEN, **more}})[kind]


def table_of(engine: Engine, name: str, columns: Mapping[str, str], rows: list[Row]) -> ir.Table:
    """Rows as a table of the engine."""
    return engine.bring(name, pa.Table.from_pylist(rows, schema=ibis.schema(columns).to_pyarrow()))


def published(engine: Engine, number: int, refresh: Refresh) -> Run:
    """Compare and publish one refresh."""
    run = Run(f"run-{number:05d}", FIRST + timedelta(days=number))
    columns = {"customer_id": "string", **{key: tag.field.ibis_type for key, tag in refresh.tags.items()}}
    rows = [{"customer_id": who, **values} for who, values in refresh.rows.items()]
    led = [{"old_id": old, "new_id": new} for old, new in refresh.redirect.items()]
    tables = {
        "profile": table_of(engine, "next_profile", columns, rows),
        "customer_redirect": table_of(engine, "redirect", {"old_id": "string", "new_id": "string"}, led),
    }
    found = TagComparer(engine, refresh.tags, tables, run).compute()
    added, there = found.tables(), set(engine.tables())
    first = {name: rows for name, rows in added.items() if name not in there}
    more = {name: rows for name, rows in added.items() if name in there}
    engine.publish({"profile": tables["profile"], "profile_since": found.since, **first}, more)
    return run


def random_story(seed: int, length: int, people: int) -> list[Refresh]:
    """Refreshes in which customers come, go, join, part and change, and a tag ends and begins again."""
    dice = random.Random(seed)
    every = {kind: tag_of(kind) for kind in TYPES}
    story: list[Refresh] = []
    rows: dict[str, Row] = {}
    for number in range(length):
        tags = {key: tag for key, tag in every.items() if key != "list" or number != 2}
        redirect = dict[str, str]()
        for who in [f"c{one}" for one in range(people)]:
            if who not in rows and dice.random() < 0.5:
                rows[who] = {kind: dice.choice(VALUES[kind]) for kind in TYPES}
            elif who in rows:
                rows[who] = {k: dice.choice(VALUES[k]) if dice.random() < 0.15 else v for k, v in rows[who].items()}
        for old in [who for who in rows if dice.random() < 0.2]:
            new = dice.choice([f"c{one}" for one in range(people + 3)])
            if new != old and new not in redirect and old not in redirect.values():
                gone = rows.pop(old)
                rows.setdefault(new, gone)
                redirect[old] = new
        story.append(Refresh(tags, {who: {k: row[k] for k in tags} for who, row in rows.items()}, redirect))
    return story


def checked(engine: Engine, story: list[Refresh]) -> None:
    """Every refresh gives what plain Python gives, and the whole history gives the last state again."""
    days = [FIRST + timedelta(days=number) for number in range(1, len(story) + 1)]
    runs = []
    for number, (refresh, (changes, since)) in enumerate(zip(story, by_hand(story, days), strict=True), 1):
        runs.append(published(engine, number, refresh))
        told = engines.rows(engine, engine.table("tag_change").filter(ibis._.run_id == runs[-1].run_id))
        read = {
            (row["customer_id"], row["tag"], *(repr(value_of(row[side], row["tag"])) for side in ("before", "after")))
            for row in told
        }
        assert (read, len(told)) == (changes, len(changes))
        assert standing(engine.table("profile_since"), engine) == since
    rules = engines.rows(engine, engine.table("tag_rule").filter(ibis._.begins).order_by("run_id"))
    begun = {row["tag"]: Begun(row["run_id"], row["as_of"]) for row in rules if row["tag"] in story[-1].tags}
    arrived = engine.arrow(engine.table("customer_came"))
    again = since_of_history(engine, engine.table("profile"), engine.table("tag_change"), arrived, begun)
    assert standing(again, engine) == since


def standing(rows: ir.Table, engine: Engine) -> Since:
    """By customer and tag the day."""
    return {row.pop("customer_id"): row for row in engines.rows(engine, rows)}


def test_every_change_is_told_and_read_back(engine: Engine) -> None:
    length, people = (5, 12) if engine.name == "duckdb" else (3, 12)
    checked(engine, random_story(3, length, people))


def test_random_histories(tmp_path: Path) -> None:
    for seed in range(2):
        duck = engines.open_engine("duckdb", engines.new_lake(tmp_path / str(seed)))
        checked(duck, random_story(seed, 6, 6))
        duck.close()


def test_sums_added_up_in_another_order_are_no_change(lake: Any) -> None:
    duck = engines.open_engine("duckdb", lake)
    tags = {"number": tag_of("number")}
    rows = [{"number": sum([0.1] * 10)}, {"number": 1.0}, {"number": 1.00001}]
    for number, row in enumerate(rows, 1):
        published(duck, number, Refresh(tags, {"a": row}, {}))
    told = engines.rows(duck, duck.table("tag_change"))
    assert [(row["run_id"], row["before"], row["after"]) for row in told] == [("run-00003", "1", "1.00001")]
    duck.close()


def test_a_value_of_another_type_begins_again(lake: Any) -> None:
    duck = engines.open_engine("duckdb", lake)
    published(duck, 1, Refresh({"text": tag_of("text")}, {"a": {"text": "7"}}, {}))
    other = tag_of("text").model_copy(update={"type": "int"})
    published(duck, 2, Refresh({"text": other}, {"a": {"text": 7}}, {}))
    assert engines.rows(duck, duck.table("tag_change")) == []
    told = engines.rows(duck, duck.table("tag_rule").order_by("run_id"))
    assert [(row["run_id"], row["begins"]) for row in told] == [("run-00001", True), ("run-00002", True)]
    assert len({row["rule"] for row in told}) == 2
    duck.close()


def test_a_changed_rule_is_told_and_the_recording_goes_on(lake: Any) -> None:
    duck = engines.open_engine("duckdb", lake)
    base = {"int": tag_of("int")}
    for number, border in enumerate((3, 3, 5), 1):
        layers = {"kind": "layers", "layers": [{"value": "much", "when": f"int >= {border}"}]}
        tags = base | {"text": tag_of("text", rule=layers)}
        published(duck, number, Refresh(tags, {"a": {"int": 4, "text": "much" if border == 3 else None}}, {}))
    rules = [(row["run_id"], row["tag"], row["begins"]) for row in engines.rows(duck, duck.table("tag_rule"))]
    assert sorted(rules) == [("run-00001", "int", True), ("run-00001", "text", True), ("run-00003", "text", False)]
    told = engines.rows(duck, duck.table("tag_change"))
    assert [(row["run_id"], row["before"], row["after"]) for row in told] == [("run-00003", "much", None)]
    duck.close()


def test_what_moves_with_the_day_is_not_recorded() -> None:
    tags = shipped_tags()
    left_out = moving(tags)
    # Named by reading the definitions.
    assert {"days_since_last_order", "days_to_birthday", "overdue_days", "spending_place"} <= left_out
    assert {"price_position", "promotion_sensitivity", "influence_points", "rhythm_ratio"} <= left_out
    stay = {"lifecycle", "age_band", "age_years", "purchasing_power", "orders_total", "net_revenue_365d", "city"}
    stay |= {"preferred_categories", "shopping_gender", "marketing_consent", "return_rate", "active_hours"}
    assert not stay & left_out
    assert stay <= recorded(tags).keys()
    assert not any(tags[key].helper or tags[key].needs_purpose for key in recorded(tags))


@pytest.mark.parametrize("needed", ["rhythm_days", "days_since_last_order"])
def test_the_rule_of_a_tag_is_that_of_what_it_needs_too(needed: str) -> None:
    tags = shipped_tags()
    other = tags | {needed: tags[needed].model_copy(update={"rule": tags["orders_total"].rule})}
    assert rule_of(tags["lifecycle"], tags) != rule_of(other["lifecycle"], other)
    assert rule_of(tags["city"], tags) == rule_of(other["city"], other)
