"""Addresses of the identity pages."""

from __future__ import annotations

from django.urls import path

from huaxiang.server.identity import dashboard, review

app_name = "identity"

urlpatterns = [
    path("identity/", dashboard.dashboard, name="dashboard"),
    path("identity/review/", review.review, name="review"),
]
