"""Refreshes and jobs: the latest first, with what each stood on; and the form that starts a refresh."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from huaxiang.collect import history
from huaxiang.errors import BusyError, InputError
from huaxiang.maintain.run_rows import computed_words
from huaxiang.number_words import date_words, short_number
from huaxiang.server.accounts.models import signed_in
from huaxiang.server.clock import now
from huaxiang.server.data import reading, workspace
from huaxiang.server.jobs.models import ACTIVE, DONE, Job
from huaxiang.server.jobs.queue import described, settle_orphans, start
from huaxiang.server.jobs.shown import moment, shown
from huaxiang.server.permissions import may, page
from huaxiang.server.preferences import lang_of
from huaxiang.server.tables import Cell, Column, Table
from huaxiang.words import message_from, say

SHOWN = 30
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@page(permission="see_page")
def runs(request: HttpRequest) -> HttpResponse:
    """What was computed when and for which day, what runs now, and what else was done."""
    lang = lang_of(request)
    settle_orphans()
    with reading() as engine:
        found = history.runs(engine, SHOWN)
        imported = history.import_totals(engine)
    context = {
        "runs": _run_table(found, lang) if found else None,
        "latest": _latest(found, lang),
        "broken": [message_from(one).say(lang) for one in json.loads(found[0]["messages"])] if found else [],
        "active": [shown(job, lang) for job in Job.objects.filter(state__in=ACTIVE).order_by("pk")],
        "jobs": _job_table(list(Job.objects.exclude(state__in=ACTIVE).order_by("-pk")[:SHOWN]), lang),
        "may_import": may(request, "import_data"),
        "today": _today().isoformat(),
        "imports": imported["import_count"],
        "is_behind": bool(found and imported["last_known_at"] and imported["last_known_at"] > found[0]["started_at"]),
    }
    return render(request, "runs/runs.html", context)


@page(permission="import_data", methods=("POST",))
def refresh(request: HttpRequest) -> HttpResponse:
    """Starts a refresh for a day (its end included), or for the last day that the data reach when none is given."""
    day = _day_given(request)
    settle_orphans()
    waiting = Job.objects.filter(kind="refresh", state__in=ACTIVE).order_by("pk").first()
    if waiting is not None:
        raise BusyError("runs.refresh_already", **described(waiting))
    about = day.isoformat() if day else ""
    job = start("refresh", {"as_of": about}, actor=signed_in(request).username, about=about)
    return redirect("jobs:job", job.pk)


def _day_given(request: HttpRequest) -> date | None:
    given = request.POST.get("as_of")
    if given is None:
        raise InputError("runs.day_missing")
    if not given:
        return None
    try:
        day = date.fromisoformat(given) if _DAY.fullmatch(given) else None
    except ValueError:
        day = None
    if day is None or not date(1970, 1, 1) <= day <= _today():
        raise InputError("runs.day_not_possible", given=given[:40], today=_today().isoformat())
    return day


def _today() -> date:
    return now().astimezone(workspace().settings.zone).date()


def _latest(found: list[dict[str, Any]], lang: str) -> dict[str, str] | None:
    if not found:
        return None
    run = found[0]
    return {"day": date_words(run["as_of"], lang), "n": short_number(run["customer_count"], lang)}


def _run_table(found: list[dict[str, Any]], lang: str) -> Table:
    snapshots = {
        job.result["run_id"]: str(job.result["snapshot"])
        for job in Job.objects.filter(kind="refresh", state=DONE).order_by("-pk")[:SHOWN]
    }
    names = ("run", "as_of", "started", "seconds", "customers", "computed", "imports", "definitions", "snapshot")
    numeric = {"seconds", "customers", "computed", "imports", "snapshot"}
    columns = tuple(
        Column(say(f"runs.column.{name}", lang), name in numeric, say(f"runs.column.{name}.meaning", lang))
        for name in names
    )
    rows = tuple(
        (
            Cell(run["run_id"], heading=True),
            Cell(date_words(run["as_of"], lang)),
            Cell(run["started_at"].strftime("%Y-%m-%d %H:%M")),
            Cell(f"{run['seconds']:.1f}", numeric=True),
            Cell(short_number(run["customer_count"], lang), numeric=True),
            Cell(computed_words(run, lang), numeric=True),
            Cell(short_number(run["import_count"], lang), numeric=True),
            Cell(run["definitions"][:12]),
            Cell(snapshots.get(run["run_id"], "—"), numeric=True),
        )
        for run in found
    )
    return Table(say("runs.refreshes", lang), columns, rows)


def _job_table(jobs: list[Job], lang: str) -> Table | None:
    if not jobs:
        return None
    names = ("job", "about", "state", "who", "asked", "seconds")
    columns = tuple(Column(say(f"runs.column.{name}", lang), name == "seconds") for name in names)
    return Table(say("runs.jobs", lang), columns, tuple(_job_row(job, lang) for job in jobs))


def _job_row(job: Job, lang: str) -> tuple[Cell, ...]:
    took = (job.finished_at - job.started_at).total_seconds() if job.finished_at and job.started_at else None
    return (
        Cell(say(f"jobs.kind.{job.kind}", lang), address=f"/jobs/{job.pk}/", heading=True),
        Cell(job.about or "—"),
        Cell(say(f"jobs.state.{job.state}", lang)),
        Cell(job.actor),
        Cell(moment(job.created_at)),
        Cell("—" if took is None else f"{took:.1f}", numeric=True),
    )
