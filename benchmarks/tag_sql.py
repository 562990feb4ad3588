# ruff: noqa: S608 - statements are written from the shipped definitions, never from what anybody types
"""The twin of the tag engine: the SQL that a person with DuckDB would write for the same tags, and no Ibis.

One aggregation per fact table, one ranking per favourite or preference, one wide join, then what is computed from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import duckdb

from huaxiang.analyse.order import levels
from huaxiang.model.compared import compared_with
from huaxiang.model.conditions import All, AnyOf, Condition, Not, Test
from huaxiang.model.expressions import Call, Case, Name, Node, Value
from huaxiang.model.facts import fact_named
from huaxiang.model.fields import NUMERIC, Field, Fields
from huaxiang.model.rule_parts import Windowed
from huaxiang.model.rules import (
    Anniversary,
    Distribution,
    Everyone,
    Expression,
    Favourite,
    Formula,
    Golden,
    Layers,
    Lookup,
    Percentile,
    Preference,
    Since,
    Statistic,
)
from huaxiang.model.tags import Tag, Tags, fields_of, groups_of

_NEWEST = "QUALIFY row_number() OVER (PARTITION BY row_key ORDER BY known_at DESC, import_id DESC, source_row DESC) = 1"
_OWNED = """(SELECT r.*, a.customer_id
    FROM (SELECT * FROM lake.{name} WHERE occurred_at IS NULL OR occurred_at < $end {newest}) r
    JOIN lake.account a ON r.{account} = a.account_key)"""
_PLAIN = "(SELECT * FROM lake.{name} WHERE {at} IS NULL OR {at} < $end)"
#: The rows of every fact table that the twin knows, each with ``customer_id``.
SOURCES = {
    "act": """(SELECT *, CASE WHEN hour(occurred_at) < 6 THEN 'night' WHEN hour(occurred_at) < 9 THEN 'early_morning'
        WHEN hour(occurred_at) < 12 THEN 'morning' WHEN hour(occurred_at) < 14 THEN 'noon' WHEN hour(occurred_at) < 18
        THEN 'afternoon' WHEN hour(occurred_at) < 22 THEN 'evening' WHEN hour(occurred_at) >= 22 THEN 'night' END
        AS daypart
        FROM lake.act WHERE occurred_at IS NULL OR occurred_at < $end)""",
    "sale": "(SELECT *, false AS is_other_currency FROM lake.sale WHERE ordered_at IS NULL OR ordered_at < $end)",
    "sale_line": _PLAIN.format(name="sale_line", at="ordered_at"),
    "visit": _PLAIN.format(name="visit", at="started_at"),
    "feedback_fact": _PLAIN.format(name="feedback_fact", at="occurred_at"),
    "person_record": _OWNED.format(name="person_record", account="account_key", newest=_NEWEST),
    "consent": _OWNED.format(name="consent", account="account_key", newest=_NEWEST),
    "exposure": _OWNED.format(name="exposure", account="account_key", newest=_NEWEST),
    "referral": _OWNED.format(name="referral", account="referrer_account_key", newest=_NEWEST),
    "account": "lake.account",
    "order_day": """(SELECT *, day - lag(day) OVER (PARTITION BY customer_id ORDER BY day) AS days_before FROM (
        SELECT customer_id, ordered_at::DATE AS day, max(ordered_at) AS ordered_at FROM lake.sale
        WHERE is_purchase AND ordered_at < $end GROUP BY ALL))""",
}
_TYPES = {
    "text": "VARCHAR", "int": "BIGINT", "number": "DOUBLE", "share": "DOUBLE", "money": "DECIMAL(18, 4)",
    "quantity": "DECIMAL(18, 4)", "bool": "BOOLEAN", "date": "DATE", "timestamp": "TIMESTAMP", "list": "VARCHAR[]",
}  # fmt: skip


def can_be_said(tag: Tag) -> bool:
    """Whether the twin has SQL for the tag's own rule."""
    rule = tag.rule
    if isinstance(rule, Preference):
        return not rule.idf and all(part.fact in SOURCES for part in rule.parts)
    if isinstance(rule, Golden):
        return rule.fact in SOURCES and rule.policy in ("newest", "oldest")
    if isinstance(rule, Statistic | Favourite | Distribution):
        return rule.fact in SOURCES and rule.when_empty != "keep_last"
    return rule.kind != "model"


