"""Addresses of the jobs pages."""

from __future__ import annotations

from django.urls import path

from huaxiang.server.jobs import pages

app_name = "jobs"

urlpatterns = [
    path("jobs/<int:number>/", pages.job, name="job"),
    path("jobs/<int:number>/progress/", pages.progress, name="progress"),
    path("jobs/<int:number>/cancel/", pages.cancel_job, name="cancel"),
]
