"""Who may open which page. A page that does not say so opens for nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from huaxiang.errors import Denied
from huaxiang.release.roles import PERMISSIONS, Access, require
from huaxiang.server.error_pages import error_page

PUBLIC = "public"
SIGNED_IN = "signed_in"
#: Answers programs that show a key, which the API itself checks.
BY_KEY = "by_key"

View = Callable[..., HttpResponse]
V = TypeVar("V", bound=View)


@dataclass(frozen=True)
class PageRule:
    """What a page asks of its visitor, and the HTTP methods it answers."""

    permission: str
    methods: tuple[str, ...]


def page(*, permission: str, methods: tuple[str, ...] = ("GET",)) -> Callable[[V], V]:
    """Declare a view: ``@page(permission="see_page")``.

    ``permission`` is one of :data:`huaxiang.release.roles.PERMISSIONS`, ``SIGNED_IN`` (any account), ``BY_KEY`` (a
    program that shows a key) or ``PUBLIC``.
    Another name raises ``ValueError`` when the module is imported.
    """
    if permission not in {*PERMISSIONS, PUBLIC, SIGNED_IN, BY_KEY}:
        raise ValueError(f"permission {permission!r} is not one of {sorted(PERMISSIONS)}")

    def declare(view: V) -> V:
        view.page_rule = PageRule(permission, methods)  # type: ignore[attr-defined]
        return view

    return declare


def rule_of(view: object) -> PageRule | None:
    """What the view declared, or None for a view that declared nothing."""
    rule = getattr(view, "page_rule", None)
    return rule if isinstance(rule, PageRule) else None


def access_of(request: HttpRequest) -> Access:
    """The signed-in person's role and store scope. Raises :class:`Denied` when nobody is signed in."""
    user = request.user
    if not user.is_authenticated:
        raise Denied("server.sign_in_first")
    return Access(user=user.get_username(), role=user.role, stores=user.scope)  # type: ignore[attr-defined]


def may(request: HttpRequest, permission: str) -> bool:
    """Whether the visitor may open a page that asks for ``permission``."""
    if permission == PUBLIC:
        return True
    if not request.user.is_authenticated:
        return False
    return permission == SIGNED_IN or _refusal(request, permission) is None


class DenyByDefault:
    """Checks every page before its view runs: method, sign-in, permission; undeclared pages are refused."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: View, *_arguments: Any) -> HttpResponse | None:
        """None lets the view run; a response takes its place."""
        rule = rule_of(view)
        if rule is None:
            return error_page(request, Denied("server.page_undeclared", path=request.path))
        if request.method not in {*rule.methods, *(("HEAD",) if "GET" in rule.methods else ())}:
            return _wrong_method(request, rule)
        if rule.permission in (PUBLIC, BY_KEY):
            return None
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        refusal = None if rule.permission == SIGNED_IN else _refusal(request, rule.permission)
        return error_page(request, refusal) if refusal else None


def _wrong_method(request: HttpRequest, rule: PageRule) -> HttpResponse:
    if rule.permission != BY_KEY:
        return HttpResponseNotAllowed(rule.methods)
    # Programs are answered as programs, by what knows how; it needs Django's settings, so it is not imported above.
    from huaxiang.server.api.problems import wrong_method

    return wrong_method(request, rule.methods)


def _refusal(request: HttpRequest, permission: str) -> Denied | None:
    try:
        require(access_of(request), permission)
    except Denied as refusal:
        return refusal
    return None


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    # Only a page that was asked for by reading is worth coming back to.
    came_from = request.get_full_path() if request.method == "GET" else ""
    address = reverse("accounts:sign_in") + (f"?{urlencode({'next': came_from})}" if came_from else "")
    if getattr(request, "htmx", False):
        return HttpResponse(status=401, headers={"HX-Redirect": reverse("accounts:sign_in")})
    return HttpResponseRedirect(address)
