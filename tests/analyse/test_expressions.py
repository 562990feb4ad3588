"""Expressions: what a text computes against plain Python over the same values, and what is refused, with its place."""

from __future__ import annotations

import math
import random
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analyse.made import AS_OF, Row, customers, numbered, sale
from tests.analyse.tag_kinds import by_customer, codes, computed, made

from huaxiang.analyse.check_tags import check_tags
from huaxiang.analyse.rule_sentences import rule_sentence
from huaxiang.engine import Engine
from huaxiang.errors import DefinitionError
from huaxiang.model.expression_functions import FUNCTIONS
from huaxiang.model.expression_text import expression_from
from huaxiang.model.expressions import Call, Case, Name, Node, Value

BASE = {
    "a": {"type": "money", "rule": {"kind": "statistic", "fact": "sale", "measure": "sum", "column": "net_revenue"}},
    "b": {"type": "int", "rule": {"kind": "statistic", "fact": "sale", "measure": "count"}},
    "t": {"type": "text", "rule": {"kind": "golden", "fact": "sale", "column": "channel"}},
    "d": {"type": "date", "rule": {"kind": "statistic", "fact": "sale", "measure": "greatest", "column": "ordered_at"}},
    "y": {"type": "bool", "rule": {"kind": "golden", "fact": "sale", "column": "is_counted"}},
}
KINDS = {"number": "number", "text": "text", "bool": "bool", "date": "date"}


def people(seed: int) -> tuple[list[Row], dict[str, dict[str, Any]]]:
    """Orders of some customers, and the base tags of each by hand; several are unknown."""
    dice, rows = random.Random(seed), []
    known: dict[str, dict[str, Any]] = {f"c{n}": dict.fromkeys(BASE) for n in range(6)}
    for name in list(known)[1:]:
        paid, day = dice.choice([0, 2, -1.5, 7.25]), AS_OF - timedelta(dice.randrange(400))
        channel, counted = dice.choice(["app", "店 '1'", None]), dice.choice([True, False, None])
        rows.append(sale(name, day, paid, net_revenue=paid, channel=channel, is_counted=counted))
        known[name] = {"a": float(paid), "b": 1.0, "t": channel, "d": day, "y": counted}
    for row in rows:
        row["net_revenue"] = row["paid_amount"]
    return numbered(rows), known


