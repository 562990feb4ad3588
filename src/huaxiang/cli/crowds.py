"""Segments as the command line needs them: found by name or rule, measured, and as rows for an export."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from huaxiang.analyse.consents import AGREED, consents
from huaxiang.analyse.crowd_members import crowd_members
from huaxiang.analyse.crowd_sizes import Composition, crowd_sizes
from huaxiang.analyse.packs import PACK, with_packs
from huaxiang.analyse.population import Population
from huaxiang.cli.person import tag_policies
from huaxiang.model.conditions import Condition
from huaxiang.model.packs import Packs
from huaxiang.model.segments import segment_named
from huaxiang.release.door import ColumnPolicy
from huaxiang.release.purposes import purpose_named
from huaxiang.workspace import Workspace

_ONE_WORD = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Measured:
    """Segments by the names given, each beside all customers, and the population that was asked."""

    sizes: Mapping[str, Composition]
    population: Population


def named_or_written(workspace: Workspace, name_or_rule: str) -> Condition:
    """The condition of a saved segment or of a rule. A single word that is neither names the nearest segments."""
    if _ONE_WORD.fullmatch(name_or_rule) and name_or_rule != "everyone":
        known = workspace.definitions
        return segment_named(name_or_rule, known.segments, known.unreadable_segments).condition
    return workspace.condition(name_or_rule)


def measured(workspace: Workspace, conditions: Mapping[str, Condition]) -> Measured:
    """How many customers and how much revenue each condition has, in one pass."""
    with workspace.reading() as engine:
        population = workspace.population(engine)
        return Measured(crowd_sizes(population, conditions), population)


def crowd_rows(
    workspace: Workspace, condition: Condition, purpose: str, packs: Packs | None = None
) -> tuple[pa.Table, list[ColumnPolicy]]:
    """The customers with name, phone and every tag that is shown, in full, and how each column is protected.

    For the release door only. A purpose that needs consent adds the column that says who gave it, ``packs`` one that
    says in which pack each is.
    """
    tags = workspace.definitions.tags
    shown = [key for key, tag in tags.items() if not tag.helper]
    with workspace.reading() as engine:
        population = workspace.population(engine)
        if packs is not None:
            population, shown = with_packs(population, packs), [PACK, *shown]
        if purpose_named(purpose).needs_consent:
            shown.append(f"consent_{purpose}")
            agreed = consents(engine, purpose, population.as_of).rename({shown[-1]: AGREED})
            wide = population.table.left_join(agreed, "customer_id").drop("customer_id_right")
            population = population.over(wide)
        rows = crowd_members(population, condition, shown).drop_columns(["stores"])
    own = [ColumnPolicy("person_name", "personal", "name"), ColumnPolicy("phone", "personal", "phone")]
    beside = [ColumnPolicy(name, "open") for name in (PACK, f"consent_{purpose}")]
    return rows, [*own, *tag_policies(tags.values()), *beside]
