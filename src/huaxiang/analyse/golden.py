"""The golden value: which of several known values of a column stands, by the policy of its rule."""

from __future__ import annotations

from collections.abc import Iterable

import ibis
import ibis.expr.types as ir

from huaxiang.engine.interface import Engine
from huaxiang.errors import DefinitionError
from huaxiang.model.rules import Golden

#: More than a customer has rows, so that the newness of a row only settles what is equal otherwise.
_ABOVE_NEWNESS = 2**40
_VERIFIED = "of_verified_account"


def with_verified(engine: Engine, rows: ir.Table, rules: Iterable[object]) -> ir.Table:
    """``rows`` with what the policies of the rules need to know about their accounts.

    Raises :class:`DefinitionError` when one asks for verified accounts and the rows name no accounts.
    """
    asking = [rule for rule in rules if isinstance(rule, Golden) and rule.policy == "verified_first"]
    if not asking:
        return rows
    if "account_key" not in rows.columns:
        raise _lacks(asking[0], "account_key")
    known = engine.table("identifier")
    verified = known.filter(known.is_verified)
    return rows.mutate(**{_VERIFIED: rows.account_key.isin(verified.account_key)})


def standing(rule: Golden, rows: ir.Table, counts: ir.BooleanValue) -> ir.IntegerValue:
    """How well each row stands for the rule, without ties: the greatest wins.

    ``rows`` have ``customer_id``, ``newness`` (greatest is newest) and the rule's column; ``counts`` says which of them
    the rule looks at. Raises :class:`DefinitionError` for sources of a table whose rows have none.
    """
    if rule.policy == "newest":
        return rows.newness
    if rule.policy == "oldest":
        return -rows.newness
    return _preference(rule, rows, counts) * _ABOVE_NEWNESS + rows.newness


def _preference(rule: Golden, rows: ir.Table, counts: ir.BooleanValue) -> ir.IntegerValue:
    column = rows[rule.column]
    if rule.policy == "most_frequent":
        said = (counts & column.notnull()).cast("int64")
        return said.sum().over(ibis.window(group_by=["customer_id", rule.column]))
    if rule.policy == "longest":
        return column.cast("string").length().fill_null(0).cast("int64")
    if rule.policy == "strictest":
        newest = (
            (counts & column.notnull())
            .ifelse(rows.newness, -1)
            .max()
            .over(ibis.window(group_by=["customer_id", "account_key"]))
        )
        is_last_word = rows.newness == newest
        return ibis.cases((is_last_word & ~column, 2), (is_last_word, 1), else_=0).cast("int64")
    if rule.policy == "verified_first":
        return rows[_VERIFIED].fill_null(False).cast("int64")
    if "source" not in rows.columns:
        raise _lacks(rule, "source")
    places = [(rows.source == source, len(rule.sources) - place) for place, source in enumerate(rule.sources)]
    return ibis.cases(*places, else_=0).cast("int64")


def _lacks(rule: Golden, column: str) -> DefinitionError:
    return DefinitionError("tag.unknown_column", tag=rule.column, fact=rule.fact, given=column, nearest="—")
