"""``key`` and ``webhook``: what other programs may ask for, and what they are told."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from huaxiang.cli.desk import Desk
from huaxiang.cli.output import table
from huaxiang.cli.shared import Function


def make_key(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="cli.argument.key_name")],
    scopes: Annotated[list[str], typer.Option("--scope", help="cli.option.key_scope", metavar="cli.metavar.name")],
    role: Annotated[str, typer.Option(help="cli.option.key_role", metavar="cli.metavar.name")] = "viewer",
    stores: Annotated[
        list[str] | None, typer.Option("--store", help="cli.option.key_store", metavar="cli.metavar.name")
    ] = None,
    days: Annotated[int, typer.Option(help="cli.option.key_days", metavar="cli.metavar.days")] = 365,
    rate: Annotated[int, typer.Option(help="cli.option.key_rate", metavar="cli.metavar.requests")] = 6_000,
) -> None:
    """Make a key and show its secret, once."""
    desk = _desk(context)
    from huaxiang.server.api.keys import Wanted, make

    wanted = Wanted(name, tuple(scopes), role, tuple(stores) if stores else None, days or None, rate)
    made = make(wanted, desk.now(), desk.actor)
    desk.answer({"number": made.key.pk, "key": made.token}, made.token)
    desk.tell("cli.key.made", name=made.key.name, number=made.key.pk)


def list_keys(context: typer.Context) -> None:
    """List the keys."""
    desk = _desk(context)
    from huaxiang.server.api.keys import all_keys

    found = [_key(one, desk) for one in all_keys()]
    names = ("number", "name", "key", "state", "scopes", "role", "last_used_at")
    rows = [[one[name] if name != "scopes" else ", ".join(one[name]) for name in names] for one in found]
    desk.answer({"keys": found}, table([desk.say(f"cli.column.key.{name}") for name in names], rows))


def rotate_key(context: typer.Context, number: Annotated[int, typer.Argument(help="cli.argument.key_number")]) -> None:
    """Give a key a new secret; the one before works for seven more days."""
    desk = _desk(context)
    from huaxiang.server.api.keys import rotate

    made = rotate(number, desk.now(), desk.actor)
    desk.answer({"number": made.key.pk, "key": made.token}, made.token)
    desk.tell("cli.key.made", name=made.key.name, number=made.key.pk)


def revoke_key(context: typer.Context, number: Annotated[int, typer.Argument(help="cli.argument.key_number")]) -> None:
    """Take a key back at once."""
    desk = _desk(context)
    from huaxiang.server.api.keys import revoke

    key = revoke(number, desk.now(), desk.actor)
    desk.answer({"number": key.pk, "state": "revoked"}, desk.say("cli.key.revoked", name=key.name))


def add_webhook(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="cli.argument.webhook_name")],
    url: Annotated[str, typer.Argument(help="cli.argument.webhook_url")],
    crowds: Annotated[
        list[str] | None, typer.Option("--crowd", help="cli.option.webhook_crowd", metavar="cli.metavar.name")
    ] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--change", help="cli.option.webhook_change", metavar="cli.metavar.name")
    ] = None,
    purpose: Annotated[str, typer.Option(help="cli.option.purpose", metavar="cli.metavar.purpose")] = "service",
) -> None:
    """Tell an address whenever customers enter or leave crowds, and show the secret that signs it."""
    desk = _desk(context)
    from huaxiang.server.webhooks.subscribing import Asked, secrets_of, subscribe

    asked = Asked(name, url, tuple(crowds or ()), tuple(changes or ("entered", "left")), purpose)
    made = subscribe(asked, desk.now(), desk.actor)
    (secret, *_) = secrets_of(made, desk.now())
    desk.answer({"number": made.pk, "secret": secret}, secret)
    desk.tell("cli.webhook.made", name=made.name, number=made.pk)


def list_webhooks(context: typer.Context) -> None:
    """List the webhooks with how their messages fare."""
    desk = _desk(context)
    from huaxiang.server.webhooks.models import DEAD, WAITING, Subscription
    from huaxiang.server.webhooks.subscribing import checked_host

    found = [
        {
            "number": one.pk,
            "name": one.name,
            "host": checked_host(one.url),
            "crowds": one.crowds,
            "state": one.state,
            "waiting": one.deliveries.filter(state=WAITING).count(),  # type: ignore[attr-defined]
            "dead": one.deliveries.filter(state=DEAD).count(),  # type: ignore[attr-defined]
        }
        for one in Subscription.objects.all()
    ]
    names = ("number", "name", "host", "crowds", "state", "waiting", "dead")
    rows = [[one[name] if name != "crowds" else ", ".join(one[name]) for name in names] for one in found]
    desk.answer({"webhooks": found}, table([desk.say(f"cli.column.webhook.{name}") for name in names], rows))


def pause_webhook(
    context: typer.Context, number: Annotated[int, typer.Argument(help="cli.argument.webhook_number")]
) -> None:
    """Pause a webhook, or let it go on."""
    desk = _desk(context)
    from huaxiang.server.webhooks.subscribing import pause

    one = pause(number, desk.actor)
    desk.answer({"number": one.pk, "state": one.state}, desk.say(f"webhooks.state.{one.state}"))


def rotate_webhook(
    context: typer.Context, number: Annotated[int, typer.Argument(help="cli.argument.webhook_number")]
) -> None:
    """Give a webhook a new secret; the one before also signs for seven more days."""
    desk = _desk(context)
    from huaxiang.server.webhooks.subscribing import rotate, secrets_of

    one = rotate(number, desk.now(), desk.actor)
    (secret, *_) = secrets_of(one, desk.now())
    desk.answer({"number": one.pk, "secret": secret}, secret)


def remove_webhook(
    context: typer.Context, number: Annotated[int, typer.Argument(help="cli.argument.webhook_number")]
) -> None:
    """Take a webhook away."""
    desk = _desk(context)
    from huaxiang.server.webhooks.subscribing import remove

    remove(number, desk.actor)
    desk.answer({"number": number, "state": "removed"}, desk.say("cli.webhook.removed", number=number))


def replay_webhook(
    context: typer.Context, number: Annotated[int, typer.Argument(help="cli.argument.webhook_number")]
) -> None:
    """Send the messages again that could not be delivered."""
    desk = _desk(context)
    from huaxiang.server.webhooks.subscribing import replay

    count = replay(number, desk.now(), desk.actor)
    desk.answer({"number": number, "messages": count}, desk.say("cli.webhook.replayed", count=count))


def _desk(context: typer.Context) -> Desk:
    """The desk, with the accounts database at hand; Django is loaded only by those who need it."""
    desk = Desk.of(context)
    from huaxiang.server.serve import set_up

    set_up(desk.workspace().folder)
    return desk


def _key(one: Any, desk: Desk) -> dict[str, Any]:
    used = None if one.last_used_at is None else one.last_used_at.isoformat(timespec="minutes")
    told = {"number": one.pk, "name": one.name, "key": one.shown, "state": one.state(desk.now())}
    return {**told, "scopes": one.scopes, "role": one.role, "stores": one.stores, "last_used_at": used}


KEYS: dict[str, Function] = {"make": make_key, "list": list_keys, "rotate": rotate_key, "revoke": revoke_key}
WEBHOOKS: dict[str, Function] = {
    "add": add_webhook,
    "list": list_webhooks,
    "pause": pause_webhook,
    "secret": rotate_webhook,
    "remove": remove_webhook,
    "replay": replay_webhook,
}
