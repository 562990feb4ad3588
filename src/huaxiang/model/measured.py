"""What the measures of events are: the column that each looks at, and the type of figure that comes out."""

from __future__ import annotations

from huaxiang.errors import DefinitionError, nearest
from huaxiang.model.conditions import WITHOUT_COLUMN, Measured
from huaxiang.model.facts import Fact, facts_known
from huaxiang.model.fields import NUMERIC, Field, Fields, FieldType
from huaxiang.model.operators import ORDERED

_WHOLE = (*WITHOUT_COLUMN, "distinct")


def fact_meant(name: str) -> Fact:
    """The fact table that a condition names; :class:`DefinitionError` names the nearest ones."""
    if name not in facts_known():
        known = nearest(name, facts_known(), 5)
        raise DefinitionError("condition.unknown_fact", given=name, nearest=known)
    return facts_known()[name]


def figure_field(did: Measured) -> Field:
    """The figure that is compared, as a field named like the measure.

    Raises :class:`DefinitionError` for an unknown fact table or column, and for a column that cannot be measured so.
    """
    fact = fact_meant(did.did)
    if did.column is None:
        return Field(key=did.measure, type="int", name=fact.row)
    column = column_meant(did.column, fact, fact.columns, did.measure)
    unit = None if did.measure == "distinct" else column.unit
    return Field(key=did.measure, type=_type(did, column), name=column.name, unit=unit)


def column_meant(key: str, fact: Fact, columns: Fields, measure: str) -> Field:
    """The column that is measured, one of those; a further one is read as amounts, as text where values are told apart.

    Raises :class:`DefinitionError` naming the nearest ones.
    """
    if key not in columns:
        raise DefinitionError("condition.unknown_column", fact=fact.name, given=key, nearest=nearest(key, columns))
    found = columns[key]
    kind = "text" if measure == "distinct" else "quantity"
    return found.model_copy(update={"type": kind}) if found.is_extra else found


def _type(did: Measured, column: Field) -> FieldType:
    if did.measure in _WHOLE:
        return "int"
    fitting = NUMERIC if did.measure in ("sum", "average") else ORDERED
    if column.type not in fitting:
        raise DefinitionError("condition.measure_unfit", measure=did.measure, column=column.key, type=column.type)
    return "number" if did.measure == "average" and column.type != "share" else column.type
