"""The editions feature as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class EditionsConfig(AppConfig):
    """Registers the editions feature under its own name."""

    name = "huaxiang.server.editions"
    label = "editions"
