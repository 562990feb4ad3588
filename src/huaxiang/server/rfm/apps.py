"""The RFM feature as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class RfmConfig(AppConfig):
    """Registers the RFM feature under its own name."""

    name = "huaxiang.server.rfm"
    label = "rfm"
