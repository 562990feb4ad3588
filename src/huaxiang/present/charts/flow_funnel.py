"""A funnel of steps: how much of what came in is still there after each step.

Drawn as bars from one edge, because the slanted sides of the usual funnel show areas that mean nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from huaxiang.number_words import percent
from huaxiang.present.charts.frame import Mark
from huaxiang.present.charts.palette import Option
from huaxiang.present.charts.value_bars import value_bars


def flow_funnel(marks: Sequence[Mark], lang: str, element: str | None = None) -> Option:
    """One bar per step in the given order; every step but the first also says what share of the first it is."""
    first = marks[0].value if marks else None
    return value_bars(
        [mark if step == 0 else _with_share(mark, first, lang) for step, mark in enumerate(marks)], element
    )


def _with_share(mark: Mark, first: float | None, lang: str) -> Mark:
    if not first or mark.value is None:
        return mark
    return replace(mark, shown=f"{mark.shown} · {percent(mark.value / first, lang)}")
