"""The group portraits as Django knows them."""

from __future__ import annotations

from django.apps import AppConfig


class GroupsConfig(AppConfig):
    """Registers the group portraits under their own name."""

    name = "huaxiang.server.groups"
    label = "groups"
