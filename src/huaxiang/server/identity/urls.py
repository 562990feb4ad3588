"""Addresses of the identity pages."""

from __future__ import annotations

from django.urls import path

from huaxiang.server.identity import alone, choose, dashboard, decide, decisions, doubtful, likely, model, review

app_name = "identity"

urlpatterns = [
    path("identity/", dashboard.dashboard, name="dashboard"),
    path("identity/review/", review.review, name="review"),
    path("identity/doubtful/", doubtful.doubtful, name="doubtful"),
    path("identity/likely/", likely.likely, name="likely"),
    path("identity/alone/", alone.alone, name="alone"),
    path("identity/model/", model.model, name="model"),
    path("identity/model/cost/", model.cost, name="cost"),
    path("identity/model/train/", model.train, name="train"),
    path("identity/model/<slug:key>/changes/", model.changes, name="model_changes"),
    path("identity/model/<slug:key>/approve/", model.approve, name="approve"),
    path("identity/decide/", decide.decide, name="decide"),
    path("identity/split/<slug:key>/", choose.split, name="split"),
    path("identity/same/<slug:key>/", choose.same_as, name="same"),
    path("identity/decide/preview/", decide.preview, name="preview"),
    path("identity/decisions/", decisions.decisions, name="decisions"),
    path("identity/decisions/<int:number>/undo/", decisions.undo, name="undo"),
    path("identity/decisions/<int:number>/undo/preview/", decisions.preview_undo, name="preview_undo"),
]
