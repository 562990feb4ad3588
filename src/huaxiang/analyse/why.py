"""Why a customer has a value: the rule in words, the rows behind it, and the tags that it was computed from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from huaxiang.analyse.evidence import MOST_ROWS, Evidence, Witness
from huaxiang.analyse.fact_tags import facts_of, is_from_facts
from huaxiang.analyse.facts import Tables
from huaxiang.analyse.filled import filled_column, filled_for
from huaxiang.analyse.given import given_to
from huaxiang.analyse.layer_rows import layer_rows
from huaxiang.analyse.order import needed_by
from huaxiang.analyse.rule_sentences import rule_sentence
from huaxiang.analyse.spoken import spoken
from huaxiang.engine.interface import Engine
from huaxiang.model.results import Why
from huaxiang.model.rules import Given, Golden, Layers, Model
from huaxiang.model.tags import Tag, Tags, tag_named
from huaxiang.words import LANGUAGES

__all__ = ["MOST_ROWS", "why"]


def why(engine: Engine, facts: Tables, tags: Tags, profile_row: Mapping[str, Any], tag_key: str, as_of: date) -> Why:
    """Why the customer of ``profile_row`` (one row of :func:`profile`, with all tags) has the value of a tag.

    Rows and inputs come from the rule that computed the value, so a reader can compute it again. Raises
    :class:`DefinitionError` for an unknown tag.
    """
    tag_named(tag_key, tags)
    return _Explainer(engine, facts, tags, profile_row, as_of).why(tag_key)


class _Explainer:
    """Explains one customer; a tag that several others need is looked up once."""

    def __init__(self, engine: Engine, facts: Tables, tags: Tags, profile_row: Mapping[str, Any], as_of: date) -> None:
        self._witness = Witness(engine, facts, str(profile_row["customer_id"]), as_of)
        self._tags, self._row, self._as_of = tags, profile_row, as_of
        self._known: dict[str, Why] = {}

    def why(self, key: str) -> Why:
        if key not in self._known:
            self._known[key] = self._explain(self._tags[key])
        return self._known[key]

    def _explain(self, tag: Tag) -> Why:
        value, facts = self._row[tag.key], facts_of(tag)
        found = self._found(tag, value)
        given = self._given(tag)
        return Why(
            tag=tag.key,
            version=tag.version,
            value=value,
            rule={lang: rule_sentence(tag, lang, self._tags, self._as_of) for lang in LANGUAGES},
            first_day=found.first_day,
            last_day=found.last_day,
            fact=facts[0] if len(facts) == 1 else None,
            inputs=tuple(self.why(need) for need in needed_by(tag.rule) if need in self._row),
            confidence=None if given else found.confidence,
            analysis=tag.rule.analysis if isinstance(tag.rule, Model) else None,
            given=given,
            **(self._filling(tag) if not (found.count or given) else _evidence(found)),
        )

    def _filling(self, tag: Tag) -> dict[str, Any]:
        """What a value that nobody states was filled from, as fields of :class:`Why`."""
        column = filled_column(tag)
        if column is None or self._row[tag.key] is None:
            return {}
        one = self._witness
        row = filled_for(one.engine, one.facts, one.customer_id, one.as_of)[column]
        place = {name: row[name] for name in ("source", "import_id", "source_row")}
        evidence = ({**place, column: self._row[tag.key]},)
        return {"evidence": evidence, "evidence_count": 1, "how": row["how"], "from_trait": row["from_trait"]}

    def _found(self, tag: Tag, value: Any) -> Evidence:
        if is_from_facts(tag):
            return self._witness.evidence(tag, value)
        if isinstance(tag.rule, Model):
            return spoken(self._witness, tag.rule, self._tags)
        if isinstance(tag.rule, Layers):
            return layer_rows(self._witness, tag.rule, value)
        return Evidence((), 0, None, self._as_of, None)

    def _given(self, tag: Tag) -> tuple[Mapping[str, Any], ...]:
        if not isinstance(tag.rule, Given | Golden):
            return ()
        one = self._witness
        return given_to(one.engine, one.facts, one.customer_id, tag.key, one.as_of)


def _evidence(found: Evidence) -> dict[str, Any]:
    return {"evidence": found.rows, "evidence_count": found.count}
