"""The portrait that segments speak of: the published profile with each customer's RFM class and scores beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import ibis.expr.types as ir

from huaxiang.analyse.rfm import ANALYSIS
from huaxiang.analyse.rfm_scores import SCORES, classes
from huaxiang.engine.interface import Engine
from huaxiang.errors import InputError, NotFound
from huaxiang.model.fields import Field, Fields, Labels
from huaxiang.model.tags import Tags, fields_of

RFM_CLASS = "rfm_class"
_OF_RFM = (RFM_CLASS, *SCORES.values())


def portrait(engine: Engine, stores: Iterable[str] | None = None, columns: Collection[str] | None = None) -> ir.Table:
    """One row per customer: every tag, ``rfm_class`` and the three RFM scores (null for who never bought).

    With ``stores`` only the customers who ordered in one of them; with ``columns`` only ``customer_id`` and those of
    them that there are. Raises :class:`InputError` before the first refresh.
    """
    try:
        wide = engine.table("profile")
    except NotFound:
        raise InputError("workspace.never_refreshed") from None
    if stores is not None:
        sale = engine.table("sale")
        wide = wide.semi_join(sale.filter(sale.store_no.isin(sorted(stores))), "customer_id")
    return with_rfm(engine, wide) if columns is None else narrowed(wide, _rfm(engine), columns)


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
    rfm = _rfm(engine)
    return wide if rfm is None else joined_rfm(wide, rfm)


def joined_rfm(wide: ir.Table, rfm: ir.Table) -> ir.Table:
    """The profiles with the class and scores of that RFM, null for who never bought."""
    return _joined(wide, rfm, _OF_RFM)


def narrowed(wide: ir.Table, rfm: ir.Table | None, columns: Collection[str]) -> ir.Table:
    """The same with ``customer_id`` and those of ``columns`` only that there are."""
    own = wide.select([name for name in wide.columns if name == "customer_id" or name in columns])
    scored = [name for name in _OF_RFM if name in columns]
    return own if rfm is None or not scored else _joined(own, rfm, scored)


def _rfm(engine: Engine) -> ir.Table | None:
    """What is published of RFM; None where nobody bought anything yet, so that there is no class either."""
    try:
        return engine.table("rfm")
    except NotFound:
        return None


def _joined(wide: ir.Table, rfm: ir.Table, columns: Iterable[str]) -> ir.Table:
    return wide.left_join(rfm.select("customer_id", *columns), "customer_id").drop("customer_id_right")