class Evaluator:
    """What an expression says of one customer, in plain Python."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.row = {**row, "as_of": AS_OF}

    def value(self, node: Node) -> Any:
        if isinstance(node, Value):
            return float(node.value) if type(node.value) in (int, float) else node.value  # type: ignore[arg-type]
        if isinstance(node, Name):
            return self.row[node.key]
        if isinstance(node, Case):
            chosen = next((value for when, value in node.whens if self.value(when)), node.otherwise)
            return self.value(chosen)
        parts = [self.value(part) for part in node.parts]
        return getattr(self, f"_{LOGIC[node.act]}")(parts) if node.act in LOGIC else self._called(node.act, parts)

    def _all(self, parts: list[Any]) -> bool:
        return all(bool(part) for part in parts)

    def _any(self, parts: list[Any]) -> bool:
        return any(bool(part) for part in parts)

    def _deny(self, parts: list[Any]) -> bool:
        return not parts[0]

    def _empty(self, parts: list[Any]) -> bool:
        return parts[0] is None

    def _among(self, parts: list[Any]) -> bool:
        return parts[0] is not None and parts[0] in parts[1:]

    def _outside(self, parts: list[Any]) -> bool:
        return parts[0] is not None and parts[0] not in parts[1:]

    def _first(self, parts: list[Any]) -> Any:
        return next((part for part in parts if part is not None), None)

    def _unlike(self, parts: list[Any]) -> Any:
        return None if parts[0] is not None and parts[0] == parts[1] else parts[0]

    def _called(self, act: str, parts: list[Any]) -> Any:
        if None in parts:
            return False if act in COMPARE else None
        return COMPARE[act](*parts) if act in COMPARE else COMPUTE[act](*parts)


LOGIC = {
    "and": "all", "or": "any", "not": "deny", "is null": "empty", "in": "among", "not in": "outside",
    "coalesce": "first", "nullif": "unlike",
}  # fmt: skip
COMPARE: dict[str, Any] = {
    "=": lambda x, y: x == y, "!=": lambda x, y: x != y, "<": lambda x, y: x < y, "<=": lambda x, y: x <= y,
    ">": lambda x, y: x > y, ">=": lambda x, y: x >= y, "contains": lambda x, y: y in x,
}  # fmt: skip
COMPUTE: dict[str, Any] = {
    "+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y,
    "/": lambda x, y: x / y if y else None, "%": lambda x, y: math.fmod(x, y) if y else None,
    "||": lambda x, y: x + y, "abs": abs, "least": min, "greatest": max,
    "round": lambda x, n=0.0: math.copysign(math.floor(abs(x) * 10.0**n + 0.5) / 10.0**n, x),
    "floor": lambda x: float(math.floor(x)), "ceil": lambda x: float(math.ceil(x)),
    "sqrt": lambda x: math.sqrt(x) if x >= 0 else None, "ln": lambda x: math.log(x) if x > 0 else None,
    "date_diff": lambda x, y: float((y - x).days), "year": lambda x: float(x.year), "month": lambda x: float(x.month),
    "length": lambda x: float(len(x)), "lower": str.lower, "upper": str.upper,
}  # fmt: skip

NUMBERS = st.one_of(st.sampled_from([0, 1, 2, 7.25, 0.5, -3]).map(Value), st.sampled_from(["a", "b"]).map(Name))
TEXTS = st.one_of(st.sampled_from(["app", "店 '1'", ""]).map(Value), st.just(Name("t")))
DATES = st.one_of(st.dates(date(2024, 1, 1), date(2027, 1, 1)).map(Value), st.sampled_from(["d", "as_of"]).map(Name))
TRUTHS = st.one_of(st.booleans().map(Value), st.just(Name("y")))
LEAVES = {"number": NUMBERS, "text": TEXTS, "date": DATES, "bool": TRUTHS}
SIGNS = {"number": ["+", "-", "*", "/", "%"], "text": ["||"], "bool": ["and", "or"], "date": []}


@st.composite
def trees(draw: st.DrawFn, kind: str = "number", depth: int = 3) -> Node:
    """Draw an expression of a kind, of all signs and functions."""
    if depth == 0 or draw(st.integers(0, 5)) == 0:
        return draw(LEAVES[kind])

    def inside(of: str) -> Node:
        return draw(trees(of, depth - 1))

    def alike(of: str, count: int) -> tuple[Node, ...]:
        return tuple(inside(of) for _ in range(count))

    forms: list[Any] = [
        lambda: Case(((inside("bool"), inside(kind)),), draw(st.one_of(LEAVES[kind], st.just(Value(None))))),
        lambda: Call("coalesce", alike(kind, 2)),
        lambda: Call("nullif", alike(kind, 2)),
    ]
    forms += [lambda sign=sign: Call(sign, alike(kind, 2)) for sign in SIGNS[kind]]
    functions = [f for f in FUNCTIONS.values() if f.result == kind and f.parts[0] != "any"]
    forms += [lambda f=f: Call(f.name, tuple(inside(str(f.parts[0])) for _ in range(f.least))) for f in functions]
    if kind in ("number", "date"):
        forms += [lambda name=name: Call(name, alike(kind, 2)) for name in ("least", "greatest")]
    if kind == "bool":
        of = draw(st.sampled_from(["number", "text", "date"]))
        forms += [lambda sign=sign: Call(sign, alike(of, 2)) for sign in ("=", "!=", "<", ">=")]
        forms += [lambda: Call("is null", alike(of, 1)), lambda: Call("not", alike("bool", 1))]
        values = st.lists(LEAVES[of].filter(lambda node: isinstance(node, Value)), min_size=1, max_size=3)
        forms += [lambda word=word: Call(word, (inside(of), *draw(values))) for word in ("in", "not in")]
    made_now: Node = draw(st.sampled_from(forms))()
    return made_now


def written(node: Node) -> str:
    """The expression as text, with every bracket."""
    if isinstance(node, Value):
        return constant(node.value)
    if isinstance(node, Name):
        return node.key
    if isinstance(node, Case):
        whens = " ".join(f"when {written(when)} then {written(value)}" for when, value in node.whens)
        return f"case {whens} else {written(node.otherwise)} end"
    said = [written(part) for part in node.parts]
    if node.act in FUNCTIONS:
        return f"{node.act}({', '.join(said)})"
    forms = {
        "in": f"(({said[0]}) in ({', '.join(said[1:])}))",
        "not in": f"(({said[0]}) not in ({', '.join(said[1:])}))",
        "is null": f"(({said[0]}) is null)",
        "not": f"(not ({said[0]}))",
    }
    return forms.get(node.act, "(" + f" {node.act} ".join(f"({one})" for one in said) + ")")


def constant(value: Any) -> str:
    """A constant as it is written."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return f"date '{value}'" if isinstance(value, date) else "null" if value is None else str(value).lower()


