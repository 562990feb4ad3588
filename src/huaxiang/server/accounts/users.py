"""The administrator's list of accounts: invite, change role and stores, close, open again, send a new link."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from huaxiang.errors import InputError, NotFound
from huaxiang.server.accounts import audit, links
from huaxiang.server.accounts.forms import AccountForm, InviteForm
from huaxiang.server.accounts.models import User, signed_in
from huaxiang.server.clock import now
from huaxiang.server.permissions import page
from huaxiang.server.preferences import lang_of


@page(permission="manage_users")
def users(request: HttpRequest) -> HttpResponse:
    """Everyone who has an account."""
    return _list(request, InviteForm(lang=lang_of(request)))


@page(permission="manage_users", methods=("POST",))
def invite(request: HttpRequest) -> HttpResponse:
    """Creates an account without a password; the link on the next page lets its owner choose one."""
    form = InviteForm(request.POST, lang=lang_of(request))
    if not form.is_valid():
        return _list(request, form, status=400)
    user = User(**form.cleaned_data, created_at=now())
    user.set_unusable_password()
    with transaction.atomic():
        user.save()
        audit.record("user.created", signed_in(request).username, {"user": user.username, "role": user.role})
    return _show_link(request, user)


@page(permission="manage_users", methods=("GET", "POST"))
def account(request: HttpRequest, number: int) -> HttpResponse:
    """One account: its name, role and stores. A change holds from the person's next click."""
    user = _user(number)
    form = AccountForm(request.POST or None, initial=_initial(user), lang=lang_of(request))
    if request.method == "GET" or not form.is_valid():
        status = 200 if request.method == "GET" else 400
        return render(request, "accounts/account.html", {"person": user, "form": form}, status=status)
    with transaction.atomic():
        _change(request, user, **form.cleaned_data)
    return redirect("accounts:users")


@page(permission="manage_users", methods=("POST",))
def close(request: HttpRequest, number: int) -> HttpResponse:
    """Closes an account, or opens it again; a closed one is signed out everywhere at once."""
    user = _user(number)
    with transaction.atomic():
        _change(request, user, is_active=not user.is_active)
    return redirect("accounts:users")


@page(permission="manage_users", methods=("POST",))
def new_password_link(request: HttpRequest, number: int) -> HttpResponse:
    """A link with which the person sets a new password."""
    return _show_link(request, _user(number))


def _change(request: HttpRequest, user: User, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(user, name, value)
    admins = User.objects.select_for_update().filter(role="admin", is_active=True).exclude(pk=user.pk)
    if not admins.exists() and not (user.role == "admin" and user.is_active):
        raise InputError("server.last_admin", user=user.username)
    user.save()
    body = {"user": user.username, "role": user.role, "active": user.is_active, "stores": user.stores}
    audit.record("user.role_changed", signed_in(request).username, body)


def _list(request: HttpRequest, form: InviteForm, status: int = 200) -> HttpResponse:
    people = User.objects.order_by("-is_active", "username")
    context = {"people": people, "form": form, "active": people.filter(is_active=True).count()}
    return render(request, "accounts/users.html", context, status=status)


def _show_link(request: HttpRequest, user: User) -> HttpResponse:
    address = request.build_absolute_uri(links.new_link(links.SET_PASSWORD, user, now()))
    return render(request, "accounts/link_made.html", {"person": user, "address": address})


def _initial(user: User) -> dict[str, str]:
    return {"display_name": user.display_name, "role": user.role, "stores": ", ".join(user.stores or [])}


def _user(number: int) -> User:
    user = User.objects.filter(pk=number).first()
    if user is None:
        raise NotFound("server.account_unknown", number=number)
    return user
