"""One customer as the command line may show them: masked by the door, a field in full only with a logged reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.cli.desk import Desk
from huaxiang.engine import DuckEngine
from huaxiang.engine.interface import only
from huaxiang.errors import InputError, NotFound, nearest
from huaxiang.ledger import Ledger
from huaxiang.model.tags import Tag, Tags
from huaxiang.release.door import ColumnPolicy, release
from huaxiang.release.masking import mask_value
from huaxiang.release.reveal import reveal
from huaxiang.workspace import Workspace

T = TypeVar("T")
NAME = "name"
#: Identifiers whose look tells how to mask them; the others are masked as identifiers of unknown kind.
_MASKS = {
    "phone": "phone",
    "email": "email",
    "id_card": "id_card",
    "openid": "openid",
    "unionid": "openid",
    "device_id": "openid",
}


@dataclass(frozen=True)
class Person:
    """One customer: tag values by key, names, identifiers by type; ``masked`` are the tags whose value is hidden."""

    customer_id: str
    as_of: date
    currency: str
    names: list[str]
    identifiers: dict[str, list[str]]
    values: dict[str, Any]
    masked: frozenset[str]


@dataclass(frozen=True)
class _Stored:
    profile: pa.Table
    names: list[str]
    identifiers: dict[str, list[str]]


def tag_policies(tags: Iterable[Tag]) -> list[ColumnPolicy]:
    """How the columns of a table of profiles are protected: as their tags say; a birth date keeps its year."""
    own = [ColumnPolicy(tag.key, tag.sensitivity, "birth_date" if tag.type == "date" else None) for tag in tags]
    return [ColumnPolicy("customer_id", "open"), *own]


def person_of(desk: Desk, workspace: Workspace, given: str, day: date | None, fields: list[str], reason: str) -> Person:
    """The customer named by an id or identifier, as of a day; ``fields`` are shown in full, each with a ledger entry.

    Raises :class:`NotFound` for a customer or :class:`InputError` for a field that does not exist.
    """
    customer_id, tags = workspace.customer_id_of(given), workspace.definitions.tags
    with workspace.reading() as engine:
        stored = _stored(engine, workspace.profile_table(engine, day), customer_id)
    if not stored.profile.num_rows:
        raise NotFound("workspace.not_in_portrait", given=given)
    _check(fields, tags, stored)
    shown = release(stored.profile, tag_policies(tags.values()), desk.access)
    person = Person(
        customer_id,
        day or workspace.as_of(),
        workspace.settings.currency,
        [mask_value(name, "name") or "" for name in stored.names],
        {
            kind: [mask_value(value, _MASKS.get(kind, "identifier")) or "" for value in found]
            for kind, found in stored.identifiers.items()
        },
        only(shown.table)[0],
        frozenset(shown.masked_columns),
    )
    return _revealed(desk, workspace, person, stored, fields, reason) if fields else person


def _stored(engine: DuckEngine, profiles: ir.Table, customer_id: str) -> _Stored:
    accounts, known = engine.table("account"), engine.table("customer_identifier")
    named = (
        accounts.filter((accounts.customer_id == customer_id) & accounts.person_name.notnull())
        .select("person_name")
        .distinct()
    )
    mine = known.filter(known.customer_id == customer_id).select("identifier_type", "identifier_value").distinct()
    identifiers: dict[str, list[str]] = {}
    for row in only(engine.arrow(mine.order_by(["identifier_type", "identifier_value"]))):
        identifiers.setdefault(str(row["identifier_type"]), []).append(str(row["identifier_value"]))
    names = [str(row["person_name"]) for row in only(engine.arrow(named.order_by("person_name")))]
    return _Stored(engine.arrow(profiles.filter(profiles.customer_id == customer_id)), names, identifiers)


def _check(fields: list[str], tags: Tags, stored: _Stored) -> None:
    known = {NAME, *stored.identifiers, *(key for key, tag in tags.items() if tag.sensitivity != "open")}
    for field in fields:
        if field not in known:
            raise InputError("cli.nothing_to_reveal", given=field, nearest=nearest(field, known))


def _revealed(
    desk: Desk, workspace: Workspace, person: Person, stored: _Stored, fields: list[str], reason: str
) -> Person:
    values, names, identifiers, row = (
        dict(person.values),
        person.names,
        dict(person.identifiers),
        only(stored.profile)[0],
    )
    with Ledger.open(workspace.ledger_path) as ledger:

        def full(field: str, fetch: Callable[[], T]) -> T:
            said = {"customer_id": person.customer_id, "field": field, "reason": reason}
            return reveal(fetch, desk.access, stores=None, ledger=ledger, at=desk.now(), **said)

        for field in fields:
            if field == NAME:
                names = full(field, lambda: stored.names)
            elif field in stored.identifiers:
                identifiers[field] = full(field, lambda kind=field: stored.identifiers[kind])  # type: ignore[misc]
            else:
                values[field] = full(field, lambda key=field: row[key])  # type: ignore[misc]
    masked = person.masked - set(fields)
    return Person(person.customer_id, person.as_of, person.currency, names, identifiers, values, masked)
