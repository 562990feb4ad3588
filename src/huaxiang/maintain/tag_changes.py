"""Every tag value of a refresh compared with the one published before: what changed, and since when each stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.analyse.crowd_moves import Run
from huaxiang.analyse.recorded_tags import recorded, rule_of
from huaxiang.analyse.tag_moves import begun, beside, came, carried, cells, first_since, stands_since
from huaxiang.engine.interface import Engine, only
from huaxiang.maintain.kept_history import schema_of
from huaxiang.model.tag_tables import CUSTOMER_CAME, PROFILE_SINCE, TAG_CHANGE, TAG_RULE
from huaxiang.model.tags import Tag, Tags

#: Tags that are compared side by side at once: so many columns of all customers are held twice.
_AT_ONCE = 40


@dataclass(frozen=True)
class TagsCompared:
    """What a refresh found: ``added`` to the tables of the history in pieces, and ``since``, the table
    ``profile_since``. Both belong to the engine."""

    engine: Engine
    added: Mapping[str, tuple[ir.Table, ...]]
    since: ir.Table

    def kept(self) -> dict[str, Iterable[pa.Table]]:
        """The pieces in Arrow, each read when its turn comes, in an order of their own."""
        return {name: map(self._read, pieces) for name, pieces in self.added.items()}

    def tables(self) -> dict[str, ir.Table]:
        """The rows that are added, as one table each."""
        return {name: together(pieces) for name, pieces in self.added.items()}

    def _read(self, piece: ir.Table) -> pa.Table:
        return self.engine.arrow(piece.order_by([name for name in ("customer_id", "tag") if name in piece.columns]))


@dataclass(frozen=True)
class TagComparer:
    """Compares the ``tables`` that a refresh is about to publish with those published; ``tags`` are those computed."""

    engine: Engine
    tags: Tags
    tables: Mapping[str, ir.Table]
    run: Run

    def compute(self) -> TagsCompared:
        """Every change of a recorded tag."""
        found = list(self._pieces([tag for key, tag in self._recorded.items() if not self._begins[key]]))
        pieces = found or [schema_of(TAG_CHANGE).empty_table()]
        changes = tuple(self.engine.bring(f"tag_changes_{n}", piece) for n, piece in enumerate(pieces))
        changed = pa.concat_tables([piece.select(["customer_id", "tag"]) for piece in pieces])
        came_now = self.engine.bring("customers_came", self._stamped(self._arrived, CUSTOMER_CAME))
        rules = self.engine.bring("tag_rules", pa.Table.from_pylist(list(self._rules()), schema=schema_of(TAG_RULE)))
        added = {"tag_change": changes, "customer_came": (came_now,), "tag_rule": (rules,)}
        return TagsCompared(self.engine, added, self._since(changed))

    @cached_property
    def _recorded(self) -> dict[str, Tag]:
        there = set(self.tables["profile"].columns)
        return {key: tag for key, tag in recorded(self.tags).items() if key in there}

    @property
    def _is_later(self) -> bool:
        """Whether anything was recorded before; who is there at the first time did not come."""
        return {"profile", PROFILE_SINCE} <= set(self.engine.tables())

    @cached_property
    def _begins(self) -> dict[str, bool]:
        if not self._is_later:
            return dict.fromkeys(self._recorded, True)
        before = self.engine.table("profile"), self.engine.table(PROFILE_SINCE)
        return begun(self._recorded, *before, self.tables["profile"])

    @cached_property
    def _arrived(self) -> pa.Table:
        """Who was not there before, sorted; nobody at the first time."""
        if not self._is_later:
            return pa.table({name: pa.array([], pa.string()) for name in ("customer_id", "former_id")})
        found = came(self.tables["profile"], self.engine.table("profile"), self.tables["customer_redirect"])
        return self.engine.arrow(found).sort_by("customer_id")

    def _pieces(self, tags: list[Tag]) -> Iterator[pa.Table]:
        moved = self._arrived.filter(pc.is_valid(self._arrived.column("former_id")))
        formers = self.engine.bring("former_ids", moved) if moved.num_rows else None
        for start in range(0, len(tags), _AT_ONCE):
            group = tags[start : start + _AT_ONCE]
            before = self.engine.table("profile").select("customer_id", *(tag.key for tag in group))
            rows = self.engine.arrow(beside(self.tables["profile"], carried(before, formers), group))
            found = cells(rows, group)
            if found.num_rows:
                yield self._stamped(found.sort_by([("customer_id", "ascending"), ("tag", "ascending")]), TAG_CHANGE)

    def _since(self, changed: pa.Table) -> ir.Table:
        now = self.tables["profile"]
        if not self._is_later:
            return self.engine.keep("next_profile_since", first_since(now, self._recorded))
        before = self.engine.table(PROFILE_SINCE)
        found = stands_since(self.engine, before, self._arrived, changed, self._begins, self.run.as_of)
        return self.engine.keep("next_profile_since", found.semi_join(now, "customer_id"))

    def _rules(self) -> Iterator[dict[str, object]]:
        known = last_rules(self.engine)
        for key, tag in self._recorded.items():
            rule = rule_of(tag, self.tags)
            if self._begins[key] or known.get(key) != rule:
                stamp = {"run_id": self.run.run_id, "as_of": self.run.as_of}
                yield {**stamp, "tag": key, "rule": rule, "begins": self._begins[key]}

    def _stamped(self, rows: pa.Table, columns: Mapping[str, str]) -> pa.Table:
        stamp = {"run_id": pa.scalar(self.run.run_id), "as_of": pa.scalar(self.run.as_of, pa.date32())}
        told = {name: pa.repeat(value, rows.num_rows) for name, value in stamp.items()}
        return pa.table({**told, **{name: rows.column(name) for name in rows.column_names}}).cast(schema_of(columns))


def last_rules(engine: Engine) -> dict[str, str]:
    """By tag the digest of the rule by which the published values were computed."""
    if "tag_rule" not in engine.tables():
        return {}
    rows = only(engine.arrow(engine.table("tag_rule").order_by("run_id").select("tag", "rule")))
    return {str(row["tag"]): str(row["rule"]) for row in rows}


def together(pieces: tuple[ir.Table, ...]) -> ir.Table:
    """The pieces as one table."""
    return ibis.union(*pieces) if len(pieces) > 1 else pieces[0]
