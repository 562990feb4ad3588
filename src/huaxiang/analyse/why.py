"""Why a customer has a value: the rule in words, the rows behind it, and the tags that it was computed from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.facts import Tables, fact_rows
from huaxiang.analyse.filled import filled_column, filled_for
from huaxiang.analyse.golden import standing, with_verified
from huaxiang.analyse.measures import meant, newness
from huaxiang.analyse.order import needed_by
from huaxiang.analyse.rule_sentences import rule_sentence
from huaxiang.engine.interface import Engine, only
from huaxiang.errors import DefinitionError, nearest
from huaxiang.model.facts import Fact, fact_named
from huaxiang.model.results import Why
from huaxiang.model.rules import FactRule, Favourite, Golden, Statistic
from huaxiang.model.tags import Tag, Tags
from huaxiang.words import LANGUAGES

MOST_ROWS = 50


def why(engine: Engine, facts: Tables, tags: Tags, profile_row: Mapping[str, Any], tag_key: str, as_of: date) -> Why:
    """Why the customer of ``profile_row`` (one row of :func:`profile`, with all tags) has the value of a tag.

    Rows and inputs come from the rule that computed the value, so a reader can compute it again. Raises
    :class:`DefinitionError` for an unknown tag.
    """
    if tag_key not in tags:
        raise DefinitionError("tag.unknown", given=tag_key, nearest=nearest(tag_key, tags))
    return _Explainer(engine, facts, tags, profile_row, as_of).why(tag_key)


class _Explainer:
    """Explains one customer; a tag that several others need is looked up once."""

    def __init__(self, engine: Engine, facts: Tables, tags: Tags, profile_row: Mapping[str, Any], as_of: date) -> None:
        self._engine, self._facts, self._tags = engine, facts, tags
        self._row, self._as_of = profile_row, as_of
        self._known: dict[str, Why] = {}

    def why(self, key: str) -> Why:
        if key not in self._known:
            self._known[key] = self._explain(self._tags[key])
        return self._known[key]

    def _explain(self, tag: Tag) -> Why:
        rule = tag.rule
        on_facts = rule if isinstance(rule, Golden | Statistic | Favourite) else None
        rows, count = self._evidence(on_facts, self._row[tag.key]) if on_facts else ((), 0)
        return Why(
            tag=tag.key,
            version=tag.version,
            value=self._row[tag.key],
            rule={lang: rule_sentence(tag, lang, self._tags, self._as_of) for lang in LANGUAGES},
            first_day=self._as_of - timedelta(days=tag.window_days - 1) if tag.window_days else None,
            last_day=self._as_of,
            fact=on_facts.fact if on_facts else None,
            inputs=tuple(self.why(need) for need in needed_by(rule)),
            **(self._filling(tag) if not count else {"evidence": rows, "evidence_count": count}),
        )

    def _filling(self, tag: Tag) -> dict[str, Any]:
        """What a value that nobody states was filled from, as fields of :class:`Why`."""
        column = filled_column(tag)
        if column is None or self._row[tag.key] is None:
            return {}
        row = filled_for(self._engine, self._facts, str(self._row["customer_id"]), self._as_of)[column]
        place = {name: row[name] for name in ("source", "import_id", "source_row")}
        evidence = ({**place, column: self._row[tag.key]},)
        return {"evidence": evidence, "evidence_count": 1, "how": row["how"], "from_trait": row["from_trait"]}

    def _evidence(self, rule: FactRule, value: Any) -> tuple[tuple[Mapping[str, Any], ...], int]:
        rows = fact_rows(rule.fact, self._engine, self._facts, self._as_of)
        if rows is None:
            return (), 0
        fact = fact_named(rule.fact)
        own = with_verified(self._engine, rows.filter(rows.customer_id == self._row["customer_id"]), [rule])
        counted = evidence_rows(rule, own, fact, value, self._as_of)
        newest = counted.order_by(ibis.desc("newness")).limit(MOST_ROWS)
        shown = newest.select([name for name in _shown(rule, fact) if name in newest.columns])
        total = only(self._engine.arrow(counted.aggregate(n=counted.count())))[0]["n"]
        return tuple(only(self._engine.arrow(shown.order_by(ibis.desc("newness")).drop("newness")))), int(str(total))


def evidence_rows(rule: FactRule, rows: ir.Table, fact: Fact, value: Any, as_of: date) -> ir.Table:
    """The rows of one customer that the value was computed from, with ``newness`` (greatest is newest).

    For a favourite they are the rows with that value, for a golden value all rows that state one: there the greatest
    ``newness`` is that of the row whose value stands.
    """
    ranked = rows.mutate(newness=newness(rows, fact))
    counted = ranked.filter(meant(rule, ranked, fact, as_of))
    if isinstance(rule, Golden):
        stated = counted.filter(counted[rule.column].notnull())
        return stated.mutate(newness=standing(rule, stated, stated[rule.column].notnull()))
    if isinstance(rule, Favourite):
        return counted.filter(counted[rule.column] == value) if value is not None else counted.limit(0)
    return counted


def _shown(rule: FactRule, fact: Fact) -> list[str]:
    named = [*fact.evidence, fact.at, rule.column, getattr(rule, "by", None), "newness"]
    return list(dict.fromkeys(name for name in named if name))
