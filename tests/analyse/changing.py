"""Facts that change between two days, and tags of every kind of rule and of window over them."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import ibis.expr.types as ir
from tests.analyse.made import Row, arrow, customers, numbered, sale
from tests.analyse.tag_kinds import act, codes, days_ago, made

from huaxiang.analyse.changed_customers import COMPARED
from huaxiang.analyse.profile import Profiled
from huaxiang.engine import Engine
from huaxiang.model.tags import Tags

SALE = {"fact": "sale", "column": "net_revenue"}
LIKED = {"kind": "preference", "parts": [{"fact": "act", "column": "category", "weight": 2}]}
HOURS = {"kind": "distribution", "fact": "act", "window_days": 60, "half_life_days": 20}


MONTH = {"window_days": 30}
SUM = {"kind": "statistic", "measure": "sum", **SALE, **MONTH}
COUNT = {"kind": "statistic", "measure": "count", "fact": "sale"}
CHANNEL = {"kind": "golden", "fact": "sale", "column": "channel"}
RULES: dict[str, tuple[str, dict[str, Any]]] = {
    "spent": ("money", {**SUM, "when_empty": "zero"}),
    "kept": ("money", {**SUM, "when_empty": "keep_last"}),
    "before": ("int", {**COUNT, **MONTH, "skip_days": 30}),
    "ever": ("int", {**COUNT, "when_empty": "zero"}),
    "fixed": ("int", {"kind": "statistic", "fact": "act", "measure": "count", "from": "2026-06-01"}),
    "fresh": ("text", {**CHANNEL, "expires_after_days": 45}),
    "first": ("text", {**CHANNEL, "policy": "oldest", **MONTH}),
    "often": ("text", {"kind": "favourite", "fact": "act", "column": "platform", **MONTH}),
    "fades": ("list", {**LIKED, "half_life_days": 30}),
    "stays": ("list", {**LIKED, "window_days": 60}),
    "rare": ("list", {**LIKED, "idf": True}),
    "hour": ("int", {**HOURS, "smooth": 3}),
    "alone": ("int", {"kind": "distribution", "fact": "act", "smooth": 0, "clear_share": 0}),
    "place": ("share", {"kind": "percentile", "of": "spent"}),
    "all": ("number", {"kind": "everyone", "divide": "spent", "by": "ever"}),
    "above": ("bool", {"kind": "expression", "expression": "spent > all"}),
    "level": (
        "text",
        {
            "kind": "layers",
            "layers": [
                {"value": "busy", "when": "did act in last 30 days count >= 3 and not last sale has (channel = a)"},
                {"value": "yes", "when": "above = true"},
            ],
        },
    ),
    "twice": ("number", {"kind": "formula", "formula": {"multiply": ["spent", 2]}}),
}


def rules(*keys: str) -> Tags:
    """Tags of those keys, or of every kind of rule and of window."""
    found = {key: {"type": kind, "rule": rule} for key, (kind, rule) in RULES.items() if key in keys or not keys}
    return made(
        {key: {**body, **({"values": codes("yes", "busy")} if key == "level" else {})} for key, body in found.items()}
    )


def chance_facts(dice: random.Random) -> dict[str, list[Row]]:
    """Orders and acts of a few customers."""
    days = [0, 1, 2, 29, 30, 31, 44, 45, 46, 59, 60, 61, 90]
    acts = [
        act(f"c{dice.randrange(5)}", days_ago(dice.choice(days)), "view", category=dice.choice("xyz"),
            platform=dice.choice(["ios", "web"]), row_key=str(place))
        for place in range(40)
    ]  # fmt: skip
    sales = [
        sale(f"c{dice.randrange(5)}", days_ago(dice.choice(days)), dice.randrange(9), channel=dice.choice("ab"))
        for _ in range(20)
    ]  # fmt: skip
    return {"customer": customers(*(f"c{n}" for n in range(6))), "sale": numbered(sales), "act": acts}


def changed_facts(facts: dict[str, list[Row]], dice: random.Random) -> dict[str, list[Row]]:
    """The facts with some rows gone, changed, come, and given to another customer; a customer gone who still has rows,
    and new ones, one with rows and one without."""
    acts, sales = [dict(row) for row in facts["act"]], [dict(row) for row in facts["sale"]]
    for rows in (acts, sales):
        if dice.random() < 0.7:
            rows.pop(dice.randrange(len(rows)))
        rows[dice.randrange(len(rows))]["customer_id"] = dice.choice(["c0", "c6", None])
    acts[0]["category"] = "z"
    acts.append(act("c6", days_ago(dice.choice([0, 3])), "view", category="x", row_key="new"))
    return {"customer": customers(*(f"c{n}" for n in range(1, 8))), "sale": sales, "act": acts}


def brought(engine: Engine, facts: dict[str, list[Row]], name: str) -> dict[str, ir.Table]:
    """The facts as tables of the session, under names of their own."""
    every = {**{key: [] for key in COMPARED}, **facts}
    return {key: engine.bring(f"{name}_{key}", arrow(key, rows)) for key, rows in every.items()}


def held(engine: Engine, found: Profiled, name: str) -> dict[str, ir.Table]:
    """What was computed, as it would stand in the lake."""
    return {key: engine.keep(f"{name}_{key}", rows) for key, rows in found.tables().items()}


def bag(engine: Engine, rows: ir.Table) -> Counter[str]:
    """The rows in no order."""
    return Counter(repr(sorted(row.items())) for row in engine.arrow(rows).to_pylist())
