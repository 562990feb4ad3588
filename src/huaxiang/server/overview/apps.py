"""The overview feature as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class OverviewConfig(AppConfig):
    """Registers the overview feature under its own name."""

    name = "huaxiang.server.overview"
    label = "overview"
