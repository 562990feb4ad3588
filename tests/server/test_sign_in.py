"""Signing in and out: what is refused, what is the same for everyone, what ends when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from tests.server.conftest import PASSWORD, Clock

from huaxiang.ledger import Ledger

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from huaxiang.server.accounts.models import User

MakeUser = Callable[..., "User"]


def send(client: Client, username: str, password: str, address: str = "127.0.0.1", **more: str) -> HttpResponse:
    """Send the sign-in form."""
    form = {"username": username, "password": password, **more}
    return cast("HttpResponse", client.post("/sign-in/", form, REMOTE_ADDR=address))


def without_token(answer: HttpResponse, typed: str) -> str:
    """The page without what differs by nature: the form's token and the name that was typed."""
    lines = answer.content.decode().replace(f'value="{typed}"', "").splitlines()
    return "\n".join(line for line in lines if "csrf" not in line.lower())


def test_the_right_password_lets_in_and_changes_the_session_key(client: Client, make_user: MakeUser) -> None:
    make_user("li")
    client.cookies["huaxiang_session"] = "planted-by-somebody-else-0000000"
    answer = send(client, "li", PASSWORD, next="/me/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/me/")
    assert client.cookies["huaxiang_session"].value != "planted-by-somebody-else-0000000"
    assert client.get("/me/").status_code == 200


def test_capitals_in_an_account_name_do_not_matter(client: Client, make_user: MakeUser) -> None:
    make_user("li")
    assert send(client, "Li", PASSWORD).status_code == 302


def test_unknown_accounts_and_wrong_passwords_read_the_same(client: Client, make_user: MakeUser) -> None:
    make_user("li")
    make_user("closed", is_active=False)
    pages = [without_token(send(client, name, "wrong password"), name) for name in ("li", "nobody-here", "closed")]
    assert pages[0] == pages[1] == pages[2]
    assert "账号或密码不正确" in pages[0]


@pytest.mark.parametrize("name", ["li", "nobody-here", "closed", "invited"])
def test_every_refusal_costs_one_slow_hash(
    name: str, client: Client, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth.hashers import Argon2PasswordHasher, make_password

    make_user("li")
    make_user("closed", is_active=False)
    invited = make_user("invited")
    invited.password = make_password(None)
    invited.save()
    hashes = count_hashes(monkeypatch, Argon2PasswordHasher)
    assert send(client, name, "wrong password").status_code == 401
    assert len(hashes) == 1


def count_hashes(monkeypatch: pytest.MonkeyPatch, hasher: type) -> list[str]:
    """A list that grows with every slow hash."""
    done: list[str] = []
    for method in ("encode", "verify"):
        original = getattr(hasher, method)

        def counted(self: object, *arguments: object, original: Callable[..., object] = original) -> object:
            done.append("hash")
            return original(self, *arguments)

        monkeypatch.setattr(hasher, method, counted)
    return done


def test_the_eleventh_try_in_fifteen_minutes_is_refused_even_with_the_right_password(
    client: Client, make_user: MakeUser, clock: Clock
) -> None:
    make_user("li")
    for number in range(10):
        assert send(client, "li", "wrong password", f"127.0.1.{number}").status_code == 401
    refused = send(client, "li", PASSWORD, "127.0.2.1")
    assert refused.status_code == 429
    assert "15 分钟" in refused.content.decode()
    clock.move(timedelta(minutes=15))
    assert send(client, "li", PASSWORD, "127.0.2.1").status_code == 302


def test_one_address_may_not_try_many_accounts(client: Client) -> None:
    answers = [send(client, f"guess-{number}", "wrong password", "127.0.3.1").status_code for number in range(12)]
    assert answers == [401] * 10 + [429] * 2


def test_signing_in_forgives_earlier_mistakes(client: Client, make_user: MakeUser) -> None:
    make_user("li")
    for _ in range(9):
        send(client, "li", "wrong password", "127.0.4.1")
    assert send(client, "li", PASSWORD, "127.0.4.1").status_code == 302
    client.post("/sign-out/")
    assert send(client, "li", "wrong password", "127.0.4.1").status_code == 401


def test_signing_out_ends_the_session_on_the_server(client: Client, make_user: MakeUser) -> None:
    make_user("li")
    send(client, "li", PASSWORD)
    old = client.cookies["huaxiang_session"].value
    client.post("/sign-out/")
    client.cookies["huaxiang_session"] = old
    assert client.get("/me/").status_code == 302


def test_a_new_password_ends_every_other_session(client: Client, make_user: MakeUser) -> None:
    from django.test import Client

    make_user("li")
    other = Client()
    send(client, "li", PASSWORD)
    send(other, "li", PASSWORD)
    new = "nine loud otters 9"
    form = {"password": PASSWORD, "new_password": new, "repeated_password": new}
    assert client.post("/me/", form).status_code == 302
    assert client.get("/me/").status_code == 200
    assert other.get("/me/").status_code == 302
    assert send(other, "li", PASSWORD).status_code == 401


@pytest.mark.parametrize(
    ("new", "problem"),
    [
        ("short", "密码太短，至少需要 12 个字符"),
        ("password123456", None),
        ("qwertyuiop123", None),
        ("wang-xiaoming1", "密码和账号或姓名太像"),
        ("长长的一句只有我知道的话啊", ""),
        ("x" * 129, "最多 128 个"),
    ],
)
def test_weak_passwords_are_refused_in_chinese(
    new: str, problem: str | None, client: Client, make_user: MakeUser
) -> None:
    make_user("wang-xiaoming")
    send(client, "wang-xiaoming", PASSWORD)
    answer = client.post("/me/", {"password": PASSWORD, "new_password": new, "repeated_password": new})
    if problem == "":
        assert answer.status_code == 302
    else:
        assert answer.status_code == 400
        assert (problem or "这个密码太常见") in answer.content.decode()


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_nobody_is_sent_to_another_site(target: str, client: Client, make_user: MakeUser) -> None:
    make_user("li")
    assert send(client, "li", PASSWORD, next=target).headers["Location"] == "/"


def test_passwords_are_kept_as_argon2id(make_user: MakeUser) -> None:
    assert make_user("li").password.startswith("argon2$argon2id$")


@pytest.fixture
def ledger(workspace: Path) -> Iterator[Ledger]:
    """The workspace's ledger as the server writes it."""
    from huaxiang.server.accounts.audit import LEDGER_FILE

    (workspace / LEDGER_FILE).parent.mkdir(exist_ok=True)
    with Ledger.open(workspace / LEDGER_FILE) as opened:
        yield opened


def test_tries_are_written_down_without_what_was_typed(client: Client, make_user: MakeUser, ledger: Ledger) -> None:
    make_user("li")
    before = ledger.position()
    send(client, "my secret password", "x")
    send(client, "li", PASSWORD)
    failed, done = list(ledger.entries(after=before))
    assert (failed.kind, done.kind, done.actor, done.body["user"]) == ("sign_in.failed", "sign_in.ok", "li", "li")
    assert "my secret password" not in str(failed)
    assert "127.0.0.1" not in str(failed) + str(done)
