"""Changes of customer ids: told in order and in pages, of published refreshes alone, to keys that see all stores."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.server.conftest import CLOCK

from huaxiang.ledger import Ledger, NewEntry
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Program = Callable[..., "Client"]


def test_changes_of_ids_come_in_order_page_by_page(shop: Workspace, program: Program) -> None:
    with Ledger.open(shop.ledger_path) as ledger:
        (*_, last) = ledger.entries("refresh.published")
        run, day = last.body["run_id"], shop.as_of()
        told = [
            ("identity.moved", "c1", "c2", run),
            ("identity.parted", "c2", "c3", run),
            ("identity.moved", "c2", "c4", "killed"),
            ("identity.moved", "c3", "c2", run),
        ]
        for kind, old, new, since in told:
            body = {"old_id": old, "new_id": new, "since_run": since, "reason": "linked"}
            ledger.append_many([NewEntry(kind, body, CLOCK(), "kim")])
    ask, seen, after = program("profile:read"), [], 0
    while True:
        page = ask.get(f"/api/v1/customers/redirects?limit=2&after={after}&since={day}").json()
        seen += [(one["kind"], one["old_id"], one["new_id"], one["run_id"], one["day"]) for one in page["redirects"]]
        if page["next"] is None:
            break
        after = page["next"]
    said = [("moved", "c1", "c2"), ("parted", "c2", "c3"), ("moved", "c3", "c2")]
    assert seen == [(*one, run, day.isoformat()) for one in said]
    later = ask.get(f"/api/v1/customers/redirects?since={day + timedelta(days=1)}").json()
    assert later == {"redirects": [], "next": None}
    refused = program("profile:read", stores=("S1",)).get("/api/v1/customers/redirects")
    assert (refused.status_code, refused.json()["code"]) == (403, "identity.scope")
