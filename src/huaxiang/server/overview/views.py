"""The first page and the page of each stage."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huaxiang.errors import NotFound
from huaxiang.server.menu import STAGES
from huaxiang.server.permissions import SIGNED_IN, page
from huaxiang.server.shell import rail


@page(permission=SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Where everybody lands: the six stages and what each is for."""
    return render(request, "overview/home.html")


@page(permission=SIGNED_IN)
def stage(request: HttpRequest, key: str) -> HttpResponse:
    """One stage: what happens in it and the pages that the visitor may open."""
    if key not in STAGES:
        raise NotFound("error.404", path=request.path)
    found = next(stage for stage in rail(request) if stage.key == key)
    return render(request, "overview/stage.html", {"stage": found})
