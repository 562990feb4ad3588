"""One customer's row of the portrait, checked against the visitor's stores and masked by the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from huaxiang.analyse.contacts import SHOWN, contacts
from huaxiang.analyse.portrait import RFM_CLASS
from huaxiang.engine import DuckEngine
from huaxiang.engine.interface import only
from huaxiang.errors import NotFound
from huaxiang.model.segments import Segments
from huaxiang.model.tags import Tags
from huaxiang.release.door import ColumnPolicy
from huaxiang.release.roles import Access
from huaxiang.release.row_door import release_row
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
    never bought. ``contacts`` are unmasked as well; they, and how ``sure`` the tags are, are None where they were not
    looked up with the row."""

    customer_id: str
    stores: tuple[str, ...]
    raw: Mapping[str, Any]
    shown: Mapping[str, Any]
    masked: frozenset[str]
    segments: tuple[str, ...]
    rfm_class: str | None
    contacts: Mapping[str, str | None] | None = None
    sure: Mapping[str, float | None] | None = None


def one_row(
    engine: DuckEngine, portrait: Portrait, tags: Tags, segments: Segments, access: Access, customer_id: str
) -> OneRow:
    """The customer of that id; :class:`NotFound` for one who is unknown, or of stores that the visitor does not see."""
    found = known(engine, portrait, tags, segments, customer_id)
    one = None if found.row is None else _masked(found, found.row, tags, access)
    if one is None:
        raise NotFound("customer.not_found", given=customer_id)
    return one


def _masked(found: Known, row: Mapping[str, Any], tags: Tags, access: Access) -> OneRow | None:
    raw = {name: value for name, value in row.items() if name == "customer_id" or name in tags}
    policies = [ColumnPolicy(key, tags[key].sensitivity, TAG_MASKS.get(key)) for key in raw if key in tags]
    out = release_row({**raw, "stores": found.stores}, [*OPEN, *policies], access)
    if out is None:
        return None
    customer_id, rfm_class = raw["customer_id"], row.get(RFM_CLASS)
    beside = found.segments, rfm_class, found.contacts, found.sure
    return OneRow(customer_id, found.stores, raw, out.row, out.masked, *beside)


def masked_contacts(engine: DuckEngine, portrait: Portrait, access: Access, one: OneRow) -> dict[str, str | None]:
    """How the customer is called and reached, masked: ``person_name, phone, email, member_no``."""
    if one.contacts is None:
        row: Mapping[str, Any] = only(contacts(engine, portrait.tables, [one.customer_id]))[0]
    else:
        row = {"customer_id": one.customer_id, **one.contacts}
    out = release_row({**row, "stores": one.stores}, [*OPEN, *CONTACT_POLICIES], access)
    if out is None:
        raise NotFound("customer.not_found", given=one.customer_id)
    return dict(out.row)
