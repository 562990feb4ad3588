"""The timeline of one customer in words, grouped by day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import pyarrow as pa
from django.http import HttpRequest
from django.utils.http import urlencode

from huaxiang.analyse.timeline import Wanted, timeline
from huaxiang.errors import InputError
from huaxiang.number_words import date_words, money, short_number
from huaxiang.prepare.history import COLUMNS, KINDS
from huaxiang.release.door import ColumnPolicy, release
from huaxiang.server.customers.one_row import OPEN, OneRow
from huaxiang.server.customers.orders_part import file_names
from huaxiang.server.customers.visit import Visit
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
    """One entry: what happened, the time of day, the words that people left, and every field of it for who opens it."""

    kind: str
    title: str
    time: str
    details: tuple[str, ...]
    words: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Day:
    """One day with its entries, newest first."""

    day: date
    words: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Asked:
    """What the address asks for: one kind, a text, a period, and which page of days."""

    kind: str
    text: str
    first: date | None
    last: date | None
    before: date | None

    def address(self, **changed: str) -> str:
        """The query of the same question with something changed; empty parts are left out."""
        told = {"kind": self.kind, "text": self.text, "from": _iso(self.first), "to": _iso(self.last), **changed}
        return urlencode({name: value for name, value in told.items() if value})


def timeline_part(request: HttpRequest, visit: Visit, one: OneRow) -> dict[str, Any]:
    """Ten days with anything in them; the filters by kind, text and period, and the address of earlier days."""
    asked = _asked(request)
    rows = _found(visit, one, asked)
    files = file_names(visit, [row["import_id"] for row in rows if row["import_id"]])
    groups = groupby(rows, key=lambda row: row["day"])
    days = tuple(_day(day, list(group), files, visit) for day, group in groups)
    stay = {"as_of": visit.past_day}
    earlier = asked.address(**stay, before=days[-1].day.isoformat()) if len(days) == DAYS else ""
    return {
        "days": days,
        "kinds": [
            (each, _kind_words(each, visit.lang), f"?{asked.address(**stay, kind=each)}") for each in ("", *KINDS)
        ],
        "kind": asked.kind,
        "asked": asked,
        "is_filtered": bool(asked.address()),
        "earlier": f"?{earlier}" if earlier else "",
        "more": bool(asked.before),
    }


def _asked(request: HttpRequest) -> Asked:
    kind, text = request.GET.get("kind", ""), request.GET.get("text", "").strip()[:100]
    return Asked(kind, text, *(_date(request, name) for name in ("from", "to", "before")))


def _date(request: HttpRequest, name: str) -> date | None:
    given = request.GET.get(name, "")
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise InputError("customer.not_a_day", given=given[:40]) from None


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _kind_words(kind: str, lang: str) -> str:
    return say(f"customer.kind.{kind or 'all'}", lang)


def _found(visit: Visit, one: OneRow, asked: Asked) -> list[dict[str, Any]]:
    kinds = (asked.kind,) if asked.kind else ()
    wanted = Wanted(kinds, asked.first, asked.last, asked.before, None if asked.text else DAYS)
    rows = _released(visit, one, wanted)
    if not asked.text:
        return rows
    # A text is looked for in what the visitor may read: what is masked cannot be found out by searching.
    found = [row for row in rows if asked.text.casefold() in _readable(row, visit).casefold()]
    days = list(dict.fromkeys(row["day"] for row in found))[:DAYS]
    return [row for row in found if row["day"] in days]


def _readable(row: dict[str, Any], visit: Visit) -> str:
    parts = (_title(row, visit.lang), row["number"], row["place"], row["words"])
    return " ".join(str(part) for part in parts if part)


def _released(visit: Visit, one: OneRow, wanted: Wanted) -> list[dict[str, Any]]:
    rows = timeline(visit.engine, visit.portrait.tables["history"], one.customer_id, wanted)
    stores = pa.array([list(one.stores)] * rows.num_rows, pa.list_(pa.string()))
    found: list[dict[str, Any]] = release(
        rows.append_column("stores", stores), _POLICIES, visit.access
    ).table.to_pylist()
    return found


def _day(day: date, rows: list[dict[str, Any]], files: Mapping[str, str], visit: Visit) -> Day:
    return Day(day, date_words(day, visit.lang), tuple(_entry(row, files, visit) for row in rows))


def _entry(row: dict[str, Any], files: Mapping[str, str], visit: Visit) -> Entry:
    lang = visit.lang
    details = [row["number"], row["place"]] if row["kind"] != "consent" else [row["place"]]
    details.append(_amount(row, visit))
    if (row["count"] or 1) > 1:
        details.append(say("customer.times", lang, n=row["count"]))
    told = tuple(str(each) for each in details if each)
    return Entry(
        row["kind"], _title(row, lang), f"{row['at']:%H:%M}", told, row["words"] or "", _fields(row, files, visit)
    )


def _amount(row: dict[str, Any], visit: Visit) -> str:
    if row["amount"] is None:
        return ""
    if row["kind"] == "feedback":
        return say("customer.rated", visit.lang, n=short_number(row["amount"], visit.lang))
    return money(row["amount"], visit.currency, visit.lang)


def _fields(row: dict[str, Any], files: Mapping[str, str], visit: Visit) -> tuple[tuple[str, str], ...]:
    lang = visit.lang
    known = {
        "at": f"{date_words(row['day'], lang)} {row['at']:%H:%M:%S}",
        "kind": _kind_words(row["kind"], lang),
        "what": _title(row, lang),
        "number": "" if row["kind"] == "consent" else row["number"],
        "place": row["place"],
        "amount": _amount(row, visit),
        "count": row["count"],
        "words": row["words"],
        "file": say(
            "customer.file_row", lang, file=files.get(row["import_id"], row["import_id"]), row=row["source_row"]
        )
        if row["import_id"]
        else "",
    }
    return tuple((say(f"portrait.entry.{name}", lang), str(value)) for name, value in known.items() if value)


def _place(row: dict[str, Any], files: Mapping[str, str], lang: str) -> str:
    if not row["import_id"]:
        return ""
    return say("customer.file_row", lang, file=files.get(row["import_id"], row["import_id"]), row=row["source_row"])


def _title(row: dict[str, Any], lang: str) -> str:
    code = f"customer.{row['kind']}.{row['what']}"
    what = say(code, lang) if knows(code) else str(row["what"] or "")
    if row["kind"] == "consent":
        purpose = f"release.purpose.{row['number']}"
        return say("customer.consent", lang, what=what, purpose=say(purpose, lang) if knows(purpose) else row["number"])
    return what
