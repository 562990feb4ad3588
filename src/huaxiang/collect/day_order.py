"""Whether 3/4/2010 is the third of April or the fourth of March: asked of the whole column, one row cannot tell."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.collect.reading import Reading
from huaxiang.model.mapping import Mapping, source_fields
from huaxiang.words import Message

_TIMES = ("time", "date", "birth_date")
_PATTERN = r"^\s*(?P<first>\d{1,2})[/.-](?P<second>\d{1,2})[/.-](?P<year>\d{4})"


@dataclass
class _Seen:
    """What the days of a file have shown so far: the greatest parts, and how often a day comes before its forerunner
    when the month, or the day, stands first."""

    header: str = ""
    example: str = ""
    first: int = 0
    second: int = 0
    back_month_first: int = 0
    back_day_first: int = 0


def settle_day_order(mapping: Mapping, reading: Reading) -> tuple[Mapping, tuple[Message, ...]]:
    """The mapping with ``month_first`` as the days of the file say: a part above 12 is a day; else the order in which
    the rows run on in time. When neither tells, the day is taken to stand first, and a message says so."""
    headers = [match.header for name, match in mapping.columns.items() if source_fields()[name].kind in _TIMES]
    seen = _Seen()
    for batch in reading.batches() if headers else ():
        for header in headers:
            _look(batch.column(header), header, seen)
        if not seen.example or max(seen.first, seen.second) > 12:
            break
    return _settled(mapping, seen)


def _settled(mapping: Mapping, seen: _Seen) -> tuple[Mapping, tuple[Message, ...]]:
    if max(seen.first, seen.second) > 12 or seen.back_month_first != seen.back_day_first:
        month_first = seen.second > 12 >= seen.first or (
            seen.second <= 12 and seen.first <= 12 and seen.back_month_first < seen.back_day_first
        )
        return mapping.model_copy(update={"month_first": month_first}), ()
    if not seen.example:
        return mapping, ()
    return mapping, (Message("collect.day_or_month", {"header": seen.header, "example": seen.example}),)


def _look(column: pa.Array, header: str, seen: _Seen) -> None:
    parts = pc.extract_regex(column.cast(pa.string()), _PATTERN)
    found = parts.drop_null()
    if not len(found):
        return
    if not seen.example:
        seen.header, seen.example = header, str(column.filter(pc.is_valid(parts))[0])
    year, first, second = (pc.struct_field(found, name).cast(pa.int32()) for name in ("year", "first", "second"))
    seen.first = max(seen.first, pc.max(first).as_py())
    seen.second = max(seen.second, pc.max(second).as_py())
    seen.back_month_first += _steps_back(year, first, second)
    seen.back_day_first += _steps_back(year, second, first)


def _steps_back(year: pa.Array, month: pa.Array, day: pa.Array) -> int:
    number = pc.add(pc.add(pc.multiply(year, 10_000), pc.multiply(month, 100)), day)
    if len(number) < 2:
        return 0
    return int(pc.sum(pc.less(number[1:], number[:-1])).as_py() or 0)
