"""What an import did, in numbers that add up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from huaxiang.words import Message


@dataclass(frozen=True)
class ImportReport:
    """One file or sheet. ``rows_read == rows_kept + rows_repaired + rows_quarantined + rows_already_there``.

    ``rows_repaired`` are in the lake with at least one cell mended or set aside; blank lines are not rows.
    ``reasons`` counts rows in quarantine by reason, ``repairs`` counts cells by field and reason.
    """

    import_id: str
    file_name: str
    sheet: str | None
    form: str
    table: str
    source: str
    rows_read: int
    rows_kept: int
    rows_repaired: int
    rows_quarantined: int
    rows_already_there: int
    rows_blank: int
    rows_without_customer: int
    amount_without_customer: Decimal | None
    reasons: dict[str, int]
    repairs: dict[str, int]
    messages: tuple[Message, ...]
    dry_run: bool = False

    @property
    def adds_up(self) -> bool:
        """Whether every row read is accounted for."""
        return self.rows_read == self.rows_kept + self.rows_repaired + self.rows_quarantined + self.rows_already_there

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data for machines."""
        body = {name: value for name, value in self.__dict__.items() if name != "messages"}
        body["amount_without_customer"] = (
            None if self.amount_without_customer is None else str(self.amount_without_customer)
        )
        body["messages"] = [{"code": one.code, "params": dict(one.params)} for one in self.messages]
        return body


def messages_json(messages: tuple[Message, ...]) -> str:
    """Messages as they are kept: code and values, to be worded when read."""
    return json.dumps([[one.code, dict(one.params)] for one in messages], ensure_ascii=False, default=str)


def messages_from(text: str) -> tuple[Message, ...]:
    """Messages as they were kept."""
    return tuple(Message(code, params) for code, params in json.loads(text or "[]"))
