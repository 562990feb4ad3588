"""Every route says who may open it, and exactly those may. The routes come from the router, so new ones count too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huaxiang.release.roles import ROLES, role_named

if TYPE_CHECKING:
    from django.test import Client

    from huaxiang.server.permissions import PageRule

# What stands in an address for each of its parts; a new kind of part fails until it is added here.
SAMPLES = {
    "int:number": "999999",
    "str:token": "spent",
    "str:part": "0",
    "slug:key": "collect",
    "identifier": "M0001",
    "number": "999999",
    "version": "999999",
    "key": "collect",
    "path:rest": "elsewhere",
}


@dataclass(frozen=True)
class Route:
    """One address with the view behind it."""

    path: str
    view: object

    @property
    def rule(self) -> PageRule:
        from huaxiang.server.permissions import rule_of

        rule = rule_of(self.view)
        assert rule is not None, f"{self.path} does not declare its permission: use @page(permission=…)"
        return rule


def all_routes() -> list[Route]:
    """Every route that the router knows, with sample values in its address."""
    from django.urls import URLPattern, URLResolver, get_resolver

    def walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[Route]:
        for pattern in patterns:
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            else:
                for part, value in SAMPLES.items():
                    route = route.replace(f"<{part}>", value)
                assert "<" not in route, f"add a sample value for {route}"
                yield Route(f"/{route}", pattern.callback)

    return list(walk(get_resolver().url_patterns, ""))


def page_routes() -> list[Route]:
    """The routes of pages; those of programs are asked in tests/server/api."""
    from huaxiang.server.permissions import BY_KEY

    return [route for route in all_routes() if route.rule.permission != BY_KEY]


def test_every_route_declares_its_permission(workspace: Path) -> None:
    routes = all_routes()
    assert len(routes) >= 13
    assert all(route.rule.methods for route in routes)


@pytest.mark.parametrize("role", [role.role for role in ROLES])
def test_each_role_opens_exactly_what_is_declared(role: str, signed_in_client: Callable[..., Client]) -> None:
    from huaxiang.server.permissions import PUBLIC, SIGNED_IN

    for route in page_routes():
        allowed = route.rule.permission in {PUBLIC, SIGNED_IN, *role_named(role).permissions}
        for method in route.rule.methods:
            answer = signed_in_client(role, f"{role}-{method}-{route.path.replace('/', '.')}").generic(
                method, route.path
            )
            assert (answer.status_code == 403) is not allowed, (role, method, route.path, answer.status_code)


def test_nobody_opens_anything_but_public_pages_without_signing_in(client: Client) -> None:
    from huaxiang.server.permissions import BY_KEY, PUBLIC

    for route in all_routes():
        for method in route.rule.methods:
            answer = client.generic(method, route.path)
            to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in/")
            assert to_sign_in is (route.rule.permission not in {PUBLIC, BY_KEY}), (
                method,
                route.path,
                answer.status_code,
            )


def test_methods_that_a_page_does_not_declare_are_refused(signed_in_client: Callable[..., Client]) -> None:
    browser = signed_in_client("admin")
    for route in all_routes():
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - set(route.rule.methods):
            assert browser.generic(method, route.path).status_code == 405, (method, route.path)


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}])
def test_every_unsafe_route_refuses_a_form_from_elsewhere(
    headers: dict[str, str], signed_in_client: Callable[..., Client]
) -> None:
    from django.test import Client

    browser = signed_in_client("admin")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    unsafe = [route for route in page_routes() if "POST" in route.rule.methods]
    assert len(unsafe) >= 8
    for route in unsafe:
        answer = strict.post(route.path, {"value": "en"}, headers=headers)
        assert answer.status_code == 403, route.path
        assert "huaxiang_language" not in answer.cookies


def test_a_page_that_declares_nothing_opens_for_nobody(signed_in_client: Callable[..., Client]) -> None:
    from django.http import HttpRequest, HttpResponse
    from django.test import override_settings
    from django.urls import path

    from huaxiang.server import urls

    def forgotten(request: HttpRequest) -> HttpResponse:
        return HttpResponse("secret")

    class Addresses:
        urlpatterns = [*urls.urlpatterns, path("forgotten/", forgotten)]  # noqa: RUF012

    with override_settings(ROOT_URLCONF=Addresses):
        answer = signed_in_client("admin").get("/forgotten/")
    assert answer.status_code == 403
    assert "secret" not in answer.content.decode()


def test_a_permission_that_does_not_exist_is_refused_at_once(workspace: Path) -> None:
    from huaxiang.server.permissions import page

    with pytest.raises(ValueError, match="see_everything"):
        page(permission="see_everything")


def test_a_new_role_holds_from_the_next_click(signed_in_client: Callable[..., Client]) -> None:
    from huaxiang.server.accounts.models import User

    browser = signed_in_client("admin", "was-admin")
    assert browser.get("/users/").status_code == 200
    User.objects.filter(username="was-admin").update(role="viewer")
    assert browser.get("/users/").status_code == 403


def test_htmx_is_told_to_go_to_the_sign_in_page(client: Client) -> None:
    answer = client.get("/users/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in/")
