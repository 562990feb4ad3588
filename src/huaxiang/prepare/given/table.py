"""The table of given values: what people said by hand and what came with files, each with its customer or the reason
why it has none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine, only
from huaxiang.errors import InputError
from huaxiang.model.given_values import names_of, plain, value_text
from huaxiang.model.rules import Given, Golden
from huaxiang.model.tags import Tag, Tags
from huaxiang.prepare.current import current
from huaxiang.prepare.given.gifts import Gift, Gifts

#: In ``tag`` and ``value`` of an imported row: its other columns are tags.
ALL_COLUMNS = "*"

#: One row per value given. ``customer_id`` and ``value`` are null where ``problem`` says why. ``holds_from`` is the
#: first day on which it holds, ``until`` the last one (null: for good). ``entry`` is its place in the ledger,
#: ``import_id`` and ``source_row`` its row in a file.
GIVEN_COLUMNS = {
    "customer_id": "string",
    "tag": "string",
    "value": "string",
    "given_at": "timestamp(6)",
    "holds_from": "date",
    "until": "date",
    "given_by": "string",
    "reason": "string",
    "source": "string",
    "entry": "int64",
    "import_id": "string",
    "source_row": "int64",
    "problem": "string",
}
BY_HAND = "manual"
_NO_CUSTOMER, _SEVERAL, _UNKNOWN_TAG, _UNFIT = "no_customer", "several_customers", "unknown_tag", "unfit_value"

Row = dict[str, Any]


def given_values(
    engine: Engine, account: ir.Table, identifiers: ir.Table, given: Gifts, tags: Tags, day: date, zone: ZoneInfo
) -> ir.Table:
    """One row per value given to a customer or to nobody known; see :data:`GIVEN_COLUMNS`.

    ``account`` and ``identifiers`` (``customer_identifier``) are those of the refresh of ``day``. What was given by
    hand after that day counts from it on, for the day that the data reach lags behind. Values of tags that are not in
    ``tags`` are left out of it.
    """
    rows = [*_by_hand(engine, account, given, tags, day, zone), *_imported(engine, identifiers, tags, day)]
    schema = ibis.schema(GIVEN_COLUMNS).to_pyarrow()
    return engine.bring("given_values", pa.Table.from_pylist(rows, schema=schema))


def _by_hand(engine: Engine, account: ir.Table, given: Gifts, tags: Tags, day: date, zone: ZoneInfo) -> Iterator[Row]:
    gifts = [gift for gift in given.standing if gift.tag in tags and isinstance(tags[gift.tag].rule, Given | Golden)]
    if not gifts or given.pseudonym is None:
        return
    wanted = {name for gift in gifts for name in gift.members}
    owners = engine.arrow(account.select("account_key", "customer_id"))
    keys, customers = (owners.column(name).to_pylist() for name in ("account_key", "customer_id"))
    named = ((given.pseudonym.of("account", key), owner) for key, owner in zip(keys, customers, strict=True))
    known = {name: owner for name, owner in named if name in wanted}
    for gift in gifts:
        at = gift.at.astimezone(zone).replace(tzinfo=None)
        for member in gift.members:
            yield _row(gift, tags[gift.tag], known.get(member), at, day)


def _row(gift: Gift, tag: Tag, customer: str | None, at: datetime, day: date) -> Row:
    value, problem = (None, _UNFIT) if gift.value is None else _fitting(tag, gift.value)
    return {
        "customer_id": customer,
        "tag": gift.tag,
        "value": value,
        "given_at": at,
        "holds_from": min(at.date(), day),
        "until": gift.until,
        "given_by": gift.actor,
        "reason": gift.why,
        "source": BY_HAND,
        "entry": gift.seq,
        "problem": problem if customer else _NO_CUSTOMER,
    }


def _imported(engine: Engine, identifiers: ir.Table, tags: Tags, day: date) -> Iterator[Row]:
    if "tag_value" not in engine.tables():
        return  # a lake that an earlier version made
    names = names_of(tags)
    fit = cache(lambda key, text: _fitting(tags[key], text))
    for told in only(engine.arrow(_with_customer(current(engine, "tag_value"), identifiers))):
        for tag, text in _told(told, names):
            value, problem = (None, _UNKNOWN_TAG) if tag is None else fit(tag.key, text)
            users = int(str(told["users"] or 0))
            problem = problem or (None if users == 1 else _SEVERAL if users else _NO_CUSTOMER)
            yield {
                **{name: told[name] for name in ("until", "reason", "source", "import_id", "source_row")},
                "customer_id": told["customer_id"] if users == 1 else None,
                "tag": tag.key if tag else None,
                "value": value,
                "given_at": told["occurred_at"] or told["known_at"],
                "holds_from": _first_day(told, day),
                "given_by": told["source"],
                "problem": problem,
            }


def _with_customer(rows: ir.Table, identifiers: ir.Table) -> ir.Table:
    used = identifiers.group_by(kind=identifiers.identifier_type, number=identifiers.identifier_value).aggregate(
        users=identifiers.customer_id.nunique(), customer_id=identifiers.customer_id.min()
    )
    found = rows.left_join(used, [rows.identifier_type == used.kind, rows.identifier_value == used.number])
    return found.order_by(["import_id", "source_row"])


def _told(told: Mapping[str, Any], names: Mapping[str, Tag]) -> list[tuple[Tag | None, str]]:
    if told["tag"] != ALL_COLUMNS:
        return [(names.get(plain(told["tag"])), told["value"])]
    columns = json.loads(told["extra"] or "{}")
    found: list[tuple[Tag | None, str]] = [
        (names[plain(name)], text) for name, text in columns.items() if plain(name) in names
    ]
    return found or [(None, "")]


def _first_day(told: Mapping[str, Any], day: date) -> date:
    said: datetime | None = told["occurred_at"]
    known: datetime = told["known_at"]
    return min(known.date(), day) if said is None else said.date()


def _fitting(tag: Tag, text: str) -> tuple[str | None, str | None]:
    try:
        return value_text(tag, text), None
    except InputError:
        return None, _UNFIT
