"""When the newest row happened that a customer's tag rests on, for every tag at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

import ibis.expr.types as ir

from huaxiang.analyse.fact_tags import facts_of, is_from_facts, rows_of
from huaxiang.analyse.facts import MADE_OF
from huaxiang.analyse.order import levels, needed_by
from huaxiang.analyse.own_rows import OwnRows
from huaxiang.analyse.windows import Rows
from huaxiang.engine.interface import only
from huaxiang.model.facts import fact_named
from huaxiang.model.rules import Preference
from huaxiang.model.tables import canonical_tables
from huaxiang.model.tags import Tag, Tags


class NewestEvidence:
    """When the newest row happened that a customer's tags rest on. Building takes much longer than asking: whoever asks
    of one customer after the other keeps it, and turns ``own`` to the next one."""

    def __init__(self, own: OwnRows, tags: Tags, as_of: date) -> None:
        self.own = own
        from_facts = {key: tag for key, tag in tags.items() if is_from_facts(tag)}
        names = {name for tag in from_facts.values() for name in facts_of(tag)} | {"account"}
        names |= {"sale"} if "order_day" in names else set()
        asked = own.noted()
        facts = {
            name: own.table(name) for name in sorted(names) if name in own.tables() and name not in canonical_tables()
        }
        self._questions = {
            name: rows.table.aggregate(**figures)
            for name, rows in rows_of(own, from_facts, as_of, facts).items()
            if (figures := dict(_newest(name, rows, from_facts)))
        }
        self._names = frozenset(asked)
        self._needs = [(tag.key, needed_by(tag.rule)) for level in levels(tags) for tag in level]

    def found(self) -> dict[str, datetime]:
        """By tag, when the newest of the customer's rows happened that count for it or, for a tag computed from others,
        for any of those. Tags without such a row, and those whose rows carry no time, are missing."""
        found: dict[str, datetime] = {}
        self.own.read(self._names)
        for name, question in self._questions.items():
            # Most customers have rows in a few of the tables.
            row = only(self.own.arrow(question))[0] if self.own.has_rows(_base(name)) else {}
            for key, at in row.items():
                if isinstance(at, datetime):
                    found[key] = max(at, found.get(key, at))
        for key, needs in self._needs:
            known = [found[need] for need in needs if need in found]
            if known and key not in found:
                found[key] = max(known)
        return found


def _base(name: str) -> str:
    """The table of which the rows of a fact are made."""
    return fact_named(MADE_OF.get(name, name)).table


def _newest(name: str, rows: Rows, tags: Mapping[str, Tag]) -> Iterator[tuple[str, ir.Value]]:
    if rows.fact.at is None:
        return
    for key, tag in tags.items():
        if name in facts_of(tag):
            yield key, rows.when.max(where=_counts(tag, name, rows)).cast("timestamp(6)")


def _counts(tag: Tag, name: str, rows: Rows) -> ir.BooleanValue:
    rule: Any = tag.rule
    if isinstance(rule, Preference):
        parts = [part for part in rule.parts if part.fact == name]
        said = [rows.chosen(part.where) & rows.table[part.column].notnull() for part in parts]
        return rows.inside(rule) & reduce(or_, said)
    column = getattr(rule, "column", None)
    return rows.meant(rule) & rows.table[column].notnull() if column else rows.meant(rule)
