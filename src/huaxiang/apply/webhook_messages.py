"""The messages of webhooks: what changed in crowds, in batches that are the same whenever they are made again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import NamedTuple

import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.analyse.consents import AGREED, consents
from huaxiang.engine import DuckEngine
from huaxiang.engine.interface import only
from huaxiang.model.crowd_tables import ENTERED
from huaxiang.release.purposes import purpose_named

TYPE = "crowd.changed"
#: Customers in one message.
BATCH = 100


class Behind(NamedTuple):
    """How far the messages of a refresh were made: up to that customer of that crowd."""

    crowd: str = ""
    customer_id: str = ""


@dataclass(frozen=True)
class Wanted:
    """What a subscription is told of: ``crowds`` (empty: all), ``changes`` (entered, left), for which purpose."""

    name: str
    crowds: tuple[str, ...]
    changes: tuple[str, ...]
    purpose: str


@dataclass(frozen=True)
class Message:
    """One message: its ``id`` is the same whenever it is made again, ``body`` is what is sent and signed. The next one
    begins behind ``last``."""

    id: str
    body: str
    customers: int
    last: Behind


def runs_after(engine: DuckEngine, run_id: str) -> list[str]:
    """The published refreshes behind that one, in order; all of them behind the empty text."""
    if "crowd_run" not in engine.tables():
        return []
    runs = engine.table("run")
    return [str(row["run_id"]) for row in only(engine.arrow(runs.filter(runs.run_id > run_id).order_by("run_id")))]


def latest_run_id(engine: DuckEngine) -> str:
    """The newest refresh; empty before the first one."""
    found = engine.arrow(engine.table("run").aggregate(last=engine.table("run").run_id.max())).column(0)[0].as_py()
    return str(found or "")


def messages(engine: DuckEngine, wanted: Wanted, run_id: str, behind: Behind, most: int) -> list[Message]:
    """At most so many messages of one refresh, in the order of crowds and customers, from ``behind`` on.

    They name customers by id and hold no other personal data. For a purpose that needs consent, those who did not agree
    are not told of when they enter; that somebody left is always told, so that nobody stays on a list by mistake.
    """
    rows = _rows(engine, wanted, run_id, behind, most * BATCH).to_pylist()
    return [_message(wanted, run_id, rows[start : start + BATCH]) for start in range(0, len(rows), BATCH)]


def still_agreed(engine: DuckEngine, purpose: str, body: str, today: date) -> tuple[str, int]:
    """The body of a message without who entered and no longer agrees to the purpose, and how many are left in it.

    Somebody may have withdrawn since the message was made. ``today`` is the day on which it is sent; a purpose that
    needs no consent, and a message in which everybody still agrees, give the body as it is, letter for letter.
    """
    told = json.loads(body)
    changes = told["data"]["changes"]
    entered = {row["customer_id"] for row in changes if row["change"] == ENTERED}
    if not entered or not purpose_named(purpose).needs_consent:
        return body, len(changes)
    # A message that is sent on a day before the one that it tells of is judged on the later one.
    as_of = max(today, date.fromisoformat(told["data"]["as_of"]))
    found = only(engine.arrow(consents(engine, purpose, as_of, entered)))
    agreed = {row["customer_id"] for row in found if row[AGREED]}
    left = [row for row in changes if row["change"] != ENTERED or row["customer_id"] in agreed]
    told["data"]["changes"] = left
    return json.dumps(told, ensure_ascii=False), len(left)


def _rows(engine: DuckEngine, wanted: Wanted, run_id: str, behind: Behind, most: int) -> pa.Table:
    changes = engine.table("crowd_change")
    chosen = changes.filter(changes.run_id == run_id, changes.change.isin(sorted(wanted.changes)))
    if wanted.crowds:
        chosen = chosen.filter(chosen.crowd.isin(sorted(wanted.crowds)))
    later = (chosen.crowd == behind.crowd) & (chosen.customer_id > behind.customer_id)
    chosen = chosen.filter((chosen.crowd > behind.crowd) | later)
    if purpose_named(wanted.purpose).needs_consent:
        chosen = _agreed(engine, chosen, wanted.purpose, run_id)
    shown = chosen.select("crowd", "version", "as_of", "customer_id", "change")
    return engine.arrow(shown.order_by(["crowd", "customer_id"]).limit(most))


def _agreed(engine: DuckEngine, chosen: ir.Table, purpose: str, run_id: str) -> ir.Table:
    runs = engine.table("run")
    as_of: date = engine.arrow(runs.filter(runs.run_id == run_id).select("as_of")).column(0)[0].as_py()
    agreed = consents(engine, purpose, as_of).rename({"agreed_id": "customer_id"})
    joined = chosen.left_join(agreed, [("customer_id", "agreed_id")])
    return joined.filter((joined.change != ENTERED) | joined[AGREED].coalesce(False))


def _message(wanted: Wanted, run_id: str, batch: Sequence[dict[str, object]]) -> Message:
    shown = [{name: row[name] for name in ("crowd", "version", "customer_id", "change")} for row in batch]
    as_of = str(batch[0]["as_of"])
    told = {"type": TYPE, "timestamp": as_of, "data": {"run_id": run_id, "as_of": as_of, "changes": shown}}
    body = json.dumps(told, ensure_ascii=False)
    digest = sha256(f"{wanted.name}|{body}".encode()).hexdigest()
    last = Behind(str(batch[-1]["crowd"]), str(batch[-1]["customer_id"]))
    return Message(f"msg_{digest[:26]}", body, len(batch), last)
