"""Addresses of the API, of its document, and of the pages of its keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, include, path

from huaxiang.server.api import keys_pages, reference
from huaxiang.server.api.api import API, PREFIX
from huaxiang.server.api.problems import nothing_here
from huaxiang.server.permissions import BY_KEY, PageRule, page

app_name = "api"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@page(permission=BY_KEY, methods=METHODS)
def elsewhere(request: HttpRequest, rest: str = "") -> HttpResponse:  # noqa: ARG001 - what the address holds
    """404 for what the API does not have, as a problem and not as a page."""
    return nothing_here(request)


# To Django an address that is exempt from forms' tokens says so; programs send none.
elsewhere.csrf_exempt = True  # type: ignore[attr-defined]


def _declared(patterns: Iterable[Any]) -> list[URLPattern]:
    """The operations as addresses that say who may open them; several methods of one path are one view."""
    by_route: dict[str, URLPattern] = {}
    for pattern in patterns:
        route = str(pattern.pattern)
        if route in by_route or not route:
            continue
        rule = PageRule(BY_KEY, _methods(route))
        pattern.callback.page_rule = rule
        by_route[route] = pattern
    # A word that stands in an address comes before a part that could be any word.
    return sorted(by_route.values(), key=lambda one: str(one.pattern).count("<"))


def _methods(route: str) -> tuple[str, ...]:
    plain = route.replace("<", "{").replace(">", "}")
    found = {
        method
        for router in API._get_bound_routers()  # noqa: SLF001 - Ninja has no public way to list operations
        for at, view in router.path_operations.items()
        if at.lstrip("/") == plain
        for operation in view.operations
        for method in operation.methods
    }
    return tuple(sorted(found))


_OPERATIONS = _declared(API.urls[0])
_BASE = PREFIX.strip("/") + "/"

urlpatterns = [
    path("programs/", keys_pages.keys, name="keys"),
    path("programs/make/", keys_pages.make, name="make"),
    path("programs/<int:number>/rotate/", keys_pages.rotate, name="rotate"),
    path("programs/<int:number>/revoke/", keys_pages.revoke, name="revoke"),
    path("programs/reference/", reference.reference, name="reference"),
    path(_BASE + "openapi.json", reference.openapi, name="openapi"),
    path(_BASE, include(_OPERATIONS)),
    path(f"{_BASE}<path:rest>", elsewhere, name="elsewhere"),
]
