"""The tags feature as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class TagsConfig(AppConfig):
    """Registers the tags feature under its own name."""

    name = "huaxiang.server.tags"
    label = "tags"
