"""Since when each value stands, from the whole recorded history: what refresh after refresh told, told at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine


class Life(NamedTuple):
    """A stretch of refreshes in which the portrait of ``customer_id`` was kept under ``was_id``.

    It begins with ``from_run`` (empty: with the history) and ends before ``before_run`` (None: it lasts).
    ``born_as_of`` is the day on which the customer came, in the one stretch that began so.
    """

    customer_id: str
    was_id: str
    from_run: str
    before_run: str | None
    born_as_of: date | None


_LIFE = {
    "life_of": "string",
    "was_id": "string",
    "from_run": "string",
    "before_run": "string",
    "born_as_of": "date",
}


class Begun(NamedTuple):
    """The refresh with which the recording of a tag began, and the day of that refresh."""

    run_id: str
    as_of: date


def lives(came: pa.Table) -> Iterator[Life]:
    """The lives of every customer who ever came, the latest first; whoever was there from the beginning has none."""
    arrivals = defaultdict[str, list[dict[str, Any]]](list)
    for row in came.sort_by("run_id").to_pylist():
        arrivals[row["customer_id"]].append(row)
    for customer_id in arrivals:
        yield from _lives_of(customer_id, arrivals)


def _lives_of(customer_id: str, arrivals: Mapping[str, list[dict[str, Any]]]) -> Iterator[Life]:
    was_id: str | None = customer_id
    until: str | None = None
    while was_id is not None:
        earlier = [row for row in arrivals.get(was_id, ()) if until is None or row["run_id"] < until]
        last: dict[str, Any] = earlier[-1] if earlier else {"run_id": "", "former_id": None, "as_of": None}
        born = None if last["former_id"] else last["as_of"]
        yield Life(customer_id, was_id, last["run_id"], until, born)
        was_id, until = last["former_id"], last["run_id"]


def since_of_history(
    engine: Engine, now: ir.Table, changes: ir.Table, came: pa.Table, begun: Mapping[str, Begun]
) -> ir.Table:
    """The same as :func:`huaxiang.analyse.tag_moves.stands_since` after the last refresh, for the customers of ``now``.

    ``changes`` and ``came`` are the whole tables ``tag_change`` and ``customer_came``; ``begun`` has the tags wanted.
    """
    rows = [dict(zip(_LIFE, life, strict=True)) for life in lives(came)]
    told = engine.bring("tag_lives", pa.Table.from_pylist(rows, schema=ibis.schema(_LIFE).to_pyarrow()))
    last = _last_changes(changes, told, begun)
    born = told.filter(told.born_as_of.notnull()).select("born_as_of", born_id="life_of", born_run="from_run")
    joined = now.select("customer_id").left_join(last, [("customer_id", "changed_id")])
    joined = joined.left_join(born, [("customer_id", "born_id")])
    since = {key: ibis.coalesce(joined[key], _born(joined, one)) for key, one in begun.items()}
    return joined.select("customer_id", **since)


def _last_changes(changes: ir.Table, told: ir.Table, begun: Mapping[str, Begun]) -> ir.Table:
    """One row per customer of today with a change, and by tag the day of the last one."""
    own = changes.left_join(told.drop("born_as_of"), [("customer_id", "was_id")])
    own = own.mutate(changed_id=ibis.coalesce(own.life_of, own.customer_id))
    ended = own.before_run.notnull() & (own.run_id >= own.before_run)
    own = own.filter((own.run_id >= own.from_run.coalesce("")) & ~ended)
    counts = {key: (own.tag == key) & (own.run_id >= one.run_id) for key, one in begun.items()}
    return own.group_by("changed_id").aggregate(
        **{key: own.as_of.argmax(own.run_id, where=mine) for key, mine in counts.items()}
    )


def _born(joined: ir.Table, one: Begun) -> ir.Value:
    return ibis.ifelse(joined.born_run >= one.run_id, joined.born_as_of, ibis.null("date"))