ANY_KIND = st.sampled_from(list(KINDS)).flatmap(lambda kind: st.tuples(st.just(kind), trees(kind)))


@settings(max_examples=40)
@given(seed=st.integers(0, 1_000), drawn=st.lists(ANY_KIND, min_size=4, max_size=8))
def test_expressions_equal_plain_python(duck: Engine, seed: int, drawn: list[tuple[str, Node]]) -> None:
    """Every sign and function, unknown values everywhere: what is read from the text is what Python computes."""
    rows, known = people(seed)
    asked = {f"x{place}": (kind, tree) for place, (kind, tree) in enumerate(drawn)}
    bodies = {
        key: {"type": KINDS[kind], "rule": {"kind": "expression", "expression": written(tree)}}
        for key, (kind, tree) in asked.items()
    }
    tags = made({**BASE, **bodies})
    found = by_customer(duck, computed(duck, tags, {"customer": customers(*known), "sale": rows}).profile)
    for name, row in known.items():
        for key, (_, tree) in asked.items():
            expected = Evaluator(row).value(tree)
            if isinstance(expected, float):
                expected = pytest.approx(expected, rel=1e-9, abs=1e-9) if abs(expected) <= 2**53 else None
            assert found[name][key] == expected, (name, written(tree))
    for lang in ("zh", "en"):
        assert all(rule_sentence(tags[key], lang, tags, AS_OF) for key in asked)


EXAMPLES = {
    "each": ("number", "round(a / nullif(b, 0), 2)"),
    "halves": ("number", "round(2.5) + round(-2.5) + round(0.125, 2) + floor(-0.5) + ceil(-0.5)"),
    "none": ("number", "a / 0 + ln(-1) + sqrt(-1)"),
    "lone": ("bool", "t != 'app'"),
    "rest": ("bool", "not t = 'app'"),
    "word": (
        "text",
        "case when b > 0 and t in ('app', 'web') then upper(t) || '!' when y is null then null else t end",
    ),
    "gone": ("number", "date_diff(d, as_of) % 7"),
    "best": ("number", "greatest(least(a, 5), b, -1)"),
}


