"""Addresses of the quality feature."""

from __future__ import annotations

from django.urls import path

from huaxiang.server.quality import board_page, checks_page, scorecard_page

app_name = "quality"

urlpatterns = [
    path("quality/", scorecard_page.scorecard, name="scorecard"),
    path("quality/checks/", checks_page.checks, name="checks"),
    path("quality/rows/", checks_page.rows, name="rows"),
    path("quality/contradictions/", board_page.contradictions, name="contradictions"),
]
