"""One customer's row of the portrait, checked against the visitor's stores and masked by the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from huaxiang.analyse.contacts import SHOWN, contacts
from huaxiang.analyse.customers import stores_of
from huaxiang.analyse.population import Population
from huaxiang.analyse.portrait import RFM_CLASS, portrait_fields, with_rfm
from huaxiang.engine import DuckEngine
from huaxiang.errors import NotFound
from huaxiang.model.segments import Segments
from huaxiang.model.tags import Tags
from huaxiang.release.door import ColumnPolicy, release
from huaxiang.release.roles import Access
from huaxiang.server.published import Portrait

#: Kinds of masks of tags that keep a part of the value; other personal tags are hidden entirely.
TAG_MASKS = {"birth_date": "birth_date"}
CONTACT_POLICIES = (
    ColumnPolicy("person_name", "personal", "name"),
    *(ColumnPolicy(name, "personal", "identifier" if name == "member_no" else name) for name in SHOWN),
)
OPEN = (ColumnPolicy("customer_id", "open"), ColumnPolicy("stores", "open"))
_SEGMENT = "in_segment_"


@dataclass(frozen=True)
class OneRow:
    """One customer. ``raw`` are all tags as computed, to be shown only through ``shown``, in which ``masked`` ones are
    text. ``segments`` are the saved segments that the customer is in; ``rfm_class`` is None for who never bought."""

    customer_id: str
    stores: tuple[str, ...]
    raw: Mapping[str, Any]
    shown: Mapping[str, Any]
    masked: frozenset[str]
    segments: tuple[str, ...]
    rfm_class: str | None


def one_row(
    engine: DuckEngine, portrait: Portrait, tags: Tags, segments: Segments, access: Access, customer_id: str
) -> OneRow:
    """The customer of that id; :class:`NotFound` for one who is unknown, or of stores that the visitor does not see."""
    rows = portrait.tables["profile"]
    # The class of RFM is a place among the customers of a day, and only those of the published day are at hand.
    rows = rows if portrait.is_past else with_rfm(engine, rows)
    asked = Population(engine, rows, portrait_fields(tags), portrait.as_of, portrait.facts, segments).of([customer_id])
    member = {_SEGMENT + key: condition for key, condition in asked.holding(segments).items()}
    found = engine.arrow(asked.marked(member, rows.columns))
    stores = stores_of(engine, portrait.tables["sale"], [customer_id]).get(customer_id, [])
    if not found.num_rows or not access.sees_any(stores):
        raise NotFound("customer.not_found", given=customer_id)
    return _masked(found, stores, tags, access)


def _masked(found: pa.Table, stores: list[str], tags: Tags, access: Access) -> OneRow:
    names = [name for name in found.column_names if name.startswith(_SEGMENT)]
    row = found.to_pylist()[0]
    known = [key for key in found.column_names if key in tags]
    policies = [ColumnPolicy(key, tags[key].sensitivity, TAG_MASKS.get(key)) for key in known]
    given = found.select(["customer_id", *known]).append_column("stores", pa.array([stores], pa.list_(pa.string())))
    out = release(given, [*OPEN, *policies], access)
    inside = tuple(name.removeprefix(_SEGMENT) for name in names if row[name])
    raw = {key: row[key] for key in ("customer_id", *known)}
    shown, masked = out.table.to_pylist()[0], frozenset(out.masked_columns)
    return OneRow(row["customer_id"], tuple(stores), raw, shown, masked, inside, row.get(RFM_CLASS))


def masked_contacts(engine: DuckEngine, portrait: Portrait, access: Access, one: OneRow) -> dict[str, str | None]:
    """How the customer is called and reached, masked: ``person_name, phone, email, member_no``."""
    rows = contacts(engine, portrait.tables, [one.customer_id])
    rows = rows.append_column("stores", pa.array([list(one.stores)], pa.list_(pa.string())))
    found: dict[str, str | None] = release(rows, [*OPEN, *CONTACT_POLICIES], access).table.to_pylist()[0]
    return found
