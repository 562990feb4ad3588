"""Statements about one person that cannot both be true: each with the two rows that make them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.engine.interface import only
from huaxiang.model.quality import Contradiction, QualityRules, Target
from huaxiang.prepare.quality.checks import Row, row_of
from huaxiang.prepare.quality.judging import Round

#: One row per statement that is contradicted; ``right_…`` is the earliest statement that contradicts it.
CONTRADICTION = {
    "customer_id": "string",
    "account_key": "string",
    "check": "string",
    "dimension": "string",
    "severity": "int64",
    "source": "string",
    "left_trait": "string",
    "left_value": "string",
    "import_id": "string",
    "source_row": "int64",
    "right_trait": "string",
    "right_value": "string",
    "right_source": "string",
    "right_import_id": "string",
    "right_source_row": "int64",
}
_KEYS = {"row": ("source", "account_key"), "account": ("account_key",), "customer": ("customer_id",)}
_LEFT = ("customer_id", "account_key", "source", "value", "import_id", "source_row")


@dataclass(frozen=True)
class Compared:
    """One contradiction looked for: every statement that had another to be compared with, and which ones are wrong."""

    key: str
    rule: Contradiction
    rows: ir.Table

    def contradictions(self) -> ir.Table:
        """The wrong ones, with the columns of :data:`CONTRADICTION`."""
        wrong = self.rows.filter(self.rows.fails)
        parts = [wrong.evidence.split("\t")[place] for place in range(4)]
        told = {
            "check": self.key,
            "dimension": self.rule.dimension,
            "left_trait": self.rule.left,
            "right_trait": self.rule.right,
        }
        return wrong.mutate(
            **{name: ibis.literal(text) for name, text in told.items()},
            severity=ibis.literal(self.rule.severity, type="int64"),
            left_value=wrong.value,
            right_import_id=parts[0],
            right_source_row=parts[1].cast("int64"),
            right_source=parts[2],
            right_value=parts[3],
        ).select(*CONTRADICTION)

    def counts(self, now: Round, target: Target) -> list[Row]:
        """Statements compared and wrong by source, as rows of a check."""
        wrong = self.rows.fails.cast("int64").sum()
        counted = self.rows.group_by("source").agg(row_count=self.rows.count(), failing_count=wrong)
        found = only(now.engine.arrow(counted.order_by("source")))
        return [row_of(self.key, self.rule, target, row) for row in found]


def compared(now: Round, rules: QualityRules, said: Mapping[str, ir.Table]) -> list[Compared]:
    """Every declared contradiction looked for where both sides have rows. ``said`` has the statements of each trait."""
    found = {
        key: rule
        for key, rule in rules.contradictions.items()
        if {rules.traits[side].table for side in (rule.left, rule.right)} <= now.filled
    }
    return [Compared(key, rule, _rows(now, key, rule, said)) for key, rule in found.items()]


def _rows(now: Round, key: str, rule: Contradiction, said: Mapping[str, ir.Table]) -> ir.Table:
    left, right = said[rule.left], said[rule.right].view()
    others = right.select(**{f"other_{name}": right[name] for name in ("place", "value", "source", *_joined(rule))})
    meeting = [left[name] == others[f"other_{name}"] for name in _KEYS[rule.within]]
    if rule.left == rule.right:
        meeting.append(others.other_place < left.place)
    pairs = left.join(others, meeting)
    pairs = pairs.mutate(agrees=_AGREES[rule.rule.kind](now, pairs, rule.rule))
    # The earliest row that disagrees, with its value behind it.
    evidence = pairs.other_place + "\t" + pairs.other_source + "\t" + pairs.other_value
    pairs = pairs.mutate(evidence=ibis.ifelse(pairs.agrees, ibis.null("string"), evidence))
    found = pairs.group_by([*_LEFT]).agg(
        any_agrees=pairs.agrees.any(), all_agree=pairs.agrees.all(), evidence=pairs.evidence.min()
    )
    fails = ~found.all_agree if rule.rule.kind == "later" else ~found.any_agrees
    return now.engine.keep(f"{now.name}_pair_{key}", found.mutate(fails=fails).drop("any_agrees", "all_agree"))


def _joined(rule: Contradiction) -> tuple[str, ...]:
    return tuple(name for name in _KEYS[rule.within] if name != "source")


def _same(_: Round, pairs: ir.Table, __: Any) -> ir.BooleanValue:
    return pairs.value == pairs.other_value


def _not_later(_: Round, pairs: ir.Table, __: Any) -> ir.BooleanValue:
    return pairs.value <= pairs.other_value


def _of_that_age(now: Round, pairs: ir.Table, rule: Any) -> ir.BooleanValue:
    born, today = pairs.other_value, now.as_of
    before_birthday = born.substr(5, 5) > today.strftime("%m-%d")
    years = today.year - born.substr(0, 4).cast("int64") - before_birthday.cast("int64")
    return ~pairs.value.lower().isin(rule.words) | years.between(rule.least, rule.most)


_AGREES: dict[str, Callable[[Round, ir.Table, Any], ir.BooleanValue]] = {
    "differ": _same,
    "later": _not_later,
    "age_of_word": _of_that_age,
}
