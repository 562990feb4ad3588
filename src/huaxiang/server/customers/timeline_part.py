"""The timeline of one customer in words, grouped by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import pyarrow as pa
from django.http import HttpRequest
from django.utils.http import urlencode

from huaxiang.analyse.timeline import timeline
from huaxiang.errors import InputError
from huaxiang.number_words import date_words, money, short_number
from huaxiang.prepare.history import COLUMNS, KINDS
from huaxiang.release.door import ColumnPolicy, release
from huaxiang.server.customers.one_row import OPEN, OneRow
from huaxiang.server.customers.visit import Visit
from huaxiang.server.preferences import lang_of
from huaxiang.words import knows, say

DAYS = 10
_POLICIES = (
    *OPEN,
    *(
        ColumnPolicy(name, "personal" if name == "words" else "open", "text" if name == "words" else None)
        for name in COLUMNS
        if name != "customer_id"
    ),
    ColumnPolicy("day", "open"),
)


@dataclass(frozen=True)
class Entry:
    """One entry: what happened, the time of day, and the words that people left."""

    kind: str
    title: str
    time: str
    details: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class Day:
    """One day with its entries, newest first."""

    day: date
    words: str
    entries: tuple[Entry, ...]


def timeline_part(request: HttpRequest, visit: Visit, one: OneRow) -> dict[str, Any]:
    """Ten days with anything in them; the filter by kind, and the address of earlier days."""
    lang, kind = lang_of(request), request.GET.get("kind", "")
    rows = _released(visit, one, (kind,) if kind else (), _before(request))
    days = tuple(
        _day(day, list(group), lang, visit.currency) for day, group in groupby(rows, key=lambda row: row["day"])
    )
    stay = {"as_of": visit.past_day} if visit.past_day else {}
    kinds = [("", say("customer.kind.all", lang), "?" + urlencode(stay))]
    kinds += [(each, say(f"customer.kind.{each}", lang), "?" + urlencode({**stay, "kind": each})) for each in KINDS]
    earlier = (
        {**stay, **({"kind": kind} if kind else {}), "before": days[-1].day.isoformat()} if len(days) == DAYS else {}
    )
    return {
        "days": days,
        "kinds": kinds,
        "kind": kind,
        "earlier": f"?{urlencode(earlier)}" if earlier else "",
        "more": bool(request.GET.get("before")),
    }


def _before(request: HttpRequest) -> date | None:
    given = request.GET.get("before", "")
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise InputError("customer.not_a_day", given=given[:40]) from None


def _released(visit: Visit, one: OneRow, kinds: tuple[str, ...], before: date | None) -> list[dict[str, Any]]:
    rows = timeline(visit.engine, visit.portrait.tables["history"], one.customer_id, kinds, before, DAYS)
    stores = pa.array([list(one.stores)] * rows.num_rows, pa.list_(pa.string()))
    found: list[dict[str, Any]] = release(
        rows.append_column("stores", stores), _POLICIES, visit.access
    ).table.to_pylist()
    return found


def _day(day: date, rows: list[dict[str, Any]], lang: str, currency: str) -> Day:
    return Day(day, date_words(day, lang), tuple(_entry(row, lang, currency) for row in rows))


def _entry(row: dict[str, Any], lang: str, currency: str) -> Entry:
    details = [row["number"], row["place"]] if row["kind"] != "consent" else [row["place"]]
    if row["amount"] is not None:
        rated = row["kind"] == "feedback"
        details.append(
            say("customer.rated", lang, n=short_number(row["amount"], lang))
            if rated
            else money(row["amount"], currency, lang)
        )
    if (row["count"] or 1) > 1:
        details.append(say("customer.times", lang, n=row["count"]))
    time = row["at"].strftime("%H:%M")
    return Entry(row["kind"], _title(row, lang), time, tuple(str(each) for each in details if each), row["words"] or "")


def _title(row: dict[str, Any], lang: str) -> str:
    code = f"customer.{row['kind']}.{row['what']}"
    what = say(code, lang) if knows(code) else str(row["what"] or "")
    if row["kind"] == "consent":
        purpose = f"release.purpose.{row['number']}"
        return say("customer.consent", lang, what=what, purpose=say(purpose, lang) if knows(purpose) else row["number"])
    return what
