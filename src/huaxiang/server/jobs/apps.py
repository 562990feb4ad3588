"""The jobs feature as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Registers the jobs feature under its own name."""

    name = "huaxiang.server.jobs"
    label = "jobs"
