"""What ``parts/_stat.html`` shows: one number with its meaning and base."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stat:
    """One number in words. ``meaning`` is told on hover, with the interval ``low`` to ``high`` where there is one.

    ``base`` is the number of customers it rests on; ``element`` one of the five elements, which gives the colour.
    """

    title: str
    number: str
    meaning: str
    base: int | None = None
    low: str = ""
    high: str = ""
    element: str = ""
