"""Addresses of the customers feature. ``key`` is a customer id."""

from __future__ import annotations

from django.urls import path

from huaxiang.server.customers import counter_page, history_part, list_page, one_page, reveal_page, why_page

app_name = "customers"

urlpatterns = [
    path("customers/", list_page.customers, name="list"),
    path("customers/search/", list_page.search, name="search"),
    path("counter/", counter_page.search, name="counter_search"),
    path("customers/<slug:key>/counter/", counter_page.counter, name="counter"),
    path("customers/<slug:key>/", one_page.one, name="one"),
    path("customers/<slug:key>/timeline/", one_page.timeline, name="timeline"),
    path("customers/<slug:key>/tags/", one_page.tags, name="tags"),
    path("customers/<slug:key>/alike/", one_page.alike, name="alike"),
    path("customers/<slug:key>/orders/", one_page.orders, name="orders"),
    path("customers/<slug:key>/identity/", one_page.identity, name="identity"),
    path("customers/<slug:key>/history/", history_part.history_page, name="history"),
    path("customers/<slug:key>/why/", why_page.why_page, name="why"),
    path("customers/<slug:key>/reveal/", reveal_page.reveal_page, name="reveal"),
]
