"""One customer's row of the portrait, checked against the visitor's stores and masked by the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from huaxiang.analyse.contacts import SCHEMA, SHOWN, contacts
from huaxiang.analyse.portrait import RFM_CLASS
from huaxiang.engine import DuckEngine
from huaxiang.errors import NotFound
from huaxiang.model.segments import Segments
from huaxiang.model.tags import Tags
from huaxiang.release.door import ColumnPolicy, release
from huaxiang.release.roles import Access
from huaxiang.server.customers.at_hand import Known, known
from huaxiang.server.published import Portrait

#: Kinds of masks of tags that keep a part of the value; other personal tags are hidden entirely.
TAG_MASKS = {"birth_date": "birth_date"}
CONTACT_POLICIES = (
    ColumnPolicy("person_name", "personal", "name"),
    *(ColumnPolicy(name, "personal", "identifier" if name == "member_no" else name) for name in SHOWN),
)
OPEN = (ColumnPolicy("customer_id", "open"), ColumnPolicy("stores", "open"))


@dataclass(frozen=True)
class OneRow:
    """One customer. ``raw`` are all tags as computed, to be shown only through ``shown``, in which ``masked`` ones are
    text. ``segments`` are the saved segments with an advice that the customer is in; ``rfm_class`` is None for who
    never bought. ``contacts`` are unmasked as well, and None where they were not looked up with the row."""

    customer_id: str
    stores: tuple[str, ...]
    raw: Mapping[str, Any]
    shown: Mapping[str, Any]
    masked: frozenset[str]
    segments: tuple[str, ...]
    rfm_class: str | None
    contacts: Mapping[str, str | None] | None = None


def one_row(
    engine: DuckEngine, portrait: Portrait, tags: Tags, segments: Segments, access: Access, customer_id: str
) -> OneRow:
    """The customer of that id; :class:`NotFound` for one who is unknown, or of stores that the visitor does not see."""
    found = known(engine, portrait, tags, segments, customer_id)
    if not found.row.num_rows or not access.sees_any(found.stores):
        raise NotFound("customer.not_found", given=customer_id)
    return _masked(found, tags, access)


def _masked(found: Known, tags: Tags, access: Access) -> OneRow:
    names = [name for name in found.row.column_names if name in tags]
    policies = [ColumnPolicy(key, tags[key].sensitivity, TAG_MASKS.get(key)) for key in names]
    out = release(_with_stores(found.row.select(["customer_id", *names]), found.stores), [*OPEN, *policies], access)
    row = found.row.to_pylist()[0]
    raw = {key: row[key] for key in ("customer_id", *names)}
    shown, masked = out.table.to_pylist()[0], frozenset(out.masked_columns)
    return OneRow(
        row["customer_id"], found.stores, raw, shown, masked, found.segments, row.get(RFM_CLASS), found.contacts
    )


def masked_contacts(engine: DuckEngine, portrait: Portrait, access: Access, one: OneRow) -> dict[str, str | None]:
    """How the customer is called and reached, masked: ``person_name, phone, email, member_no``."""
    if one.contacts is None:
        rows = contacts(engine, portrait.tables, [one.customer_id])
    else:
        rows = pa.Table.from_pylist([{"customer_id": one.customer_id, **one.contacts}], schema=SCHEMA)
    out = release(_with_stores(rows, one.stores), [*OPEN, *CONTACT_POLICIES], access)
    found: dict[str, str | None] = out.table.to_pylist()[0]
    return found


def _with_stores(row: pa.Table, stores: tuple[str, ...]) -> pa.Table:
    return row.append_column("stores", pa.array([list(stores)], pa.list_(pa.string())))
