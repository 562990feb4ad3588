"""What became of the rows of an import: four counts that add up, as a bar and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from huaxiang.model.mapping import forms
from huaxiang.number_words import percent, short_number
from huaxiang.words import Message, knows, say

PARTS = ("kept", "repaired", "quarantined", "already_there")
#: The bar is this many units wide; a part that is not zero is never thinner than ``_LEAST``.
WIDTH = 1000
_LEAST = 6


@dataclass(frozen=True)
class Part:
    """One part of the bar: where it begins and how wide it is, its name, count, share and meaning in words."""

    key: str
    title: str
    meaning: str
    number: str
    share: str
    start: float
    width: float


@dataclass(frozen=True)
class Counts:
    """The report of one file or sheet in words. ``sum`` says how the parts add up."""

    import_id: str
    file: str
    what: str
    is_empty: bool
    parts: tuple[Part, ...]
    sum: str
    reasons: tuple[tuple[str, str], ...]
    messages: tuple[str, ...]


def counts_of(report: Mapping[str, Any], lang: str) -> Counts:
    """The counts of an import report as :meth:`huaxiang.collect.report.ImportReport.to_dict` gives it."""
    parts = parts_of(report, lang)
    return Counts(
        import_id=report["import_id"],
        file=sheet_title(report["file_name"], report["sheet"]),
        what=form_title(report["form"], lang),
        is_empty=not report["rows_read"],
        parts=parts,
        sum=sum_words(report, lang),
        reasons=tuple((reason_words(code, lang), short_number(n, lang)) for code, n in report["reasons"].items()),
        messages=tuple(Message(one["code"], one["params"]).say(lang) for one in report["messages"]),
    )


def parts_of(report: Mapping[str, Any], lang: str) -> tuple[Part, ...]:
    """The parts that are not zero, side by side."""
    read = report["rows_read"]
    found = [(name, int(report[f"rows_{name}"])) for name in PARTS if report[f"rows_{name}"]]
    widths = _widths([count for _, count in found])
    parts, start = [], 0.0
    for (name, count), width in zip(found, widths, strict=True):
        words = (say(f"imports.part.{name}", lang), say(f"imports.part.{name}.meaning", lang))
        parts.append(Part(name, *words, short_number(count, lang), percent(count / read, lang), start, width))
        start += width
    return tuple(parts)


def _widths(counts: list[int]) -> list[float]:
    thick = [max(WIDTH * count / max(sum(counts), 1), _LEAST) for count in counts]
    return [round(WIDTH * width / sum(thick), 2) for width in thick]


def sum_words(report: Mapping[str, Any], lang: str) -> str:
    """How the rows add up: ``1,000 = 950 + 30 + 20 + 0``, with the blank lines that are no rows."""
    told = {name: f"{int(report[f'rows_{name}']):,}" for name in ("read", *PARTS, "blank")}
    return say("imports.sum", lang, **told)


def sheet_title(file: str, sheet: str | None) -> str:
    """A file, or a sheet in it, as people call it."""
    return f"{file} · {sheet}" if sheet else file


def form_title(form: str, lang: str) -> str:
    """What one row of a file is, in words; the key itself for a form that is no longer known."""
    known = forms().get(form)
    return getattr(known, lang) if known else form


def reason_words(code: str, lang: str, params: Mapping[str, Any] | None = None) -> str:
    """Why a cell or row could not be taken as it is: of one row with its ``params``, of several in short."""
    short = f"imports.reason.{code.rpartition('.')[2]}"
    if params is None and knows(short):
        return say(short, lang)
    return say(code if "." in code else f"reason.{code}", lang, **(params or {}))
