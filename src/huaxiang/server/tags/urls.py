"""Addresses of the tag pages."""

from __future__ import annotations

from django.urls import path

from huaxiang.server.tags import acts, edit, give, listing, tag_page

app_name = "tags"

urlpatterns = [
    path("tags/", listing.tags, name="list"),
    path("tags/unwell/", listing.unwell, name="unwell"),
    path("tags/new/", edit.new, name="new"),
    path("tags/preview/", edit.preview, name="preview"),
    path("tags/customers/<slug:key>/", give.of_customer, name="of_customer"),
    path("tags/customers/<slug:key>/give/", give.give, name="give"),
    path("tags/crowds/<slug:key>/", give.crowd_form, name="crowd_form"),
    path("tags/crowds/<slug:key>/give/", give.give_to_crowd, name="give_to_crowd"),
    path("tags/given/<int:number>/take/", give.take, name="take"),
    path("tags/one/<slug:key>/", tag_page.tag, name="tag"),
    path("tags/one/<slug:key>/edit/", edit.edit, name="edit"),
    path("tags/one/<slug:key>/act/", acts.act, name="act"),
    path("tags/one/<slug:key>/versions/<int:number>/", acts.roll_back, name="roll_back"),
]
