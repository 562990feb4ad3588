"""Addresses of the runs pages."""

from __future__ import annotations

from django.urls import path

from huaxiang.server.runs import pages

app_name = "runs"

urlpatterns = [
    path("runs/", pages.runs, name="list"),
    path("runs/refresh/", pages.refresh, name="refresh"),
]
