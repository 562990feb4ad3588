"""Addresses of the segment pages."""

from __future__ import annotations

from django.urls import path

from huaxiang.server.crowds import (
    build,
    change,
    counting,
    crowd,
    curve,
    export,
    finding,
    foreign,
    history,
    listing,
    lists,
    past,
    split,
    versions,
)

app_name = "crowds"

urlpatterns = [
    path("crowds/", listing.crowds, name="list"),
    path("crowds/new/", build.new, name="new"),
    path("crowds/bring/", foreign.bring, name="bring"),
    path("crowds/lists/", lists.lists, name="lists"),
    path("crowds/lists/<slug:key>/delete/", lists.forget, name="forget_list"),
    path("crowds/preview/", counting.preview, name="preview"),
    path("crowds/preview/stop/", counting.stopped, name="stop"),
    path("crowds/find/", finding.find, name="find"),
    path("crowds/fit/<int:number>/", build.fit, name="fit"),
    path("crowds/curve/<int:number>/<str:part>/", curve.curve, name="curve"),
    path("crowds/files/<str:token>/", export.take, name="take"),
    path("crowds/saved/<slug:key>/", crowd.crowd, name="crowd"),
    path("crowds/of/<slug:key>/", history.of_customer, name="of_customer"),
    path("crowds/saved/<slug:key>/history/", history.history, name="history"),
    path("crowds/saved/<slug:key>/past/", past.asked, name="past"),
    path("crowds/saved/<slug:key>/past/compute/", past.computed, name="compute_past"),
    path("crowds/saved/<slug:key>/past/stop/", past.stopped, name="stop_past"),
    path("crowds/saved/<slug:key>/versions/", versions.listed, name="versions"),
    path("crowds/saved/<slug:key>/versions/<int:number>/restore/", versions.go_back, name="go_back"),
    path("crowds/saved/<slug:key>/split/", split.split, name="split"),
    path("crowds/saved/<slug:key>/edit/", build.edit, name="edit"),
    path("crowds/saved/<slug:key>/delete/", change.delete, name="delete"),
    path("crowds/saved/<slug:key>/bring-back/", change.bring_back, name="bring_back"),
    path("crowds/saved/<slug:key>/export/", export.export, name="export"),
]
