"""Addresses of the imports pages."""

from __future__ import annotations

from django.urls import path

from huaxiang.server.imports import mapping_pages, quarantine_pages, report_pages, upload_pages

app_name = "imports"

urlpatterns = [
    path("imports/", report_pages.imports, name="list"),
    path("imports/new/", upload_pages.new, name="new"),
    path("imports/files/<str:token>/", mapping_pages.upload, name="upload"),
    path("imports/files/<str:token>/sheets/<int:number>/", mapping_pages.change, name="change"),
    path("imports/files/<str:token>/check/", mapping_pages.check, name="check"),
    path("imports/files/<str:token>/import/", mapping_pages.bring_in, name="import"),
    path("imports/files/<str:token>/discard/", mapping_pages.discard, name="discard"),
    path("imports/<slug:key>/", report_pages.report, name="report"),
    path("quarantine/", quarantine_pages.quarantine, name="quarantine"),
    path("quarantine/<slug:key>/<int:number>/", quarantine_pages.show, name="show"),
    path("quarantine/<slug:key>/<int:number>/mend/", quarantine_pages.mend, name="mend"),
    path("quarantine/<slug:key>/<int:number>/discard/", quarantine_pages.give_up, name="give_up"),
]