def compute(duck: duckdb.DuckDBPyConnection, tags: Tags, as_of: date) -> None:
    """Make the temporary table ``twin``: ``customer_id`` and every tag."""
    Twin(duck, tags, as_of).run()


class Twin:
    """Says and runs the statements of one set of tags for one day."""

    def __init__(self, duck: duckdb.DuckDBPyConnection, tags: Tags, as_of: date) -> None:
        self.duck, self.tags, self.as_of, self.fields = duck, tags, as_of, fields_of(tags)
        self.sources = {name: self.complete(name, source) for name, source in SOURCES.items()}

    def run(self) -> None:
        parts = [*self.facts(), *self.rankings()]
        joins = " ".join(f"LEFT JOIN {name} USING (customer_id)" for name in parts)
        seen = self.seen()
        zero = [tag for tag in self.tags.values() if getattr(tag.rule, "when_empty", "") == "zero"]
        values = {
            tag.key: f"coalesce({tag.key}, 0)" if tag.key in seen else f"NULL::{_TYPES[tag.type]}" for tag in zero
        }
        filled = ", ".join(f"{value} AS {key}" for key, value in values.items())
        replaced = f"REPLACE ({filled})" if zero else ""
        self.make("wide_0", f"SELECT * {replaced} FROM (SELECT customer_id FROM lake.customer) {joins}")
        for number, level in enumerate(levels(self.tags)):
            new = [f"({self.derived(tag)})::{_TYPES[tag.type]} AS {tag.key}" for tag in level if not has_rows(tag)]
            self.make(f"wide_{number + 1}", f"SELECT {', '.join(['*', *new])} FROM wide_{number}")
        self.make("twin", f"SELECT customer_id, {', '.join(self.tags)} FROM wide_{len(levels(self.tags))}")

    def make(self, name: str, statement: str) -> None:
        end = {"end": self.as_of + timedelta(days=1)} if "$end" in statement else {}
        self.duck.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {statement}", end)

    def complete(self, name: str, source: str) -> str:
        """The rows of a fact table with nothing in the columns that nobody ever gave."""
        end = {"end": self.as_of + timedelta(days=1)} if "$end" in source else {}
        known = {row[0] for row in self.duck.execute(f"DESCRIBE SELECT * FROM {source}", end).fetchall()}
        lacking = {key: field for key, field in fact_named(name).columns.items() if key not in known}
        nothing = "".join(f", NULL::{_TYPES[field.type]} AS {key}" for key, field in lacking.items())
        return f"(SELECT *{nothing} FROM {source})" if lacking else source

    def facts(self) -> list[str]:
        """One aggregation for each fact table."""
        groups: dict[str, list[Tag]] = defaultdict(list)
        for tag in self.tags.values():
            if isinstance(tag.rule, Golden | Statistic | Distribution):
                groups[tag.rule.fact].append(tag)
        for fact, group in groups.items():
            said = [f"{self.figure(tag)} AS {tag.key}" for tag in group if not isinstance(tag.rule, Distribution)]
            where = "WHERE customer_id IS NOT NULL"
            if said:
                select = f"SELECT customer_id, {', '.join(said)} FROM {self.sources[fact]} {where} GROUP BY customer_id"
                self.make(f"of_{fact}", select)
        return [
            f"of_{fact}" for fact, group in groups.items() if not all(isinstance(t.rule, Distribution) for t in group)
        ]

    def seen(self) -> set[str]:
        """The tags that are 0 without rows, where anybody has such rows at all."""
        found: set[str] = set()
        for fact, source in self.sources.items():
            rules = {key: tag.rule for key, tag in self.tags.items() if isinstance(tag.rule, Statistic)}
            own = {key: rule for key, rule in rules.items() if rule.fact == fact and rule.when_empty == "zero"}
            if own:
                known = fact_named(fact).columns
                chosen = {key: condition(rule.where or All(all=()), known) for key, rule in own.items()}
                said = ", ".join(f"bool_or({one}) AS {key}" for key, one in chosen.items())
                self.make("seen", f"SELECT {said} FROM {source}")
                row = self.duck.execute("FROM seen").fetchone() or ()
                found |= {key for key, any_row in zip(own, row, strict=True) if any_row}
        return found

    def figure(self, tag: Tag) -> str:
        rule: Any = tag.rule
        fact = fact_named(rule.fact)
        counts = self.counted(rule)
        if isinstance(rule, Golden):
            when = f"coalesce({fact.at}, known_at)" if rule.fact in ("person_record", "consent") else fact.at
            newest = f"max({when}) FILTER ({counts} AND {rule.column} IS NOT NULL)"
            # Feedback of one person often comes at one time; the number settles which is the newest.
            when = f"(row({when}, feedback_no))" if rule.fact == "feedback_fact" else when
            choose = "arg_max" if rule.policy == "newest" else "arg_min"
            value = f"{choose}({rule.column}, {when}) FILTER ({counts} AND {rule.column} IS NOT NULL)"
        else:
            value = self.measured(rule, counts)
            newest = f"max({fact.at}) FILTER ({counts})"
        if rule.expires_after_days:
            value = f"CASE WHEN {newest} >= DATE '{self.as_of - timedelta(rule.expires_after_days)}' THEN {value} END"
        return f"({value})::{_TYPES[tag.type]}"

    def measured(self, rule: Statistic, counts: str) -> str:
        column = rule.column
        say = {
            "count": f"count(*) FILTER ({counts})",
            "sum": f"sum({column}) FILTER ({counts})",
            "average": f"avg({column}) FILTER ({counts})",
            "least": f"min({column}) FILTER ({counts})",
            "greatest": f"max({column}) FILTER ({counts})",
            "distinct": f"count(DISTINCT {column}) FILTER ({counts})",
            "distinct_days": f"count(DISTINCT {column}::DATE) FILTER ({counts})",
        }[rule.measure]
        counting = rule.measure in ("count", "distinct", "distinct_days")
        return f"nullif({say}, 0)" if counting and rule.when_empty == "unknown" else say

    def counted(self, rule: Any) -> str:
        fact = fact_named(rule.fact)
        chosen = condition(rule.where, fact.columns) if rule.where else "true"
        return f"{chosen} AND {self.inside(rule, str(fact.at))}"

    def inside(self, rule: Windowed, at: str) -> str:
        if not rule.has_window:
            return "true"
        first, last = rule.days(self.as_of)
        begun = f"{at} >= DATE '{first}'" if first else "true"
        return f"{begun} AND {at} < DATE '{last + timedelta(days=1)}'"

    def rankings(self) -> list[str]:
        """One statement for each favourite, preference and distribution."""
        found = []
        for tag in self.tags.values():
            rule = tag.rule
            said = {Favourite: self.favourite, Preference: self.preference, Distribution: self.distribution}.get(
                type(rule)
            )
            if said:
                self.make(f"of_{tag.key}", said(tag, rule))
                found.append(f"of_{tag.key}")
        return found

    def favourite(self, tag: Tag, rule: Any) -> str:
        at, weight = fact_named(rule.fact).at, f"sum({rule.by})" if rule.by else "count(*)"
        return f"""SELECT customer_id, value::{_TYPES[tag.type]} AS {tag.key} FROM (
            SELECT customer_id, {rule.column} AS value, {weight} AS weight, max({at}) AS last
            FROM {self.sources[rule.fact]}
            WHERE customer_id IS NOT NULL AND {rule.column} IS NOT NULL AND {self.counted(rule)} GROUP BY ALL)
            WHERE weight > 0
            QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY weight DESC, last DESC, value) = 1"""

    def decay(self, rule: Any, at: str) -> str:
        if not rule.half_life_days:
            return "1.0"
        last = rule.days(self.as_of)[1]
        return f"coalesce(0.5 ** ((DATE '{last}' - {at}::DATE) / {float(rule.half_life_days)}), 0.0)"

    def preference(self, tag: Tag, rule: Any) -> str:
        rows = []
        for part in rule.parts:
            fact = fact_named(part.fact)
            chosen = condition(part.where, fact.columns) if part.where else "true"
            rows.append(f"""SELECT customer_id, {part.column}::VARCHAR AS value, {fact.at} AS at_time,
                {part.weight} * {self.decay(rule, str(fact.at))} AS weight FROM {self.sources[part.fact]}
                WHERE customer_id IS NOT NULL AND {part.column} IS NOT NULL AND {chosen}
                AND {self.inside(rule, str(fact.at))}""")
        ranked = f"""SELECT customer_id, value, row_number() OVER (PARTITION BY customer_id
                ORDER BY weight DESC, last DESC, value) AS place
            FROM (SELECT customer_id, value, sum(round(weight * 1e6)::BIGINT) AS weight, max(at_time) AS last
                FROM ({" UNION ALL ".join(rows)}) GROUP BY ALL) WHERE weight > 0 QUALIFY place <= {rule.top}"""
        value = "list(value ORDER BY place)" if tag.type == "list" else "min(value) FILTER (place = 1)"
        return f"SELECT customer_id, {value} AS {tag.key} FROM ({ranked}) GROUP BY customer_id"

    def distribution(self, tag: Tag, rule: Any) -> str:
        at = str(fact_named(rule.fact).at)
        weights = f"""SELECT customer_id, hour({at}) AS hour, sum(round(1e6 * {self.decay(rule, at)})::BIGINT) AS weight
            FROM {self.sources[rule.fact]} WHERE {at} IS NOT NULL AND {self.counted(rule)} GROUP BY ALL"""
        self.make(f"hours_{tag.key}", weights)
        self.make(
            f"base_{tag.key}",
            f"""WITH b AS (SELECT hour, sum(weight) / (SELECT sum(weight) FROM hours_{tag.key}) AS share
                FROM hours_{tag.key} GROUP BY hour)
            SELECT h AS hour, round(1e6 * {rule.smooth} * (SELECT sum(share) FROM b
                WHERE b.hour IN (h, (h + 1) % 24, (h + 23) % 24)))::BIGINT AS added FROM range(24) t(h)""",
        )
        around = f"""SELECT w.customer_id, b.hour, coalesce(sum(w.weight) FILTER
                (w.hour IN (b.hour, (b.hour + 1) % 24, (b.hour + 23) % 24)), 0) + any_value(b.added) AS around,
                sum(w.weight) AS whole
            FROM hours_{tag.key} w, base_{tag.key} b WHERE w.customer_id IS NOT NULL GROUP BY ALL"""
        clear = f"around / (whole + {rule.smooth} * 1e6) >= {rule.clear_share}"
        names = {hour: band.value for band in rule.bands for hour in band.hours}
        named = (
            "CASE hour " + " ".join(f"WHEN {h} THEN {text(v)}" for h, v in names.items()) + " END" if names else "hour"
        )
        otherwise = f" ELSE {text(rule.unclear)}" if rule.unclear else ""
        return f"""SELECT customer_id, CASE WHEN {clear} THEN {named}{otherwise} END::{_TYPES[tag.type]} AS {tag.key}
            FROM ({around}) QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY around DESC, hour) = 1"""

    def derived(self, tag: Tag) -> str:  # noqa: C901, PLR0911 - one line for each kind
        rule = tag.rule
        match rule:
            case Formula() | Expression():
                return expression(rule.tree, self.fields, self.as_of)
            case Since(unit="days"):
                return f"CASE WHEN {rule.of} <= DATE '{self.as_of}' THEN DATE '{self.as_of}' - {rule.of} END"
            case Since():
                years = f"date_sub('year', {rule.of}, DATE '{self.as_of}')"
                return f"CASE WHEN {rule.of} <= DATE '{self.as_of}' THEN {years} END"
            case Anniversary():
                return anniversary(rule.of, self.as_of)
            case Everyone():
                known = f"{rule.divide} IS NOT NULL AND {rule.by} IS NOT NULL"
                return f"sum({rule.divide}) FILTER ({known}) OVER () / sum({rule.by}) FILTER ({known}) OVER ()"
            case Percentile():
                return self.percentile(rule)
            case Lookup():
                return lookup(rule)
            case Layers():
                return self.layers(rule)
        raise AssertionError(rule.kind)

    def percentile(self, rule: Percentile) -> str:
        within = f"PARTITION BY {rule.within}, " if rule.within else "PARTITION BY "
        of = rule.of
        place = f"""(rank() OVER ({within}{of} IS NULL ORDER BY {of}) - 1 + count(*) OVER ({within}{of}) / 2)
            / count({of}) OVER ({within}{of} IS NULL)"""
        known = f"{of} IS NOT NULL" + (f" AND {rule.within} IS NOT NULL" if rule.within else "")
        layers = " ".join(f"WHEN {place} >= {layer.least} THEN {text(layer.value)}" for layer in rule.layers)
        return f"CASE WHEN {known} THEN " + (f"CASE {layers} END" if layers else place) + " END"

    def layers(self, rule: Layers) -> str:
        whens = " ".join(f"WHEN {condition(one.when, self.fields)} THEN {text(one.value)}" for one in rule.layers)
        known = " AND ".join(f"{key} IS NOT NULL" for key in rule.needs) or "true"
        return f"CASE WHEN {known} THEN CASE {whens} END END"


