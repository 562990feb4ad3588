"""What a workspace says of cleaning, over the shipped rules: which repairs are done and which checks run where, how
grave they are, and what happens to missing values. Read from its ``definitions/quality.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from huaxiang.errors import DefinitionError, nearest
from huaxiang.model.own_rules import unknown_key
from huaxiang.model.quality import Check, Contradiction, MissingPolicy, QualityRules, Repair, Severity, quality_rules

_FILE, _OWN = "quality.yaml", ("repairs", "checks", "contradictions", "missing")
Rule = TypeVar("Rule", Check, Contradiction)


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _OwnRepair(_Record):
    """Whether cells are mended so, and the fields of files in which alone they are; None for all that can be."""

    run: bool = True
    columns: tuple[str, ...] | None = None


class _OwnPair(_Record):
    """Whether two statements are compared, and how grave it is when they contradict each other."""

    run: bool = True
    severity: Severity | None = None


class _OwnCheck(_OwnPair):
    """``columns`` are the only ones in which the check runs, as ``table.column``; None for all that it has."""

    columns: tuple[str, ...] | None = None


class _Own(_Record):
    repairs: Mapping[str, _OwnRepair] = {}
    checks: Mapping[str, _OwnCheck] = {}
    contradictions: Mapping[str, _OwnPair] = {}
    missing: Mapping[str, MissingPolicy] = {}


def own_quality_rules(said: Mapping[str, Any]) -> QualityRules:
    """The shipped rules with what ``said`` says otherwise.

    ``repairs`` by key: ``run`` (false: it is done nowhere) and the ``columns``, fields of files, in which alone it is.
    ``checks`` and ``contradictions`` by key: ``run`` (false: it does not), ``severity`` (1 to 3), and of a check the
    ``columns`` in which alone it runs. ``missing`` by column: ``policy`` (leave, fill, infer) and the traits that give
    the value (``from``), of those that the shipped policy of the column names. Raises :class:`DefinitionError` naming
    what is not known.
    """
    shipped = quality_rules()
    if unknown := sorted(map(str, said.keys() - set(_OWN))):
        raise unknown_key(_FILE, ", ".join(unknown), _OWN)
    own = _read(said)
    optional = {key: repair for key, repair in shipped.repairs.items() if repair.optional}
    _require_known("repairs", own.repairs, optional)
    for part, given in (("checks", own.checks), ("contradictions", own.contradictions), ("missing", own.missing)):
        _require_known(part, given, getattr(shipped, part))
    return shipped.model_copy(
        update={
            "repairs": {key: _mending(key, repair, own.repairs.get(key)) for key, repair in shipped.repairs.items()},
            "checks": _running(_in_columns(shipped.checks, own.checks), own.checks),
            "contradictions": _running(shipped.contradictions, own.contradictions),
            "missing": {key: _policy(key, own.missing.get(key), told) for key, told in shipped.missing.items()},
        }
    )


def _read(said: Mapping[str, Any]) -> _Own:
    try:
        return _Own.model_validate(said)
    except ValidationError as problem:
        first = problem.errors()[0]
        raise _wrong(".".join(map(str, first["loc"])), first["msg"]) from None


def _mending(key: str, shipped: Repair, said: _OwnRepair | None) -> Repair:
    if said is None or (said.run and said.columns is None):
        return shipped
    wanted = said.columns or () if said.run else ()
    _require_known(f"repairs.{key}.columns", dict.fromkeys(wanted), dict.fromkeys(shipped.fields))
    return shipped.model_copy(update={"columns": wanted})


def _running(shipped: Mapping[str, Rule], own: Mapping[str, Any]) -> dict[str, Rule]:
    found = {}
    for key, rule in shipped.items():
        said = own.get(key, _OwnPair())
        if said.run:
            found[key] = rule.model_copy(update={"severity": said.severity}) if said.severity else rule
    return found


def _in_columns(shipped: Mapping[str, Check], own: Mapping[str, _OwnCheck]) -> dict[str, Check]:
    return {key: _narrowed(key, check, own.get(key, _OwnCheck()).columns) for key, check in shipped.items()}


def _narrowed(key: str, check: Check, wanted: tuple[str, ...] | None) -> Check:
    if wanted is None:
        return check
    places = {f"{one.table}.{one.column}": one for one in check.columns}
    _require_known(f"checks.{key}.columns", dict.fromkeys(wanted), places)
    return check.model_copy(update={"columns": tuple(one for place, one in places.items() if place in wanted)})


def _policy(column: str, said: MissingPolicy | None, shipped: MissingPolicy) -> MissingPolicy:
    if said is None:
        return shipped
    _require_known(f"missing.{column}.from", dict.fromkeys(said.traits), dict.fromkeys(shipped.traits))
    if (said.policy == "leave") == bool(said.traits):
        raise _wrong(f"missing.{column}", "from: is needed to fill or infer, and has no place where values are left")
    return said


def _require_known(part: str, given: Mapping[str, object], known: Mapping[str, object]) -> None:
    for key in given:
        if key not in known:
            raise _wrong(f"{part}.{key}", f"not known; nearest: {nearest(key, known) or '-'}")


def _wrong(where: str, reason: str) -> DefinitionError:
    return DefinitionError("definitions.own_value", file=_FILE, where=where, reason=reason)
