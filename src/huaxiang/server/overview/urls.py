"""Addresses of the first page and the stage pages."""

from __future__ import annotations

from django.urls import path

from huaxiang.server.overview import views

app_name = "overview"

urlpatterns = [
    path("", views.home, name="home"),
    path("stage/<slug:key>/", views.stage, name="stage"),
]