def has_rows(tag: Tag) -> bool:
    """Whether the tag is computed from fact tables."""
    return isinstance(tag.rule, Golden | Statistic | Favourite | Preference | Distribution)


def text(value: str) -> str:
    """A text in quotes."""
    return "'" + value.replace("'", "''") + "'"


def lookup(rule: Lookup) -> str:
    """The group of a text."""
    groups = groups_of(rule.groups).items()
    whens = " ".join(
        f"WHEN {rule.of} IN ({', '.join(text(m) + ', ' + text(m + '市') for m in members)}) THEN {text(group)}"
        for group, members in groups
    )
    otherwise = f" WHEN {rule.of} IS NOT NULL THEN {text(rule.otherwise)}" if rule.otherwise else ""
    return f"CASE {whens}{otherwise} END"


def anniversary(of: str, as_of: date) -> str:
    """Days to the next anniversary of a day."""
    parts = f"month({of}), 1) + day({of})::INT - 1 - DATE '{as_of}'"
    days = [f"make_date({year}, {parts}" for year in (as_of.year, as_of.year + 1)]
    this, following = (f"({one})" for one in days)
    return f"CASE WHEN {this} >= 0 THEN {this} ELSE {following} END"


def condition(given: Condition, fields: Fields) -> str:
    """A condition of tests, never null."""
    match given:
        case All():
            return "(" + " AND ".join([condition(part, fields) for part in given.all] or ["true"]) + ")"
        case AnyOf():
            return "(" + " OR ".join(condition(part, fields) for part in given.any) + ")"
        case Not():
            return f"(NOT {condition(given.part, fields)})"
        case Test():
            return tested(given, fields[given.field])
    raise AssertionError(given)


