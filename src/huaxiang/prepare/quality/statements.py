"""What rows state about people, trait by trait, in a form in which statements can be compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.model.identity import NameRules
from huaxiang.model.places import city_of, city_of_landline, place_of, province_of
from huaxiang.model.quality import Target, Trait
from huaxiang.prepare.distinct import with_worked_out
from huaxiang.prepare.lookup import with_customer
from huaxiang.prepare.quality.id_card import read_id_card
from huaxiang.prepare.quality.judging import Round
from huaxiang.prepare.quality.person_names import gender_of_title

#: One row per account, source and value: ``place`` orders statements by the row that made them first, ``first_said_at``
#: is when any row first did, null where one carries no time.
STATEMENT = {
    "customer_id": "string",
    "account_key": "string",
    "source": "string",
    "value": "string",
    "import_id": "string",
    "source_row": "int64",
    "place": "string",
    "row_count": "int64",
    "first_said_at": "timestamp(6)",
}


@dataclass(frozen=True)
class Statements:
    """The statements about one round's customers. ``account`` says which customer an account belongs to."""

    now: Round
    account: ir.Table

    def of(self, name: str, trait: Trait) -> ir.Table:
        """Every statement of the trait, with the columns of :data:`STATEMENT`. Days read ``2026-03-05``."""
        kept = f"{self.now.name}_said_{name}"
        if trait.table not in self.now.filled:
            return self.now.engine.bring(kept, ibis.schema(STATEMENT).to_pyarrow().empty_table())
        target = Target(table=trait.table, column=trait.column, where=trait.where)
        rows = self.now.rows(target)
        rows = rows.filter(rows[trait.column].notnull(), rows.account_key.notnull())
        given = _text(rows[trait.column])
        rows = rows.select("account_key", "source", "import_id", "source_row", "occurred_at", given=given)
        if trait.read:
            rows = self._read(rows, name, trait.read)
        told = rows.filter(rows.given.notnull())
        return self.now.engine.keep(kept, self._grouped(told, trait))

    def _read(self, rows: ir.Table, name: str, read: str) -> ir.Table:
        work = readers(self.now.names)[read]
        known = with_worked_out(
            self.now.engine, rows, "given", work, ("made", pa.string()), f"{self.now.name}_read_{name}"
        )
        return known.mutate(given=known.made).drop("made")

    def _grouped(self, rows: ir.Table, trait: Trait) -> ir.Table:
        # Text of fixed width orders like the numbers in it.
        placed = rows.mutate(place=rows.import_id + "\t" + rows.source_row.cast("string").lpad(12, "0"))
        if trait.least:
            placed = placed.mutate(place=placed.given + "\t" + placed.place)
        keys = ["account_key", "source"] if trait.least else ["account_key", "source", "given"]
        said = placed.group_by(keys).agg(
            place=placed.place.min(), row_count=placed.count(), first_said_at=first(placed.occurred_at)
        )
        if trait.least:
            said = said.mutate(given=said.place.split("\t")[0])
            said = said.mutate(place=said.place.split("\t")[1] + "\t" + said.place.split("\t")[2])
        said = said.rename(value="given")
        found = said.mutate(import_id=said.place.split("\t")[0], source_row=said.place.split("\t")[1].cast("int64"))
        return with_customer(found, self.account).select(*STATEMENT)


def first(moment: ir.TimestampColumn) -> ir.TimestampScalar:
    """The earliest moment; null where any is not known, because that may have been earlier."""
    return ibis.ifelse(moment.isnull().any(), ibis.null(moment.type()), moment.min())


def readers(names: NameRules) -> dict[str, Callable[[str], str | None]]:
    """What brings a text into a comparable form, by the name under which a trait asks for it."""
    return {
        "province": province_of,
        "city": city_of,
        "address_city": lambda text: place_of(text).city,
        "address_district": lambda text: place_of(text).district,
        "province_of_city": province_of,
        "landline_city": city_of_landline,
        "id_card_gender": _card_gender,
        "id_card_birth_date": _card_birth_date,
        "title_gender": lambda text: gender_of_title(text, names),
    }


def _card_gender(text: str) -> str | None:
    card = read_id_card(text)
    return card.gender if card else None


def _card_birth_date(text: str) -> str | None:
    card = read_id_card(text)
    return card.birth_date.isoformat() if card else None


def _text(column: ir.Value) -> ir.Value:
    kind = column.type()
    return (column.date() if kind.is_timestamp() else column).cast("string")
