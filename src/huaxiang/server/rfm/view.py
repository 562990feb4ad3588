"""The RFM page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huaxiang.analyse.registry import analysis_named
from huaxiang.analyse.rfm_grid import score_grid
from huaxiang.analyse.rfm_scores import classes
from huaxiang.errors import HuaxiangError, InputError
from huaxiang.model.results import Result
from huaxiang.number_words import money, percent, short_number
from huaxiang.server.charts import ChartPart
from huaxiang.server.crowds.sight import Sight, is_not_refreshed, sight_of
from huaxiang.server.not_refreshed import RFM
from huaxiang.server.permissions import may, page
from huaxiang.server.preferences import lang_of
from huaxiang.server.rfm.charts import class_chart, grid_chart
from huaxiang.server.rfm.choices import CUTS, WINDOWS, chosen, crowd_address


@dataclass(frozen=True)
class ClassLine:
    """One class in words; ``address`` leads to a segment of it."""

    name: str
    customers: str
    share: str
    revenue: str
    revenue_share: str
    mean_days: str
    mean_order_days: str
    mean_revenue: str
    advice: str
    address: str


@page(permission="see_profile")
def rfm(request: HttpRequest) -> HttpResponse:
    """The eight classes with the visitor's choices (``?window_days=``, ``?cuts=``, ``?cut_…=``)."""
    try:
        with sight_of(request) as sight:
            context = _answered(request, sight)
    except InputError as error:
        if is_not_refreshed(error):
            return RFM.page(request)
        raise
    return render(request, "rfm/rfm.html", context, status=400 if context["refusal"] else 200)


def _answered(request: HttpRequest, sight: Sight) -> dict[str, Any]:
    form = {name: request.GET.get(name, "")[:40] for name in ("window_days", "cuts", *(f"cut_{cut}" for cut in CUTS))}
    context = {"form": form, "windows": [days for days in WINDOWS if days], "refusal": "", "sight": sight}
    try:
        params = chosen(request.GET)
        result = analysis_named("rfm").on(sight.engine, _tables(sight), params, sight.as_of)
    except HuaxiangError as error:
        if isinstance(error, InputError) and is_not_refreshed(error):
            raise
        return {**context, "refusal": error.say(lang_of(request))}
    explanation = analysis_named("rfm").explanation.say(sight.lang)
    return {**context, **_shown(result, params, sight, may(request, "edit_definitions")), "explanation": explanation}


def _tables(sight: Sight) -> dict[str, ir.Table]:
    customer = sight.engine.table("customer")
    if sight.access.stores is not None:
        customer = customer.semi_join(sight.table, "customer_id")
    return {"sale": sight.engine.table("sale"), "customer": customer}


def _shown(result: Result, params: Mapping[str, Any], sight: Sight, may_edit: bool) -> dict[str, Any]:
    rows, customers = result.tables["classes"], int(result.figures["customers"])
    cells = score_grid(sight.engine, result.members) if result.members is not None else ()
    charts: list[ChartPart] = []
    if rows:
        charts = [
            class_chart(rows, customers, sight.lang),
            grid_chart(cells, customers, sight.workspace.settings.currency, sight.lang),
        ]
    return {
        "answer": result.answer.say(sight.lang),
        "notes": [note.say(sight.lang) for note in result.notes],
        "lines": [_line(row, params, result.figures, sight, may_edit) for row in rows],
        "charts": charts,
        "windowed": params.get("window_days") is not None,
    }


def _line(
    row: Mapping[str, Any], params: Mapping[str, Any], figures: Mapping[str, Any], sight: Sight, may_edit: bool
) -> ClassLine:
    found, lang, currency = classes()[row["rfm_class"]], sight.lang, sight.workspace.settings.currency
    whole = sight.access.stores is None
    return ClassLine(
        name=found.name.say(lang),
        customers=f"{row['customers']:,}",
        share=percent(row["share"], lang),
        revenue=money(row["net_revenue"], currency, lang),
        revenue_share=percent(row["revenue_share"], lang),
        mean_days=short_number(_rounded(row["mean_days_since_last_order"], 1), lang),
        mean_order_days=short_number(_rounded(row["mean_order_days"], 1), lang),
        mean_revenue=money(_rounded(row["mean_net_revenue"], 2), currency, lang),
        advice=found.advice.say(lang),
        address=crowd_address(found, params, figures, whole=whole) if may_edit and row["customers"] else "",
    )


def _rounded(value: float | None, places: int) -> float | None:
    return None if value is None else round(float(value), places)