def test_both_engines_compute_the_same(engine: Engine) -> None:
    """By hand, on both engines: rounding, what cannot be computed, unknown in comparisons."""
    rows = numbered([sale("c1", AS_OF - timedelta(10), "7.5", channel="app"), sale("c2", AS_OF, 3, channel="店")])
    tags = made(
        {**BASE, **{k: {"type": t, "rule": {"kind": "expression", "expression": e}} for k, (t, e) in EXAMPLES.items()}}
    )
    found = by_customer(engine, computed(engine, tags, {"customer": customers("c1", "c2", "c3"), "sale": rows}).profile)
    assert {name: [row[key] for key in EXAMPLES] for name, row in found.items()} == {
        "c1": [7.5, -0.87, None, False, False, "APP!", 3.0, 5.0],
        "c2": [3.0, -0.87, None, True, True, "店", 0.0, 3.0],
        "c3": [None, -0.87, None, False, True, None, None, None],
    }


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("", "expression.stops", 1),
        ("a +", "expression.stops", 4),
        ("a b", "expression.stops", 3),
        ("a ; b", "expression.stops", 3),
        ("a = 'x", "expression.stops", 5),
        ("case end", "expression.stops", 6),
        ("a in (b)", "expression.stops", 7),
        ("select a", "expression.stops", 8),
        ("1e400", "expression.stops", 1),
        ("1 + rond(a)", "expression.unknown_function", 5),
        ("round(a, 1, 2)", "expression.parts", 1),
        ("a + revenu", "expression.unknown_tag", 5),
        ("a + t", "expression.kind", 5),
        ("case when a then 1 end", "expression.kind", 11),
        ("case when y then 1 else 'x' end", "expression.kind", 25),
        ("t", "expression.result", None),
        ("case when c = 'hi' then 1 end", "expression.unknown_value", 15),
        ("a + likes", "expression.kind_of_tag", 5),
        ("(" * 70 + "a" + ")" * 70, "expression.too_deep", None),
        ("not " * 500 + "y", "expression.too_deep", None),
        ("-" * 500 + "a", "expression.too_deep", None),
        ("+".join(["abs(a)"] * 30), "expression.too_deep", None),
        ("coalesce(" + ", ".join(["a"] * 49) + ") +" + "coalesce(a" + ", a" * 60 + ")", "expression.parts", 158),
        ("case " + "when a > 1 then 2 " * 130 + "end", "expression.too_large", None),
        ("round(" * 8 + "a" + ")" * 8, "expression.too_large", None),
        ("a" * 5_001, "expression.too_long", None),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(text: str, code: str, at: int | None) -> None:
    """Before anything is computed, and quickly."""
    likes = {"kind": "preference", "parts": [{"fact": "act", "column": "category", "weight": 1}]}
    coded = {"kind": "layers", "layers": [{"value": "high", "when": "everyone"}]}
    more = {"likes": {"type": "list", "rule": likes}, "c": {"type": "text", "rule": coded, "values": codes("high")}}
    with pytest.raises(DefinitionError) as problem:
        check_tags(made({**BASE, **more, "x": {"type": "number", "rule": {"kind": "expression", "expression": text}}}))
    assert (problem.value.code, problem.value.params.get("at")) == (code, at)
    assert problem.value.say("zh")
    assert problem.value.say("en")


PIECES = ["a", "(", ")", "+", "'x'", "case", "when", "then", "end", "not", "in", ",", "1", "round("]
ANY_TEXT = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=20).map(" ".join))


@settings(max_examples=300)
@given(ANY_TEXT)
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing else happens with what people type."""
    with suppress(DefinitionError):
        expression_from(text)


def test_expressions_are_said_with_the_names_of_tags() -> None:
    """Brackets stand where they are needed, and values that are codes have their names."""
    values = {"hi": {"zh": "高", "en": "high"}, "lo": {"zh": "低", "en": "low"}}
    text = "case when (a - 1) / (b + 2) >= 2 and not y then 'hi' else 'lo' end"
    tags = made({**BASE, "x": {"type": "text", "values": values, "rule": {"kind": "expression", "expression": text}}})
    assert rule_sentence(tags["x"], "en", tags, AS_OF) == "if (a − 1) ÷ (b + 2) ≥ 2 and not (y), high; else low"
    assert rule_sentence(tags["x"], "zh", tags, AS_OF) == "如果(a − 1) ÷ (b + 2) ≥ 2 且 不满足（y），则为高；否则为低"
