"""What is repaired, checked, compared and filled, read from ``definitions/quality.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from huaxiang.errors import DefinitionError, NotFound, nearest
from huaxiang.model.mapping import source_fields
from huaxiang.model.quality_rules import PairRule, Rule
from huaxiang.model.tables import canonical_table, canonical_tables
from huaxiang.shipped import shipped

Dimension = Literal["completeness", "validity", "uniqueness", "consistency", "timeliness", "accuracy"]
DIMENSIONS: tuple[Dimension, ...] = (
    "completeness",
    "validity",
    "uniqueness",
    "consistency",
    "timeliness",
    "accuracy",
)
Severity = Annotated[int, Field(ge=1, le=3)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class _Worded(_Record):
    zh: str
    en: str

    def say(self, lang: str) -> str:
        """The words in ``zh`` or ``en``."""
        return self.zh if lang == "zh" else self.en


class Repair(_Worded):
    """What import does with cells of some kinds (``every``: of all). ``counted``: each mended cell is listed.
    ``optional``: a workspace may name the ``columns`` (fields of files) in which alone it is done; None: in all."""

    kinds: tuple[str, ...]
    counted: bool
    optional: bool = False
    columns: tuple[str, ...] | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of files of which it mends cells, wherever it is done."""
        return tuple(name for name, field in source_fields().items() if {field.kind, "every"} & {*self.kinds})


class Target(_Record):
    """A column of a canonical table, in the rows in which other columns have these values."""

    table: str
    column: str
    where: Mapping[str, str] = {}


class Check(_Worded):
    """One rule for one or more columns. ``severity``: 1 note, 2 look at it, 3 wrong."""

    dimension: Dimension
    severity: Severity = 2
    columns: tuple[Target, ...]
    rule: Rule


class ImportCheck(_Worded):
    """A check that import has made already; here it is counted only."""

    dimension: Dimension
    severity: Severity = 2


class Trait(Target):
    """Something that rows state about a person. ``read`` names what brings the text into a comparable form; with
    ``least`` only the earliest day of an account counts. ``mask`` hides what was read out of another value."""

    read: str | None = None
    mask: str | None = None
    least: bool = False
    how: Literal["stated", "inferred"] = "stated"

    @property
    def shown_mask(self) -> str | None:
        """The kind of mask under which a statement is shown; None when it may be seen."""
        own = canonical_table(self.table).columns[self.column]
        return self.mask if self.read else own.mask if own.sensitivity != "open" else None


class Contradiction(_Worded):
    """Two traits that cannot both be true as they stand. The words take ``{left}`` and ``{right}``.

    ``within``: compared are statements of one row, one account, or one customer.
    """

    dimension: Dimension
    severity: Severity
    left: str
    right: str
    within: Literal["row", "account", "customer"]
    rule: PairRule


class MissingPolicy(_Record):
    """What happens when no record has a value: it is left empty, or the first trait in ``traits`` gives it."""

    policy: Literal["leave", "fill", "infer"]
    traits: tuple[str, ...] = Field(default=(), alias="from")


class QualityRules(_Record):
    """All rules of cleaning, each by its key."""

    version: int
    repairs: Mapping[str, Repair]
    import_checks: Mapping[str, ImportCheck]
    checks: Mapping[str, Check]
    traits: Mapping[str, Trait]
    contradictions: Mapping[str, Contradiction]
    missing: Mapping[str, MissingPolicy]

    def not_mended(self, field: str) -> frozenset[str]:
        """The repairs that are not done in this field of files: its cells stay as they are written."""
        return frozenset(
            key for key, repair in self.repairs.items() if repair.columns is not None and field not in repair.columns
        )

    def words_of(self, key: str) -> Check | ImportCheck | Contradiction:
        """The check, import check or contradiction of that key; :class:`NotFound` names the nearest ones."""
        known: dict[str, Check | ImportCheck | Contradiction] = {
            **self.checks,
            **self.import_checks,
            **self.contradictions,
        }
        if key not in known:
            raise NotFound("quality.unknown_check", given=key, nearest=nearest(key, known))
        return known[key]

    def target(self, key: str, table: str, column: str) -> Target:
        """Where the check of that key looks; :class:`NotFound` names the nearest columns."""
        check = self.checks.get(key)
        if check is None:
            raise NotFound("quality.unknown_check", given=key, nearest=nearest(key, self.checks))
        places = {f"{one.table}.{one.column}": one for one in check.columns}
        place = f"{table}.{column}"
        if place not in places:
            raise NotFound("quality.unknown_column", check=key, given=place, nearest=nearest(place, places))
        return places[place]


@cache
def quality_rules() -> QualityRules:
    """The shipped rules."""
    return quality_rules_from(shipped("quality.yaml"))


def quality_rules_from(body: Mapping[str, Any]) -> QualityRules:
    """Rules from their YAML. Raises :class:`DefinitionError` when a table, column or trait is not known."""
    try:
        rules = QualityRules.model_validate(body)
    except ValueError as problem:
        raise DefinitionError("quality.unreadable", reason=str(problem)) from None
    for name, target in _targets(rules):
        _require_column(name, target)
    for key, pair in rules.contradictions.items():
        _require_traits(key, (pair.left, pair.right), rules)
    for key, policy in rules.missing.items():
        _require_traits(key, (key, *policy.traits), rules)
    return rules


def _targets(rules: QualityRules) -> list[tuple[str, Target]]:
    of_checks = [(key, target) for key, check in rules.checks.items() for target in check.columns]
    return [*of_checks, *rules.traits.items()]


def _require_column(name: str, target: Target) -> None:
    tables = canonical_tables()
    known = [f"{table}.{column}" for table, body in tables.items() for column in body.columns]
    for column in (target.column, *target.where):
        given = f"{target.table}.{column}"
        if given not in known:
            raise DefinitionError("quality.no_such_column", rule=name, given=given, nearest=nearest(given, known))


def _require_traits(name: str, traits: tuple[str, ...], rules: QualityRules) -> None:
    for trait in traits:
        if trait not in rules.traits:
            known = nearest(trait, rules.traits)
            raise DefinitionError("quality.no_such_trait", rule=name, given=trait, nearest=known)
