"""Messages of who entered and left: what they hold, how they are signed, tried again, given up and sent again."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.server.conftest import Clock
from tests.server.crowds.shop import NOW, member
from tests.server.webhooks.receiver import Receiver

from huaxiang.apply import webhook_messages
from huaxiang.apply.webhook_signing import is_signed
from huaxiang.errors import Denied, HuaxiangError
from huaxiang.ledger import Ledger
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from huaxiang.server.webhooks.models import Delivery, Subscription

PEOPLE = [member(number) for number in range(1, 41)]


def subscribed(receiver: Receiver, clock: Clock, **asked: object) -> Subscription:
    """A subscription to everything that the latest refresh found."""
    from huaxiang.server.webhooks.subscribing import Asked, subscribe

    made = subscribe(Asked("商城", receiver.url, **{"crowds": ("townspeople",), **asked}), clock(), "kim")  # type: ignore[arg-type]
    assert made.run_id == "run-00002", "told of refreshes from the next one on"
    made.run_id = "run-00001"
    made.save()
    return made


def delivered(subscription: Subscription, clock: Clock) -> list[Delivery]:
    """Make and try every message that is due."""
    from huaxiang.server.webhooks.delivering import deliver, due, make_messages
    from huaxiang.server.webhooks.models import Subscription

    make_messages(subscription, clock())
    tried = []
    while (one := due(Subscription.objects.get(pk=subscription.pk), clock())) is not None:
        deliver(one, clock)
        tried.append(one)
    return tried


def test_a_message_names_who_entered_and_is_signed(
    shop: Workspace, rollback: None, clock: Clock, receiver: Receiver
) -> None:
    from huaxiang.server.webhooks.subscribing import rotate, secrets_of

    subscription = subscribed(receiver, clock)
    old = secrets_of(subscription, clock())
    subscription = rotate(subscription.pk, clock(), "kim")
    subscription.refresh_from_db()
    (one,) = delivered(subscription, clock)
    (got,) = receiver.got
    told = json.loads(got.body)
    inside = {shop.customer_id_of(each["member_no"]) for each in PEOPLE if each["city"] == "上海市"}
    assert {row["customer_id"] for row in told["data"]["changes"]} == inside
    assert {(row["crowd"], row["change"]) for row in told["data"]["changes"]} == {("townspeople", "entered")}
    assert (told["type"], told["data"]["run_id"], one.state) == ("crowd.changed", "run-00002", "delivered")
    now = int(clock().timestamp())
    for secret in (*old, *secrets_of(subscription, clock())):
        assert is_signed(secret, got.headers, got.body, now)
    later = clock() + timedelta(days=8)
    assert len(secrets_of(subscription, later)) == 1
    text = got.body.decode()
    assert not any(each["phone"] in text or each["person_name"] in text for each in PEOPLE)


def test_batches_are_the_same_whenever_they_are_made_again(
    shop: Workspace, rollback: None, clock: Clock, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huaxiang.server.webhooks import delivering
    from huaxiang.server.webhooks.models import Delivery

    monkeypatch.setattr(webhook_messages, "BATCH", 3)
    monkeypatch.setattr(delivering, "MOST_WAITING", 2)
    subscription = subscribed(receiver, clock)
    assert delivering.make_messages(subscription, clock()) == 2
    assert delivering.make_messages(subscription, clock()) == 0, "no more than there is room for"
    while delivered(subscription, clock):
        subscription.refresh_from_db()
    people = [row["customer_id"] for got in receiver.got for row in json.loads(got.body)["data"]["changes"]]
    assert len(people) == len(set(people)) == sum(one["city"] == "上海市" for one in PEOPLE)
    first = receiver.ids
    Delivery.objects.all().delete()
    subscription.made_until("run-00001", webhook_messages.Behind())
    while delivered(subscription, clock):
        subscription.refresh_from_db()
    assert receiver.ids[len(first) :] == first


def test_a_failing_destination_is_tried_for_days_then_given_up_then_sent_again(
    shop: Workspace, rollback: None, clock: Clock, receiver: Receiver
) -> None:
    from huaxiang.server.webhooks.delivering import JITTER, WAITS
    from huaxiang.server.webhooks.subscribing import replay

    subscription, start = subscribed(receiver, clock), clock()
    receiver.status = 500
    try:
        for wait in WAITS:
            (one,) = delivered(subscription, clock)
            assert one.state == "waiting"
            seconds = (one.next_at - clock()).total_seconds()
            assert wait * (1 - JITTER) <= seconds <= wait * (1 + JITTER)
            assert delivered(subscription, clock) == []
            clock.move(one.next_at - clock())
        (one,) = delivered(subscription, clock)
        assert (one.state, one.last_status, one.tries) == ("dead", 500, len(WAITS) + 1)
        assert (WAITS[0], WAITS[-1]) == (5, 24 * 3600)
        receiver.status = 204
        assert replay(subscription.pk, clock(), "kim") == 1
        (again,) = delivered(subscription, clock)
    finally:
        clock.move(start - clock())
    assert again.state == "delivered"
    assert set(receiver.ids) == {one.message_id}
    assert len(receiver.ids) == len(WAITS) + 2


def test_a_receiver_may_ask_for_more_time(shop: Workspace, rollback: None, clock: Clock, receiver: Receiver) -> None:
    receiver.status, receiver.headers = 429, {"Retry-After": "900"}
    (one,) = delivered(subscribed(receiver, clock), clock)
    assert (one.next_at - clock()).total_seconds() == 900


def test_410_ends_it_and_a_redirect_is_not_followed(
    shop: Workspace, rollback: None, clock: Clock, receiver: Receiver
) -> None:
    from huaxiang.server.webhooks.models import Subscription

    subscription = subscribed(receiver, clock)
    receiver.status, receiver.headers = 302, {"Location": f"http://127.0.0.1:{receiver.port}/elsewhere"}
    (one,) = delivered(subscription, clock)
    assert (one.state, one.last_status) == ("waiting", 302)
    assert [got.path for got in receiver.got] == ["/hook"]
    receiver.status = 410
    one.next_at = clock()
    one.save()
    (one,) = delivered(subscription, clock)
    assert (one.state, Subscription.objects.get(pk=subscription.pk).state) == ("dead", "gone")
    assert delivered(Subscription.objects.get(pk=subscription.pk), clock) == []


def test_a_name_that_leads_inside_later_is_not_called(
    shop: Workspace, rollback: None, clock: Clock, receiver: Receiver
) -> None:
    from huaxiang.server.webhooks.delivering import deliver, due, make_messages

    shop.settings.model_copy(update={"webhook_hosts": ()}).save(shop.folder)
    with pytest.raises(Denied):
        subscribed(receiver, clock)
    shop.settings.model_copy(update={"webhook_hosts": ("127.0.0.0/8",)}).save(shop.folder)
    subscription = subscribed(receiver, clock)
    make_messages(subscription, clock())
    shop.settings.model_copy(update={"webhook_hosts": ()}).save(shop.folder)
    one = due(subscription, clock())
    assert one is not None
    assert deliver(one, clock).status is None
    subscription.url = "https://rebound.example.com/"
    one.subscription = subscription
    assert deliver(one, clock, lambda _host, _port: ["127.0.0.1"]).status is None
    assert receiver.got == []
    assert "not public" in one.last_problem


def test_for_marketing_only_those_who_agreed_are_told_of(
    shop: Workspace, rollback: None, clock: Clock, receiver: Receiver
) -> None:
    delivered(subscribed(receiver, clock, purpose="marketing"), clock)
    told = {row["customer_id"] for got in receiver.got for row in json.loads(got.body)["data"]["changes"]}
    agreed = {one["member_no"] for one in PEOPLE if one["city"] == "上海市" and one["consent"] == "是"}
    assert told == {shop.customer_id_of(one) for one in agreed}


def test_who_withdraws_while_a_message_waits_is_not_told_of(
    shop: Workspace, rollback: None, clock: Clock, receiver: Receiver, tmp_path: Path
) -> None:
    from huaxiang.server.webhooks.delivering import deliver, due, make_messages

    agreed = [one for one in PEOPLE if one["city"] == "上海市" and one["consent"] == "是"]
    subscription = subscribed(receiver, clock, purpose="marketing")
    make_messages(subscription, clock())
    withdrawn(shop, tmp_path, agreed[:1])
    one = due(subscription, clock())
    assert one is not None
    assert deliver(one, clock).is_ok
    told = {row["customer_id"] for row in json.loads(receiver.got[0].body)["data"]["changes"]}
    assert told == {shop.customer_id_of(each["member_no"]) for each in agreed[1:]}
    assert one.customers == len(agreed) - 1
    one.state, one.settled_at = "waiting", None
    one.save()
    withdrawn(shop, tmp_path, agreed[1:])
    assert deliver(one, clock).status is None
    assert one.state == "withheld"
    assert due(subscription, clock()) is None
    assert len(receiver.got) == 1


def withdrawn(shop: Workspace, folder: Path, people: list[dict[str, Any]]) -> None:
    """Import a file in which these people no longer agree; nothing is refreshed."""
    path = folder / f"撤回{people[0]['member_no']}.csv"
    lines = [f"{one['member_no']},{one['person_name']},{one['phone']},否" for one in people]
    path.write_text("\n".join(["会员号,姓名,手机号,同意营销", *lines]) + "\n", encoding="utf-8")
    shop.import_files(shop.look(path), NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "a\nb"},
        {"crowds": ("nobody",)},
        {"changes": ()},
        {"changes": ("moved",)},
        {"purpose": "fun"},
        {"url": "http://10.0.0.1/"},
    ],
)
def test_a_subscription_that_does_not_hold_together_is_refused(
    shop: Workspace, rollback: None, clock: Clock, wrong: dict[str, object]
) -> None:
    from huaxiang.server.webhooks.subscribing import Asked, subscribe

    given: dict[str, object] = {"name": "a", "url": "http://127.0.0.1:9/", **wrong}
    with pytest.raises(HuaxiangError):
        subscribe(Asked(**given), clock(), "kim")  # type: ignore[arg-type]


def test_the_pages_show_it_and_the_ledger_knows(
    shop: Workspace, clock: Clock, receiver: Receiver, signed_in_client: Callable[..., object]
) -> None:
    browser = signed_in_client("admin")
    form = {"name": "商城", "url": receiver.url + "?secret=7", "change": ["entered"], "purpose": "service"}
    made = browser.post("/webhooks/make/", form).content.decode()  # type: ignore[attr-defined]
    assert "whsec_" in made
    listed = browser.get("/webhooks/").content.decode()  # type: ignore[attr-defined]
    assert "商城" in listed
    assert "secret=7" not in listed
    from huaxiang.server.webhooks.models import Subscription

    number = Subscription.objects.get().pk
    assert browser.get(f"/webhooks/{number}/").status_code == 200  # type: ignore[attr-defined]
    for act in ("pause", "pause", "secret", "replay", "remove"):
        assert browser.post(f"/webhooks/{number}/{act}/").status_code in (200, 302)  # type: ignore[attr-defined]
    with Ledger.open(shop.ledger_path) as ledger:
        entries = list(ledger.entries("webhook.changed"))
    assert [entry.body["change"] for entry in entries] == ["made", "paused", "active", "rotated", "replayed", "removed"]
    assert "secret=7" not in str(entries)
    refused = browser.post("/webhooks/make/", {**form, "url": "http://10.0.0.1/"})  # type: ignore[attr-defined]
    assert refused.status_code == 400
