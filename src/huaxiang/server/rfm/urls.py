"""The address of the RFM page."""

from __future__ import annotations

from django.urls import path

from huaxiang.server.rfm import view

app_name = "rfm"

urlpatterns = [path("rfm/", view.rfm, name="rfm")]
