"""Addresses of the webhook pages."""

from __future__ import annotations

from django.urls import path

from huaxiang.server.webhooks import pages

app_name = "webhooks"

urlpatterns = [
    path("webhooks/", pages.webhooks, name="list"),
    path("webhooks/make/", pages.make, name="make"),
    path("webhooks/<int:number>/", pages.webhook, name="one"),
    path("webhooks/<int:number>/pause/", pages.pause, name="pause"),
    path("webhooks/<int:number>/secret/", pages.rotate, name="rotate"),
    path("webhooks/<int:number>/remove/", pages.remove, name="remove"),
    path("webhooks/<int:number>/replay/", pages.replay, name="replay"),
]
