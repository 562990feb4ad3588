"""What is left beside the lake for look-ups of one customer: the portrait's row, and whatever names lead to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.came_since import came_since
from huaxiang.analyse.contact_columns import identifier_of_each, name_of_each, stores_of_each
from huaxiang.analyse.contacts import SHOWN
from huaxiang.analyse.portrait import with_rfm
from huaxiang.analyse.side_by_side import side_by_side
from huaxiang.engine import DuckEngine
from huaxiang.engine.interface import only
from huaxiang.engine.points import Making, make_points

#: Columns beside the tags begin with this, which no tag can.
BESIDE = "_"
STORES, PERSON_NAME = "_stores", "_person_name"
#: How sure the value of the tag named behind it is.
SURE = "_sure_"
#: The crowds that a customer is in, as a list of ``crowd, since_as_of, since_run``.
CROWDS = "_crowds"
#: True of those who came since tags that look at others were computed: they have none of them yet.
NEW = "_came_since"
#: Contacts of a customer, by the name under which pages know them.
CONTACTS: Mapping[str, str] = {"person_name": PERSON_NAME, **{kind: BESIDE + kind for kind in SHOWN}}
IDENTIFIER, FORMER = "identifier", "former"


def serve_points(engine: DuckEngine) -> None:
    """Leave the points of the published run beside the lake, unless they are there; nothing before the first refresh.

    Only for the holder of the builder lock.
    """
    runs = only(engine.arrow(engine.table("run").order_by(ibis.desc("run_id")).limit(1)))
    if runs and "profile" in engine.tables():
        make_points(engine, str(runs[0]["run_id"]), lambda: _making(engine, runs[0]))


def _making(engine: DuckEngine, run: Mapping[str, Any]) -> Making:
    about = {name: value if isinstance(value, int | str) else str(value) for name, value in run.items()}
    return Making(_rows(engine), _names(engine), about)


def _rows(engine: DuckEngine) -> ir.Table:
    wide = with_rfm(engine, engine.table("profile"))
    account, known = engine.table("account"), engine.table("customer_identifier")
    parts = [
        name_of_each(account).rename({PERSON_NAME: "person_name"}),
        *(identifier_of_each(known, kind).rename({CONTACTS[kind]: kind}) for kind in SHOWN),
        stores_of_each(engine.table("sale")).rename({STORES: "stores"}),
        *_came_since(engine),
        *(told(engine.table(name)) for name, told in _SINCE_LATER.items() if name in engine.tables()),
    ]
    return side_by_side(engine, wide, parts)


def _came_since(engine: DuckEngine) -> Iterator[ir.Table]:
    came = came_since(engine)
    if came is not None:
        yield came.mutate(**{NEW: True})


def _crowds(members: ir.Table) -> ir.Table:
    told = ibis.struct({"crowd": members.crowd, "since_as_of": members.since_as_of, "since_run": members.since_run})
    listed = members.select("customer_id", told=told)
    return listed.group_by("customer_id").aggregate(listed.told.collect().sort().name(CROWDS))


def _sure(confidence: ir.Table) -> ir.Table:
    names = [name for name in confidence.columns if name != "customer_id"]
    return confidence.rename({SURE + name: name for name in names})


#: Tables that a lake of an earlier program lacks, and what is told of each customer from them.
_SINCE_LATER: Mapping[str, Callable[[ir.Table], ir.Table]] = {"crowd_member": _crowds, "profile_confidence": _sure}


def _names(engine: DuckEngine) -> ir.Table:
    known = engine.table("customer_identifier")
    names = known.select(name=known.identifier_value, customer_id=known.customer_id, kind=ibis.literal(IDENTIFIER))
    if "customer_redirect" not in engine.tables():
        return names
    moved = engine.table("customer_redirect")
    former = moved.select(name=moved.old_id, customer_id=moved.new_id, kind=ibis.literal(FORMER))
    return names.union(former).filter(ibis._.name.notnull(), ibis._.customer_id.notnull())
