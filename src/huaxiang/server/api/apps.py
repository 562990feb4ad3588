"""The API as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Registers the API and its keys under their own name."""

    name = "huaxiang.server.api"
    label = "api"
