"""Who one customer is made of, in words: identifiers, joined accounts with the reason, what was held back, consents."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from django.http import HttpRequest

from huaxiang.analyse.identity_panel import identity_panel
from huaxiang.number_words import date_words
from huaxiang.prepare.unify.reasons import hold_reason
from huaxiang.prepare.unify.records import LIKENESS
from huaxiang.release.door import ColumnPolicy, release
from huaxiang.server.customers.one_row import OPEN, OneRow
from huaxiang.server.customers.visit import Visit
from huaxiang.server.identity.graph import links_chart, links_table
from huaxiang.server.identity.likely import likenesses_of
from huaxiang.server.identity.likeness import Pair
from huaxiang.server.identity.words import type_words
from huaxiang.server.preferences import lang_of
from huaxiang.server.tables import Column, Table, text_table
from huaxiang.words import knows, say

_IDENTIFIER = ("type", "value", "source", "verified")
_CONSENT = ("purpose", "state", "since", "channel")
_MASKS = {"identifier_value": "identifier", "account_key_a": "account", "account_key_b": "account"}


def identity_part(request: HttpRequest, visit: Visit, one: OneRow) -> dict[str, Any]:
    """Three tables and the sentences on what was held back; values masked."""
    lang = lang_of(request)
    panel = identity_panel(visit.engine, visit.portrait.tables, one.customer_id, visit.portrait.as_of)
    identifiers, links, holds, consents = (
        _released(visit, one, table) for table in (panel.identifiers, panel.links, panel.holds, panel.consents)
    )
    may_decide = visit.access.stores is None and visit.access.may("decide_identity")
    return {
        "chart": links_chart("links", panel.links.to_pylist(), links, lang) if links else None,
        "identifiers": _table("identifier", _IDENTIFIER, [_identifier(row, lang) for row in identifiers], lang),
        "links": links_table(panel.links.to_pylist(), links, lang),
        "likenesses": _likenesses(visit, one, panel.links, lang),
        "holds": [_hold(row, lang) for row in holds],
        "household": [
            (row["customer_id"], say(f"prepare.household.{row['reason']}", lang)) for row in panel.household.to_pylist()
        ],
        "consents": _table("consent_table", _CONSENT, [_consent(row, lang) for row in consents], lang),
        "link_count": len(links),
        "may_split": bool(links) and may_decide,
        "may_merge": may_decide,
    }


def _released(visit: Visit, one: OneRow, rows: pa.Table) -> list[dict[str, Any]]:
    policies = [
        ColumnPolicy(name, "personal" if name in _MASKS else "open", _MASKS.get(name)) for name in rows.column_names
    ]
    stores = pa.array([list(one.stores)] * rows.num_rows, pa.list_(pa.string()))
    found: list[dict[str, Any]] = release(
        rows.append_column("stores", stores), [*OPEN, *policies], visit.access
    ).table.to_pylist()
    return found


def _table(name: str, heads: tuple[str, ...], rows: list[tuple[str, ...]], lang: str) -> Table:
    columns = tuple(Column(say(f"customer.{name}.{head}", lang)) for head in heads)
    return text_table(say(f"customer.{name}", lang), columns, rows)


def _identifier(row: dict[str, Any], lang: str) -> tuple[str, ...]:
    more = row["source_count"] - 1
    source = say("customer.identifier.sources", lang, source=row["source"], more=more) if more else row["source"]
    verified = "customer.verified" if row["is_verified"] else "customer.unverified"
    return type_words(row["identifier_type"], lang), row["identifier_value"], source, say(verified, lang)


def _likenesses(visit: Visit, one: OneRow, links: pa.Table, lang: str) -> list[Pair]:
    """Why the records look like one person, of each link by likeness."""
    rows = [row for row in links.to_pylist() if row["identifier_type"] == LIKENESS]
    pairs = [(row["account_key_a"], row["account_key_b"]) for row in rows]
    return likenesses_of((visit.engine, visit.portrait.tables), pairs, visit.access, lang, one.stores) if pairs else []


def _hold(row: dict[str, Any], lang: str) -> tuple[str, str]:
    reason = hold_reason(row["identifier_type"], row["reason"], row["account_count"], row["detail"])
    return row["identifier_value"], reason.say(lang)


def _consent(row: dict[str, Any], lang: str) -> tuple[str, ...]:
    purpose = f"release.purpose.{row['purpose']}"
    since = date_words(row["occurred_at"].date(), lang) if row["occurred_at"] else say("customer.unknown", lang)
    state = "customer.consent.given" if row["is_given"] else "customer.consent.withdrawn"
    return say(purpose, lang) if knows(purpose) else row["purpose"], say(state, lang), since, row["channel"] or "—"
