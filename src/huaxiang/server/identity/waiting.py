"""What waits for people in One ID: each queue with how much is in it, of what kinds, and the way to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.urls import reverse

from huaxiang.analyse.identity_report import IdentityReport
from huaxiang.analyse.lone_joins import LoneJoins
from huaxiang.analyse.open_holds import NEED_NOBODY
from huaxiang.analyse.suspicious import Doubtful
from huaxiang.number_words import short_number
from huaxiang.server.identity.words import hold_words, type_words
from huaxiang.server.tables import Cell, Column, Table
from huaxiang.words import say


class Queues(NamedTuple):
    """All that waits: the report with the values held, the doubtful customers, how many pairs look alike, and the
    joins that one value alone holds."""

    report: IdentityReport
    doubtful: Doubtful
    likely: int
    alone: LoneJoins


def waiting_table(found: Queues, lang: str) -> Table:
    """One row per queue, also where nothing waits in it: its page, how many, and of what kinds."""
    held = {hold_words(row["reason"], lang): int(row["values"]) for row in to_settle(found.report)}
    doubtful = {say(f"waiting.reason.{reason}", lang): count for reason, count in found.doubtful.by_reason.items()}
    alone = {type_words(kind, lang): count for kind, count in found.alone.by_type.items()}
    rows = (
        _row("review", "identity.review", sum(held.values()), held, lang),
        _row("doubtful", "doubtful.title", found.doubtful.total, doubtful, lang),
        _row("likely", "likely.title", found.likely, {}, lang),
        _row("alone", "alone.title", found.alone.total, alone, lang),
    )
    heads = ("queue", "count", "kinds")
    columns = tuple(Column(say(f"waiting.column.{head}", lang), numeric=head == "count") for head in heads)
    return Table(say("waiting.title", lang), columns, rows)


def to_settle(report: IdentityReport) -> list[Mapping[str, Any]]:
    """The holds of the report that a person can settle; the others say all there is to say."""
    return [row for row in report.holds if row["reason"] not in NEED_NOBODY]


def _row(page: str, title: str, count: int, kinds: Mapping[str, int], lang: str) -> tuple[Cell, ...]:
    told = [say("waiting.kind", lang, kind=kind, n=short_number(number, lang)) for kind, number in kinds.items()]
    return (
        Cell(say(title, lang), address=reverse(f"identity:{page}"), heading=True),
        Cell(short_number(count, lang), numeric=True),
        Cell(say("waiting.comma", lang).join(told) or say(f"waiting.{page}.what", lang)),
    )
