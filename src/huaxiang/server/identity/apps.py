"""The identity feature as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Registers the identity feature under its own name."""

    name = "huaxiang.server.identity"
    label = "identity"
