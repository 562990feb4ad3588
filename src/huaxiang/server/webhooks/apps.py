"""The webhooks feature as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Registers the webhooks feature under its own name."""

    name = "huaxiang.server.webhooks"
    label = "webhooks"
