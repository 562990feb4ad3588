"""Chart options for pages: inks that the page's theme supplies are left out, so that charts follow light and dark."""

from __future__ import annotations

from typing import Any

from huaxiang.present.charts.palette import INK, LINE, MUTED, PAPER, Option

_OF_THE_THEME = (INK, MUTED, LINE)


def for_page(option: Option) -> Option:
    """The option without the colours of text, axes and lines, and see-through where it has paper."""
    found: Option = _stripped(option)
    return found


def _stripped(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _stripped(value) for name, value in part.items() if value not in _OF_THE_THEME}
    if isinstance(part, list):
        return [_stripped(value) for value in part]
    return "transparent" if part == PAPER else part
