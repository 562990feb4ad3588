"""What RFM says over everybody, told as a tag is: counts of its values, and the crowds whose rules ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from huaxiang.analyse.groups.bars import Bar
from huaxiang.analyse.groups.contrast import group_portrait
from huaxiang.analyse.groups.echoes import fields_asked
from huaxiang.model.conditions import EVERYONE
from huaxiang.release.small_cells import suppress_row
from huaxiang.server.crowds.sight import Sight


def rfm_figures(key: str, sight: Sight) -> dict[str, Any]:
    """The figures of a field of RFM. It has neither versions nor runs of its own, and nothing to be judged by."""
    rows = sight.population.marked({"inside": EVERYONE}, (key,))
    found = group_portrait(sight.engine, rows, sight.fields, (key,))
    bars = [(bar, share.inside) for bar, share in found.tags[key].bars] if key in found.tags else []
    known = [(bar, n) for bar, n in bars if bar.kind != "unknown"]
    missing = sum(n for bar, n in bars if bar.kind == "unknown")
    *counts, unknown = suppress_row([*(n for _, n in known), missing], sight.workspace.settings.smallest_cell).cells
    return {
        "tag": key,
        "version": None,
        "as_of": sight.as_of,
        "customers": found.customers,
        "bands": [_band(bar, n, key, sight) for (bar, _), n in zip(known, counts, strict=True)],
        "unknown": unknown,
        "usable": None,
        "accuracy": None,
        "score": None,
        "parts": [],
        "verdicts": [],
        "runs": [],
        "used_by": {"tags": [], "crowds": _crowds(key, sight), "places": []},
    }


def _band(bar: Bar, customers: int | None, key: str, sight: Sight) -> dict[str, Any]:
    return {
        "value": bar.words(sight.fields[key]).say(sight.lang),
        "low": bar.low,
        "high": bar.high,
        "customers": customers,
    }


def _crowds(key: str, sight: Sight) -> Sequence[str]:
    segments = sight.population.segments
    return [name for name, one in segments.items() if key in fields_asked(one.condition, segments)]
