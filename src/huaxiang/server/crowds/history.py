"""The history of one segment: its size over the refreshes, who came and went at one of them and by which test."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from huaxiang.analyse.contacts import contacts
from huaxiang.analyse.crowd_history import (
    Fared,
    Standing,
    changes_of,
    fared,
    imports_since,
    latest_of_each,
    reasons_counted,
    standings,
)
from huaxiang.analyse.customers import stores_of
from huaxiang.engine import DuckEngine
from huaxiang.errors import HuaxiangError, NotFound
from huaxiang.maintain.definitions import Definitions
from huaxiang.model.condition_text import condition_from_text
from huaxiang.model.crowd_tables import ENTERED, FAILED, LEFT
from huaxiang.model.segments import Segment
from huaxiang.number_words import date_words
from huaxiang.present.charts.size_over_runs import size_over_runs
from huaxiang.release.door import release
from huaxiang.server.charts import ChartPart
from huaxiang.server.crowds.sight import Sight, sight_of
from huaxiang.server.customers.one_row import CONTACT_POLICIES, OPEN
from huaxiang.server.permissions import page
from huaxiang.server.published import published
from huaxiang.server.tables import Cell, Column, Table, text_table
from huaxiang.words import knows, message_from, say

#: People that the page lists; all of them are in the file of the API and in the table ``crowd_change``.
MOST_LISTED = 100


@dataclass(frozen=True)
class Stamp:
    """How fresh a segment is, in words; ``problem`` says loudly why it is not, ``late`` how many imports came since."""

    fresh: str
    problem: str = ""
    outside: str = ""
    late: int = 0


@page(permission="see_profile")
def history(request: HttpRequest, key: str) -> HttpResponse:
    """The size over the refreshes, and who came and went at one of them (``?run=``, the latest without it)."""
    with sight_of(request) as sight:
        segment = sight.segment(key)
        runs = fared(sight.engine, key)
        chosen = next((run for run in runs if run.run_id == request.GET.get("run")), runs[-1] if runs else None)
        context: dict[str, Any] = {
            "crowd": segment,
            "name": segment.name.say(sight.lang),
            "runs": runs,
            "chosen": chosen,
            "stamp": stamp(sight, segment, runs[-1]) if runs else None,
            "chart": _chart(runs, sight.lang) if runs else None,
        }
        if chosen is not None:
            context |= _moved(sight, segment, chosen)
    is_part = getattr(request, "htmx", False)
    return render(request, "crowds/_history.html" if is_part else "crowds/history.html", context)


def stamp(sight: Sight, segment: Segment, run: Fared) -> Stamp:
    """How fresh the segment is after that refresh."""
    late = imports_since(sight.engine, run)
    fresh = say("crowds.computed", sight.lang, day=date_words(run.as_of, sight.lang), run=run.run_id)
    bounds = {"least": segment.least_customers or 0, "most": segment.most_customers or "∞"}
    outside = say("crowds.outside", sight.lang, customers=run.customers or 0, **bounds) if run.outside else ""
    return Stamp(fresh, problem_words(run, sight.lang), outside, late)


def problem_words(run: Fared, lang: str) -> str:
    """Why a segment could not be computed at a refresh; empty where it could."""
    if run.status != FAILED or run.reason is None:
        return ""
    return message_from(json.loads(run.reason)).say(lang)


def crowds_of_customer(sight: Sight, customer_id: str) -> list[Mapping[str, str]]:
    """The segments that a customer is in, since when: ``name``, ``since``, ``address``; for the customer's own page."""
    segments = sight.definitions.segments
    return [_standing(one, segments[one.crowd], sight.lang) for one in standings(sight.engine, customer_id)
            if one.crowd in segments]  # fmt: skip


@page(permission="see_profile")
def of_customer(request: HttpRequest, key: str) -> HttpResponse:
    """The segments that one customer is in, and since when; :class:`NotFound` for somebody of other stores."""
    with sight_of(request) as sight:
        stores = stores_of(sight.engine, published(sight.engine)["sale"], [key]).get(key, [])
        if not sight.access.sees_any(stores):
            raise NotFound("customer.not_found", given=key)
        listed = crowds_of_customer(sight, key)
    is_part = getattr(request, "htmx", False)
    context = {"crowds": listed, "customer_id": key}
    return render(request, "crowds/_of_customer.html" if is_part else "crowds/of_customer.html", context)


