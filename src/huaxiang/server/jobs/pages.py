"""One job: how far it is, what it waits for, how it ended."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from huaxiang.server.jobs.queue import cancel, job_numbered
from huaxiang.server.jobs.shown import shown
from huaxiang.server.permissions import page
from huaxiang.server.preferences import lang_of


@page(permission="see_page")
def job(request: HttpRequest, number: int) -> HttpResponse:
    """The page of a job; it follows the job by itself."""
    return render(request, "jobs/job.html", {"job": shown(job_numbered(number), lang_of(request))})


@page(permission="see_page")
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """The part of a page that follows a job, asked for again and again until the job has ended."""
    return render(request, "jobs/_job.html", {"job": shown(job_numbered(number), lang_of(request))})


@page(permission="import_data", methods=("POST",))
def cancel_job(request: HttpRequest, number: int) -> HttpResponse:
    """Asks the job to stop at its next step."""
    stopping = cancel(number)
    if getattr(request, "htmx", False):
        return render(request, "jobs/_job.html", {"job": shown(stopping, lang_of(request))})
    return redirect("jobs:job", number)
