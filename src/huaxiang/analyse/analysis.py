"""What an analysis declares, from which its command, form, schema and reference page are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis.expr.types as ir

from huaxiang.engine.interface import Engine
from huaxiang.errors import DefinitionError, InputError, nearest
from huaxiang.model.fields import Labels
from huaxiang.model.results import OutputColumn, Parameter, Result
from huaxiang.model.tables import canonical_tables

Choices = Mapping[str, Any]
Run = Callable[[Engine, Mapping[str, ir.Table], Choices, date], Result]
Evidence = Callable[[Engine, Mapping[str, ir.Table], Choices, date], ir.Table]


@dataclass(frozen=True)
class Analysis:
    """One analysis: words, inputs, parameters, outputs and how to run it.

    ``explanation`` says in plain words what it does and assumes, ``source`` where the method comes from. ``inputs``
    name the tables it reads; where ``profile`` is among them, ``needs`` are the tags that it reads of it. ``outputs``
    has, by table of the result, what one row is and its columns. ``evidence``, for analyses behind tags, gives what
    speaks for the value of every customer: ``customer_id`` and the columns of the output of that name, not yet
    computed, the strongest with the greatest ``weight``.
    """

    key: str
    title: Labels
    explanation: Labels
    source: Labels
    inputs: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    outputs: Mapping[str, tuple[Labels, tuple[OutputColumn, ...]]]
    run: Run
    needs: tuple[str, ...] = ()
    evidence: Evidence | None = None

    def on(self, engine: Engine, tables: Mapping[str, ir.Table], params: Choices, as_of: date) -> Result:
        """The result of running it on these tables, with every parameter that is not given at its default.

        Raises :class:`InputError` for a missing table or a parameter out of range, :class:`DefinitionError` for an
        unknown parameter.
        """
        for name in self.inputs:
            if name not in tables and name not in canonical_tables():
                raise InputError("analysis.missing_input", analysis=self.key, table=name)
        return self.run(engine, tables, self.complete(params), as_of)

    def complete(self, params: Choices) -> dict[str, Any]:
        """The given parameters, checked, and the defaults of the others."""
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in params:
            if name not in known:
                close = nearest(name, known)
                raise DefinitionError("analysis.unknown_parameter", analysis=self.key, given=name, nearest=close)
        given = {name: value for name, value in params.items() if value is not None}
        return {name: self._checked(known[name], given.get(name, known[name].default)) for name in known}

    def _checked(self, parameter: Parameter, value: Any) -> Any:
        if value is None:
            return None
        said = {"analysis": self.key, "parameter": parameter.name, "given": str(value)}
        if parameter.type in ("choice", "tag"):
            if not isinstance(value, str) or (parameter.choices and value not in parameter.choices):
                raise InputError("analysis.parameter_type", expected=" / ".join(parameter.choices) or "text", **said)
            return value
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not (whole or (parameter.type == "number" and isinstance(value, float))):
            raise InputError("analysis.parameter_type", expected=parameter.type, **said)
        if not _bound(parameter.least, float("-inf")) <= value <= _bound(parameter.greatest, float("inf")):
            raise InputError("analysis.parameter_range", least=parameter.least, greatest=parameter.greatest, **said)
        return value


def _bound(limit: float | None, otherwise: float) -> float:
    return otherwise if limit is None else limit
