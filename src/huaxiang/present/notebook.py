"""Charts in a notebook: the same pictures as in pages and documents, with their numbers under them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from huaxiang.model.fields import Labels
from huaxiang.number_words import short_number
from huaxiang.present.charts.frame import Mark
from huaxiang.present.charts.svg import render_svg
from huaxiang.present.charts.value_bars import height_of, value_bars

_WIDTH = 640


@dataclass(frozen=True)
class NotebookChart:
    """A chart that a notebook shows: ``svg`` is the picture, ``marks`` the numbers in it."""

    title: str
    svg: str
    marks: tuple[Mark, ...]

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><td>{escape(mark.label)}</td><td>{escape(mark.shown)}</td></tr>" for mark in self.marks)
        return f"<figure><figcaption>{escape(self.title)}</figcaption>{self.svg}<table>{rows}</table></figure>"


def bars(
    rows: Iterable[Mapping[str, Any]],
    *,
    label: str,
    value: str,
    title: str,
    names: Mapping[str, Labels] | None = None,
    lang: str = "zh",
) -> NotebookChart:
    """One bar per row: ``label`` and ``value`` name the columns, ``names`` words codes in ``label``.

    A null value has no bar and reads ``—``. Raises :class:`KeyError` for a column that the rows do not have.
    """
    marks = tuple(_mark(row[label], row[value], names or {}, lang) for row in rows)
    return NotebookChart(title, render_svg(value_bars(marks), _WIDTH, height_of(len(marks))), marks)


def _mark(code: Any, value: Any, names: Mapping[str, Labels], lang: str) -> Mark:
    words = names[code].say(lang) if code in names else str(code)
    return Mark(words, None if value is None else float(value), short_number(value, lang))
