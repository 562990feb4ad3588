"""What a person decides about themselves: password, language and theme."""

from __future__ import annotations

from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from huaxiang.errors import InputError
from huaxiang.server.accounts.forms import ChangePasswordForm
from huaxiang.server.accounts.models import User, signed_in
from huaxiang.server.accounts.sign_in import next_address
from huaxiang.server.permissions import PUBLIC, SIGNED_IN, page
from huaxiang.server.preferences import LANGUAGE_COOKIE, THEME_COOKIE, THEMES, lang_of, remember
from huaxiang.words import LANGUAGES, say


@page(permission=SIGNED_IN, methods=("GET", "POST"))
def own_account(request: HttpRequest) -> HttpResponse:
    """One's own account and the form that changes its password; all other sessions of the person end then."""
    user = signed_in(request)
    form = ChangePasswordForm(request.POST or None, person=user, lang=lang_of(request))
    if request.method == "GET" or not form.is_valid():
        status = 200 if request.method == "GET" else 400
        return render(request, "accounts/own_account.html", {"form": form, "person": user}, status=status)
    user.set_password(form.cleaned_data["new_password"])
    user.save()
    auth.update_session_auth_hash(request, user)
    messages.success(request, say("page.own_account.password_changed", lang_of(request)))
    return redirect("accounts:own_account")


@page(permission=PUBLIC, methods=("POST",))
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keeps the chosen language with the person and in the browser."""
    return _choose(request, "language", LANGUAGES, LANGUAGE_COOKIE)


@page(permission=PUBLIC, methods=("POST",))
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keeps the chosen theme with the person and in the browser."""
    return _choose(request, "theme", THEMES, THEME_COOKIE)


def _choose(request: HttpRequest, name: str, known: tuple[str, ...], cookie: str) -> HttpResponse:
    value = request.POST.get("value", "")
    if value not in known:
        raise InputError("server.preference_unknown", given=value[:40], known=", ".join(known))
    if isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(**{name: value})
    response = redirect(next_address(request))
    remember(response, cookie, value, secure=request.is_secure())
    return response