def failed_words(engine: DuckEngine, known: Definitions, lang: str) -> list[tuple[str, str]]:
    """The segments that the latest refresh could not compute, and those that cannot be read now: address and sentence,
    for the first page."""
    found = {key: problem_words(run, lang) for key, run in latest_of_each(engine).items()}
    failed = [
        (
            reverse("crowds:history", args=[key]),
            say("crowds.failed_one", lang, name=known.segments[key].name.message, reason=problem),
        )
        for key, problem in found.items()
        if problem and key in known.segments
    ]
    return failed + [(reverse("crowds:list"), why.say(lang)) for why in known.unreadable_segments.values()]


def because_words(because: str, sight: Sight) -> str:
    """Why somebody came or went: the tests that changed, or the one reason for all."""
    return say("crowds.because.join", sight.lang).join(reasons_of(because, sight))


def reasons_of(because: str, sight: Sight) -> list[str]:
    """The same, each reason by itself."""
    told = [_one_reason(str(one), sight) for one in json.loads(because)]
    return told or [say("crowds.because.unknown", sight.lang)]


def _one_reason(code: str, sight: Sight) -> str:
    if knows(f"crowds.because.{code}"):
        return say(f"crowds.because.{code}", sight.lang)
    try:
        return sight.population.sentence(condition_from_text(code), sight.lang)
    except HuaxiangError:
        # A tag that is no longer defined: its test stands as it was written.
        return code


def _standing(one: Standing, segment: Segment, lang: str) -> Mapping[str, str]:
    since = say("crowds.since", lang, day=date_words(one.since_as_of, lang))
    return {"name": segment.name.say(lang), "since": since, "address": reverse("crowds:crowd", args=[one.crowd])}


def _chart(runs: Sequence[Fared], lang: str) -> ChartPart:
    labels = [f"{run.as_of:%m-%d}" for run in runs]
    names = {part: say(f"crowds.history.{part}", lang) for part in ("size", "entered", "left")}
    option = size_over_runs(
        labels,
        (names["size"], [run.customers for run in runs]),
        (names["entered"], [run.entered for run in runs]),
        (names["left"], [run.gone for run in runs]),
    )
    columns = (
        Column(say("crowds.history.run", lang)),
        Column(say("crowds.history.day", lang)),
        *(Column(name, numeric=True) for name in names.values()),
    )
    rows: list[tuple[str, ...]] = [
        (run.run_id, date_words(run.as_of, lang), _count(run.customers), f"{run.entered:,}", f"{run.gone:,}")
        for run in runs
    ]
    title, described = say("crowds.history.chart", lang), say("crowds.history.described", lang, count=len(runs))
    unit = say("crowds.people", lang)
    return ChartPart("crowd-history", title, described, option, text_table(title, columns, rows), unit)


def _moved(sight: Sight, segment: Segment, run: Fared) -> dict[str, Any]:
    listed = changes_of(sight.engine, segment.key, run.run_id, MOST_LISTED)
    rows = listed.to_pylist()
    counted = reasons_counted(rows)
    told = [(because_words(because, sight), count) for because, count in counted.items()]
    few = run.entered + run.gone > MOST_LISTED
    return {"moved": _people(sight, listed), "reasons": told, "listed": len(rows), "is_cut": few}


def _people(sight: Sight, listed: pa.Table) -> Table:
    """Who came and went, masked; ids that are nobody's now stand as they are, those of other stores are left out."""
    ids = listed.column("customer_id").to_pylist()
    tables = published(sight.engine)
    people = contacts(sight.engine, tables, list(dict.fromkeys(ids)))
    stores = stores_of(sight.engine, tables["sale"], ids) if ids else {}
    own = [stores.get(each, []) for each in people.column("customer_id").to_pylist()]
    given = people.append_column("stores", pa.array(own, pa.list_(pa.string())))
    names = {
        row["customer_id"]: row for row in release(given, [*OPEN, *CONTACT_POLICIES], sight.access).table.to_pylist()
    }
    columns = tuple(Column(say(f"crowds.history.{part}", sight.lang)) for part in ("customer", "change", "because"))
    rows = [_person(row, names[row["customer_id"]], sight) for row in listed.to_pylist() if row["customer_id"] in names]
    return Table(say("crowds.history.people", sight.lang), columns, tuple(rows))


def _person(row: Mapping[str, Any], known: Mapping[str, Any], sight: Sight) -> tuple[Cell, ...]:
    name = known["person_name"] or known["phone"] or row["customer_id"]
    change = say({ENTERED: "crowds.history.entered", LEFT: "crowds.history.left"}[row["change"]], sight.lang)
    address = reverse("customers:one", args=[row["customer_id"]])
    return Cell(name, address=address, heading=True), Cell(change), Cell(because_words(row["because"], sight))


def _count(number: int | None) -> str:
    return "—" if number is None else f"{number:,}"