def tested(test: Test, field: Field) -> str:
    """One test."""
    name, value = test.field, compared_with(test, field)
    if test.op in ("is known", "is unknown"):
        return f"({name} IS {'NOT ' if test.op == 'is known' else ''}NULL)"
    left = f"{name}::DATE" if field.type == "timestamp" else name
    said = {
        "in": lambda: f"{left} IN ({', '.join(map(constant, value))})",
        "not in": lambda: f"{left} NOT IN ({', '.join(map(constant, value))})",
        "between": lambda: f"{left} BETWEEN {constant(value[0])} AND {constant(value[1])}",
        "contains": lambda: f"contains({left}, {constant(value)})",
        "starts with": lambda: f"starts_with({left}, {constant(value)})",
    }.get(test.op, lambda: f"{left} {test.op} {constant(value)}")()
    return f"coalesce({said}, false)"


def constant(value: Any) -> str:
    """A constant."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return f"DATE '{value}'"
    return text(value) if isinstance(value, str) else "NULL" if value is None else repr(value)


def expression(node: Node, fields: Fields, as_of: date) -> str:
    """An expression; numbers are doubles, and comparisons never null."""
    match node:
        case Value():
            number = type(node.value) in (int, float)
            return f"{float(node.value)}::DOUBLE" if number else constant(node.value)  # type: ignore[arg-type]
        case Name(key="as_of"):
            return f"DATE '{as_of}'"
        case Name():
            return f"{node.key}::DOUBLE" if fields[node.key].type in NUMERIC else node.key
        case Case():
            whens = " ".join(
                f"WHEN {_of(when, fields, as_of)} THEN {_of(value, fields, as_of)}" for when, value in node.whens
            )
            return f"CASE {whens} ELSE {_of(node.otherwise, fields, as_of)} END"
        case Call():
            return called(node.act, [_of(part, fields, as_of) for part in node.parts])


def _of(node: Node, fields: Fields, as_of: date) -> str:
    return expression(node, fields, as_of)


def called(act: str, parts: list[str]) -> str:  # noqa: C901, PLR0911 - one line for each kind of act
    """An act on parts that are said already."""
    if act in ("and", "or"):
        return "(" + f" {act} ".join(parts) + ")"
    if act == "not":
        return f"(NOT coalesce({parts[0]}, false))"
    if act == "is null":
        return f"({parts[0]} IS NULL)"
    if act in ("in", "not in"):
        return f"coalesce({parts[0]} {act} ({', '.join(parts[1:])}), false)"
    if act in ("=", "!=", "<", "<=", ">", ">="):
        return f"coalesce({parts[0]} {act} {parts[1]}, false)"
    if act == "/":
        return f"({parts[0]} / nullif({parts[1]}, 0))"
    if act in ("least", "greatest"):
        known = " AND ".join(f"{part} IS NOT NULL" for part in parts)
        return f"CASE WHEN {known} THEN {act}({', '.join(parts)}) END"
    if act == "date_diff":
        return f"({parts[1]} - {parts[0]})"
    return f"({parts[0]} {act} {parts[1]})" if len(act) <= 2 and len(parts) == 2 else f"{act}({', '.join(parts)})"


def differing(duck: duckdb.DuckDBPyConnection, ours: str, tags: Mapping[str, Tag]) -> dict[str, int]:
    """By tag the number of customers of whom the tables ``ours`` and ``twin`` say something else; equal ones left out.

    Floats are equal when their first ten digits are, money up to a ten-thousandth (DuckDB rounds a mean as a float).
    """
    said = []
    for key, tag in tags.items():
        one, other = f"o.{key}", f"t.{key}"
        close = f"abs({one}::DOUBLE - {other}::DOUBLE) > 1e-9 * greatest(1, abs({other}::DOUBLE))"
        if tag.type in ("money", "quantity"):
            close = f"abs({one} - {other}) > 0.0001"
        unlike = f"(({one} IS NULL) != ({other} IS NULL)) OR coalesce({close}, false)"
        said.append(
            f"count(*) FILTER ({unlike if tag.type in NUMERIC else f'{one} IS DISTINCT FROM {other}'}) AS {key}"
        )
    rows = duck.execute(f"SELECT {', '.join(said)} FROM {ours} o FULL JOIN twin t USING (customer_id)").fetchone()
    return {key: count for key, count in zip(tags, rows or (), strict=True) if count}
