"""Every address of the web application, feature by feature."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("huaxiang.server.overview.urls")),
    path("", include("huaxiang.server.customers.urls")),
    path("", include("huaxiang.server.accounts.urls")),
    path("", include("huaxiang.server.imports.urls")),
    path("", include("huaxiang.server.jobs.urls")),
    path("", include("huaxiang.server.quality.urls")),
    path("", include("huaxiang.server.runs.urls")),
    path("", include("huaxiang.server.identity.urls")),
    path("", include("huaxiang.server.crowds.urls")),
    path("", include("huaxiang.server.groups.urls")),
    path("", include("huaxiang.server.tags.urls")),
    path("", include("huaxiang.server.rfm.urls")),
    path("", include("huaxiang.server.editions.urls")),
    path("", include("huaxiang.server.webhooks.urls")),
    path("", include("huaxiang.server.api.urls")),
]

handler400 = "huaxiang.server.error_pages.bad_request"
handler403 = "huaxiang.server.error_pages.forbidden"
handler404 = "huaxiang.server.error_pages.not_found"
handler500 = "huaxiang.server.error_pages.server_error"
