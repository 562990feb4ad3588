"""The rows behind a value as a table: what they say, and in which file and row they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from huaxiang.analyse.registry import analysis_named
from huaxiang.analyse.sentences import value_words
from huaxiang.model.facts import Fact, fact_named
from huaxiang.model.rules import Layers, Model, OneFactRule
from huaxiang.model.tables import canonical_tables
from huaxiang.model.tags import Tag
from huaxiang.number_words import date_words, short_number
from huaxiang.release.door import ColumnPolicy, release
from huaxiang.server.customers.one_row import OPEN, TAG_MASKS, OneRow
from huaxiang.server.customers.orders_part import file_names
from huaxiang.server.customers.values import account_words
from huaxiang.server.customers.visit import Visit
from huaxiang.server.tables import Column, Table, text_table
from huaxiang.words import knows, say

#: Where a row stands is told as file and row; these say nothing else to people.
_LINEAGE = frozenset(
    {"import_id", "source_row", "first_import_id", "first_source_row", "known_at", "row_key", "source"}
)


def evidence_table(
    visit: Visit,
    one: OneRow,
    tag: Tag,
    rule: OneFactRule,
    rows: Sequence[Mapping[str, Any]],
    lang: str,
) -> Table:
    """One row per row of evidence; personal columns masked, the tag's own column as the tag is."""
    fact = fact_named(rule.fact)
    released = _released(visit, one, tag, rule, fact, rows)
    shown = [name for name in (released[0] if released else {}) if name not in _LINEAGE and name != "stores"]
    files = file_names(visit, [place[0] for row in rows if (place := _place(row))])
    heads = [Column(_head(name, fact, lang)) for name in shown]
    has_file = any(_place(row) for row in rows)
    # The place in the file comes first: a narrow screen shows the first columns.
    columns = (*([Column(say("customer.order_column.file", lang))] if has_file else []), *heads)
    said = [_file(row, files, lang) + _words(row, shown, fact, lang) for row in released]
    return text_table(fact.row.say(lang), columns, said)


