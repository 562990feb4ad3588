"""What was imported: the list, and the report of one import."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huaxiang.collect import history
from huaxiang.collect.report import messages_from
from huaxiang.model.mapping import source_fields
from huaxiang.number_words import date_words, money, short_number
from huaxiang.server.data import reading, workspace
from huaxiang.server.imports.counts import PARTS, Counts, counts_of, form_title, reason_words, sheet_title, sum_words
from huaxiang.server.imports.discards import discarded
from huaxiang.server.imports.paging import page_number
from huaxiang.server.permissions import may, page
from huaxiang.server.preferences import lang_of
from huaxiang.server.tables import Column, text_table
from huaxiang.words import say

PAGE_ROWS = 50


@page(permission="see_page")
def imports(request: HttpRequest) -> HttpResponse:
    """Every import, the latest first."""
    lang, at = lang_of(request), page_number(request)
    with reading() as engine:
        rows = history.imports(engine, PAGE_ROWS + 1, PAGE_ROWS * (at - 1))
        totals = history.import_totals(engine)
        gone = discarded()
        waiting = sum(row["count"] for row in history.waiting_by_import(engine, history.Waiting(discarded=gone)))
    context = {
        "rows": [_line(row, lang) for row in rows[:PAGE_ROWS]],
        "page": at,
        "next": at + 1 if len(rows) > PAGE_ROWS else None,
        "imports": totals["import_count"],
        "read": totals["rows_read"],
        "waiting": waiting,
        "legend": [(name, say(f"imports.part.{name}", lang)) for name in PARTS],
        "may_import": may(request, "import_data"),
    }
    return render(request, "imports/list.html", context)


@page(permission="see_page")
def report(request: HttpRequest, key: str) -> HttpResponse:
    """One import: a bar that adds up, what was mended, what waits and why."""
    lang = lang_of(request)
    with reading() as engine:
        row = history.one_import(engine, key)
        issues = history.cell_issues(engine, key)
        waiting = history.Waiting(key, discarded=[one for one in discarded() if one[0] == key])
        reasons = history.waiting_by_reason(engine, waiting)
    context = {
        "import_id": key,
        "counts": _counts(row, lang),
        "row": row,
        "title": sheet_title(row["file_name"], row["sheet"]),
        "kept": row["rows_kept"] + row["rows_repaired"],
        "facts": _facts(row, lang),
        "issues": _issue_table(issues, lang) if issues else None,
        "waiting": [(one["reason"], reason_words(one["reason"], lang), one["count"]) for one in reasons],
    }
    return render(request, "imports/report.html", context)


def _counts(row: dict[str, Any], lang: str) -> Counts:
    messages = [{"code": one.code, "params": dict(one.params)} for one in messages_from(row["messages"])]
    # What waits now is told beside, with links; the message tells what waited then.
    lasting = [one for one in messages if one["code"] != "collect.rows_waiting"]
    return counts_of(row | {"reasons": {}, "messages": lasting}, lang)


def _line(row: dict[str, Any], lang: str) -> dict[str, Any]:
    return {
        "import_id": row["import_id"],
        "title": sheet_title(row["file_name"], row["sheet"]),
        "form": form_title(row["form"], lang),
        "source": row["source"],
        "at": row["known_at"].strftime("%Y-%m-%d %H:%M"),
        "read": short_number(row["rows_read"], lang),
        "sum": sum_words(row, lang),
        "counts": counts_of(row | {"reasons": {}, "messages": []}, lang),
        "waiting": row["rows_quarantined"],
    }


def _facts(row: dict[str, Any], lang: str) -> list[tuple[str, str]]:
    """Name and value of what else is known of an import."""
    first, last = row["first_occurred_at"], row["last_occurred_at"]
    days = f"{date_words(first.date(), lang)} – {date_words(last.date(), lang)}" if first and last else "—"
    found = [
        ("form", form_title(row["form"], lang)),
        ("source", row["source"]),
        ("at", row["known_at"].strftime("%Y-%m-%d %H:%M")),
        ("days", days),
        ("sha256", row["sha256"][:16]),
    ]
    if row["rows_without_customer"]:
        amount = row["amount_without_customer"]
        words = money(amount, workspace().settings.currency, lang) if amount is not None else "—"
        found.append(("without_customer", f"{short_number(row['rows_without_customer'], lang)} · {words}"))
    return [(say(f"imports.fact.{name}", lang), value) for name, value in found]


def _issue_table(issues: list[dict[str, Any]], lang: str) -> Any:
    columns = (
        Column(say("imports.issue.field", lang)),
        Column(say("imports.issue.reason", lang)),
        Column(say("imports.issue.handling", lang)),
        Column(say("imports.issue.count", lang), numeric=True),
    )
    rows: list[tuple[str, ...]] = [
        (
            _field_title(one["field"], lang),
            reason_words(one["reason"], lang),
            say(f"imports.handling.{one['handling']}", lang),
            f"{one['count']:,}",
        )
        for one in issues
    ]
    return text_table(say("imports.report.issues", lang), columns, rows)


def _field_title(name: str, lang: str) -> str:
    field = source_fields().get(name)
    return getattr(field, lang) if field else name
