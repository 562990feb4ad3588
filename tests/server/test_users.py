"""The administrator's list of accounts."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from tests.server.conftest import PASSWORD

if TYPE_CHECKING:
    from django.test import Client

    from huaxiang.server.accounts.models import User

MakeUser = Callable[..., "User"]
Browser = Callable[..., "Client"]

INVITATION = {"username": "xiaoli", "display_name": "小李", "role": "analyst", "stores": "S01，S02, S01"}
ATTACKS = [
    "<script>window.__xss=1</script>",
    '"><img src=x onerror=window.__xss=1>',
    "'; window.__xss=1; //",
    "{{ request.user.password }}{% now 'Y' %}",
    "</title><svg onload=window.__xss=1>",
]


def test_an_invited_colleague_chooses_a_password_and_comes_in(signed_in_client: Browser, client: Client) -> None:
    from huaxiang.server.accounts.models import User

    page = signed_in_client("admin").post("/users/invite/", INVITATION).content.decode()
    link = re.search(r"http://testserver(/link/[^\"]+)", page)
    assert link is not None
    user = User.objects.get(username="xiaoli")
    assert (user.role, user.stores, user.scope) == ("analyst", ["S01", "S02"], frozenset({"S01", "S02"}))
    answer = client.post(link.group(1), {"new_password": PASSWORD, "repeated_password": PASSWORD})
    assert answer.status_code == 302
    assert "小李" in client.get("/me/").content.decode()


def test_a_name_that_is_taken_is_refused_whatever_its_capitals(signed_in_client: Browser, make_user: MakeUser) -> None:
    make_user("xiaoli")
    answer = signed_in_client("admin").post("/users/invite/", {**INVITATION, "username": "XiaoLi"})
    assert answer.status_code == 400
    assert "已经有人用了" in answer.content.decode()


def test_role_and_stores_can_be_changed(signed_in_client: Browser, make_user: MakeUser) -> None:
    user = make_user("xiaoli", stores=["S01"])
    form = {"display_name": "李", "role": "analyst", "stores": ""}
    assert signed_in_client("admin").post(f"/users/{user.pk}/", form).status_code == 302
    user.refresh_from_db()
    assert (user.display_name, user.role, user.scope) == ("李", "analyst", None)


def test_a_role_that_does_not_exist_is_refused(signed_in_client: Browser, make_user: MakeUser) -> None:
    user = make_user("xiaoli")
    answer = signed_in_client("admin").post(f"/users/{user.pk}/", {"role": "emperor", "stores": ""})
    assert answer.status_code == 400
    assert "没有“emperor”这个选项" in html.unescape(answer.content.decode())


def test_a_closed_account_is_out_at_once_and_can_come_back(signed_in_client: Browser) -> None:
    from huaxiang.server.accounts.models import User

    admin, viewer = signed_in_client("admin"), signed_in_client("viewer")
    number = User.objects.get(username="the-viewer").pk
    assert viewer.get("/").status_code == 200
    admin.post(f"/users/{number}/close/")
    assert viewer.get("/").status_code == 302
    admin.post(f"/users/{number}/close/")
    assert User.objects.get(pk=number).is_active


def test_the_last_administrator_stays(signed_in_client: Browser) -> None:
    from huaxiang.server.accounts.models import User

    admin = signed_in_client("admin")
    number = User.objects.get(username="the-admin").pk
    for address, form in ((f"/users/{number}/", {"role": "viewer", "stores": ""}), (f"/users/{number}/close/", {})):
        answer = admin.post(address, form)
        assert answer.status_code == 400
        assert "唯一" in answer.content.decode()
    user = User.objects.get(pk=number)
    assert (user.role, user.is_active) == ("admin", True)


@pytest.mark.parametrize("attack", ATTACKS)
def test_names_are_shown_as_text_and_never_run(attack: str, signed_in_client: Browser, make_user: MakeUser) -> None:
    make_user("target", display_name=attack, stores=[attack])
    page = signed_in_client("admin").get("/users/").content.decode()
    assert attack in html.unescape(page)
    assert "<script>" not in page
    assert "<img src=x" not in page
    assert "<svg onload" not in page


def test_an_account_that_does_not_exist_says_so(signed_in_client: Browser) -> None:
    answer = signed_in_client("admin").get("/users/987654/")
    assert answer.status_code == 404
    assert "987654" in answer.content.decode()
