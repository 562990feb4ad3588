"""What the visitor chose for RFM: the period and where high begins, and the rules that say the same of the portrait."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal
from math import ceil, floor
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from huaxiang.analyse.rfm_scores import RfmClass
from huaxiang.errors import InputError
from huaxiang.model.condition_text import text_of
from huaxiang.model.conditions import All, Condition, Test

CUTS = ("days_since_last_order", "order_days", "net_revenue")
WINDOWS = (None, 365, 180, 90)
#: Measure without a period, by the tag of the portrait that says the same.
_TAGS = {
    "days_since_last_order": "days_since_last_order",
    "order_days": "order_days_total",
    "net_revenue": "net_revenue_total",
}


def chosen(query: QueryDict) -> dict[str, Any]:
    """The parameters of the analysis that an address names; what is empty is left at its default.

    Raises :class:`InputError` for what is no number.
    """
    found: dict[str, Any] = {"cuts": query.get("cuts", "") or None}
    if days := query.get("window_days", "").strip():
        found["window_days"] = _whole(days)
    for name in CUTS:
        if text := query.get(f"cut_{name}", "").strip():
            found[f"cut_{name}"] = _number(text, f"cut_{name}")
    return {name: value for name, value in found.items() if value is not None}


def crowd_address(found: RfmClass, params: Mapping[str, Any], figures: Mapping[str, Any], *, whole: bool) -> str:
    """Where a segment of the class is made; empty where the period has no tags that say the same.

    With the default choices over ``whole`` customers it is the class itself, which moves with its cuts; else the cuts
    as they stand now.
    """
    if params.get("window_days") is not None:
        return ""
    default = whole and params.get("cuts", "median") == "median"
    condition = Test(field="rfm_class", op="=", value=found.key) if default else _by_cuts(found, figures)
    return f"{reverse('crowds:new')}?{urlencode({'rule': text_of(condition)})}"


def _by_cuts(found: RfmClass, figures: Mapping[str, Any]) -> Condition:
    sides = {
        "days_since_last_order": "<" if found.recent else ">=",
        "order_days": ">" if found.frequent else "<=",
        "net_revenue": ">" if found.monetary else "<=",
    }
    return All(
        all=tuple(
            Test(field=_TAGS[name], op=op, value=_plain(name, figures[f"cut_{name}"])) for name, op in sides.items()
        )
    )


def _plain(name: str, cut: float) -> int | float:
    """The cut with no more digits than the measure has, so that the same customers stay on each side of it."""
    if name == "days_since_last_order":
        return ceil(cut)
    if name == "order_days":
        return floor(cut)
    exact = Decimal(str(cut)).quantize(Decimal("0.0001"), rounding=ROUND_FLOOR)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise InputError("rfm.not_days", given=text[:40])
    return int(text)


def _number(text: str, name: str) -> float:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        raise InputError("rfm.not_a_number", parameter=name, given=text[:40]) from None
