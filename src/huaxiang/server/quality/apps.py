"""The quality feature as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """Registers the quality feature under its own name."""

    name = "huaxiang.server.quality"
    label = "quality"
