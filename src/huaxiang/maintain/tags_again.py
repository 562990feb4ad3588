"""The recorded history of tags read again, for a lake that is made again."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.analyse.came_since import SAME_DAY
from huaxiang.analyse.order import full_only
from huaxiang.analyse.recorded_tags import recorded, rule_of
from huaxiang.analyse.tag_lives import Begun, since_of_history
from huaxiang.analyse.tag_moves import first_since
from huaxiang.engine.interface import Engine
from huaxiang.ledger import Entry, Ledger
from huaxiang.maintain.kept_history import KeptHistory, schema_of
from huaxiang.maintain.tag_changes import together
from huaxiang.model.tag_tables import CUSTOMER_CAME, PROFILE_SINCE, TAG_CHANGE, TAG_RULE
from huaxiang.model.tags import Tags

#: Changes that are read together when a lake is made again.
_ROWS_AT_ONCE = 1_000_000
#: Entries of the ledger after which a profile of the same day is another one.
_DECIDING = frozenset(
    {"identity.merge", "identity.split", "identity.never_same", "identity.undo", "matching.trained"}
    | {"matching.approved", "tag.given", "tag.taken", "tag.permitted", "tag.forbidden"}
    | {"quarantine.fixed", "quarantine.discarded", "consent.given", "consent.withdrawn", "list.saved", "list.removed"}
)


def recorded_before(
    engine: Engine, history: KeptHistory, tags: Tags, profile: ir.Table, as_published: Collection[str]
) -> dict[str, ir.Table]:
    """The tables of the tags as the history gives them, for a lake that is made again.

    ``as_published`` are the tags whose values in the ``profile`` made again are those that were published last. Of
    others, and where a tag goes by another rule now, nobody knows since when its values stand: its recording begins
    again.
    """
    told = _Again(engine)
    for _, tables in history.runs():
        told.add(tables)
    changes = told.changes()
    rules, arrivals = _one(told.others["tag_rule"], TAG_RULE), _one(told.others["customer_came"], CUSTOMER_CAME)
    wanted = {key: tag for key, tag in recorded(tags).items() if key in profile.columns and key in as_published}
    begun_at = _begun(rules, {key: rule_of(tag, tags) for key, tag in wanted.items()})
    since = since_of_history(engine, profile, changes, arrivals, begun_at) if begun_at else first_since(profile, ())
    return {
        "tag_change": changes,
        "customer_came": engine.bring("again_customer_came", arrivals),
        "tag_rule": engine.bring("again_tag_rule", rules),
        PROFILE_SINCE: engine.keep("again_profile_since", since),
    }


def as_published(ledger: Ledger, last: Entry, import_count: int, definitions: str, tags: Tags) -> frozenset[str]:
    """The tags whose values are those of the refresh ``last`` when its day is computed again for everybody: none where
    something came or was decided since."""
    body = last.body
    if (int(str(body["import_count"])), body["definitions"]) != (import_count, definitions):
        return frozenset()
    decided = ledger.counts(int(str(body["ledger_position"])), ledger.position())
    if decided.keys() & _DECIDING:
        return frozenset()
    return frozenset(tags) - (full_only(tags) if body.get("scope") == SAME_DAY else frozenset())


class _Again:
    """The changes of many refreshes as few tables of the engine, and what is small in Arrow."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: list[pa.Table] = []
        self._brought: list[ir.Table] = []
        self.others: dict[str, list[pa.Table]] = {"tag_rule": [], "customer_came": []}

    def add(self, tables: Mapping[str, pa.Table]) -> None:
        """One refresh more."""
        self._waiting.append(tables["tag_change"])
        for name, parts in self.others.items():
            parts.append(tables[name])
        if sum(part.num_rows for part in self._waiting) >= _ROWS_AT_ONCE:
            self._bring()

    def changes(self) -> ir.Table:
        """All of them."""
        self._bring()
        return together(tuple(self._brought))

    def _bring(self) -> None:
        rows = _one(self._waiting, TAG_CHANGE)
        self._brought.append(self._engine.bring(f"again_tag_change_{len(self._brought)}", rows))
        self._waiting = []


def _begun(rules: pa.Table, now: Mapping[str, str]) -> dict[str, Begun]:
    """Where the recording began of each tag that still goes by the rule ``now``."""
    found, last = dict[str, Begun](), dict[str, str]()
    for row in rules.sort_by("run_id").to_pylist():
        last[row["tag"]] = row["rule"]
        if row["begins"]:
            found[row["tag"]] = Begun(row["run_id"], row["as_of"])
    return {key: found[key] for key, rule in now.items() if last.get(key) == rule}


def _one(parts: list[pa.Table], columns: Mapping[str, str]) -> pa.Table:
    return pa.concat_tables([schema_of(columns).empty_table(), *parts])
