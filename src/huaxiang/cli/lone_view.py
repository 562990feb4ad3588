"""Joins that one phone or e-mail alone holds, as the command line shows them: masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import RenderableType

from huaxiang.analyse.lone_joins import LoneJoin, LoneJoins
from huaxiang.analyse.lone_trust import Trust
from huaxiang.analyse.lone_words import how_often_right
from huaxiang.cli.desk import Desk
from huaxiang.cli.masked import headers, masked_value, type_words
from huaxiang.cli.output import heading, table
from huaxiang.number_words import money

Accounts = Mapping[LoneJoin, Sequence[str]]


def counts_document(found: LoneJoins, told: Trust | None) -> dict[str, Any]:
    """How many there are and what people said so far, for machines."""
    return {
        "total": found.total,
        "by_type": dict(found.by_type),
        "named_values": found.named_values,
        "named_values_of_one_customer": found.one_customer,
        "answers": told and told._asdict(),
    }


def counts_parts(desk: Desk, found: LoneJoins, told: Trust | None) -> list[RenderableType]:
    """The same for people; nothing where there are none and nobody ever answered."""
    if not found.total and told is None:
        return []
    return [desk.say("alone.lede", n=found.total), how_often_right(told, found, desk.lang)]


def joins_document(joins: Sequence[LoneJoin], accounts: Accounts) -> list[dict[str, Any]]:
    """The joins for machines, masked; accounts by short name."""
    return [
        {
            "customer": one.customer_id,
            "accounts": list(accounts[one]),
            "identifier_type": one.identifier_type,
            "identifier_value": masked_value(one.identifier_type, one.identifier_value),
            "rest_is_named": one.rest_is_named,
            "consent": one.consent,
            "orders": one.orders_total,
            "net_revenue": one.net_revenue_total,
        }
        for one in joins
    ]


def joins_parts(desk: Desk, joins: Sequence[LoneJoin], accounts: Accounts) -> list[RenderableType]:
    """The joins for people; nothing where there are none."""
    if not joins:
        return []
    currency = desk.workspace().settings.currency
    lines = [
        (
            one.customer_id,
            " ".join(accounts[one]),
            type_words(one.identifier_type, desk.lang),
            masked_value(one.identifier_type, one.identifier_value),
            "" if one.net_revenue_total is None else money(one.net_revenue_total, currency, desk.lang),
            desk.say(f"alone.consent.{one.consent}") if one.consent != "none" else "",
        )
        for one in joins
    ]
    names = headers(desk, "customer", "short", "type", "value", "revenue", "consent")
    return [heading(desk.say("alone.title")), table(names, lines, right=[4]), desk.say("cli.identity.alone_next")]
