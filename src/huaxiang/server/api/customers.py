"""Which customer a program means, and that customer's row as the program may see it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from huaxiang.analyse.customers import spellings, stores_of
from huaxiang.engine.interface import only
from huaxiang.engine.points import Points, latest_points
from huaxiang.errors import InputError, NotFound, nearest
from huaxiang.maintain.serving import CONTACTS, CROWDS, NEW, STORES, SURE
from huaxiang.model.tags import Tags
from huaxiang.release.door import ColumnPolicy
from huaxiang.release.row_door import ReleasedRow, release_row
from huaxiang.server.api.calling import Caller
from huaxiang.server.api.problems import Problem
from huaxiang.server.customers.one_row import CONTACT_POLICIES, OPEN, TAG_MASKS
from huaxiang.server.customers.past import PastTables, day_in_reach, past_portrait
from huaxiang.server.data import reading, workspace
from huaxiang.workspace import Workspace

#: More of a shared identifier's customers are not named.
_MOST_NAMED = 20


@dataclass(frozen=True)
class Known:
    """One customer of one day as a program may see it.

    ``shown`` went through the door, and ``masked`` of it is text; ``raw`` is what the masks cover and never leaves.
    ``former_id`` is the id that was given, where it is no longer one of its own. ``crowds`` are those of the latest
    refresh, none for a past day; ``sure`` says how sure tags are whose values can be more or less so;
    ``left_out`` are those that a past day does not tell. Who ``is_new`` came since tags that look at others were
    computed.
    """

    customer_id: str
    former_id: str | None
    as_of: date
    run_id: str
    stores: tuple[str, ...]
    crowds: tuple[Mapping[str, Any], ...]
    raw: Mapping[str, Any]
    shown: Mapping[str, Any]
    masked: frozenset[str]
    sure: Mapping[str, float]
    left_out: frozenset[str] = frozenset()
    is_new: bool = False


class Found(NamedTuple):
    """A row, None where there is none, and the tags not told of it because they need the other customers of a day."""

    row: Mapping[str, Any] | None
    left_out: frozenset[str] = frozenset()


def standing_points(home: Workspace) -> Points:
    """The points of the newest refresh. Raises :class:`InputError` before the first one."""
    found = latest_points(home.lake)
    if found is None:
        raise InputError("workspace.never_refreshed")
    return found


def known_customer(
    caller: Caller, given: str, as_of: date | None = None, *, wanted: Collection[str] | None = None
) -> Known:
    """The customer whom ``given`` names: a customer id, also a former one, or any identifier however it is written.

    Of the tags only the ``wanted`` ones are told, by default all. Raises :class:`NotFound` for nobody whom the caller
    sees, and a 409 naming them for several.
    """
    home = workspace()
    points = standing_points(home)
    found, former = _meant(points, caller, given)
    today = date.fromisoformat(str(points.about["as_of"]))
    is_today = as_of is None or as_of == today
    fields = home.definitions.fields
    asked = [name for name in (fields if wanted is None else wanted) if name in fields]
    row, left_out = _of_today(points, found, asked) if is_today else _past(home, found, points, as_of or today)
    if row is None:
        raise NotFound("workspace.not_in_portrait", given=given[:80])
    names = [name for name in asked if name in row]
    told = _told(row, names)
    out = _released(told, names, caller, home.definitions.tags)
    return Known(
        customer_id=found,
        former_id=former,
        as_of=as_of or today,
        run_id=points.run_id,
        stores=told["stores"],
        crowds=tuple(row.get(CROWDS) or ()),
        raw={name: told[name] for name in out.masked},
        shown=out.row,
        masked=out.masked,
        sure={name: round(sure, 3) for name in names if (sure := row.get(SURE + name)) is not None},
        left_out=left_out,
        is_new=bool(row.get(NEW)),
    )


def _meant(points: Points, caller: Caller, given: str) -> tuple[str, str | None]:
    hits = {one for spelled in _spelled(given) for one in points.meant(spelled)}
    ids = sorted({one.customer_id for one in hits if _sees(points, caller, one.customer_id)})
    if not ids:
        raise NotFound("workspace.no_such_customer", given=given[:80])
    if len(ids) > 1:
        named = ids[:_MOST_NAMED]
        told = ", ".join(named)
        raise Problem(
            409, "workspace.several_customers", members={"customers": named}, given=given[:80], customers=told
        )
    former = any(one.kind == "former" for one in hits if one.customer_id == ids[0])
    return ids[0], given if former else None


def _spelled(given: str) -> list[str]:
    # As it stands first: an id needs no other spelling.
    return list(dict.fromkeys([given, *spellings(given)])) if given.strip() else []


def _sees(points: Points, caller: Caller, customer_id: str) -> bool:
    if caller.access.stores is None:
        return True
    row = points.row(customer_id, [STORES])
    return row is not None and caller.access.sees_any(row[STORES])


def _of_today(points: Points, customer_id: str, asked: Sequence[str]) -> Found:
    beside = (STORES, CROWDS, NEW, *CONTACTS.values(), *(SURE + name for name in asked))
    return Found(points.row(customer_id, ["customer_id", *beside, *asked]))


def _past(home: Workspace, customer_id: str, points: Points, as_of: date) -> Found:
    """The row of a past day, from the customer's own rows; contacts are those of today, and RFM is not told."""
    with reading() as engine:
        day_in_reach(engine, as_of)
        portrait = past_portrait(engine, home.definitions.tags, as_of, customer_id)
        rows = portrait.tables["profile"]
        found = only(engine.arrow(rows.filter(rows.customer_id == customer_id)))
        stores = stores_of(engine, portrait.tables["sale"], [customer_id]).get(customer_id, [])
        tables = portrait.tables
        left_out = tables.past.left_out if isinstance(tables, PastTables) else frozenset()
    today = dict.fromkeys(CONTACTS.values()) | (points.row(customer_id, CONTACTS.values()) or {})
    return Found({**found[0], **today, STORES: stores} if found else None, left_out)


def _told(row: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    # By the names that programs know. What a contact is called, no tag can take over.
    contacts = {name: row[column] for name, column in CONTACTS.items()}
    own = {"customer_id": row["customer_id"], "stores": tuple(row[STORES] or ())}
    return {name: row[name] for name in names} | own | contacts


def _released(told: Mapping[str, Any], names: Iterable[str], caller: Caller, tags: Tags) -> ReleasedRow:
    policies = [*(_policy(name, tags) for name in names), *OPEN, *CONTACT_POLICIES]
    out = release_row(told, policies, caller.access)
    if out is None:
        raise NotFound("workspace.no_such_customer", given=told["customer_id"])
    return out


def _policy(name: str, tags: Tags) -> ColumnPolicy:
    # What RFM says is open, as on the pages.
    return ColumnPolicy(name, tags[name].sensitivity if name in tags else "open", TAG_MASKS.get(name))


def chosen_tags(home: Workspace, named: str) -> list[str]:
    """The tags named with commas between them, all when none is named, RFM included; helpers only when named.

    Raises :class:`InputError` naming the nearest for one that is unknown.
    """
    tags, fields = home.definitions.tags, home.definitions.fields
    wanted = list(dict.fromkeys(name.strip() for name in named.split(",") if name.strip()))
    for name in wanted:
        if name not in fields:
            raise InputError("api.unknown_tag", given=name[:60], nearest=nearest(name[:60], fields))
    return wanted or [key for key in fields if key not in tags or not tags[key].helper]