def evidence_records(visit: Visit, one: OneRow, tag: Tag, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same rows for programs, through the same door: ``file`` and ``row`` where they stand in one, then what they
    say; none where they would tell a value that is covered."""
    rule = tag.rule
    if isinstance(rule, Layers) and tag.key in one.masked:
        return []
    if isinstance(rule, Model):
        own = [] if tag.key in one.masked else [dict(row) for row in rows]
        return [{name: value for name, value in row.items() if name != "customer_id"} for row in own]
    if isinstance(rule, OneFactRule):
        released = _released(visit, one, tag, rule, fact_named(rule.fact), rows)
    else:
        released = _through_the_door(visit, one, rows, [ColumnPolicy("value", tag.sensitivity, TAG_MASKS.get(tag.key))])
    files = file_names(visit, [place[0] for row in rows if (place := _place(row))])
    return [_record(row, files) for row in released]


def _record(row: Mapping[str, Any], files: Mapping[str, str]) -> dict[str, Any]:
    place = _place(row)
    told = {"file": files.get(place[0], place[0]), "row": place[1]} if place else {}
    return {**told, **{name: value for name, value in row.items() if name not in _LINEAGE and name != "stores"}}


def weighing_table(visit: Visit, one: OneRow, tag: Tag, rows: Sequence[Mapping[str, Any]], lang: str) -> Table:
    """One row per row that names a value of a preference, with the weight that it still has, or that puts the customer
    into a layer."""
    released = _through_the_door(visit, one, rows, [ColumnPolicy("value", tag.sensitivity, TAG_MASKS.get(tag.key))])
    files = file_names(visit, [place[0] for row in rows if (place := _place(row))])
    names = ("fact", "at", "value", *(["weight"] if not isinstance(tag.rule, Layers) else []))
    has_file = any(_place(row) for row in rows)
    heads = [Column(say(f"customer.evidence.{name}", lang)) for name in names]
    columns = (*([Column(say("customer.order_column.file", lang))] if has_file else []), *heads)
    said = [(*_file(row, files, lang), *(_weighing_cell(name, row[name], lang) for name in names)) for row in released]
    return text_table(say("customer.why.records", lang), columns, said)


def _weighing_cell(name: str, value: Any, lang: str) -> str:
    if name == "fact":
        return fact_named(value).row.say(lang)
    if name == "weight":
        return short_number(value, lang)
    return "—" if value is None else date_words(value.date(), lang) if isinstance(value, datetime) else str(value)


def spoken_table(rule: Model, rows: Sequence[Mapping[str, Any]], lang: str) -> Table:
    """What spoke for a value that an analysis gives, the strongest first."""
    row, columns = analysis_named(rule.analysis).outputs["evidence"]
    shown = [column for column in columns if column.name != "customer_id"]
    said = [tuple(value_words(one[column.name], column.field, lang) for column in shown) for one in rows]
    return text_table(row.say(lang), tuple(Column(column.labels.say(lang)) for column in shown), said)


def _released(
    visit: Visit,
    one: OneRow,
    tag: Tag,
    rule: OneFactRule,
    fact: Fact,
    rows: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    names = dict.fromkeys(name for row in rows for name in row)
    return _through_the_door(visit, one, rows, [_policy(name, fact, tag, rule) for name in names])


def _through_the_door(
    visit: Visit, one: OneRow, rows: Sequence[Mapping[str, Any]], policies: Sequence[ColumnPolicy]
) -> list[dict[str, Any]]:
    if not rows:
        return []
    table = pa.Table.from_pylist([dict(row) for row in rows])
    stores = pa.array([list(one.stores)] * table.num_rows, pa.list_(pa.string()))
    told = {policy.name for policy in policies}
    rest = [ColumnPolicy(name, "open") for name in table.column_names if name not in told]
    out = release(table.append_column("stores", stores), [*OPEN, *policies, *rest], visit.access)
    found: list[dict[str, Any]] = out.table.to_pylist()
    return found


def _policy(name: str, fact: Fact, tag: Tag, rule: OneFactRule) -> ColumnPolicy:
    if name == getattr(rule, "column", None) and tag.sensitivity != "open":
        return ColumnPolicy(name, tag.sensitivity, TAG_MASKS.get(tag.key))
    if name == "account_key":
        return ColumnPolicy(name, "personal", "account")
    if name == "search_words":
        return ColumnPolicy(name, "personal", "text")
    table = canonical_tables().get(fact.name)
    column = table.columns.get(name) if table else None
    return ColumnPolicy.of(column) if column else ColumnPolicy(name, "open")


def _place(row: Mapping[str, Any]) -> tuple[str, int] | None:
    name, place = (
        row.get("import_id") or row.get("first_import_id"),
        row.get("source_row") or row.get("first_source_row"),
    )
    return (str(name), int(place)) if name and place is not None else None


def _file(row: Mapping[str, Any], files: Mapping[str, str], lang: str) -> tuple[str, ...]:
    place = _place(row)
    return (say("customer.file_row", lang, file=files.get(place[0], place[0]), row=place[1]),) if place else ()


def _words(row: Mapping[str, Any], shown: Sequence[str], fact: Fact, lang: str) -> tuple[str, ...]:
    return tuple(_cell(name, row[name], fact, lang) for name in shown)


def _cell(name: str, value: Any, fact: Fact, lang: str) -> str:
    if value is None:
        return "—"
    if isinstance(value, datetime):
        return f"{date_words(value.date(), lang)} {value:%H:%M}"
    if isinstance(value, date):
        return date_words(value, lang)
    if name == "account_key":
        return account_words(str(value), lang)
    code = f"customer.act.{value}" if name == "event_name" else f"customer.order.{value}"
    if name in ("event_name", "order_status") and knows(code):
        return say(code, lang)
    return value_words(value, fact.columns[name], lang) if name in fact.columns else str(value)


def _head(name: str, fact: Fact, lang: str) -> str:
    return fact.columns[name].name.say(lang) if name in fact.columns else say(f"customer.evidence.{name}", lang)
