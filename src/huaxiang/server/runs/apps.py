"""The runs feature as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class RunsConfig(AppConfig):
    """Registers the runs feature under its own name."""

    name = "huaxiang.server.runs"
    label = "runs"
