"""Which reader belongs to which kind of field."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa

from huaxiang.collect.convert import identities
from huaxiang.collect.convert.amounts import amount_reader, whole_reader
from huaxiang.collect.convert.column import Fault, Read, Reader
from huaxiang.collect.convert.text import meaning, narrow
from huaxiang.collect.convert.times import birth_date_reader, date_reader, time_reader
from huaxiang.model.mapping import Mapping, SourceField, vocabulary
from huaxiang.model.places import PlaceKind, whole_name


def reader_for(field: SourceField, mapping: Mapping, *, zone: str, now: datetime) -> Reader:
    """How the cells of a field are read; ``zone`` is the workspace's time zone, ``now`` the time of the import."""
    reader = _by_kind(field.kind, mapping, zone, now)
    own = mapping.values.get(field.name)
    return _translating(reader, own) if own else reader


def _by_kind(kind: str, mapping: Mapping, zone: str, now: datetime) -> Reader:
    day_order = mapping.month_first
    match kind:
        case "time":
            return time_reader(month_first=day_order, zone=zone)
        case "date":
            return date_reader(month_first=day_order, zone=zone)
        case "birth_date":
            return birth_date_reader(month_first=day_order, zone=zone, today=now.date())
        case "money" | "quantity":
            return amount_reader(decimal_comma=mapping.decimal_comma)
        case "birth_year":
            return whole_reader(1905, now.year, implausible="birth_date_implausible")
        case _:
            return _FIXED[kind]


def _worded(kind: str) -> Reader:
    def read(text: str) -> Read:
        found = meaning(text, kind)
        if found is None:
            raise Fault(f"{kind}_unknown")
        return Read(found)

    return Reader(pa.string(), read)


def _bool(text: str) -> Read:
    found = meaning(text, "bool")
    if found is None:
        raise Fault("bool_unknown")
    return Read(found == "true")


def _event_name(text: str) -> Read:
    return Read(meaning(text, "event_name") or narrow(text))


def _currency(text: str) -> Read:
    plain = narrow(text).casefold()
    signs = {narrow(sign).casefold(): code for sign, code in vocabulary()["currency_signs"].items()}
    if plain not in signs and not (len(plain) == 3 and plain.isalpha()):
        raise Fault("currency_unknown")
    return Read(signs.get(plain, plain.upper()))


def _place(kind: PlaceKind) -> Reader:
    """Places of China by their whole names; any other place as it is written. Repair: ``place_reworded``."""

    def read(text: str) -> Read:
        whole = whole_name(text, kind) or text
        return Read(whole, "place_reworded" if whole != text else None)

    return Reader(pa.string(), read)


_FIXED = {
    "id": identities.ID,
    "phone": identities.PHONE,
    "email": identities.EMAIL,
    "id_card": identities.ID_CARD,
    "name": identities.NAME,
    "text": identities.TEXT,
    "bool": Reader(pa.bool_(), _bool),
    "gender": _worded("gender"),
    "order_status": _worded("order_status"),
    "payment_status": _worded("payment_status"),
    "province": _place("province"),
    "city": _place("city"),
    "event_name": Reader(pa.string(), _event_name),
    "currency": Reader(pa.string(), _currency),
    "age": whole_reader(1, 110, implausible="age_implausible"),
    "int": whole_reader(),
    "score_0_10": whole_reader(0, 10),
    "score_1_5": whole_reader(1, 5),
    "sentiment_0_1": whole_reader(0, 1),
}


def _translating(reader: Reader, meanings: dict[str, str]) -> Reader:
    def read(text: str) -> Read:
        return reader.read(meanings.get(narrow(text), text))

    return Reader(reader.type, read)
