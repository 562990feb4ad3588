"""The imports feature as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Registers the imports feature under its own name."""

    name = "huaxiang.server.imports"
    label = "imports"
