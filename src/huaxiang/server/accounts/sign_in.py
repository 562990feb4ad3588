"""Coming in and going out."""

from __future__ import annotations

from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from huaxiang.server.accounts import audit, throttle
from huaxiang.server.accounts.forms import SignInForm
from huaxiang.server.accounts.models import User
from huaxiang.server.clock import now
from huaxiang.server.permissions import PUBLIC, SIGNED_IN, page
from huaxiang.server.preferences import lang_of


@page(permission=PUBLIC, methods=("GET", "POST"))
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page; the same words for a wrong password and an unknown account."""
    came_from = next_address(request)
    if request.user.is_authenticated:
        return redirect(came_from)
    form = SignInForm(request.POST or None, lang=lang_of(request))
    if request.method == "GET" or not form.is_valid():
        return _form(request, form, came_from, 200 if request.method == "GET" else 400)
    return _try(request, form, came_from)


@page(permission=SIGNED_IN, methods=("POST",))
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session on the server, so that its cookie is worth nothing afterwards."""
    auth.logout(request)
    return redirect("accounts:sign_in")


def let_in(request: HttpRequest, user: User) -> None:
    """Start a session for the person under a new session key, and write it down."""
    auth.login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    audit.record("sign_in.ok", user.username, {"user": user.username, "address": _hashed_address(request)})


def next_address(request: HttpRequest) -> str:
    """Where the visitor wanted to go: an address on this host, else the first page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else "/"


def _try(request: HttpRequest, form: SignInForm, came_from: str) -> HttpResponse:
    username, address = form.cleaned_data["username"], request.META["REMOTE_ADDR"]
    if not throttle.admit(username, address, now()):
        return _refused(request, form, came_from, "server.sign_in_too_often", 429)
    user = auth.authenticate(request, username=username, password=form.cleaned_data["password"])
    if not isinstance(user, User):
        _write_down_failure(request, username)
        return _refused(request, form, came_from, "server.sign_in_refused", 401)
    throttle.forgive(username, address)
    let_in(request, user)
    return redirect(came_from)


def _write_down_failure(request: HttpRequest, username: str) -> None:
    body = {"user": audit.hashed("username", username), "address": _hashed_address(request)}
    audit.record("sign_in.failed", audit.NOBODY, body)


def _hashed_address(request: HttpRequest) -> str:
    return audit.hashed("address", request.META["REMOTE_ADDR"])


def _refused(request: HttpRequest, form: SignInForm, came_from: str, code: str, status: int) -> HttpResponse:
    return _form(request, form, came_from, status, refusal=code)


def _form(request: HttpRequest, form: SignInForm, came_from: str, status: int, refusal: str = "") -> HttpResponse:
    context = {"form": form, "next": came_from, "refusal": refusal}
    return render(request, "accounts/sign_in.html", context, status=status)
