"""Addresses of the accounts pages."""

from __future__ import annotations

from django.urls import path

from huaxiang.server.accounts import links_page, own_account, sign_in, users

app_name = "accounts"

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("link/<str:token>/", links_page.open_link, name="link"),
    path("me/", own_account.own_account, name="own_account"),
    path("language/", own_account.choose_language, name="language"),
    path("theme/", own_account.choose_theme, name="theme"),
    path("users/", users.users, name="users"),
    path("users/invite/", users.invite, name="invite"),
    path("users/<int:number>/", users.account, name="account"),
    path("users/<int:number>/close/", users.close, name="close"),
    path("users/<int:number>/link/", users.new_password_link, name="new_password_link"),
]
