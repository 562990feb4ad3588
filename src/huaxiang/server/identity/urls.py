"""Addresses of the identity pages."""

from __future__ import annotations

from django.urls import path

from huaxiang.server.identity import dashboard, decide, decisions, review

app_name = "identity"

urlpatterns = [
    path("identity/", dashboard.dashboard, name="dashboard"),
    path("identity/review/", review.review, name="review"),
    path("identity/decide/", decide.decide, name="decide"),
    path("identity/split/<slug:key>/", decide.split, name="split"),
    path("identity/decide/preview/", decide.preview, name="preview"),
    path("identity/decisions/", decisions.decisions, name="decisions"),
    path("identity/decisions/<int:number>/undo/", decisions.undo, name="undo"),
]
