"""Further columns of imported files in rules of tags: read as each rule asks, told with the rows, and not too many."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from tests.analyse.made import AS_OF, bring, customers
from tests.analyse.tag_kinds import act, by_customer, days_ago, made

from huaxiang.analyse.check_tags import check_tags
from huaxiang.analyse.events import Events
from huaxiang.analyse.extra_columns import ExtraColumns, remembering
from huaxiang.analyse.profile import profile, profiled
from huaxiang.analyse.rule_sentences import rule_sentence
from huaxiang.analyse.why import why
from huaxiang.engine import Engine
from huaxiang.engine.interface import only
from huaxiang.errors import DefinitionError
from huaxiang.model.condition_text import condition_from_text
from huaxiang.model.vocabulary import MOST_EXTRAS, Vocabulary, check_asked
from huaxiang.words import LANGUAGES

#: Of each act who did it, how many days ago, and what its further columns say.
ACTS: list[tuple[str, int, dict[str, str]]] = [
    ("c0", 5, {"价格 / ~1": "1,200.50", "颜色": "红", "日": "2026-06-01"}),
    ("c0", 3, {"价格 / ~1": "很贵", "颜色": "蓝", "日": "2026/5/9 08:00"}),
    ("c0", 1, {"价格 / ~1": "99.5", "颜色": "蓝", "日": "随便"}),
    ("c1", 2, {"颜色": "红"}),
]
PRICE = "extra.价格 / ~1"


def over(column: str, **rule: Any) -> dict[str, Any]:
    """A rule over acts."""
    return {"fact": "act", "column": column, **rule}


TAGS = made({
    "spent": {"type": "money", "rule": over(PRICE, kind="statistic", measure="sum")},
    "mean": {"type": "number", "rule": over(PRICE, kind="statistic", measure="average")},
    "prices": {"type": "int", "rule": over(PRICE, kind="statistic", measure="distinct", when_empty="zero")},
    "latest": {"type": "date", "rule": over("extra.日", kind="statistic", measure="greatest")},
    "first_colour": {"type": "text", "rule": over("extra.颜色", kind="golden", policy="oldest")},
    "last_price": {"type": "number", "rule": over(PRICE, kind="golden", where={"field": PRICE, "op": "is known"})},
    "dear": {"type": "int", "rule": over(PRICE, kind="statistic", measure="count", where="extra.颜色 = 蓝")},
    "liked": {"type": "text", "rule": over("extra.颜色", kind="favourite", by=PRICE)},
    "colours": {"type": "list", "rule": {"kind": "preference", "parts": [over("extra.颜色", weight=1)]}},
    "there": {"type": "text", "rule": over("extra.没有", kind="golden")},
})  # fmt: skip


def test_texts_are_read_as_each_rule_asks(engine: Engine) -> None:
    """Sums and means leave out what is no number, days what is no day; a column that no row has is unknown."""
    rows = [act(who, days_ago(day), row_key=str(n), extra=json.dumps(said)) for n, (who, day, said) in enumerate(ACTS)]
    facts = bring(engine, {"customer": customers("c0", "c1"), "act": rows})
    found = by_customer(engine, profiled(engine, TAGS, AS_OF, facts).profile)
    assert {key: found["c0"][key] for key in TAGS} == {
        "spent": Decimal("1300.00"), "mean": 650.0, "prices": 3, "latest": AS_OF.replace(day=1), "first_colour": "红",
        "last_price": 99.5, "dear": 2, "liked": "红", "colours": ["蓝", "红"], "there": None,
    }  # fmt: skip
    assert {key: found["c1"][key] for key in TAGS} == {
        "spent": None, "mean": None, "prices": 0, "latest": None, "first_colour": "红", "last_price": None,
        "dear": None, "liked": None, "colours": ["红"], "there": None,
    }  # fmt: skip


def test_why_shows_the_column_by_its_name(duck: Engine) -> None:
    rows = [act(who, days_ago(day), row_key=str(n), extra=json.dumps(said)) for n, (who, day, said) in enumerate(ACTS)]
    facts = bring(duck, {"customer": customers("c0", "c1"), "act": rows})
    row = next(one for one in only(duck.arrow(profile(duck, TAGS, AS_OF, facts))) if one["customer_id"] == "c0")
    assert [one[PRICE] for one in why(duck, facts, TAGS, row, "spent", AS_OF).evidence] == [
        Decimal("99.5"), None, Decimal("1200.5")
    ]  # fmt: skip
    colours = why(duck, facts, TAGS, row, "first_colour", AS_OF).evidence
    assert [one["extra.颜色"] for one in colours] == ["红", "蓝", "蓝"]
    assert all("颜色" in rule_sentence(TAGS["liked"], lang, TAGS, AS_OF) for lang in LANGUAGES)


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("bool", over("extra.x", kind="golden")),
        ("int", over("extra.x", kind="favourite")),
        ("int", over("extra.x", kind="statistic", measure="distinct_days")),
        ("text", over("extra.x", kind="golden", policy="strictest")),
    ],
)
def test_what_a_text_cannot_be_read_as_is_refused(kind: str, rule: dict[str, Any]) -> None:
    with pytest.raises(DefinitionError) as refused:
        check_tags(made({"odd": {"type": kind, "rule": rule}}))
    assert refused.value.code == "tag.extra_unfit"


def test_a_rule_names_no_more_columns_than_can_be_looked_at() -> None:
    """Neither a tag, whatever its kind, nor a segment."""
    many = [f"extra.c{n}" for n in range(MOST_EXTRAS + 1)]
    where = " or ".join(f"{name} = x" for name in many)
    layers = [{"value": "a", "when": f"did act where ({where})"}]
    parts = [over(name, weight=1) for name in many]
    rules: list[tuple[str, dict[str, Any]]] = [
        ("int", {"kind": "statistic", "fact": "act", "measure": "count", "where": where}),
        ("list", {"kind": "preference", "parts": parts}),
        ("text", {"kind": "layers", "layers": layers}),
    ]
    for kind, rule in rules:
        with pytest.raises(DefinitionError) as refused:
            check_tags(made({"wide": {"type": kind, "rule": rule, "values": {"a": {"zh": "a", "en": "a"}}}}))
        assert (refused.value.code, refused.value.params["count"]) == ("condition.too_many_extras", MOST_EXTRAS + 1)
    with pytest.raises(DefinitionError) as refused:
        check_asked(condition_from_text(f"did act where ({where})"), Vocabulary({}))
    assert refused.value.params["most"] == MOST_EXTRAS


def test_what_is_offered_does_not_depend_on_the_order_of_the_rows(
    duck: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of more rows than are looked at, always the same."""
    monkeypatch.setattr("huaxiang.analyse.extra_columns.MOST_ROWS", 3)
    rows = [act("c0", days_ago(1), row_key=f"k{n}", extra=json.dumps({f"列{n}": "1"})) for n in range(9)]
    seen = []
    for given in (rows, rows[::-1]):
        facts = bring(duck, {"act": given, "customer": customers("c0")})
        seen.append(set(ExtraColumns(Events(duck, facts, AS_OF), remembering()).of("act")))
    assert seen[0] == seen[1]
    assert {"extra.列0", "extra.列1", "extra.列2"} <= seen[0]
