"""Addresses of the group portraits."""

from __future__ import annotations

from django.urls import path

from huaxiang.server.groups import (
    cross_page,
    flow_list,
    measures_page,
    movement_page,
    overlap_page,
    portrait_page,
    region_page,
    rule_page,
)

app_name = "groups"

urlpatterns = [
    path("groups/", portrait_page.portrait, name="portrait"),
    path("groups/highlights/", portrait_page.highlights, name="highlights"),
    path("groups/cross/", cross_page.cross, name="cross"),
    path("groups/measures/", measures_page.measures, name="measures"),
    path("groups/regions/", region_page.regions, name="regions"),
    path("groups/movement/", movement_page.moved, name="movement"),
    path("groups/movement/keep/", flow_list.keep, name="keep_flow"),
    path("groups/overlap/", overlap_page.overlaps, name="overlap"),
    path("groups/rule/", rule_page.rule, name="rule"),
]
