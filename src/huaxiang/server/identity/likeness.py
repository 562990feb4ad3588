"""Why two accounts look like one person, in words and bars: every detail with its weight, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import pyarrow as pa

from huaxiang.analyse.likely_pairs import Likeness, Line
from huaxiang.number_words import chance, signed
from huaxiang.release.compared_masks import MASKS, OPEN
from huaxiang.release.door import ColumnPolicy, release
from huaxiang.release.masking import mask_value
from huaxiang.release.roles import Access
from huaxiang.server.customers.values import account_words
from huaxiang.words import knows, say


@dataclass(frozen=True)
class Detail:
    """One step from "any two accounts" to the sum. Its bar begins at ``left`` and is ``width`` wide, in percent."""

    name: str
    value_a: str
    value_b: str
    level: str
    bits: str
    left: str
    width: str
    speaks_for: bool


@dataclass(frozen=True)
class Pair:
    """Two accounts: how probable it is that they are one person, what keeps them from being joined even so (may be
    empty), and all steps to the sum.
    ``lacking`` names the details that one side lacks (may be empty); ``zero`` is where nothing speaks for or against,
    in percent."""

    title: str
    told: str
    doubt: str
    account_a: str
    account_b: str
    details: tuple[Detail, ...]
    lacking: str
    total: str
    zero: str


def worded(likeness: Likeness, access: Access, lang: str, stores: Sequence[str] = ()) -> Pair:
    """The likeness as the asker may see it; ``stores`` are those of the customer whom both accounts belong to."""
    share, told = chance(likeness.probability, lang), [line for line in likeness.lines if line.level != "missing"]
    sums = [0.0, *accumulate((line.bits for line in told), initial=likeness.start_bits)]
    least, most = min(sums), max(sums)
    spans = [_span(*ends, least, most) for ends in pairwise(sums)]
    start = Detail(
        say("likely.start", lang), "", "", "", signed(likeness.start_bits), *spans[0], likeness.start_bits > 0
    )
    return Pair(
        title=say("likely.case", lang, share=share),
        told=say(
            "likely.waterfall.told",
            lang,
            start=signed(likeness.start_bits),
            total=signed(likeness.total_bits),
            share=share,
        ),
        doubt=say(likeness.held_back_by, lang) if likeness.held_back_by else "",
        account_a=_account(likeness.account_key_a, lang),
        account_b=_account(likeness.account_key_b, lang),
        details=(start, *_details(told, _released(told, access, stores), spans[1:], lang)),
        lacking=_lacking(likeness.lines, lang),
        total=signed(likeness.total_bits),
        zero=_place(0.0, least, most),
    )


def level_words(level: str, lang: str) -> str:
    """How alike two values are; a level that is not worded reads as it is."""
    code = f"match.level.{level}"
    return say(code, lang) if knows(code) else level


def _details(
    told: Sequence[Line], values: list[dict[str, str | None]], spans: list[tuple[str, str]], lang: str
) -> list[Detail]:
    return [
        Detail(
            name=say(f"match.comparison.{line.comparison}", lang),
            value_a=_value(line.comparison, values[0][line.comparison], lang),
            value_b=_value(line.comparison, values[1][line.comparison], lang),
            level=level_words(line.level, lang),
            bits=signed(line.bits),
            left=left,
            width=width,
            speaks_for=line.bits > 0,
        )
        for line, (left, width) in zip(told, spans, strict=True)
    ]


def _lacking(lines: Sequence[Line], lang: str) -> str:
    names = [say(f"match.comparison.{line.comparison}", lang) for line in lines if line.level == "missing"]
    return say("likely.lacking", lang, details=say("likely.comma", lang).join(names)) if names else ""


def _released(told: Sequence[Line], access: Access, stores: Sequence[str]) -> list[dict[str, str | None]]:
    """Two rows, one for each side, masked; what has no policy of its own is hidden."""
    if not told:
        return [{}, {}]
    names = [line.comparison for line in told]
    policies = [
        ColumnPolicy(name, "open") if name in OPEN else ColumnPolicy(name, "personal", MASKS.get(name, "all"))
        for name in names
    ]
    columns = [pa.array([line.value_a, line.value_b], pa.string()) for line in told]
    of_stores = pa.array([list(stores)] * 2, pa.list_(pa.string()))
    rows = pa.table([*columns, of_stores], [*names, "stores"])
    found: list[dict[str, str | None]] = release(
        rows, [*policies, ColumnPolicy("stores", "open")], access
    ).table.to_pylist()
    return found


def _value(comparison: str, value: str | None, lang: str) -> str:
    if value is None:
        return "—"
    code = f"match.gender.{value}"
    return say(code, lang) if comparison == "gender" and knows(code) else value


def _account(key: str, lang: str) -> str:
    return account_words(mask_value(key, "account") or "", lang)


def _span(one: float, other: float, least: float, most: float) -> tuple[str, str]:
    width = abs(other - one) / ((most - least) or 1) * 100
    return _place(min(one, other), least, most), f"{max(width, 0.4):.2f}"


def _place(at: float, least: float, most: float) -> str:
    return f"{(at - least) / ((most - least) or 1) * 100:.2f}"
