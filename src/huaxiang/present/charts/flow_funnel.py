"""A funnel of steps: how much of what came in is still there after each step.

Drawn as bars from one edge, because the slanted sides of the usual funnel show areas that mean nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from huaxiang.present.charts.frame import Mark
from huaxiang.present.charts.palette import Option
from huaxiang.present.charts.value_bars import value_bars


def flow_funnel(marks: Sequence[Mark], shares: Sequence[str], element: str | None = None) -> Option:
    """One bar per step in the given order; ``shares`` say, step by step, what part of the first it is, or nothing."""
    steps = zip(marks, shares, strict=True)
    return value_bars(
        [replace(mark, shown=" · ".join(filter(None, (mark.shown, share)))) for mark, share in steps], element
    )
