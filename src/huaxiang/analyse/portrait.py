"""The portrait that segments speak of: the published profile with each customer's RFM class and scores beside it."""

from __future__ import annotations

from collections.abc import Iterable

import ibis.expr.types as ir

from huaxiang.analyse.rfm import ANALYSIS
from huaxiang.analyse.rfm_scores import SCORES, classes
from huaxiang.engine.interface import Engine
from huaxiang.errors import InputError, NotFound
from huaxiang.model.fields import Field, Fields, Labels
from huaxiang.model.tags import Tags, fields_of

RFM_CLASS = "rfm_class"


def portrait(engine: Engine, stores: Iterable[str] | None = None) -> ir.Table:
    """One row per customer: every tag, ``rfm_class`` and the three RFM scores (null for who never bought).

    With ``stores`` only the customers who ordered in one of them. Raises :class:`InputError` before the first refresh.
    """
    try:
        wide = engine.table("profile")
    except NotFound:
        raise InputError("workspace.never_refreshed") from None
    if stores is not None:
        sale = engine.table("sale")
        wide = wide.semi_join(sale.filter(sale.store_no.isin(sorted(stores))), "customer_id")
    return with_rfm(engine, wide)


def portrait_fields(tags: Tags) -> dict[str, Field]:
    """What conditions on the portrait may name: every tag, and what RFM says."""
    return {**fields_of(tags), **rfm_fields()}


def rfm_fields() -> Fields:
    """The columns of RFM as fields: the class with the names of its values, and the scores from 1 to 5."""
    columns = {column.name: column for column in ANALYSIS.outputs["members"][1]}
    found = {
        name: Field(key=name, type=columns[name].type, name=_named(columns[name].labels), unit=columns[name].unit)
        for name in SCORES.values()
    }
    named = {key: one.name for key, one in classes().items()}
    return {RFM_CLASS: Field(key=RFM_CLASS, type="text", name=_named(columns[RFM_CLASS].labels), values=named), **found}


def _named(labels: Labels) -> Labels:
    return Labels(zh=f"RFM {labels.zh}", en=f"RFM {labels.en}")


def with_rfm(engine: Engine, wide: ir.Table) -> ir.Table:
    """The profiles with the RFM class and scores of the published day, null for who never bought."""
    try:
        rfm = engine.table("rfm")
    except NotFound:
        # Nobody bought anything yet, so there is no class either.
        return wide
    return joined_rfm(wide, rfm)


def joined_rfm(wide: ir.Table, rfm: ir.Table) -> ir.Table:
    """The profiles with the class and scores of that RFM, null for who never bought."""
    own = rfm.select("customer_id", RFM_CLASS, *SCORES.values())
    return wide.left_join(own, "customer_id").drop("customer_id_right")
