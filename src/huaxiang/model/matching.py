"""How records are compared when nothing strong joins them, read from ``definitions/matching.yaml``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from huaxiang.model.own_rules import with_own
from huaxiang.shipped import shipped

Kind = Literal["name", "phone", "email", "code", "date", "same", "wider", "text"]
Band = Literal["link", "ask", "leave"]
Mode = Literal["link", "ask", "leave"]
Columns = tuple[str, ...]
#: What a workspace may say for itself.
_OWN = ("bands", "use")


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Use(_Record):
    """What becomes of probable pairs, and how many records are enough to learn from."""

    mode: Mode
    least_records: int = Field(ge=2)


class Bands(_Record):
    """Probabilities from which on (inclusive) a pair is linked, asked about, or listed at all."""

    link: float = Field(gt=0, lt=1)
    ask: float = Field(gt=0, lt=1)
    keep: float = Field(gt=0, lt=1)


class ComparisonRule(_Record):
    """How one column of two records is compared.

    ``frequency``: agreement on a rare value weighs more. ``telling``: two people differ in it even when they live
    together (``against``: only difference says something). ``evidence`` is the kind of thing that it is: names, places
    and so on; none where agreement never counts as one. ``also`` (in the file ``with``) are further columns that
    the comparison reads.
    """

    kind: Kind
    also: Columns = Field(default=(), alias="with")
    frequency: bool = False
    telling: Literal["no", "both", "against"] = "no"
    evidence: str | None = None


class Training(_Record):
    """How much is looked at when the model is trained: random pairs, values counted."""

    seed: int
    random_pairs: int = Field(ge=1000)
    least_filled: float = Field(ge=0, le=1)
    most_frequencies: int = Field(ge=1)


class MatchLimits(_Record):
    """Where matching stops: shared values, long texts, what tells people apart."""

    most_in_block: int = Field(ge=2)
    longest_text: int = Field(ge=20)
    most_pairs_per_record: int = Field(ge=1)
    few_pairs: int = Field(ge=0)
    most_names_per_value: int = Field(ge=1)
    most_bits_against: float = Field(ge=0)
    least_bits_of_evidence: float = Field(ge=0)


class Cost(_Record):
    """What a run costs on the machine on which it was measured."""

    fixed_seconds: float
    seconds_per_million_records: float
    pairs_per_second: float = Field(gt=0)
    fixed_mb: float
    mb_per_million_records: float
    mb_per_million_pairs: float


class MatchingRules(_Record):
    """All rules of matching. ``comparisons`` is keyed by the column compared; ``evidence_alone`` are kinds of evidence
    that need no second one."""

    version: int
    use: Use
    bands: Bands
    comparisons: dict[str, ComparisonRule]
    blocks: tuple[Columns, ...]
    evidence_alone: tuple[str, ...]
    certain: tuple[Columns, ...]
    certain_recall: float = Field(gt=0, le=1)
    training: Training
    limits: MatchLimits
    cost: Cost


@cache
def matching_rules() -> MatchingRules:
    """The shipped rules."""
    return MatchingRules.model_validate(shipped("matching.yaml"))


def own_matching_rules(said: Mapping[str, Any]) -> MatchingRules:
    """The shipped rules with what a workspace says of ``use`` and ``bands`` over them. Everything else decides what a
    trained model means, so it stays as it is.

    Raises :class:`DefinitionError` naming the key when it is another one or its value does not hold.
    """
    return with_own(matching_rules(), said, _OWN, "matching.yaml")


class LevelOdds(_Record):
    """One level of a comparison: how often pairs of one person (``m``) and of two people (``u``) agree that far."""

    label: str
    m: float = Field(gt=0, le=1)
    u: float = Field(gt=0, le=1)


class Frequencies(_Record):
    """The share of records that have a value: of the commonest ones, and what any other one counts as, which is never
    less than what it has."""

    values: dict[str, float]
    rest: float = Field(gt=0, le=1)


class TrainedModel(_Record):
    """What training found, enough to score any pair again. ``version`` is a hash of all the rest.

    ``prior`` is the share of all pairs of records that are one person. ``levels`` is keyed by comparison, from alike to
    different. ``too_coarse`` are blocks that bring too many records together. ``shift`` is added to every weight: what
    the answers of people have taught, 0 without any.
    """

    version: str = ""
    rules_version: int
    prior: float = Field(gt=0, lt=1)
    levels: dict[str, tuple[LevelOdds, ...]]
    frequencies: dict[str, Frequencies]
    too_coarse: tuple[Columns, ...] = ()
    answers: int = 0
    shift: float = 0.0

    def versioned(self) -> TrainedModel:
        """The same model with its version filled in."""
        body = self.model_copy(update={"version": ""}).model_dump(mode="json")
        text = json.dumps(body, sort_keys=True, ensure_ascii=False)
        return self.model_copy(update={"version": hashlib.sha256(text.encode()).hexdigest()[:16]})
