"""One-time links: they work once, for their time, for their person, and reading them spends nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.server.conftest import PASSWORD, Clock

if TYPE_CHECKING:
    from django.test import Client

    from huaxiang.server.accounts.models import User

MakeUser = Callable[..., "User"]
CHOICE = {"username": "laoban", "new_password": PASSWORD, "repeated_password": PASSWORD}


def test_the_first_link_makes_the_administrator_once(client: Client, clock: Clock) -> None:
    from django.test import Client

    from huaxiang.server.accounts.links import start_link

    link = start_link(clock())
    assert client.get(link).status_code == client.get(link).status_code == 200
    assert client.post(link, CHOICE).headers["Location"] == "/"
    assert client.get("/users/").status_code == 200
    assert Client().post(link, {**CHOICE, "username": "intruder"}).status_code == 404


def test_a_form_with_mistakes_leaves_the_link_alive(client: Client, clock: Clock) -> None:
    from huaxiang.server.accounts.links import start_link

    link = start_link(clock())
    answer = client.post(link, {**CHOICE, "repeated_password": "another one entirely"})
    assert answer.status_code == 400
    assert "两次输入的密码不一样" in answer.content.decode()
    assert client.post(link, CHOICE).status_code == 302


def test_no_second_first_administrator(client: Client, clock: Clock, make_user: MakeUser) -> None:
    from huaxiang.server.accounts.links import start_link

    link = start_link(clock())
    make_user("boss", role="admin")
    assert client.post(link, CHOICE).status_code == 404


def test_a_start_link_signs_the_administrator_in_once(client: Client, clock: Clock, make_user: MakeUser) -> None:
    from django.test import Client

    from huaxiang.server.accounts.links import start_link

    make_user("boss", role="admin")
    first, link = start_link(clock()), start_link(clock())
    assert client.get(first).status_code == 404
    assert client.get(link).status_code == 200
    assert client.get("/me/").status_code == 302
    assert client.post(link).status_code == 302
    assert client.get("/me/").status_code == 200
    assert Client().post(link).status_code == 404


def test_links_end_with_their_time_and_their_person(client: Client, clock: Clock, make_user: MakeUser) -> None:
    from huaxiang.server.accounts.links import SET_PASSWORD, SIGN_IN, VALID_FOR, new_link

    boss = make_user("boss", role="admin")
    late, closed = new_link(SIGN_IN, boss, clock()), new_link(SET_PASSWORD, make_user("gone", is_active=False), clock())
    assert client.get(closed).status_code == 404
    clock.move(VALID_FOR[SIGN_IN] - timedelta(seconds=1))
    assert client.get(late).status_code == 200
    clock.move(timedelta(seconds=1))
    assert client.get(late).status_code == 404


def test_the_database_does_not_hold_the_token(rollback: None, clock: Clock) -> None:
    from huaxiang.server.accounts.links import start_link
    from huaxiang.server.accounts.models import AccessLink

    token = start_link(clock()).split("/")[2]
    assert len(token) >= 43
    assert token not in str(list(AccessLink.objects.values()))
