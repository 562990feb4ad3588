"""The segments feature as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class CrowdsConfig(AppConfig):
    """Registers the segments feature under its own name."""

    name = "huaxiang.server.crowds"
    label = "crowds"
