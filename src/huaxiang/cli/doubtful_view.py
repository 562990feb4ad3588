"""Customers that may be several people, as the command line shows them: why, and where to cut; masked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rich.console import RenderableType

from huaxiang.analyse.suspicious import Doubtful, Suspicious
from huaxiang.cli.desk import Desk
from huaxiang.cli.masked import headers, masked_account, masked_value, type_words
from huaxiang.cli.output import table

#: Account keys to the short names by which commands name them.
Short = Callable[[Sequence[str]], Sequence[str]]


def doubtful_document(found: Doubtful, listed: Sequence[Suspicious], short: Short) -> dict[str, Any]:
    """The doubtful customers for machines."""
    return {
        "total": found.total,
        "by_reason": dict(found.by_reason),
        "customers": [
            {
                "customer": one.customer_id,
                "reasons": list(one.reasons),
                "accounts": list(short(_keys(one))),
                "joined_since_decided": list(short(one.growth.joined)) if one.growth else [],
                "weakest_link": _weakest(one),
                "cut_off": list(short(_cut_off(one))),
            }
            for one in listed
        ],
    }


def doubtful_parts(desk: Desk, found: Doubtful, listed: Sequence[Suspicious], short: Short) -> list[RenderableType]:
    """The doubtful customers for people."""
    if not listed:
        return [desk.say("doubtful.none")]
    lines = [
        (
            one.customer_id,
            len(one.accounts),
            "; ".join(desk.say(f"waiting.reason.{reason}") for reason in one.reasons),
            _weakest_words(desk, one),
            " ".join(short(_cut_off(one))),
        )
        for one in listed
    ]
    names = headers(desk, "customer", "accounts", "reasons_doubtful", "weakest", "cut_off")
    lede = desk.say("cli.identity.doubtful_lede", n=found.total)
    most = [desk.say("doubtful.most", n=len(listed))] if found.total > len(listed) else []
    return [lede, table(names, lines, right=[1]), *most, desk.say("cli.identity.doubtful_next")]


def _keys(one: Suspicious) -> list[str]:
    return [str(row["account_key"]) for row in one.accounts]


def _cut_off(one: Suspicious) -> Sequence[str]:
    return one.bridge.cut_off if one.bridge else ()


def _weakest(one: Suspicious) -> dict[str, str] | None:
    if one.bridge is None:
        return None
    link = one.links[one.bridge.place]
    kind = str(link["identifier_type"])
    return {
        "from": masked_account(link["account_key_a"]),
        "to": masked_account(link["account_key_b"]),
        "identifier_type": kind,
        "identifier_value": masked_value(kind, link["identifier_value"]),
        "rule": str(link["rule"]),
    }


def _weakest_words(desk: Desk, one: Suspicious) -> str:
    link = _weakest(one)
    if link is None:
        return desk.say("cli.identity.no_weakest")
    kind = type_words(link["identifier_type"], desk.lang)
    return f"{link['from']} – {link['to']} ({kind} {link['identifier_value']})"
