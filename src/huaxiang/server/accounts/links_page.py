"""Opening a one-time link. Reading the page spends nothing (mail scanners read links too); sending its form does."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from huaxiang.server.accounts import audit, links
from huaxiang.server.accounts.forms import FirstAdminForm, NewPasswordForm
from huaxiang.server.accounts.models import AccessLink, User
from huaxiang.server.accounts.sign_in import let_in
from huaxiang.server.clock import now
from huaxiang.server.permissions import PUBLIC, page
from huaxiang.server.preferences import lang_of


@page(permission=PUBLIC, methods=("GET", "POST"))
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Creates the first administrator, sets an invited person's password, or signs the owner in."""
    link = links.find(token, now())
    form = _form(request, link)
    if request.method == "GET" or (form is not None and not form.is_valid()):
        context = {"form": form, "purpose": link.purpose, "person": link.user, "title": f"page.link.{link.purpose}"}
        return render(request, "accounts/link.html", context, status=200 if request.method == "GET" else 400)
    with transaction.atomic():
        links.use(link, now())
        user = _person(link, form)
    let_in(request, user)
    return redirect("overview:home")


def _form(request: HttpRequest, link: AccessLink) -> NewPasswordForm | None:
    data, lang = request.POST or None, lang_of(request)
    if link.purpose == links.FIRST_ADMIN:
        return FirstAdminForm(data, person=User(username=request.POST.get("username", "")), lang=lang)
    if link.purpose == links.SET_PASSWORD and link.user:
        return NewPasswordForm(data, person=link.user, lang=lang)
    return None


def _person(link: AccessLink, form: NewPasswordForm | None) -> User:
    user = link.user or _first_admin(form)
    if form is not None:
        user.set_password(form.cleaned_data["new_password"])
        user.save()
    return user


def _first_admin(form: NewPasswordForm | None) -> User:
    if form is None:
        raise TypeError("a link without a person must come with the form that names one")
    user = User(username=form.cleaned_data["username"], role="admin", created_at=now())
    audit.record("user.created", user.username, {"user": user.username, "role": user.role})
    return user
