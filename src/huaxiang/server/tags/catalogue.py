"""Everything that is known of every tag, looked up once for each refresh and each change of the definitions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from huaxiang.analyse.document_facts.shown_tags import shown_tags
from huaxiang.analyse.filled import filled_rows
from huaxiang.analyse.in_force import switched_off
from huaxiang.analyse.tag_accuracy import Usable, accuracy, usable
from huaxiang.analyse.tag_health import Known, Verdict, verdicts
from huaxiang.analyse.tag_runs import measured
from huaxiang.analyse.tag_score import Score, score
from huaxiang.analyse.tag_twins import Twin, twins
from huaxiang.analyse.tag_uses import Shown, all_uses
from huaxiang.engine.interface import only
from huaxiang.maintain.definitions import Definitions
from huaxiang.model.group_tags import group_tags
from huaxiang.model.tags import Tag
from huaxiang.server.crowds.members import SHOWN as MEMBERS
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.customers.list_rows import COLUMNS as CUSTOMERS
from huaxiang.server.snapshot_values import once_per_snapshot


@dataclass(frozen=True)
class Entry:
    """One tag of the catalogue: what is known of it and what is not as it should be."""

    known: Known
    verdicts: tuple[Verdict, ...]

    @property
    def tag(self) -> Tag:
        """The tag itself."""
        return self.known.tag

    @property
    def coverage(self) -> float | None:
        """The share of customers with a value in the latest run; None for a tag that no run has measured."""
        latest = self.known.measured.latest if self.known.measured else None
        return latest.coverage if latest else None

    @property
    def needs_action(self) -> bool:
        """Whether something about it calls for somebody now."""
        return any(verdict.level == "act" for verdict in self.verdicts)


Catalogue = Mapping[str, Entry]
#: The runs that verdicts and scores look back at.
_RUNS = 13


def catalogue_of(sight: Sight) -> Catalogue:
    """Every tag by key, helpers too, in the order of their definitions."""
    version = sight.definitions.version
    return once_per_snapshot(sight.engine, ("catalogue", version), lambda: _gathered(sight))


def shown_places(definitions: Definitions) -> Shown:
    """By place of the pages and the document the tags that it shows; every tag that is no helper goes out by exports
    and answers to whoever may see it, so these are no places of their own."""
    return {
        "document": [one.tag for one in shown_tags()],
        "members": MEMBERS,
        "composition": [*dict.fromkeys((*group_tags().usual, *group_tags().at_a_glance))],
        "customers": [key for key in CUSTOMERS if key in definitions.catalogue],
    }


def scored(entry: Entry, sight: Sight) -> tuple[Score, Usable | None]:
    """The score of one tag and how much of it can be used."""
    key, everyone = entry.tag.key, sight.engine.table("profile")
    there = key in everyone.columns and key in sight.definitions.tags
    published = "profile_confidence" in sight.engine.tables()
    sure = sight.engine.table("profile_confidence") if published else None
    can_be_used = usable(sight.engine, everyone, sure, entry.tag, sight.as_of) if there else None
    return score(entry.known, can_be_used, has_purpose=key in sight.definitions.permitted), can_be_used


def _gathered(sight: Sight) -> Catalogue:
    defined, everyone = sight.definitions, sight.engine.table("profile")
    runs = measured(sight.engine, most=_RUNS)
    found = twins(sight.engine, everyone, defined.tags, runs)
    used = all_uses(defined.catalogue, defined.segments, shown_places(defined))
    off, waiting = switched_off(defined.catalogue, defined.permitted), _waiting(sight)
    names = {key: tag.name for key, tag in defined.catalogue.items()}
    filled = filled_rows(sight.engine, {}, sight.as_of)
    entries = {}
    for key, tag in defined.catalogue.items():
        there = accuracy(sight.engine, everyone, tag, defined.tags, filled) if key in defined.tags else None
        more = waiting.get(key, 0), off.get(key), defined.broken.get(key)
        known = Known(tag, sight.as_of, runs.get(key), used[key], names, there, _of(key, found), *more)
        entries[key] = Entry(known, tuple(verdicts(known)))
    return entries


def _of(key: str, found: list[Twin]) -> list[Twin]:
    return [twin for twin in found if key in (twin.one, twin.other)]


def _waiting(sight: Sight) -> dict[str, int]:
    """By tag the given values that reached no customer; those of no known tag under an empty key."""
    if "given_value" not in sight.engine.tables():
        return {}
    rows = sight.engine.table("given_value")
    lost = rows.filter(rows.problem.notnull())
    counted = only(sight.engine.arrow(lost.group_by("tag").aggregate(n=lost.count())))
    return {str(row["tag"] or ""): int(str(row["n"])) for row in counted}
