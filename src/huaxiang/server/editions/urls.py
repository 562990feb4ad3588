"""Addresses of the editions pages."""

from __future__ import annotations

from django.urls import path

from huaxiang.server.editions import read, views

app_name = "editions"

urlpatterns = [
    path("editions/", views.editions, name="list"),
    path("editions/publish/", views.publish, name="publish"),
    path("editions/read/<slug:key>/", read.document, name="document"),
    path("editions/files/<slug:key>/", read.file, name="file"),
]
